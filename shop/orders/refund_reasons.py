"""Why money goes back: a closed list, for what staff would type freely might name somebody."""

from __future__ import annotations

from enum import StrEnum


class RefundReason(StrEnum):
    SENT_BACK = "sent-back"
    DAMAGED = "damaged"
    MISSING = "missing"
    NOT_AVAILABLE = "not-available"
    LATE = "late"
    PRICE = "price"
    GOODWILL = "goodwill"

    @property
    def words(self) -> str:
        """For staff, as a choice and in the timeline."""
        return _FOR_STAFF[self]

    @property
    def sentence(self) -> str:
        """For the customer, in the mail and on their page."""
        return _FOR_CUSTOMER[self]


_FOR_STAFF = {
    RefundReason.SENT_BACK: "Sent back by the customer",
    RefundReason.DAMAGED: "Damaged or faulty",
    RefundReason.MISSING: "Lost, or missing from the parcel",
    RefundReason.NOT_AVAILABLE: "We cannot send it after all",
    RefundReason.LATE: "It came too late",
    RefundReason.PRICE: "The price was wrong",
    RefundReason.GOODWILL: "Goodwill",
}
_FOR_CUSTOMER = {
    RefundReason.SENT_BACK: "You sent it back to us.",
    RefundReason.DAMAGED: "It was damaged or faulty.",
    RefundReason.MISSING: "It was missing from your parcel, or got lost on its way.",
    RefundReason.NOT_AVAILABLE: "We cannot send it after all.",
    RefundReason.LATE: "It came later than we had promised.",
    RefundReason.PRICE: "You were charged more than was right.",
    RefundReason.GOODWILL: "With our apologies, and thank you for your patience.",
}
