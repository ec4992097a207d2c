"""A basket priced with the shop's own delivery, taxes and codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.ops.demo.pricing import seed_delivery, seed_discount, seed_taxes
from shop.pricing.models import DeliveryMethod, Discount, DiscountKind, DiscountUse, TaxZone
from shop.pricing.places import Destination
from shop.pricing.quote import Quote
from shop.pricing.services import DiscountRefused, MethodNotAvailable, price_basket
from tests.support.queries import count_queries

from .conftest import Make

LA = Destination("US", "CA", "90013")
OREGON = Destination("US", "OR", "97201")
TORONTO = Destination("CA", "ON", "M5V 2T6")
LONDON = Destination("GB", "", "SW1A 1AA")
BERLIN = Destination("DE", "", "10115")


@pytest.fixture(autouse=True)
def demo_shop(app: Flask) -> None:
    """The demo shop's delivery, taxes and code."""
    seed_delivery()
    seed_taxes()
    seed_discount()


def price(thing: Make, *, to: Destination | None = LA, by: str = "parcel", code: str = "", cents: int = 4800) -> Quote:
    items = [(thing(cents), 1), (thing(350, tax_class="food", name="Curly Kale"), 2)]
    return price_basket(items=items, destination=to, method_code=by, discount_code=code, now=clock.now())


@pytest.mark.parametrize(
    ("to", "by", "tax", "total"),
    [
        (LA, "parcel", 456, 4800 + 700 + 900 + 456),
        (OREGON, "parcel", 0, 4800 + 700 + 900),
        (TORONTO, "international", 240 + 125, 4800 + 700 + 2500 + 365),
        (LONDON, "international", 800 + 417, 4800 + 700 + 2500),
        (BERLIN, "international", 766 + 46 + 399, 4800 + 700 + 2500),
    ],
)
def test_tax_follows_country_region_and_class(thing: Make, to: Destination, by: str, tax: int, total: int) -> None:
    quote = price(thing, to=to, by=by)
    assert (quote.tax_cents, quote.total_cents) == (tax, total)
    assert quote.tax_inclusive is (to in (LONDON, BERLIN))
    assert (quote.country, quote.region) == (to.country, to.region)


def test_a_pick_up_is_taxed_where_the_shop_is(thing: Make) -> None:
    quote = price(thing, to=BERLIN, by="pick-up")
    assert (quote.country, quote.region, quote.tax_cents) == ("US", "CA", 456)
    assert price(thing, to=None, by="pick-up").total_cents == quote.total_cents
    assert not quote.needs_address


def test_without_method_and_destination_there_is_no_delivery_and_no_tax(thing: Make) -> None:
    quote = price(thing, to=None, by="")
    assert quote.delivery is None
    assert (quote.tax_cents, quote.total_cents) == (0, 5500)


@pytest.mark.parametrize(("to", "by"), [(BERLIN, "parcel"), (OREGON, "local"), (None, "parcel"), (LA, "nonesuch")])
def test_a_method_that_does_not_reach_is_refused(thing: Make, to: Destination | None, by: str) -> None:
    with pytest.raises(MethodNotAvailable):
        price(thing, to=to, by=by)


def test_a_code_does_not_take_free_delivery_away(thing: Make) -> None:
    assert price(thing, by="local", cents=4000).delivery_cents == 0
    assert price(thing, by="local", cents=4000, code="WELCOME10").delivery_cents == 0


def test_a_basket_costs_a_fixed_number_of_queries(thing: Make) -> None:
    with count_queries() as sent:
        price(thing, code="WELCOME10")
    assert len(sent) <= 3


def refusal(thing: Make, code: str, *, customer: bytes | None = None, cents: int = 4800) -> str:
    with pytest.raises(DiscountRefused) as refused:
        price_basket(items=[(thing(cents), 1)], discount_code=code, customer=customer, now=clock.now())
    return refused.value.reason


def test_a_code_is_refused_before_and_after_its_days(thing: Make) -> None:
    now = clock.now()
    Discount.create(code="SOON", kind=DiscountKind.AMOUNT, value=500, starts_at=now + timedelta(days=1))
    Discount.create(code="PAST", kind=DiscountKind.AMOUNT, value=500, ends_at=now - timedelta(days=1))
    Discount.create(code="IDLE", kind=DiscountKind.AMOUNT, value=500, is_active=False)
    assert "is valid from" in refusal(thing, "SOON")
    assert "was valid until" in refusal(thing, "PAST")
    assert "no longer valid" in refusal(thing, "IDLE")


def test_a_code_holds_from_its_first_moment_to_just_before_its_last(thing: Make) -> None:
    now = clock.now()
    Discount.create(code="DAY", kind=DiscountKind.AMOUNT, value=500, starts_at=now, ends_at=now + timedelta(seconds=1))
    items = [(thing(4800), 1)]
    assert price_basket(items=items, discount_code="DAY", now=now).discount_cents == 500
    with pytest.raises(DiscountRefused):
        price_basket(items=items, discount_code="DAY", now=now + timedelta(seconds=1))


def test_a_code_below_its_minimum_says_what_is_missing(thing: Make) -> None:
    assert refusal(thing, "WELCOME10", cents=2999).endswith("$30.00 or more: $0.01 to go.")


def test_a_code_that_is_used_up_is_refused(thing: Make) -> None:
    Discount.create(code="ONCE", kind=DiscountKind.AMOUNT, value=500, use_limit=1, used=1)
    assert "as often as it can be" in refusal(thing, "ONCE")


def test_a_code_used_by_this_customer_is_refused_to_them_alone(thing: Make) -> None:
    each = Discount.create(code="EACH", kind=DiscountKind.AMOUNT, value=500, use_limit_each=1, used=1)
    DiscountUse.create(discount=each, order_ref="A", customer=b"alice")
    assert "as often as one customer can" in refusal(thing, "EACH", customer=b"alice")
    items = [(thing(4800), 1)]
    for customer in (b"bob", None):
        quote = price_basket(items=items, discount_code="each", customer=customer, now=clock.now())
        assert quote.discount_cents == 500


def test_seeding_twice_adds_nothing(app: Flask) -> None:
    before = [model.select().count() for model in (DeliveryMethod, TaxZone, Discount)]
    seed_delivery()
    seed_taxes()
    seed_discount()
    assert [model.select().count() for model in (DeliveryMethod, TaxZone, Discount)] == before
