"""Whatever is changed how often, every figure of an order adds up, and its payments hold what it comes to."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop import clock
from shop.catalogue.models import Variant
from shop.db import db
from shop.orders.editing.carrying_out import carry_out
from shop.orders.editing.planning import Change
from shop.orders.models import (
    EditWay,
    Order,
    OrderContact,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Refund,
)
from shop.orders.numbers import new_number
from shop.orders.services.placing import figures_of
from shop.pricing.models import Discount, DiscountKind
from shop.pricing.queries import tax_rules
from shop.pricing.quote import Quote
from shop.pricing.sums import Delivery, Goods, Reduction, Tax, work_out
from shop.vault import Source, new_subject

from ...support.changed import ASKED, change_it, planned
from ...support.till import Shelf

PRICES = st.lists(st.integers(1, 30_000), min_size=3, max_size=3)
REDUCTIONS = st.sampled_from(
    [
        None,
        (DiscountKind.PERCENT, 125_000, "12.5% off"),
        (DiscountKind.AMOUNT, 700, "$7.00 off"),
        (DiscountKind.FREE_DELIVERY, 0, "free delivery"),
    ]
)
# Of each of three goods: how many there are afterwards.
WISHES = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=3)


def placed(variants: Sequence[int], reduction: Reduction | None, *, inclusive: bool, region: str) -> Order:
    """Two of the first and one of the second, as the checkout would have written them down."""
    rules = tax_rules("US", region)
    goods = [
        Goods(
            variant_id=variant.id, name=variant.product.name, options="", sku=variant.sku, picture="",
            unit_price_cents=variant.price_cents, quantity=quantity, weight_grams=500,
            tax=rules.of(variant.product.tax_class),
        )
        for variant, quantity in ((Variant.get_by_id(variants[0]), 2), (Variant.get_by_id(variants[1]), 1))
    ]  # fmt: skip
    way = Delivery(code="x", name="X", promise="", price_cents=590, needs_address=True, tax=Tax("Tax", 95_000))
    quote = work_out(
        currency="USD", goods=goods, reduction=reduction, delivery=way, inclusive=inclusive, country="US", region=region
    )
    now = clock.now()
    order: Order = Order.create(
        number=new_number(), idem=secrets.token_hex(8), fingerprint="", currency="USD", state=OrderState.PLACED,
        placed_at=now, **figures_of(quote),
    )  # fmt: skip
    for position, line in enumerate(quote.lines):
        OrderLine.create(
            order=order.id, variant=line.variant_id, position=position, name=line.name, sku=line.sku,
            unit_price_cents=line.unit_price_cents, quantity=line.quantity, subtotal_cents=line.subtotal_cents,
            discount_cents=line.discount_cents, tax_cents=line.tax_cents, tax_rate_ppm=line.tax_rate_ppm,
            total_cents=line.total_cents,
        )  # fmt: skip
    OrderContact.create(order=order.id, subject=new_subject("order"), source=Source.SELF, email="wren@example.com")
    _paid(order, order.total_cents)
    return order


def _paid(order: Order, cents: int, edit_id: int | None = None) -> None:
    if cents:
        ref = secrets.token_hex(6)
        Payment.create(order=order.id, edit=edit_id, ref=ref, amount_cents=cents, state=PaymentState.SETTLED)


def change_to(order: Order, variants: Sequence[int], wanted: Sequence[int]) -> None:
    """As a form would have it: the lines there are, and what is added; whatever more it costs is paid."""
    rows = {line.variant_id: line for line in OrderLine.select().where(OrderLine.order == order.id)}
    quantities = {rows[id_].id: count for id_, count in zip(variants, wanted, strict=True) if id_ in rows}
    added = {id_: count for id_, count in zip(variants, wanted, strict=True) if id_ not in rows and count}
    change = Change(quantities=quantities, added=added, restock=set(quantities))
    if {id_: rows[id_].quantity for id_ in rows} == {
        id_: count for id_, count in zip(variants, wanted, strict=True) if count
    }:
        return
    before = Order.get_by_id(order.id).total_cents
    is_dearer = planned(order, change)[0].after.total_cents > before
    edit = change_it(order, change, settling=ASKED if is_dearer else None)
    if edit.way == EditWay.ASK:
        _paid(order, edit.difference_cents, edit.id)
        carry_out(edit)


def check(order: Order) -> None:
    order = Order.get_by_id(order.id)
    quote = Quote.from_json(order.quote)
    lines = list(OrderLine.select().where(OrderLine.order == order.id).order_by(OrderLine.position))
    assert [(row.sku, row.quantity, row.total_cents, row.tax_cents, row.discount_cents) for row in lines] == [
        (row.sku, row.quantity, row.total_cents, row.tax_cents, row.discount_cents) for row in quote.lines
    ]
    assert quote.subtotal_cents == sum(row.unit_price_cents * row.quantity for row in lines)
    assert quote.discount_cents == sum(row.discount_cents for row in lines)
    assert quote.delivery is not None
    assert quote.tax_cents == sum(row.tax_cents for row in lines) + quote.delivery.tax_cents
    assert quote.tax_cents == sum(share.tax_cents for share in quote.taxes)
    tax = 0 if quote.tax_inclusive else quote.tax_cents
    assert quote.total_cents == quote.subtotal_cents - quote.discount_cents + quote.delivery_cents + tax
    names = ("subtotal_cents", "discount_cents", "delivery_cents", "tax_cents", "total_cents")
    assert all(getattr(order, name) == getattr(quote, name) for name in names)
    held = sum(payment.amount_cents for payment in Payment.select().where(Payment.order == order.id))
    assert held - sum(refund.amount_cents for refund in Refund.select()) == order.total_cents


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PRICES, REDUCTIONS, st.booleans(), st.sampled_from(["CA", "OR"]), WISHES)
def test_however_often_it_is_changed_everything_adds_up(
    shelf: Shelf,
    prices: list[int],
    off: tuple[DiscountKind, int, str] | None,
    inclusive: bool,
    region: str,
    wishes: list[list[int]],
) -> None:
    variants = (shelf.tote, shelf.kale, shelf.last)
    with db.atomic() as everything:
        for variant_id, cents in zip(variants, prices, strict=True):
            Variant.update(price_cents=cents, on_hand=100).where(Variant.id == variant_id).execute()
        reduction = None
        if off is not None:
            Discount.create(code="C", kind=off[0], value=off[1])
            reduction = Reduction(code="C", name=off[2], kind=off[0], value=off[1])
        order = placed(variants, reduction, inclusive=inclusive, region=region)
        first = order.quote
        check(order)
        for wanted in wishes:
            if any(wanted):
                change_to(order, variants, wanted)
                check(order)
        # And back again: as it was, to the cent.
        change_to(order, variants, (2, 1, 0))
        check(order)
        now, then = Quote.from_json(Order.get_by_id(order.id).quote), Quote.from_json(first)
        assert (now.total_cents, now.tax_cents, now.discount_cents) == (
            then.total_cents,
            then.tax_cents,
            then.discount_cents,
        )
        everything.rollback()
