"""What an order still needs its customer's name and address for, and until when: asked before anything of it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import clock
from ..config import settings
from .disputes.models import UNDECIDED, Dispute
from .models import OPEN_REFUNDS, Order, OrderState, Payment, PaymentState, Refund

WITH_THE_BANK = (
    *(PaymentState.SENDING, PaymentState.UNKNOWN, PaymentState.AUTHORIZED),
    *(PaymentState.SETTLING, PaymentState.VOID_DUE),
)


@dataclass(frozen=True)
class Unfinished:
    """Why an order is not finished, for its customer; `until` is the day it will be, where that is known."""

    reason: str
    until: datetime | None = None


NOT_SENT = Unfinished("It is not with you yet: we need the address to bring it, and the e-mail to tell you.")
ON_THE_ROAD = "It was sent a short while ago, and may come back or be asked about."
PAYMENT_OPEN = Unfinished("The bank has not finished with its payment yet.")
REFUND_OPEN = Unfinished("Money for it is still on its way back to you.")
DISPUTED = Unfinished("A bank is looking into its payment, and may ask us what was bought and where it went.")
BEING_CHECKED = Unfinished("We are still asking the bank whether it was paid.")


def unfinished(orders: Sequence[Order]) -> dict[int, Unfinished]:
    """Those of the orders that are not finished, by id. As many queries for one order as for a thousand."""
    ids = [order.id for order in orders]
    paying = _ids(Payment, Payment.state.in_(WITH_THE_BANK), ids)
    refunding = _ids(Refund, Refund.state.in_(OPEN_REFUNDS), ids)
    disputed = _ids(Dispute, Dispute.state.in_(UNDECIDED), ids)
    found = {
        order.id: DISPUTED if order.id in disputed else _reason(order, order.id in paying, order.id in refunding)
        for order in orders
    }
    return {order_id: reason for order_id, reason in found.items() if reason is not None}


def _ids(model: type[Payment] | type[Refund] | type[Dispute], is_open: object, ids: Sequence[int]) -> set[int]:
    rows = model.select(model.order).where(model.order.in_(ids), is_open)
    return {row.order_id for row in rows}


def _reason(order: Order, is_paying: bool, is_refunding: bool) -> Unfinished | None:
    match OrderState(order.state):
        case OrderState.PENDING:
            return BEING_CHECKED
        case OrderState.PLACED | OrderState.PACKED | OrderState.PARTLY_SENT:
            return NOT_SENT
        case OrderState.SHIPPED | OrderState.DONE if order.shipped_at is not None and _may_come_back(order.shipped_at):
            return Unfinished(ON_THE_ROAD, order.shipped_at + _window())
    if is_refunding:
        return REFUND_OPEN
    if is_paying:
        return PAYMENT_OPEN
    return None


def _may_come_back(shipped_at: datetime) -> bool:
    return shipped_at + _window() > clock.now()


def _window() -> timedelta:
    return timedelta(days=settings().return_days)
