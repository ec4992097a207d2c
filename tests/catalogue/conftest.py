"""A shop with two sections, and a way to put products into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from shop import clock
from shop.catalogue import services
from shop.catalogue.models import Collection, Product, ProductCollection, ProductState, Section, Variant


@dataclass
class Goods:
    """Puts products on show; `collections` are by slug."""

    collections: dict[str, Collection] = field(default_factory=dict)

    def add(
        self, name: str, *variants: dict[str, Any], inside: tuple[str, ...] = ("backpacks",), **columns: Any
    ) -> Product:
        """A product with variants, or with one at 50.00 of which there are ten."""
        slug = columns.pop("slug", name.lower().replace(" ", "-"))
        with services.changing():
            product = Product.create(
                name=name,
                slug=slug,
                **{"state": ProductState.ACTIVE, "published_at": clock.now(), **columns},
            )
            for position, each in enumerate(inside):
                ProductCollection.create(product=product, collection=self.collections[each], position=position)
            for position, variant in enumerate(variants or ({},)):
                facts = {"price_cents": 5000, "on_hand": 10, "sku": f"{slug}-{position}", **variant}
                Variant.create(product=product, position=position, **facts)
            services.product_changed(product.id)
        return product


@pytest.fixture
def goods(app: Flask) -> Goods:
    made = Goods()
    for position, (section, names) in enumerate({"Bags": ("Backpacks", "Satchels"), "Produce": ("Leaves",)}.items()):
        row = Section.create(name=section, slug=section.lower(), intro=f"All {section}.", position=position)
        for place, name in enumerate(names):
            made.collections[name.lower()] = Collection.create(
                section=row, name=name, slug=name.lower(), intro=f"Our {name}.", position=place
            )
    services.bump_version()
    return made


@pytest.fixture
def bag(goods: Goods) -> Product:
    """The Alder in two colours and two sizes, dear and cheap, few and many."""
    return goods.add(
        "Alder Backpack",
        {"option1": "Moss", "option2": "Small", "price_cents": 9000, "compare_at_cents": 12000, "on_hand": 3},
        {"option1": "Moss", "option2": "Large", "price_cents": 12000, "on_hand": 0},
        {"option1": "Teal", "option2": "Small", "price_cents": 9000, "on_hand": 40},
        option1_name="Colour",
        option2_name="Size",
        maker="Alder & Daughter",
        summary="Waxed canvas.",
        description="A **big** pocket.",
        care="- Brush it",
        origin="Ojai",
    )
