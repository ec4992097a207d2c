"""A shop of a given size for measuring: products and orders by the ten thousand, written straight into the tables.

Nobody bought them: they have no stock movements, no audit trail and no mails, and only the newest have a name to be
found by. That is why they never come into a shop that is open.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import ModelSelect, chunked, fn

from ... import clock
from ...cart.models import Cart, CartLine
from ...catalogue.models import Product
from ...config import PRODUCTION, settings
from ...days import day_of
from ...db import db
from ...orders.models import (
    Order,
    OrderContact,
    OrderEvent,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Shipment,
)  # fmt: skip
from ...orders.numbers import ALPHABET, HALF
from ...orders.pieces.models import RefundLine
from ...orders.refund_reasons import RefundReason
from ...orders.services.tallies import fold_tallies
from ...pricing.models import DeliveryMethod
from ...pricing.quote import Quote
from ...pricing.rounds import next_round
from ...reports.booking import CART, CHECKOUT
from ...reports.freshness import orders_to_sum_up
from ...reports.models import ReportVisit
from ...reports.services import sum_up
from ...vault import Source, index_name, new_subject
from .priced import Goods, Way, price
from .shelves import add_products, all_goods
from .writing import write_many

AT_A_TIME = 500
WITH_A_NAME = 1_000
YEARS = 3
# What an old order has become, and how many of a hundred; those of the last days are open.
ENDED = ((OrderState.DONE, 88), (OrderState.SHIPPED, 3), (OrderState.CANCELLED, 5), (OrderState.EXPIRED, 4))
OPEN = (
    *((OrderState.PLACED, 55), (OrderState.PACKED, 20), (OrderState.SHIPPED, 20)),
    *((OrderState.PENDING, 2), (OrderState.PAYMENT_FAILED, 3)),
)
# Shares of all orders: with a discount code, and of those that are done with a line that came back.
WITH_CODE, SENT_BACK = 0.06, 0.04
OPEN_FOR = timedelta(days=3)
MOST_OPEN = 400
PAID = {OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DONE}
FIRST = ("Ada", "Bo", "Caro", "Dan", "Elin", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Marta", "Noor")
LAST = ("Alder", "Brandt", "Castle", "Diaz", "Ekberg", "Fontaine", "Grey", "Hale", "Ito", "Keller", "Lind", "Moreau")
PLACES = (("US", "CA", 70), ("US", "OR", 12), ("DE", "", 8), ("GB", "", 6), ("CA", "", 4))


class ForTrying(Exception):
    """This shop is open: nothing is made up in it."""


@dataclass(frozen=True)
class Made:
    products: int
    orders: int


def fill(*, orders: int, products: int, say: Callable[[str], None]) -> Made:
    """Add what is missing to these many. Raises ForTrying in production."""
    refuse_in(settings().shop_mode)
    chance = random.Random(20)  # noqa: S311
    missing = max(0, products - Product.select().count()), max(0, orders - Order.select().count())
    add_products(missing[0], chance, over=timedelta(days=YEARS * 365))
    say(f"{missing[0]:,} products added")
    goods = all_goods()
    done = 0
    for some in chunked(_moments(missing[1], chance), AT_A_TIME):
        _add_orders(list(some), goods, chance)
        done += len(some)
        if done % (AT_A_TIME * 20) == 0:
            say(f"{done:,} of {missing[1]:,} orders added")
            fold_tallies()
    _name_the_newest(chance)
    _leave_carts(missing[1] // 50, goods, chance)
    fold_tallies()
    # So that the database knows how much there is before it is asked about it.
    db.execute_sql("ANALYZE")
    say("summing up the days")
    while orders_to_sum_up():
        sum_up()
    return Made(*missing)


def refuse_in(mode: str) -> None:
    """Raises ForTrying for a shop that is open."""
    if mode == PRODUCTION:
        raise ForTrying(
            "This shop is in production: made-up orders would stand among its customers'. "
            "Use another SHOP_INSTANCE with SHOP_MODE=demo."
        )


def _moments(count: int, chance: random.Random) -> Iterator[tuple[datetime, bool]]:
    """When each order was placed, the oldest first, and whether something is still to be done for it."""
    now, open_ones = clock.now(), min(MOST_OPEN, count // 5)
    span = timedelta(days=YEARS * 365) - OPEN_FOR
    for place in range(count - open_ones):
        yield now - OPEN_FOR - span * (1 - place / max(1, count - open_ones)) + _jitter(chance), False
    for place in range(open_ones):
        yield now - OPEN_FOR * (1 - place / open_ones), True


def _jitter(chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.randrange(3600))


def _add_orders(moments: Sequence[tuple[datetime, bool]], goods: Sequence[Goods], chance: random.Random) -> None:
    methods = list(DeliveryMethod.select())
    drafts = [_draft(at, is_open, methods, goods, chance) for at, is_open in moments]
    with db.atomic():
        before = Order.select(fn.MAX(Order.id)).scalar() or 0
        write_many(Order, [draft["order"] for draft in drafts])
        ids = _pairs(Order.select(Order.number, Order.id).where(Order.id > before))
        for model, kind in ((OrderLine, "lines"), (Payment, "payments"), (Shipment, "parcels"), (OrderEvent, "events")):
            write_many(
                model, [{"order": ids[draft["order"]["number"]], **row} for draft in drafts for row in draft[kind]]
            )
        _give_back(
            {ids[draft["order"]["number"]]: draft for draft in drafts if draft["order"]["refunded_cents"]}, chance
        )
        write_many(ReportVisit, [row for at, _ in moments for row in _visits(at)])


def _visits(at: datetime) -> list[dict[str, Any]]:
    """Of three carts that are begun, two come to a checkout and one to an order."""
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return [{"kind": kind, "at": quarter, "quantity": count} for kind, count in ((CART, 3), (CHECKOUT, 2))]


def _give_back(drafts: Mapping[int, dict[str, Any]], chance: random.Random) -> None:
    """The first lines of these orders, by their ids, came back some days later."""
    first = OrderLine.select(OrderLine.id, OrderLine.order, OrderLine.name, OrderLine.quantity, OrderLine.total_cents)
    lines = list(first.where(OrderLine.order.in_(list(drafts)), OrderLine.position == 0))
    payments = _pairs(Payment.select(Payment.order, Payment.id).where(Payment.order.in_(list(drafts))))
    write_many(Refund, [_refund(drafts[line.order_id]["order"], line, payments, chance) for line in lines])
    refunds = _pairs(Refund.select(Refund.order, Refund.id).where(Refund.order.in_(list(drafts))))
    write_many(
        RefundLine,
        [
            {
                "order": line.order_id, "refund": refunds[line.order_id], "line": line.id, "what": line.name,
                "quantity": line.quantity, "amount_cents": line.total_cents,
            }
            for line in lines
        ],
    )  # fmt: skip


def _refund(
    order: Mapping[str, Any], line: OrderLine, payments: Mapping[int, int], chance: random.Random
) -> dict[str, Any]:
    at = order["created_at"] + timedelta(days=chance.randrange(4, 24))
    return {
        "order": line.order_id,
        "payment": payments[line.order_id],
        "ref": f"{order['number']}-R1",
        "state": RefundState.DONE,
        "amount_cents": line.total_cents,
        "reason": RefundReason.SENT_BACK,
        "created_at": at,
        "decided_at": at,
    }


def _pairs(found: ModelSelect[Any]) -> dict[Any, int]:
    rows: Any = found.tuples()
    return dict(rows)


def _draft(
    at: datetime, is_open: bool, methods: Sequence[DeliveryMethod], goods: Sequence[Goods], chance: random.Random
) -> dict[str, Any]:
    """An order with its rows, as columns."""
    state = _one_of(OPEN if is_open else ENDED, chance)
    bought = [(chance.choice(goods), chance.randrange(1, 4)) for _ in range(chance.randrange(1, 4))]
    method = chance.choice(methods) if methods else None
    way = Way(method.code, method.name, method.needs_address) if method else Way("parcel", "Parcel", True)
    place = _one_of([((land, part), weight) for land, part, weight in PLACES], chance)
    priced = price(bought, has_code=chance.random() < WITH_CODE, way=way, place=place)
    order = _order(at, state, priced.quote, method, chance)
    is_sent_back = state == OrderState.DONE and chance.random() < SENT_BACK
    order["refunded_cents"] = priced.lines[0]["total_cents"] if is_sent_back else 0
    parcels = [{"carrier": "own-round", "at": order["shipped_at"]}] if order["shipped_at"] else []
    paid = {"ref": order["number"], "amount_cents": order["total_cents"], "state": PaymentState.SETTLED}
    return {
        "order": order,
        "lines": priced.lines,
        "payments": [{**paid, "settled_at": at, "created_at": at}] if state in PAID else [],
        "parcels": parcels,
        "events": [{"at": at, "kind": "placed", "actor": "customer", "details": "{}"}] if state in PAID else [],
    }


def _order(
    at: datetime, state: OrderState, quote: Quote, method: DeliveryMethod | None, chance: random.Random
) -> dict[str, Any]:
    signs = "".join(chance.choices(ALPHABET, k=2 * HALF))
    left = at + timedelta(hours=20)
    assert quote.delivery is not None
    return {
        "number": f"{signs[:HALF]}-{signs[HALF:]}",
        "idem": secrets.token_hex(12),
        "fingerprint": "",
        "state": state,
        "currency": quote.currency,
        "subtotal_cents": quote.subtotal_cents,
        "discount_cents": quote.discount_cents,
        "tax_cents": quote.tax_cents,
        "total_cents": quote.total_cents,
        "quote": quote.to_json(),
        "discount_code": quote.discount_code,
        "delivery_code": quote.delivery.code,
        "delivery_name": quote.delivery.name,
        "deliver_on": _promised(method, at, state),
        "tax_country": quote.country,
        "tax_region": quote.region,
        "has_note": chance.random() < 0.08,
        "created_at": at,
        "placed_at": at if state in PAID | {OrderState.CANCELLED} else None,
        "packed_at": left if state in PAID - {OrderState.PLACED} else None,
        "shipped_at": left if state in {OrderState.SHIPPED, OrderState.DONE} else None,
        "done_at": left + timedelta(days=2) if state == OrderState.DONE else None,
        "cancelled_at": left if state == OrderState.CANCELLED else None,
    }


def _promised(method: DeliveryMethod | None, at: datetime, state: OrderState) -> date | None:
    """Old parcels that nobody noted the arrival of went without a promised day."""
    is_forgotten = state == OrderState.SHIPPED and at < clock.now() - OPEN_FOR
    keeps_days = method is not None and state in PAID and not is_forgotten
    return next_round(method, day_of(at)) if method and keeps_days else None


def _one_of(weighted: Sequence[tuple[Any, int]], chance: random.Random) -> Any:
    return chance.choices([each for each, _ in weighted], [weight for _, weight in weighted])[0]


def _leave_carts(count: int, goods: Sequence[Goods], chance: random.Random) -> None:
    """Carts of the last weeks that nobody came back to."""
    moments = [clock.now() - timedelta(hours=chance.randrange(30, 600)) for _ in range(count)]
    tokens = {secrets.token_bytes(32): at for at in moments}
    with db.atomic():
        before = Cart.select(fn.MAX(Cart.id)).scalar() or 0
        write_many(Cart, [{"token_hash": token, "created_at": at, "touched_at": at} for token, at in tokens.items()])
        lines = []
        for cart in Cart.select(Cart.id, Cart.touched_at).where(Cart.id > before):
            each = chance.choice(goods)
            bought = {"variant": each.id, "quantity": chance.randrange(1, 4), "seen_price_cents": each.cents}
            lines.append({"cart": cart.id, "added_at": cart.touched_at, **bought})
        write_many(CartLine, lines)


def _name_the_newest(chance: random.Random) -> None:
    """Each with a key of its own, as a customer's has; made up, and with addresses that no mail can reach."""
    nameless = Order.id.not_in(OrderContact.select(OrderContact.order))
    newest = Order.select(Order.id).where(nameless, Order.state.in_(list(PAID))).order_by(Order.id.desc())
    for some in chunked(newest.limit(WITH_A_NAME), AT_A_TIME):
        with db.atomic():
            for order in some:
                name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
                contact = OrderContact.create(
                    subject=new_subject("order"),
                    source=Source.SHOP,
                    order=order.id,
                    phone=f"+1213{5550000 + order.id % 4450000:07}",
                    email=f"{name.lower().replace(' ', '.')}.{order.id}@example.com",
                    delivery_name=name,
                    delivery_street=f"{chance.randrange(1, 99)} Alder Row",
                    delivery_city="Los Angeles",
                    delivery_country="US",
                )
                index_name(contact, name)
