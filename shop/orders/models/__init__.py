"""Orders, what was bought, the attempts to pay, the stock that waits for them, and what became of it all."""

from __future__ import annotations

from .edits import EditHold, OrderEdit
from .money import Hold, Payment, Refund
from .orders import LockedInvoice, NeverDeleted, Order, OrderContact, OrderEvent, OrderLine, WhereItGoes
from .parcels import Shipment
from .stages import (
    GOOD_PAYMENTS,
    LIVE_PAYMENTS,
    OPEN_EDITS,
    OPEN_REFUNDS,
    TAKEN_PAYMENTS,
    UNPAID_ORDERS,
    EditState,
    EditWay,
    HoldState,
    OrderState,
    PaymentState,
    RefundState,
)

__all__ = [
    "EditHold",
    "EditState",
    "EditWay",
    "GOOD_PAYMENTS",
    "Hold",
    "HoldState",
    "LIVE_PAYMENTS",
    "LockedInvoice",
    "NeverDeleted",
    "OPEN_EDITS",
    "OPEN_REFUNDS",
    "Order",
    "OrderContact",
    "OrderEdit",
    "OrderEvent",
    "OrderLine",
    "OrderState",
    "Payment",
    "PaymentState",
    "Refund",
    "RefundState",
    "Shipment",
    "TAKEN_PAYMENTS",
    "UNPAID_ORDERS",
    "WhereItGoes",
]
