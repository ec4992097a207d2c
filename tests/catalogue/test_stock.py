"""The stock ledger: nothing is promised twice, and every piece is accounted for."""

from __future__ import annotations

import pytest
from peewee import fn

from shop.catalogue import queries, services, stock
from shop.catalogue.models import Product, ProductState, StockMovement, Variant
from shop.catalogue.stock import OutOfStock

from .conftest import Goods


@pytest.fixture
def kale(goods: Goods) -> Variant:
    product = goods.add("Kale", {"on_hand": 0}, inside=("leaves",))
    variant = product.variants.get()
    stock.restock(variant_id=variant.id, quantity=10, reason="received", ref="opening")
    return variant


def levels(variant: Variant) -> tuple[int, int, int]:
    """On hand, held, and what the product says is available."""
    row = Variant.get_by_id(variant.id)
    return row.on_hand, row.held, Product.get_by_id(row.product_id).available


def in_ledger(variant: Variant) -> int:
    return int(StockMovement.select(fn.SUM(StockMovement.quantity)).where(StockMovement.variant == variant).scalar())


def test_a_sale_is_held_then_sold(kale: Variant) -> None:
    stock.hold_stock(variant_id=kale.id, quantity=4)
    assert levels(kale) == (10, 4, 6)
    assert stock.sell_held(variant_id=kale.id, quantity=4, ref="order 1") is True
    assert levels(kale) == (6, 0, 6)
    assert in_ledger(kale) == 6
    assert Product.get_by_id(kale.product_id).sold_count == 4


def test_a_hold_can_be_given_back(kale: Variant) -> None:
    stock.hold_stock(variant_id=kale.id, quantity=4)
    stock.release_stock(variant_id=kale.id, quantity=4)
    assert levels(kale) == (10, 0, 10)


def test_no_more_is_promised_than_is_there(kale: Variant) -> None:
    stock.hold_stock(variant_id=kale.id, quantity=8)
    with pytest.raises(OutOfStock) as refused:
        stock.hold_stock(variant_id=kale.id, quantity=3)
    assert (refused.value.variant_id, refused.value.available) == (kale.id, 2)
    assert levels(kale) == (10, 8, 2)


@pytest.mark.parametrize("state", [ProductState.DRAFT, ProductState.ARCHIVED])
def test_what_is_not_on_show_is_not_held(kale: Variant, state: ProductState) -> None:
    Product.update(state=state).where(Product.id == kale.product_id).execute()
    with pytest.raises(OutOfStock):
        stock.hold_stock(variant_id=kale.id, quantity=1)


def test_an_archived_or_unknown_variant_is_not_held(kale: Variant) -> None:
    Variant.update(is_archived=True).where(Variant.id == kale.id).execute()
    for variant_id in (kale.id, kale.id + 1000):
        with pytest.raises(OutOfStock) as refused:
            stock.hold_stock(variant_id=variant_id, quantity=1)
        assert refused.value.available == 0


def test_selling_twice_sells_once(kale: Variant) -> None:
    stock.hold_stock(variant_id=kale.id, quantity=4)
    stock.sell_held(variant_id=kale.id, quantity=4, ref="order 1")
    assert stock.sell_held(variant_id=kale.id, quantity=4, ref="order 1") is False
    assert levels(kale) == (6, 0, 6)


def test_restocking_twice_for_one_reason_restocks_once(kale: Variant) -> None:
    assert stock.restock(variant_id=kale.id, quantity=2, reason="refund", ref="r1") is True
    assert stock.restock(variant_id=kale.id, quantity=2, reason="refund", ref="r1") is False
    assert stock.restock(variant_id=kale.id, quantity=2, reason="cancelled", ref="r1") is True
    assert levels(kale) == (14, 0, 14) and in_ledger(kale) == 14


def test_what_was_not_held_is_neither_sold_nor_released(kale: Variant) -> None:
    with pytest.raises(ValueError, match="no 1 held"):
        stock.sell_held(variant_id=kale.id, quantity=1, ref="order 1")
    with pytest.raises(ValueError, match="no 1 held"):
        stock.release_stock(variant_id=kale.id, quantity=1)
    assert levels(kale) == (10, 0, 10) and in_ledger(kale) == 10


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_is_one_or_more(kale: Variant, quantity: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        stock.hold_stock(variant_id=kale.id, quantity=quantity)


def test_only_what_shoppers_see_makes_a_new_version(kale: Variant) -> None:
    before = queries.version()
    stock.hold_stock(variant_id=kale.id, quantity=4)
    assert queries.version() == before
    stock.hold_stock(variant_id=kale.id, quantity=1)
    assert queries.version() == before + 1
    stock.release_stock(variant_id=kale.id, quantity=5)
    assert queries.version() == before + 2


def test_an_order_that_is_undone_leaves_no_trace(kale: Variant) -> None:
    before = queries.version()
    with pytest.raises(OutOfStock), services.changing():
        stock.hold_stock(variant_id=kale.id, quantity=9)
        stock.hold_stock(variant_id=kale.id, quantity=2)
    assert levels(kale) == (10, 0, 10) and queries.version() == before


def test_a_variant_knows_its_price_name_and_whether_it_is_for_sale(bag: Product) -> None:
    moss = Variant.get(Variant.option1 == "Moss", Variant.option2 == "Small")
    shown = queries.variants_for_sale([moss.id, 10**6])
    assert list(shown) == [moss.id]
    found = shown[moss.id]
    assert (found.name, found.options, found.price_cents, found.available) == (
        "Alder Backpack",
        "Moss / Small",
        9000,
        3,
    )
    assert found.is_for_sale
    Product.update(state=ProductState.ARCHIVED).where(Product.id == bag.id).execute()
    found = queries.variants_for_sale([moss.id])[moss.id]
    assert not found.is_for_sale and found.available == 0
