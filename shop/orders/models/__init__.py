"""Orders, what was bought, the attempts to pay, the stock that waits for them, and what became of it all."""

from __future__ import annotations

from .edits import EditHold, OrderEdit
from .money import Hold, Payment, Refund
from .orders import LockedInvoice, NeverDeleted, Order, OrderContact, OrderEvent, OrderLine, WhereItGoes
from .parcels import Shipment
from .stages import LIVE_PAYMENTS, OPEN_EDITS, EditState, EditWay, HoldState, OrderState, PaymentState, RefundState

__all__ = [
    "EditHold",
    "EditState",
    "EditWay",
    "Hold",
    "HoldState",
    "LIVE_PAYMENTS",
    "LockedInvoice",
    "NeverDeleted",
    "OPEN_EDITS",
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
    "WhereItGoes",
]
