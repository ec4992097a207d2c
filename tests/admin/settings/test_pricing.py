"""Ways of delivery, taxes and codes, as the owner sets them up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.pricing.models import DeliveryBand, DeliveryMethod, Discount, TaxRate, TaxZone
from shop.pricing.places import Destination
from shop.pricing.queries import methods_for, tax_rules

from ...support.client import ShopClient

DELIVERY, TAX, CODES = "/admin/settings/delivery", "/admin/settings/tax", "/admin/settings/discounts"
HOME = Destination("US", "CA", "90012")
PARCEL = {"name": "Parcel <i>", "code": "parcel", "kind": "by weight", "price": "0", "countries": "us ca"}
STEPS = {"bands-0-upto": "1000", "bands-0-price": "6.00", "bands-1-upto": "", "bands-1-price": "9"}


def test_a_way_of_delivery_is_added_changed_and_offered(robin: ShopClient) -> None:
    assert robin.submit(f"{DELIVERY}/new", action=f"{DELIVERY}/new", **PARCEL, **STEPS).location == DELIVERY
    method = DeliveryMethod.get()
    assert (method.countries, method.is_active) == ("US CA", True)
    assert [offer.price_cents for offer in methods_for(HOME, 100, 900)] == [600]
    assert [offer.price_cents for offer in methods_for(HOME, 100, 1001)] == [900]
    assert "Parcel &lt;i&gt;" in robin.get(DELIVERY).text
    one = f"{DELIVERY}/{method.id}"
    typed = {"free_over": "45.00", "bands-0-price": "7.50", "weekdays": "tue", "lead_days": "2"}
    assert robin.submit(one, action=one, **typed).status_code == 303
    saved = DeliveryMethod.get()
    assert (saved.weekdays, saved.lead_days) == ("tue", 2)
    assert 'value="tue" checked' in robin.get(one).text
    assert [offer.price_cents for offer in methods_for(HOME, 100, 900)] == [750]
    assert [offer.price_cents for offer in methods_for(HOME, 4500, 900)] == [0]
    assert DeliveryBand.select().count() == 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"price": "12,345,6"}, "too many points and commas"),
        ({"countries": "US, ATLANTIS"}, "ATLANTIS: not a country"),
        ({"code": "Über parcel"}, "small letters, digits and hyphens"),
        ({"kind": "local round"}, "which postcodes your round reaches"),
        ({"bands-0-upto": "heavy"}, "Step 1: Weights are whole grams"),
        ({"bands-1-upto": "1000"}, "Two steps end at the same place"),
        ({"name": ""}, "Give it a name"),
    ],
)
def test_a_wrong_way_of_delivery_is_explained(robin: ShopClient, typed: dict[str, str], says: str) -> None:
    answer = robin.submit(f"{DELIVERY}/new", action=f"{DELIVERY}/new", **{**PARCEL, **STEPS, **typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert not DeliveryMethod.select().exists()


def test_two_ways_of_delivery_need_two_codes_and_can_change_places(robin: ShopClient) -> None:
    for code in ("first", "second"):
        robin.submit(f"{DELIVERY}/new", action=f"{DELIVERY}/new", **{**PARCEL, **STEPS, "code": code, "name": code})
    twice = robin.submit(f"{DELIVERY}/new", action=f"{DELIVERY}/new", **{**PARCEL, **STEPS, "code": "first"})
    assert (twice.status_code, "Another way of delivery has this code." in twice.text) == (422, True)
    second = DeliveryMethod.get(DeliveryMethod.code == "second")
    robin.submit(DELIVERY, action=f"{DELIVERY}/{second.id}/move", way="up")
    assert [offer.code for offer in methods_for(HOME, 100, 900)] == ["second", "first"]


def test_taxes_of_a_place_are_added_changed_and_removed(robin: ShopClient) -> None:
    food = {"rates-0-tax_class": "food", "rates-0-name": "VAT", "rates-0-rate": "5,5"}
    rates = {**food, "rates-1-tax_class": "standard", "rates-1-name": "VAT", "rates-1-rate": "20%"}
    assert robin.submit(f"{TAX}/new", action=f"{TAX}/new", country="FR", inclusive="y", **rates).location == TAX
    rules = tax_rules("FR", "")
    assert (rules.inclusive, rules.of("food").rate_ppm, rules.of("standard").rate_ppm) == (True, 55_000, 200_000)
    twice = robin.submit(f"{TAX}/new", action=f"{TAX}/new", country="FR", **rates)
    assert (twice.status_code, "taxes for this place already" in twice.text) == (422, True)
    one = f"{TAX}/{TaxZone.get().id}"
    assert robin.submit(one, action=one, **{"rates-0-rate": "0"}).status_code == 303
    assert tax_rules("FR", "").of("food").rate_ppm == 0
    assert robin.submit(one, action=f"{one}/remove").status_code == 303
    assert not TaxRate.select().exists()


@pytest.mark.parametrize("rate", ["101", "-1", "NaN", "9.12345", "a lot", "1e2", ""])
def test_a_rate_is_a_percentage(robin: ShopClient, rate: str) -> None:
    rates = {"rates-0-tax_class": "food", "rates-0-name": "VAT", "rates-0-rate": rate}
    answer = robin.submit(f"{TAX}/new", action=f"{TAX}/new", country="FR", **rates)
    assert (answer.status_code, "Rate 1:" in answer.text) == ((303, False) if rate == "1e2" else (422, True))


def test_a_code_is_added_and_holds_for_its_days(app: Flask, robin: ShopClient) -> None:
    today = clock.now().date()
    typed = {"code": " hello 10", "kind": "percent", "value": "12.5", "minimum": "30", "use_limit": "5"}
    days = {"starts_on": str(today - timedelta(days=2)), "ends_on": str(today + timedelta(days=2))}
    assert robin.submit(f"{CODES}/new", action=f"{CODES}/new", **typed, **days).location == CODES
    code = Discount.get()
    assert (code.code, code.value, code.minimum_cents, code.use_limit) == ("HELLO10", 125_000, 3000, 5)
    assert code.starts_at < clock.now() < code.ends_at
    assert "12.5% off" in robin.get(CODES).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"value": "0"}, "gives nothing"),
        ({"value": "200"}, "between 0 and 100"),
        ({"kind": "amount", "value": "free"}, "not an amount"),
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, "end before it begins"),
        ({"ends_on": "9999-12-31"}, "Look at the year"),
        ({"ends_on": "2026-02-30"}, "no such day"),
        ({"use_limit": "0"}, "1 or more"),
        ({"use_limit": "many"}, "whole number"),
        ({"code": " "}, "something to type"),
    ],
)
def test_a_wrong_code_is_explained(robin: ShopClient, typed: dict[str, str], says: str) -> None:
    answer = robin.submit(
        f"{CODES}/new", action=f"{CODES}/new", **{"code": "X", "kind": "percent", "value": "10", **typed}
    )
    assert (answer.status_code, says in answer.text) == (422, True)
    assert not Discount.select().exists()


def test_a_code_cannot_have_been_used_more_often_than_its_limit(robin: ShopClient) -> None:
    code = Discount.create(code="X", kind="free delivery", used=7)
    one = f"{CODES}/{code.id}"
    answer = robin.submit(one, action=one, use_limit="5")
    assert (answer.status_code, "used 7 times" in answer.text) == (422, True)
    assert robin.submit(one, action=one, use_limit="7").status_code == 303
