"""Conversion and carts left behind, counted without following anybody."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from shop import clock
from shop.cart.models import Cart, CartLine
from shop.cart.services import purge_old_carts
from shop.catalogue.models import Product, Variant
from shop.checkout.taking.services import begin_order
from shop.days import today
from shop.reports.left_behind import conversion, left_behind, left_days
from shop.reports.models import ReportVisit
from shop.reports.queries import Books
from shop.reports.services import sum_up
from shop.reports.standing_stock import stock_value
from shop.vault import Source

from ..support.histories import sold

LONG_AGO = timedelta(days=40)


def begun(number: int, *, ago: timedelta = timedelta(0)) -> Cart:
    at = clock.now() - ago
    cart: Cart = Cart.create(token_hash=bytes([number]), created_at=at, touched_at=at)
    return cart


def variant(name: str, price_cents: int, *, on_hand: int = 0) -> Variant:
    product = Product.create(name=name, slug=name.lower(), state="active")
    made: Variant = Variant.create(product=product, sku=name, price_cents=price_cents, on_hand=on_hand)
    return made


def test_carts_begun_still_count_when_they_are_gone(app: Flask) -> None:
    for number in range(4):
        begun(number, ago=LONG_AGO)
    sold(at=clock.now() - LONG_AGO)
    purge_old_carts()
    assert not Cart.select().exists()
    counted = conversion(Books(today() - timedelta(days=45), today() - timedelta(days=35)))
    assert (counted.carts, counted.checkouts, counted.orders) == (4, 0, 1)
    assert counted.share(counted.orders) == 250_000
    assert conversion(Books(today(), today())).carts == 0


def test_what_is_counted_is_a_time_and_nothing_else_and_becomes_one_row(app: Flask) -> None:
    begun(0)
    for number in range(1, 6):
        begun(number, ago=LONG_AGO)
    assert set(ReportVisit._meta.fields) == {"id", "kind", "at", "quantity"}
    first = today() - timedelta(days=60)
    before = conversion(Books(first, today())).carts
    sum_up()
    sum_up()
    assert conversion(Books(first, today())).carts == before == 6
    assert sorted(visit.quantity for visit in ReportVisit.select()) == [1, 5]


def test_carts_nobody_touched_for_a_day_are_left_behind_with_what_is_in_them(app: Flask) -> None:
    kale, tote = variant("Kale", 350), variant("Tote", 4800)
    old, older, fresh = begun(1, ago=timedelta(days=2)), begun(2, ago=timedelta(days=9)), begun(3)
    for cart, each, quantity in ((old, kale, 2), (older, kale, 1), (older, tote, 1), (fresh, tote, 9)):
        CartLine.create(cart=cart, variant=each, quantity=quantity, seen_price_cents=each.price_cents)
    gone = variant("Gone", 100)
    CartLine.create(cart=old, variant=gone, quantity=1, seen_price_cents=100, removed_at=clock.now())
    taken = begin_order(source=Source.STAFF_BY_PHONE, staff_id=1).cart
    Cart.update(touched_at=clock.now() - timedelta(days=3)).where(Cart.id == taken.id).execute()
    CartLine.create(cart=taken, variant=tote, quantity=5, seen_price_cents=4800)
    left = left_behind()
    assert (left.carts, left.pieces, left.cents) == (2, 4, 3 * 350 + 4800)
    assert [(each.name, each.carts, each.pieces, each.cents) for each in left.goods] == [
        ("Kale", 2, 3, 1050),
        ("Tote", 1, 1, 4800),
    ]


def test_stock_is_worth_what_it_sells_for_now(app: Flask) -> None:
    variant("Kale", 350, on_hand=10)
    variant("Tote", 4800, on_hand=2)
    variant("Sold Out", 100)
    value = stock_value(limit=1)
    assert (value.count, value.on_hand, value.value_cents) == (2, 12, 13_100)
    assert [(shelf.name, shelf.value_cents) for shelf in value.products] == [("Tote", 9600)]


def test_carts_left_behind_are_counted_by_the_day_of_their_last_touch(app: Flask) -> None:
    kale, tote = variant("Kale", 350), variant("Tote", 4800)
    for number, (days, each, quantity) in enumerate(((2, kale, 1), (2, tote, 2), (5, kale, 4), (0, kale, 9))):
        cart = begun(number, ago=timedelta(days=days))
        CartLine.create(cart=cart, variant=each, quantity=quantity, seen_price_cents=each.price_cents)
    day = today()
    assert [(each.day, each.carts, each.pieces, each.cents) for each in left_days(None)] == [
        (day - timedelta(days=2), 2, 3, 350 + 9600),
        (day - timedelta(days=5), 1, 4, 1400),
    ]
    assert [(each.carts, each.pieces) for each in left_days(tote.id)] == [(1, 2)]
    assert left_days(0) == []
