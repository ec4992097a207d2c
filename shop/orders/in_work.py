"""Orders that somebody still has hands on: what must be packed or sent, and why others must not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..addresses import address_lines
from ..catalogue.models import Variant
from ..pricing.models import DeliveryKind, DeliveryMethod
from ..vault import REMOVED, preload
from .models import GOOD_PAYMENTS, Order, OrderContact, OrderLine, OrderState, Payment, Refund
from .numbers import as_number
from .pieces.models import RefundLine, ShipmentLine
from .pieces.queries import count_pieces

IN_WORK = (OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT)
TO_PACK = (OrderState.PLACED, OrderState.PARTLY_SENT)
# As many go at once as a person packs in a day; more are taken in several turns.
MOST_AT_ONCE = 200
_NOT_NOW = {
    OrderState.PENDING: "is not paid yet",
    OrderState.PAYMENT_FAILED: "was not paid",
    OrderState.EXPIRED: "came to nothing",
    OrderState.SHIPPED: "has left already",
    OrderState.CANCELLED: "was cancelled",
}


class Item(NamedTuple):
    """What is still to send of one line, as it was bought."""

    name: str
    options: str
    sku: str
    variant_id: int | None
    quantity: int


@dataclass
class Work:
    """One order with what it takes to pack and bring it. `contact` is None once its customer was forgotten."""

    order: Order
    needs_address: bool
    is_own_round: bool
    is_paid: bool
    contact: OrderContact | None = None
    items: Sequence[Item] = ()

    @property
    def item_count(self) -> int:
        return sum(item.quantity for item in self.items)

    @property
    def delivery_address(self) -> tuple[str, ...]:
        return address_lines(self.contact, "delivery")

    def value(self, name: str) -> str:
        """A personal value of the order; "" when it was never given, or removed."""
        found = getattr(self.contact, name) if self.contact is not None else None
        return "" if found is None or found is REMOVED else str(found)

    @property
    def nobodys(self) -> str:
        """That its customer was forgotten, as the rest of a sentence; "" when it still says whose it is."""
        is_gone = self.order.deactivated_at is not None or self.contact is None
        return "was forgotten: nothing says any more whose it was" if is_gone else ""

    @property
    def refusal(self) -> str:
        """Why nobody needs a name or an address for it now, as the rest of a sentence; "" when somebody does."""
        if self.nobodys:
            return self.nobodys
        if self.order.cancel_due_at is not None:
            return "is being cancelled"
        if self.order.state not in IN_WORK:
            return _NOT_NOW.get(OrderState(self.order.state), "is not to be packed or sent")
        return "" if self.is_paid else "is not paid: look at its payment first"


def waiting(states: Sequence[OrderState] = IN_WORK, most: int = MOST_AT_ONCE) -> list[Work]:
    """What waits in these states, the oldest first."""
    orders = Order.select().where(Order.state.in_(states)).order_by(Order.id).limit(most)
    return [work for work in _works(list(orders)) if not work.refusal]


def work_with(numbers: Iterable[str]) -> list[Work]:
    """The orders with these numbers, in this order, each once; numbers that are no order's are left out."""
    meant = list(dict.fromkeys(number for typed in numbers if (number := as_number(typed))))[:MOST_AT_ONCE]
    works = {work.order.number: work for work in _works(list(Order.select().where(Order.number.in_(meant))))}
    return [works[number] for number in meant if number in works]


def work_of(order_ids: Iterable[int]) -> list[Work]:
    """The same by their ids."""
    ids = list(order_ids)
    works = {work.order.id: work for work in _works(list(Order.select().where(Order.id.in_(ids))))}
    return [works[order_id] for order_id in ids if order_id in works]


def _works(orders: Sequence[Order]) -> list[Work]:
    """As many queries for one order as for two hundred."""
    ids = [order.id for order in orders]
    contacts = {row.order_id: row for row in OrderContact.select().where(OrderContact.order.in_(ids))}
    preload(contact.subject for contact in contacts.values())
    payments = Payment.select(Payment.order).where(Payment.order.in_(ids), Payment.state.in_(GOOD_PAYMENTS))
    paid, rounds, items = {payment.order_id for payment in payments}, _own_rounds(), _items(ids)
    return [
        Work(
            order=order,
            needs_address=order.needs_address,
            is_own_round=order.delivery_code in rounds,
            is_paid=order.total_cents == 0 or order.id in paid,
            contact=contacts.get(order.id),
            items=items[order.id],
        )
        for order in orders
    ]


def _items(order_ids: Any, *only: Any) -> dict[int, list[Item]]:
    """What is still to send, by order; `order_ids` are ids, or a select of them, `only` conditions for its lines."""

    def of(model: Any) -> list[Any]:
        return list(model.select().where(model.order.in_(order_ids)).order_by(model.id))

    lines = list(OrderLine.select().where(OrderLine.order.in_(order_ids), *only).order_by(OrderLine.position))
    found: dict[int, list[Item]] = defaultdict(list)
    for piece in count_pieces(lines, of(ShipmentLine), of(RefundLine), of(Refund)):
        if piece.to_send:
            line = piece.line
            item = Item(line.name, line.options, line.sku, line.variant_id, piece.to_send)
            found[line.order_id].append(item)
    return found


def _own_rounds() -> set[str]:
    rows = DeliveryMethod.select(DeliveryMethod.code).where(DeliveryMethod.kind == DeliveryKind.LOCAL)
    return {method.code for method in rows}


@dataclass
class Pick:
    """One kind of goods to take from the shelf: how many, for which orders, and how many lie there now."""

    name: str
    options: str
    sku: str
    quantity: int = 0
    shelf: int | None = None
    orders: list[str] = field(default_factory=list)


def pick_list(works: Sequence[Work]) -> list[Pick]:
    """Everything that these orders need, each kind once, by name. It names nobody.

    What is sold has left the stock's count and lies on the shelf until it is packed: the shelf holds both.
    """
    found: dict[tuple[str, str, str], Pick] = {}
    variants: dict[tuple[str, str, str], int] = {}
    for work in works:
        for item in work.items:
            kind = (item.name, item.options, item.sku)
            pick = found.setdefault(kind, Pick(*kind))
            pick.quantity += item.quantity
            if work.order.number not in pick.orders:
                pick.orders.append(work.order.number)
            if item.variant_id is not None:
                variants[kind] = item.variant_id
    shelf = _on_the_shelf(set(variants.values()))
    for kind, variant_id in variants.items():
        found[kind].shelf = shelf.get(variant_id)
    return [found[kind] for kind in sorted(found, key=lambda kind: [part.casefold() for part in kind])]


def _on_the_shelf(variant_ids: set[int]) -> dict[int | None, int]:
    counted = Variant.select(Variant.id, Variant.on_hand).where(Variant.id.in_(variant_ids))
    shelf: dict[int | None, int] = {variant.id: int(variant.on_hand) for variant in counted}
    unpacked = Order.select(Order.id).where(Order.state.in_(TO_PACK))
    for items in _items(unpacked, OrderLine.variant.in_(variant_ids)).values():
        for item in items:
            shelf[item.variant_id] += item.quantity
    return shelf
