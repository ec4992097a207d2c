"""Orders for lists and pages: which ones, and what each state is in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from peewee import fn

from ..addresses import address_lines
from ..catalogue.queries import PictureShown, variants_for_sale
from ..pricing.quote import Quote
from .cancelling import Reason
from .disputes.models import Dispute
from .models import (
    LIVE_PAYMENTS,
    OPEN_EDITS,
    OPEN_REFUNDS,
    Order,
    OrderContact,
    OrderEdit,
    OrderEvent,
    OrderLine,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Shipment,
)
from .numbers import as_number
from .pieces.models import RefundLine, ShipmentLine
from .pieces.queries import NOTHING_BACK, Pieces, count_pieces
from .refundable import Refundable, Source, refundable
from .states import ALARMS, SEEN_TO, deciding_payment


def order_with(number: str) -> Order | None:
    """By its number, however that is written."""
    meant = as_number(number)
    found: Order | None = Order.get_or_none(Order.number == meant) if meant else None
    return found


def item_counts(order_ids: Sequence[int]) -> dict[int, int]:
    """How many pieces were ordered, by order."""
    counted = OrderLine.select(OrderLine.order, fn.SUM(OrderLine.quantity)).where(OrderLine.order.in_(order_ids))
    rows: Iterable[Any] = counted.group_by(OrderLine.order).tuples()
    return {order_id: int(count) for order_id, count in rows}


@dataclass(frozen=True)
class OrderFile:
    """Everything about one order."""

    order: Order
    quote: Quote
    contact: OrderContact | None
    lines: Sequence[OrderLine]
    pictures: Mapping[int, PictureShown | None]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    disputes: Sequence[Dispute]
    shipments: Sequence[Shipment]
    shipment_lines: Sequence[ShipmentLine]
    refund_lines: Sequence[RefundLine]
    edits: Sequence[OrderEdit]
    events: Sequence[OrderEvent]

    @property
    def needs_address(self) -> bool:
        return self.quote.needs_address

    @property
    def is_billed_elsewhere(self) -> bool:
        """Whether the invoice names another address than the parcel."""
        return self.delivery_address != self.billing_address and len(self.billing_address) > 1

    @property
    def delivery_address(self) -> tuple[str, ...]:
        return address_lines(self.contact, "delivery")

    @property
    def billing_address(self) -> tuple[str, ...]:
        return address_lines(self.contact, "billing")

    @property
    def payment(self) -> Payment | None:
        """The attempt that counts."""
        return deciding_payment(self.payments) if self.payments else None

    @property
    def telling_payments(self) -> list[Payment]:
        """Those that tell its customer how it was paid: all that hold money or may come to, else the one that counts
        unless it failed."""
        live = [each for each in self.payments if each.state in (*LIVE_PAYMENTS, PaymentState.SETTLED)]
        counts = [self.payment] if self.payment is not None and self.payment.state != PaymentState.FAILED else []
        return live or counts

    @property
    def is_money_moving(self) -> bool:
        """Whether the bank is being asked something just now."""
        moving = (PaymentState.SENDING, PaymentState.UNKNOWN, PaymentState.VOID_DUE)
        return any(each.state in moving for each in self.payments) or any(
            each.state in OPEN_REFUNDS for each in self.refunds
        )

    @cached_property
    def pieces(self) -> list[Pieces]:
        """How many of each line were sent, given back, and are still to send."""
        return count_pieces(self.lines, self.shipment_lines, self.refund_lines, self.refunds)

    @property
    def to_send(self) -> list[Pieces]:
        return [each for each in self.pieces if each.to_send]

    @property
    def refundable(self) -> Refundable:
        return refundable(
            order=self.order, quote=self.quote, pieces=self.pieces, payments=self.payments, refunds=self.refunds
        )

    def inside(self, shipment: Shipment) -> list[ShipmentLine]:
        """What is in a parcel; nothing for one from before that was written down."""
        return [line for line in self.shipment_lines if line.shipment_id == shipment.id]

    def lines_of(self, refund: Refund) -> list[RefundLine]:
        return [line for line in self.refund_lines if line.refund_id == refund.id]

    @property
    def given_back(self) -> list[Refund]:
        """The refunds that took place or are on their way. What went back because the order was changed is none of
        them: the order costs less since then."""
        return [refund for refund in self.refunds if refund.state not in NOTHING_BACK and refund.edit_id is None]

    def waits_for_bank(self, refund: Refund) -> bool:
        """Whether it goes by itself once the bank has paid out."""
        payment = next(each for each in self.payments if each.id == refund.payment_id)
        is_open = refund.state == RefundState.REQUESTED
        return is_open and Source(payment, 0).has_to_wait(refund.amount_cents)

    @cached_property
    def open_edit(self) -> OrderEdit | None:
        """The change that waits for the customer or the bank."""
        return next((edit for edit in self.edits if edit.state in OPEN_EDITS), None)

    @property
    def open_alarms(self) -> list[OrderEvent]:
        return open_alarms(self.events, self.refunds)

    @property
    def cancel_reason(self) -> Reason | None:
        found = next((event for event in self.events if event.kind == "cancelled"), None)
        return Reason(json.loads(found.details)["code"]) if found else None


def order_file(order: Order) -> OrderFile:
    """The order with all its rows, each kind in one query."""
    lines = _of(OrderLine, order, OrderLine.position)
    variants = variants_for_sale(line.variant_id for line in lines if line.variant_id)
    return OrderFile(
        order=order,
        quote=Quote.from_json(order.quote),
        contact=OrderContact.get_or_none(OrderContact.order == order.id),
        lines=lines,
        pictures={line.id: variants[line.variant_id].picture for line in lines if line.variant_id in variants},
        payments=_of(Payment, order, Payment.id),
        refunds=refunds_of(order),
        disputes=_of(Dispute, order, Dispute.id),
        shipments=_of(Shipment, order, Shipment.id),
        shipment_lines=_of(ShipmentLine, order, ShipmentLine.id),
        refund_lines=_of(RefundLine, order, RefundLine.id),
        edits=_of(OrderEdit, order, OrderEdit.id),
        events=_of(OrderEvent, order, OrderEvent.id),
    )


def _of(model: Any, order: Order, by: Any) -> list[Any]:
    return list(model.select().where(model.order == order.id).order_by(by))


def refunds_of(order: Order) -> list[Refund]:
    """Oldest first."""
    return _of(Refund, order, Refund.id)


def open_alarms(events: Iterable[OrderEvent], refunds: Iterable[Refund]) -> list[OrderEvent]:
    """What still needs a person's eyes: nothing from before they were there, nor a refund that was tried again."""
    settled = {refund.id for refund in refunds if refund.state == RefundState.TRIED_AGAIN}
    alarms: list[OrderEvent] = []
    for event in sorted(events, key=lambda event: event.id):
        alarms = [] if event.kind == SEEN_TO else [*alarms, *([event] if event.kind in ALARMS else [])]
    return [event for event in alarms if json.loads(event.details).get("refund") not in settled]
