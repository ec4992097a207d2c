"""A small catalogue for carts: two things on sale, one that is nearly gone, one archived, one draft."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from shop import clock
from shop.catalogue.models import Product, ProductState, Variant
from shop.db import db
from shop.pricing.models import Discount, DiscountKind


@dataclass(frozen=True)
class Shelf:
    """Ids of variants: `tote` 20 at $48.00, `kale` 50 at $3.50, `last` 2 at $12.00, `gone` 0, `archived`, `draft`."""

    tote: int
    kale: int
    last: int
    gone: int
    archived: int
    draft: int


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    with db.atomic():
        Discount.create(code="WELCOME10", kind=DiscountKind.PERCENT, value=100_000, minimum_cents=3000)
        return Shelf(
            tote=variant("Alder Tote", 4800, 20, option1="Moss"),
            kale=variant("Curly Kale", 350, 50),
            last=variant("Clay Pouch", 1200, 2),
            gone=variant("Fern Belt", 2000, 0),
            archived=variant("Old Satchel", 9000, 5, is_archived=True),
            draft=variant("Secret Bag", 9000, 5, state=ProductState.DRAFT),
        )


def variant(
    name: str,
    price_cents: int,
    on_hand: int,
    *,
    option1: str = "",
    is_archived: bool = False,
    state: ProductState = ProductState.ACTIVE,
) -> int:
    slug = name.lower().replace(" ", "-")
    product = Product.create(name=name, slug=slug, state=state, published_at=clock.now())
    made = Variant.create(
        product=product,
        sku=slug,
        option1=option1,
        price_cents=price_cents,
        on_hand=on_hand,
        is_archived=is_archived,
        weight_grams=500,
    )
    return int(made.id)
