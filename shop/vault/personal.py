"""What the shop says about each personal value it asks for: declared once, read by forms, pages, export and erasure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .retention import RETENTION


class Purpose(StrEnum):
    """Everything a personal value may be used for. There is no promotion in it, and nothing else has a purpose."""

    ORDER = "order"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    ACCOUNT = "account"
    CORRESPONDENCE = "correspondence"
    IMPROVEMENT = "improvement"
    SURVEY = "survey"
    CASE = "case"
    SECURITY = "security"
    BOOKS = "books"
    STAFF = "staff"

    @property
    def words(self) -> str:
        """How the privacy page says it: "to …"."""
        return _PURPOSE_WORDS[self]


_PURPOSE_WORDS = {
    Purpose.ORDER: "to make up and keep the order",
    Purpose.DELIVERY: "to bring or send what was bought",
    Purpose.PAYMENT: "to take a payment or give it back",
    Purpose.ACCOUNT: "to keep the customer's own account",
    Purpose.CORRESPONDENCE: "to write and speak to the customer about their orders and requests",
    Purpose.IMPROVEMENT: "to see which products are bought, and improve the service",
    Purpose.SURVEY: "to learn what customers answered of their own will",
    Purpose.CASE: "to answer a request or a complaint",
    Purpose.SECURITY: "to keep the shop and its accounts safe",
    Purpose.BOOKS: "to keep the books that the law asks for",
    Purpose.STAFF: "to let the people who work here do their work",
}


class Recipient(StrEnum):
    """Everyone outside the shop who may be given a personal value; and paper, which no key makes unreadable again."""

    CARRIER = "carrier"
    MANUFACTURER = "manufacturer"
    PAYMENT_PROCESSOR = "payment_processor"
    AUTHORITY = "authority"
    PAPER = "paper"

    @property
    def words(self) -> str:
        return _RECIPIENT_WORDS[self]


_RECIPIENT_WORDS = {
    Recipient.CARRIER: "the carrier or postal service",
    Recipient.MANUFACTURER: "the maker, when it ships directly",
    Recipient.PAYMENT_PROCESSOR: "the payment processor",
    Recipient.AUTHORITY: "an authority, for a decided and registered request",
    Recipient.PAPER: "paper that we print to pack and deliver, and destroy",
}


class Editor(StrEnum):
    """Who may correct a value."""

    CUSTOMER = "customer"
    STAFF = "staff"
    NOBODY = "nobody"


class Source(StrEnum):
    """Where a personal record came from; a record without one cannot be saved.

    TOLD and WRITTEN stand in rows from before the ways of telling us were kept apart; nothing new is written so.
    """

    SELF = "self"
    STAFF_BY_PHONE = "staff_by_phone"
    LETTER = "letter"
    EMAIL = "email"
    IN_SHOP = "in_shop"
    TOLD = "told"
    WRITTEN = "written"
    GIFT_SENDER = "gift_sender"
    PROCESSOR = "processor"
    SHOP = "shop"

    @property
    def words(self) -> str:
        return _SOURCE_WORDS[self]

    @property
    def way(self) -> str:
        """How a customer told us: "by phone"; "" for what nobody told our staff."""
        return _WAYS.get(self, "")


_SOURCE_WORDS = {
    Source.SELF: "given by the person themselves",
    Source.STAFF_BY_PHONE: "told to staff by phone",
    Source.LETTER: "written in a letter",
    Source.EMAIL: "written in an e-mail",
    Source.IN_SHOP: "told to staff in the shop",
    Source.TOLD: "told to staff, by phone or in the shop",
    Source.WRITTEN: "written in a letter or an e-mail",
    Source.GIFT_SENDER: "given by whoever sent the gift",
    Source.PROCESSOR: "sent by the payment processor",
    Source.SHOP: "written by the shop from what it already held",
}
_WAYS = {
    Source.STAFF_BY_PHONE: "by phone",
    Source.LETTER: "by letter",
    Source.EMAIL: "by e-mail",
    Source.IN_SHOP: "in the shop",
    Source.TOLD: "by phone or in the shop",
    Source.WRITTEN: "by letter or e-mail",
}
# The ways in which customers tell our staff something, for staff to choose from.
WAYS_TO_TELL = (Source.STAFF_BY_PHONE, Source.EMAIL, Source.LETTER, Source.IN_SHOP)


@dataclass(frozen=True, kw_only=True)
class Personal:
    """The declaration of one personal value: `Sealed(Personal(label="E-mail", …))`.

    `why` says why it is asked and `without` what happens when it is not given, both as whole sentences for the person
    concerned. `retention` names one of RETENTION; `autocomplete` is the HTML token.
    """

    label: str
    why: str
    without: str
    required: bool
    purposes: tuple[Purpose, ...]
    recipients: tuple[Recipient, ...] = ()
    retention: str
    editable_by: Editor = Editor.NOBODY
    autocomplete: str | None = None

    def __post_init__(self) -> None:
        if not (self.label and self.why and self.without):
            raise ValueError("a personal value needs a label, a reason and what happens without it")
        if not self.purposes:
            raise ValueError(f"{self.label}: a personal value without a purpose may not be kept")
        if self.retention not in RETENTION:
            raise ValueError(f"{self.label}: {self.retention!r} is no retention class, but {', '.join(RETENTION)} are")
        for purpose in self.purposes:
            Purpose(purpose)
        for recipient in self.recipients:
            Recipient(recipient)
