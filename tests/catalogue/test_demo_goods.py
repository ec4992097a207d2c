"""The demo shop's goods: about sixty products with something of everything that a shop can show."""

from __future__ import annotations

import pytest
from flask import Flask
from peewee import fn

from shop.catalogue.models import Collection, Picture, Product, ProductState, Section, StockMovement, Variant
from shop.catalogue.pictures import path_of
from shop.ops.demo.goods import seed_products
from tests.support.client import ShopClient

pytestmark = pytest.mark.once


def test_the_shelves_are_filled_once_and_show_every_kind_of_thing(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        assert seed_products() == Product.select().count() >= 60
        assert seed_products() == 0
    assert [section.name for section in Section.select().order_by(Section.position)] == [
        "Bags",
        "Accessories",
        "Produce",
        "Pantry",
    ]
    states = {product.state for product in Product.select(Product.state)}
    assert states == set(ProductState)
    assert Variant.select().where(Variant.compare_at_cents > Variant.price_cents).count() > 5
    on_show = Product.select().where(Product.state == ProductState.ACTIVE)
    assert on_show.where(Product.available == 0).count() == 1
    assert Variant.select().where(Variant.on_hand == 3).count() >= 1
    assert on_show.where(Product.unit_price_cents.is_null(False)).count() > 20
    assert sum_of_ledger() == sum(variant.on_hand for variant in Variant.select())
    for picture in Picture.select():
        assert picture.alt
        assert all(path_of(picture.file, int(width)).exists() for width in picture.widths.split())
    for path in paths():
        assert client.get(path).status_code == 200, path


def sum_of_ledger() -> int:
    return int(StockMovement.select(fn.SUM(StockMovement.quantity)).scalar())


def paths() -> list[str]:
    collections = Collection.select(Collection, Section).join(Section)
    products = Product.select().where(Product.state == ProductState.ACTIVE)
    return [
        "/",
        *(f"/s/{collection.section.slug}/{collection.slug}/" for collection in collections),
        *(f"/p/{product.slug}" for product in products),
    ]
