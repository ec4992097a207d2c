"""What an order's states are called: for staff as two pills, for the customer as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .cancelling import Reason
from .carriers import PICK_UP
from .models import OPEN_REFUNDS, Order, OrderState, Payment, PaymentState, Refund, RefundState, Shipment
from .pieces.queries import CAME_TO_NOTHING

# The events of a timeline that wait for a person's eyes, and the one that says they were there.
ALARMS, SEEN_TO = ("alarm", "refund failed", "payment not settled"), "seen to"


class Pill(NamedTuple):
    """`state` names the colour, `words` are what is read."""

    state: str
    words: str


STEPS = {
    OrderState.PENDING: Pill("pending", "Waiting for the bank"),
    OrderState.PLACED: Pill("placed", "To pack"),
    OrderState.PACKED: Pill("placed", "To send"),
    OrderState.PARTLY_SENT: Pill("checking", "Partly sent"),
    OrderState.SHIPPED: Pill("shipped", "Sent"),
    OrderState.DONE: Pill("done", "Done"),
    OrderState.PAYMENT_FAILED: Pill("payment failed", "Not placed"),
    OrderState.EXPIRED: Pill("expired", "Expired"),
    OrderState.CANCELLED: Pill("cancelled", "Cancelled"),
}
BEING_CANCELLED = Pill("checking", "Being cancelled")
PAYMENTS = {
    PaymentState.SENDING: Pill("checking", "Checking"),
    PaymentState.UNKNOWN: Pill("checking", "Checking"),
    PaymentState.AUTHORIZED: Pill("paid", "Paid"),
    PaymentState.SETTLING: Pill("paid", "Paid"),
    PaymentState.SETTLED: Pill("paid", "Paid"),
    PaymentState.FAILED: Pill("failed", "Declined"),
    PaymentState.VOID_DUE: Pill("checking", "Being released"),
    PaymentState.VOIDED: Pill("voided", "Not charged"),
}
# A payment that holds or took money says more than a later one that did not.
_WEIGHT = (PaymentState.FAILED, PaymentState.VOIDED, PaymentState.VOID_DUE)


def step_pill(order: Order) -> Pill:
    """How far the goods are."""
    if order.cancel_due_at is not None:
        return BEING_CANCELLED
    return STEPS[OrderState(order.state)]


def money_pill(order: Order, payments: Sequence[Payment], refunds: Sequence[Refund]) -> Pill:
    """How far the money is."""
    states = {refund.state for refund in refunds}
    if states & set(OPEN_REFUNDS):
        return Pill("requested", "Refund on its way")
    if order.state == OrderState.CANCELLED and RefundState.FAILED in states:
        return Pill("failed", "Refund failed")
    if order.refunded_cents:
        return Pill("refunded", "Refunded" if order.refunded_cents == order.total_cents else "Partly refunded")
    if not payments:
        return Pill("paid", "Free") if order.total_cents == 0 else Pill("expired", "Not paid")
    return PAYMENTS[PaymentState(deciding_payment(payments).state)]


def is_given_back(order: Order, refunds: Sequence[Refund]) -> bool:
    """Whether all of its money went back, is on its way, or was never taken, while its goods may still be here."""
    back_cents = sum(refund.amount_cents for refund in refunds if refund.state not in CAME_TO_NOTHING)
    return 0 < order.total_cents == back_cents


def deciding_payment(payments: Sequence[Payment]) -> Payment:
    """Of several attempts the one that counts: the live one, else the last."""
    live = [payment for payment in payments if payment.state not in _WEIGHT]
    return (live or list(payments))[-1]


class Standing(NamedTuple):
    """Where the order stands, for the customer: a heading and a sentence."""

    title: str
    text: str


def standing(order: Order, shipments: Sequence[Shipment], reason: Reason | None, *, needs_address: bool) -> Standing:
    """`reason` is why it was cancelled, when it was."""
    match OrderState(order.state):
        case OrderState.PENDING:
            return Standing("We are checking with the bank", "Its answer has not come yet. You need not do anything.")
        case OrderState.PLACED:
            thanks = "Thank you. A confirmation goes to your e-mail. Next we pack it, and write again when it is ready."
            return Standing("We have your order", thanks)
        case OrderState.PACKED if needs_address:
            return Standing("Your order is packed", "It leaves with the next collection; we write to you then.")
        case OrderState.PACKED:
            return Standing("Your order is packed", "We write to you when you can collect it.")
        case OrderState.PARTLY_SENT:
            return Standing("Partly on its way", "One parcel has left the shop. We write to you when the rest leaves.")
        case OrderState.SHIPPED if any(shipment.carrier == PICK_UP for shipment in shipments):
            return Standing("Ready for you", "Your order waits for you at the shop.")
        case OrderState.SHIPPED:
            return Standing("On its way", "Your order has left the shop.")
        case OrderState.DONE:
            return Standing("With you", "Your order is with you. We hope you like it.")
        case OrderState.CANCELLED:
            return Standing("Cancelled", reason.sentence if reason else "This order was cancelled.")
        case OrderState.EXPIRED:
            return Standing(
                "Not placed", "This order was not paid in time, so it came to nothing. You were not charged."
            )
        case _:
            return Standing("Not paid", "Your card was not charged. You can go back to the checkout and try again.")
