"""Why somebody at the desk opens what is a customer's: the codes of the audit trail, and their words on both sides."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class _Words(NamedTuple):
    """What staff choose, and what the customer reads after "opened your order"."""

    desk: str
    customer: str


class LookReason(StrEnum):
    PACKING = "packing"
    ASKED = "asked"
    PAYMENT = "payment"
    COMPLAINT = "complaint"
    ADDRESS = "address"
    BOOKS = "books"
    AUTHORITY = "authority"
    RECALL = "recall"
    FRAUD = "fraud"
    MISTAKE = "mistake"
    CASE = "case"
    REQUEST = "request"

    @property
    def desk_words(self) -> str:
        return _WORDS[self].desk

    @property
    def customer_words(self) -> str:
        return _WORDS[self].customer


_WORDS = {
    LookReason.PACKING: _Words("To pack or send it", "to pack and send it"),
    LookReason.ASKED: _Words("The customer asked", "because you asked us something"),
    LookReason.PAYMENT: _Words("A payment or a refund", "about a payment or a refund"),
    LookReason.COMPLAINT: _Words("A complaint or a case", "about a complaint or a question of yours"),
    LookReason.ADDRESS: _Words("To check an address", "to check an address"),
    LookReason.BOOKS: _Words("Bookkeeping or tax", "for the bookkeeping"),
    LookReason.AUTHORITY: _Words("An authority asks", "because an authority asked"),
    LookReason.RECALL: _Words("A fault in the goods", "because of a fault in the goods"),
    LookReason.FRAUD: _Words("Something looks like fraud", "because something looked like fraud"),
    LookReason.MISTAKE: _Words("To mend a mistake of ours", "to mend a mistake of ours"),
    LookReason.CASE: _Words("To answer a case", "to answer it"),
    LookReason.REQUEST: _Words("To answer a request", "to answer what you asked"),
}
# What is chosen from at once, and what stands behind "something else". The rest is recorded by itself.
USUAL = (LookReason.PACKING, LookReason.ASKED, LookReason.PAYMENT, LookReason.COMPLAINT, LookReason.ADDRESS)
RARE = (LookReason.BOOKS, LookReason.AUTHORITY, LookReason.RECALL, LookReason.FRAUD, LookReason.MISTAKE)
