"""Two tabs with the same settings: the second to save is told what the first has saved, and overwrites nothing."""

from __future__ import annotations

import pytest

from shop.config import settings
from shop.pricing.models import DeliveryMethod, Discount, DiscountKind, TaxZone

from ...support.client import ShopClient

SETTINGS = "/admin/settings"


@pytest.fixture
def made(robin: ShopClient) -> None:
    """A way of delivery, a place with taxes and a code, each the first of its kind."""
    DeliveryMethod.create(name="Parcel", code="parcel", kind="flat", price_cents=600, position=0)
    TaxZone.create(country="US", region="CA", inclusive=False)
    Discount.create(code="SPRING", kind=DiscountKind.PERCENT, value=100_000)


@pytest.mark.parametrize(
    ("page", "field", "first", "second"),
    [
        ("shop", "shop_name", "Oak", "Elm"),
        ("delivery/1", "name", "By bicycle", "By boat"),
        ("tax/1", "rates-0-rate", "7.25", "8.5"),
        ("discounts/1", "minimum", "10.00", "20.00"),
        ("mails/order-shipped", "opening", "Good news!", "Hooray!"),
    ],
)
def test_the_second_of_two_tabs_is_told(
    robin: ShopClient, made: None, page: str, field: str, first: str, second: str
) -> None:
    url = f"{SETTINGS}/{page}"
    rest = {"rates-0-name": "Sales tax", "rates-0-tax_class": "standard"} if field.startswith("rates") else {}
    button = "do=save" if page.startswith("mails") else None
    one, two = robin.get(url), robin.get(url)
    assert robin.submit(one, action=url, button=button, **{field: first}, **rest).status_code == 303
    told = robin.submit(two, action=url, button=button, **{field: second}, **rest)
    assert (told.status_code, "Somebody saved this page meanwhile" in told.text) == (422, True)
    assert (first in told.text, second in told.text) == (True, True)
    assert first in robin.get(url).text
    assert robin.submit(told, action=url, button=button).status_code == 303
    assert second in robin.get(url).text


def test_the_same_saved_twice_is_no_difference(robin: ShopClient) -> None:
    url = f"{SETTINGS}/shop"
    one, two = robin.get(url), robin.get(url)
    assert robin.submit(one, action=url).status_code == 303
    assert robin.submit(two, action=url, shop_name="Elm").status_code == 303
    assert settings().shop_name == "Elm"
