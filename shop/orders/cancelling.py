"""Why the shop cancels an order: a closed list, for what staff would type freely might name somebody."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    CUSTOMER_ASKED = "customer-asked"
    SOLD_OUT = "sold-out"
    DAMAGED = "damaged"
    NO_DELIVERY = "no-delivery"
    DOUBTFUL = "doubtful"
    OTHER = "other"

    @property
    def words(self) -> str:
        """For staff, as a choice and in the timeline."""
        return _FOR_STAFF[self]

    @property
    def sentence(self) -> str:
        """For the customer, in the mail and on their page."""
        return _FOR_CUSTOMER[self]

    @property
    def is_refusal(self) -> bool:
        """Whether the shop cannot keep its word, rather than the customer wanting out."""
        return self != Reason.CUSTOMER_ASKED


_FOR_STAFF = {
    Reason.CUSTOMER_ASKED: "The customer asked for it",
    Reason.SOLD_OUT: "Something in it is sold out",
    Reason.DAMAGED: "Something in it is damaged",
    Reason.NO_DELIVERY: "We cannot deliver to this address",
    Reason.DOUBTFUL: "The payment looks doubtful",
    Reason.OTHER: "Another reason on our side",
}
_FOR_CUSTOMER = {
    Reason.CUSTOMER_ASKED: "You asked us to cancel it.",
    Reason.SOLD_OUT: "Something you ordered is sold out, and we found it out too late.",
    Reason.DAMAGED: "Something you ordered was damaged before we could pack it.",
    Reason.NO_DELIVERY: "We cannot deliver to the address you gave us.",
    Reason.DOUBTFUL: "We could not confirm the payment.",
    Reason.OTHER: "Something went wrong on our side, and we cannot make up your order.",
}
