"""Which delivery can be had, and what it costs."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.addresses.countries import rules_for
from shop.pricing.models import DeliveryBand, DeliveryKind, DeliveryMethod
from shop.pricing.places import Destination, is_within, normal_postcode
from shop.pricing.queries import countries_served, methods_for, nearest_free_delivery
from tests.support.queries import count_queries

pytestmark = pytest.mark.once

LA = Destination("US", "CA", "90013")
BERLIN = Destination("DE", "", "10115")


def method(code: str, kind: DeliveryKind, **more: object) -> DeliveryMethod:
    position = DeliveryMethod.select().count()
    return DeliveryMethod.create(code=code, name=code.title(), kind=kind, position=position, **more)


def prices(destination: Destination | None, cents: int = 1000, grams: int = 500) -> dict[str, int]:
    return {offer.code: offer.price_cents for offer in methods_for(destination, cents, grams)}


def test_a_flat_price_is_for_the_countries_it_names(app: Flask) -> None:
    method("parcel", DeliveryKind.FLAT, price_cents=900, countries="US CA")
    assert prices(LA) == {"parcel": 900}
    assert prices(BERLIN) == {}
    assert prices(None) == {}


def test_a_method_that_names_no_country_goes_everywhere(app: Flask) -> None:
    method("post", DeliveryKind.FLAT, price_cents=900)
    assert prices(BERLIN) == {"post": 900}
    assert {"DE", "US"} <= set(countries_served())


def test_every_country_that_is_served_can_be_asked_for_an_address(app: Flask) -> None:
    method("post", DeliveryKind.FLAT, price_cents=900)
    method("ferry", DeliveryKind.FLAT, price_cents=900, countries="IC EU")
    assert [code for code in countries_served() if not rules_for(code).parts] == []


@pytest.mark.parametrize(("grams", "price"), [(0, 600), (1000, 600), (1001, 900), (3000, 900), (3001, None)])
def test_weight_picks_the_band_up_to_its_upper_end(app: Flask, grams: int, price: int | None) -> None:
    parcel = method("parcel", DeliveryKind.BY_WEIGHT)
    DeliveryBand.create(method=parcel, upto=3000, price_cents=900)
    DeliveryBand.create(method=parcel, upto=1000, price_cents=600)
    assert prices(LA, grams=grams) == ({} if price is None else {"parcel": price})


@pytest.mark.parametrize(("cents", "price"), [(5000, 1900), (5001, 2500), (10**11, 3200)])
def test_value_picks_the_band_and_the_open_band_comes_last(app: Flask, cents: int, price: int) -> None:
    parcel = method("abroad", DeliveryKind.BY_VALUE)
    for upto, band in ((None, 3200), (15_000, 2500), (5000, 1900)):
        DeliveryBand.create(method=parcel, upto=upto, price_cents=band)
    assert prices(BERLIN, cents=cents) == {"abroad": price}


@pytest.mark.parametrize(("cents", "price"), [(4499, 500), (4500, 0), (4501, 0)])
def test_delivery_is_free_from_its_limit_on(app: Flask, cents: int, price: int) -> None:
    method("parcel", DeliveryKind.FLAT, price_cents=500, free_over_cents=4500)
    assert prices(LA, cents=cents) == {"parcel": price}
    assert [offer.is_free for offer in methods_for(LA, cents, 0)] == [price == 0]


def test_too_heavy_stays_too_heavy_however_dear(app: Flask) -> None:
    parcel = method("parcel", DeliveryKind.BY_WEIGHT, free_over_cents=100)
    DeliveryBand.create(method=parcel, upto=1000, price_cents=600)
    assert prices(LA, cents=10_000, grams=2000) == {}


def test_a_pick_up_needs_no_address(app: Flask) -> None:
    method("pick-up", DeliveryKind.PICK_UP, countries="US")
    assert prices(None) == prices(BERLIN) == {"pick-up": 0}
    assert not methods_for(None, 0, 0)[0].needs_address
    assert countries_served() == []


@pytest.mark.parametrize(
    ("postcode", "is_near"),
    [("90013", True), ("908", True), ("90899-1234", True), ("９００１３", True), (" 900 13 ", True), ("91001", True)]
    + [("909", False), ("91002", False), ("89", False), ("", False), ("9", False), ("---", False)],
)
def test_the_local_round_goes_by_prefixes_and_ranges(app: Flask, postcode: str, is_near: bool) -> None:
    method("local", DeliveryKind.LOCAL, price_cents=500, countries="US", postcodes="900-908 91001")
    assert bool(prices(Destination("US", "CA", postcode))) is is_near
    assert prices(Destination("MX", "", postcode)) == {}


def test_postcodes_compare_however_they_are_typed() -> None:
    assert normal_postcode("sw1a-1aa") == "SW1A1AA"
    assert is_within("sw1a 1aa", "sw1 ec1-ec4")
    assert is_within("EC2V 7HH", "sw1 ec1-ec4")
    assert not is_within("EC5V 7HH", "sw1 ec1-ec4")


def test_an_idle_method_is_not_offered(app: Flask) -> None:
    method("parcel", DeliveryKind.FLAT, price_cents=500, countries="US", is_active=False)
    assert prices(LA) == {}
    assert countries_served() == []


def test_methods_come_in_the_shops_order_in_one_query(app: Flask) -> None:
    for code in ("zebra", "apple", "mango"):
        made = method(code, DeliveryKind.BY_WEIGHT)
        DeliveryBand.create(method=made, upto=None, price_cents=500)
    with count_queries() as sent:
        assert list(prices(LA)) == ["zebra", "apple", "mango"]
    assert len(sent) == 1


def test_the_way_to_free_delivery_is_named_for_the_country(app: Flask) -> None:
    method("parcel", DeliveryKind.FLAT, price_cents=500, free_over_cents=9500, countries="US")
    method("local", DeliveryKind.LOCAL, price_cents=500, free_over_cents=4500, countries="US")
    nearest = nearest_free_delivery(4000, "US")
    assert nearest is not None
    assert (nearest.name, nearest.missing_cents) == ("Local", 500)
    further = nearest_free_delivery(4500, "US")
    assert further is not None
    assert (further.name, further.missing_cents) == ("Parcel", 5000)
    assert nearest_free_delivery(9500, "US") is None
    assert nearest_free_delivery(0, "DE") is None
