"""How far an order, its payments, refunds, held stock and changes can be."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    PENDING = "pending"
    PLACED = "placed"
    PACKED = "packed"
    PARTLY_SENT = "partly sent"
    SHIPPED = "shipped"
    DONE = "done"
    PAYMENT_FAILED = "payment failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


UNPAID_ORDERS = (OrderState.PENDING, OrderState.PAYMENT_FAILED)


class PaymentState(StrEnum):
    SENDING = "sending"
    UNKNOWN = "unknown"
    AUTHORIZED = "authorized"
    SETTLING = "settling"
    SETTLED = "settled"
    FAILED = "failed"
    VOID_DUE = "void due"
    VOIDED = "voided"


LIVE_PAYMENTS = (PaymentState.SENDING, PaymentState.UNKNOWN, PaymentState.AUTHORIZED, PaymentState.SETTLING)
TAKEN_PAYMENTS = (PaymentState.SETTLING, PaymentState.SETTLED)
# On these an order may be packed.
GOOD_PAYMENTS = (PaymentState.AUTHORIZED, *TAKEN_PAYMENTS)


class RefundState(StrEnum):
    REQUESTED = "requested"
    SENT = "sent"
    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"
    TRIED_AGAIN = "tried again"
    VOIDED = "voided"


OPEN_REFUNDS = (RefundState.REQUESTED, RefundState.SENT, RefundState.UNKNOWN)


class HoldState(StrEnum):
    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"


class EditState(StrEnum):
    """ASKED waits for the customer, PAYING for the bank; all others are the end of it."""

    ASKED = "asked"
    PAYING = "paying"
    APPLIED = "applied"
    DECLINED = "declined"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OPEN_EDITS = (EditState.ASKED, EditState.PAYING)


class EditWay(StrEnum):
    """What becomes of the difference: NOTHING is due, it goes BACK, the saved CARD is charged, or the customer is
    ASKed."""

    NOTHING = "nothing"
    BACK = "back"
    CARD = "card"
    ASK = "ask"
