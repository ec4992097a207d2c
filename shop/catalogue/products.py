"""Whole products, as their own pages, the structured data and the feed need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, Select

from .browse import PICTURE_COLUMNS, SECTION_COLUMNS, CollectionShown, collection_shown
from .measures import unit_price_cents
from .models import Collection, Picture, Product, ProductCollection, Section, Variant
from .queries import PictureShown, picture_shown


@dataclass(frozen=True)
class VariantShown:
    """A variant as its product's page offers it; `available` is what is left.

    `was_cents` is a higher price before, and `lowest_before_cents` the lowest in the 30 days before the reduction.
    """

    id: int
    sku: str
    options: tuple[str, ...]
    price_cents: int
    was_cents: int | None
    lowest_before_cents: int | None
    unit_price_cents: int | None
    measure_amount: int | None
    weight_grams: int
    available: int


@dataclass(frozen=True)
class ProductShown:
    """One product with everything its page, its structured data and the feed need."""

    id: int
    name: str
    slug: str
    state: str
    summary: str
    description: str
    care: str
    origin: str
    maker: str
    measure: str
    option_names: tuple[str, ...]
    published_at: datetime | None
    variants: Sequence[VariantShown]
    pictures: Sequence[PictureShown]
    collection: CollectionShown | None

    @property
    def has_one_price(self) -> bool:
        return len({variant.price_cents for variant in self.variants}) < 2

    @property
    def by_first_option(self) -> list[tuple[str, list[VariantShown]]]:
        """Its variants under their first option (their colour), in the owner's order."""
        found: dict[str, list[VariantShown]] = {}
        for variant in self.variants:
            found.setdefault(variant.options[0] if variant.options else "", []).append(variant)
        return list(found.items())

    def gallery(self, chosen: VariantShown | None) -> list[PictureShown]:
        """Its pictures, with those that show the chosen variant's first option (its colour) at the front."""
        first = chosen.options[0] if chosen and chosen.options else None
        return sorted(self.pictures, key=lambda picture: first is None or picture.shows != first)

    def chosen(self, variant_id: int | None) -> VariantShown | None:
        """The variant asked for, or the first that is there, or the first."""
        asked = (variant for variant in self.variants if variant.id == variant_id)
        there = (variant for variant in self.variants if variant.available > 0)
        return next(asked, None) or next(there, None) or next(iter(self.variants), None)


def product_by(slug: str) -> ProductShown | None:
    """A product in any state."""
    return next(iter(products_where(Product.slug == slug)), None)


def product_with(product_id: int) -> ProductShown | None:
    """The same by its id."""
    return next(iter(products_where(Product.id == product_id)), None)


def products_where(*conditions: Any) -> list[ProductShown]:
    """Whole products by id, in three statements however many they are."""
    rows: Any = (
        Product.select(*_PRODUCT, Collection.id, Collection.name, Collection.slug, Collection.intro, *SECTION_COLUMNS)
        .join(ProductCollection, JOIN.LEFT_OUTER, on=(ProductCollection.id == _first_place()))
        .join(Collection, JOIN.LEFT_OUTER)
        .join(Section, JOIN.LEFT_OUTER)
        .where(*conditions)
        .order_by(Product.id)
        .tuples()
    )
    rows = list(rows)
    ids = [row[0] for row in rows]
    variants, pictures = _variants_of(ids), _pictures_of(ids)
    return [_product(row, variants.get(row[0], []), pictures.get(row[0], [])) for row in rows]


_FACTS = ("id", "name", "slug", "state", "summary", "description", "care", "origin", "maker", "measure", "published_at")
_PRODUCT = (
    *(getattr(Product, name) for name in _FACTS),
    Product.option1_name,
    Product.option2_name,
    Product.option3_name,
)
# Where in a row the first collection's columns begin.
_PLACE = len(_PRODUCT)


def _first_place() -> Select:
    place = ProductCollection.alias()
    return place.select(place.id).where(place.product == Product.id).order_by(place.position, place.id).limit(1)


def _product(row: Sequence[Any], variants: list[Any], pictures: list[Any]) -> ProductShown:
    facts = dict(zip(_FACTS, row, strict=False))
    return ProductShown(
        **facts,
        option_names=tuple(filter(None, row[len(_FACTS) : _PLACE])),
        variants=[_variant(each, facts["measure"]) for each in variants],
        pictures=[shown for each in pictures if (shown := picture_shown(*each[1:]))],
        collection=None if row[_PLACE] is None else collection_shown(row[_PLACE:]),
    )


def _variants_of(product_ids: Sequence[int]) -> dict[int, list[Any]]:
    rows: Any = (
        Variant.select(
            Variant.product,
            Variant.id,
            Variant.sku,
            Variant.option1,
            Variant.option2,
            Variant.option3,
            Variant.price_cents,
            Variant.compare_at_cents,
            Variant.lowest_before_cents,
            Variant.measure_amount,
            Variant.weight_grams,
            Variant.on_hand - Variant.held,
        )
        .where(Variant.product.in_(product_ids), ~Variant.is_archived)
        .order_by(Variant.product, Variant.position, Variant.id)
        .tuples()
    )
    return _by_first(rows)


def _variant(row: Sequence[Any], measure: str) -> VariantShown:
    _, id_, sku, one, two, three, price, compare_at, lowest, amount, grams, left = row
    is_down = (compare_at or 0) > price
    return VariantShown(
        id=id_,
        sku=sku,
        options=tuple(filter(None, (one, two, three))),
        price_cents=price,
        was_cents=compare_at if is_down else None,
        lowest_before_cents=lowest if is_down else None,
        unit_price_cents=unit_price_cents(price, measure, amount),
        measure_amount=amount,
        weight_grams=grams,
        available=left,
    )


def _pictures_of(product_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Each with the first option (its colour) that it shows, if it belongs to a variant."""
    rows: Any = (
        Picture.select(Picture.product, *PICTURE_COLUMNS, Variant.option1)
        .join(Variant, JOIN.LEFT_OUTER, on=(Picture.variant == Variant.id))
        .where(Picture.product.in_(product_ids))
        .order_by(Picture.product, Picture.position, Picture.id)
        .tuples()
    )
    return _by_first(rows)


def _by_first(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
