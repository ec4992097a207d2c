"""Products by the thousand, for a shop of a given size."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from peewee import chunked, fn

from ... import clock
from ...catalogue.models import Collection, Product, ProductCollection, ProductState, Section, Variant
from ...catalogue.services import products_changed
from ...db import db
from .priced import Goods
from .writing import write_many

AT_A_TIME = 500
NAMES = ("Alder", "Brandt", "Castle", "Diaz", "Ekberg", "Fontaine", "Grey", "Hale", "Ito", "Keller", "Lind", "Moreau")
THINGS = ("Tote", "Satchel", "Clutch", "Scarf", "Basket", "Loaf", "Box of kale", "Jar of honey", "Umbrella", "Hat")
LOOKS = ("Moss", "Clay", "Sky", "Ink", "Blush", "Cerise", "Fern", "Oat", "Slate", "Teal", "Rust", "Plum")


def add_products(count: int, chance: random.Random, *, over: timedelta) -> None:
    """Each with one variant, on show since some day in that time."""
    collections = list(Collection.select()) or [_collection()]
    first = (Product.select(fn.MAX(Product.id)).scalar() or 0) + 1
    for numbers in chunked(range(first, first + count), AT_A_TIME):
        with db.atomic():
            rows = [_product(number, chance, over) for number in numbers]
            write_many(Product, rows)
            ids = {row.slug: row.id for row in Product.select(Product.id, Product.slug).where(Product.id >= numbers[0])}
            variants = [_variant(row, ids[row["slug"]], chance) for row in rows]
            write_many(Variant, variants)
            places = [{"product": ids[row["slug"]], "collection": chance.choice(collections).id} for row in rows]
            write_many(ProductCollection, places)
            products_changed(list(ids.values()))


def _collection() -> Collection:
    section = Section.create(name="Everything", slug="everything")
    found: Collection = Collection.create(section=section, name="All of it", slug="all-of-it")
    return found


def _product(number: int, chance: random.Random, over: timedelta) -> dict[str, Any]:
    name = f"{chance.choice(NAMES)} {chance.choice(THINGS)} {number}"
    return {
        "name": name,
        "slug": name.lower().replace(" ", "-"),
        "state": ProductState.ACTIVE,
        "summary": f"Number {number} of a series.",
        "published_at": clock.now() - timedelta(days=chance.randrange(over.days)),
    }


def _variant(product: dict[str, Any], product_id: int, chance: random.Random) -> dict[str, Any]:
    return {
        "product": product_id,
        "sku": f"N-{product_id}",
        "option1": chance.choice(LOOKS),
        "price_cents": chance.randrange(3, 240) * 100,
        "on_hand": chance.randrange(200),
        "weight_grams": chance.randrange(100, 3000),
    }


def all_goods() -> list[Goods]:
    rows = Variant.select(Variant.id, Variant.sku, Variant.option1, Variant.price_cents, Product.name).join(Product)
    return [Goods(row.id, row.product.name, row.option1, row.sku, row.price_cents) for row in rows]
