"""What the catalogue's pages show, each page in a number of statements that does not grow with the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, Case, Select, fn

from .cards import Card, card, card_query
from .markdown import split_story
from .measures import unit_price_cents
from .models import Collection, Picture, Product, ProductCollection, ProductState, Section, Variant
from .queries import PictureShown, picture_shown

STORIES_AT_MOST = 2
SHELF_SIZE = 4


@dataclass(frozen=True)
class SectionShown:
    id: int
    name: str
    slug: str
    intro: str
    picture: PictureShown | None = None


@dataclass(frozen=True)
class CollectionShown:
    id: int
    name: str
    slug: str
    intro: str
    section: SectionShown


@dataclass(frozen=True)
class Story:
    """A collection's story: `text` is Markdown, `cards` some of its products."""

    headline: str
    text: str
    collection: CollectionShown
    cards: Sequence[Card]


@dataclass(frozen=True)
class VariantShown:
    """A variant as its product's page offers it; `was_cents` is a higher price before, `available` what is left."""

    id: int
    sku: str
    options: tuple[str, ...]
    price_cents: int
    was_cents: int | None
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

    def gallery(self, chosen: VariantShown | None) -> list[PictureShown]:
        """Its pictures, with those that show the chosen variant's first option (its colour) at the front."""
        first = chosen.options[0] if chosen and chosen.options else None
        return sorted(self.pictures, key=lambda picture: first is None or picture.shows != first)

    def chosen(self, variant_id: int | None) -> VariantShown | None:
        """The variant asked for, or the first that is there, or the first."""
        asked = (variant for variant in self.variants if variant.id == variant_id)
        there = (variant for variant in self.variants if variant.available > 0)
        return next(asked, None) or next(there, None) or next(iter(self.variants), None)


def sections() -> list[SectionShown]:
    rows: Any = Section.select(Section.id, Section.name, Section.slug, Section.intro).order_by(
        Section.position, Section.id
    )
    return [SectionShown(*row) for row in rows.tuples()]


def sections_pictured() -> list[SectionShown]:
    """Sections with the picture of their best-selling product, for tiles."""
    place, product, picture = ProductCollection.alias(), Product.alias(), Picture.alias()
    best = (
        picture.select(picture.id)
        .join(product, on=(picture.product == product.id))
        .join(place, on=(place.product == product.id))
        .join(Collection, on=(place.collection == Collection.id))
        .where(Collection.section == Section.id, product.state == ProductState.ACTIVE)
        .order_by(product.sold_count.desc(), product.id, picture.position, picture.id)
        .limit(1)
    )
    rows: Any = (
        Section.select(Section.id, Section.name, Section.slug, Section.intro, *_PICTURE)
        .join(Picture, JOIN.LEFT_OUTER, on=(Picture.id == best))
        .order_by(Section.position, Section.id)
        .tuples()
    )
    return [replace(SectionShown(*row[:4]), picture=picture_shown(*row[4:])) for row in rows]


def section_by(slug: str) -> SectionShown | None:
    row: Any = (
        Section.select(Section.id, Section.name, Section.slug, Section.intro)
        .where(Section.slug == slug)
        .tuples()
        .first()
    )
    return SectionShown(*row) if row else None


def collection_by(section: str, slug: str) -> CollectionShown | None:
    row = _collections().where(Section.slug == section, Collection.slug == slug).tuples().first()
    return _collection(row) if row else None


def collections_of(section: SectionShown) -> list[CollectionShown]:
    rows: Any = _collections().where(Collection.section == section.id).order_by(Collection.position, Collection.id)
    return [_collection(row) for row in rows.tuples()]


def stories() -> list[Story]:
    """The first collections that have a story, each with some of its products."""
    rows: Any = (
        _collections()
        .select_extend(Collection.story)
        .where(Collection.story != "")
        .order_by(Section.position, Collection.position, Collection.id)
        .limit(STORIES_AT_MOST)
        .tuples()
    )
    return [_story(row) for row in list(rows)]


def foremost(size: int = SHELF_SIZE) -> list[Card]:
    return _cards(card_query().order_by(Product.featured.desc(), Product.published_at.desc(), Product.id.desc()), size)


def newest(size: int = SHELF_SIZE) -> list[Card]:
    return _cards(card_query().order_by(Product.published_at.desc(), Product.id.desc()), size)


def best_selling(size: int = SHELF_SIZE) -> list[Card]:
    there = card_query().where(Product.available > 0)
    return _cards(there.order_by(Product.sold_count.desc(), Product.id.desc()), size)


def beside(product: ProductShown, size: int = SHELF_SIZE) -> list[Card]:
    """Other products of its collection, the best selling first, then others of its section."""
    if product.collection is None:
        return []
    is_near = Case(None, ((_is_in(Collection.id == product.collection.id), 0),), 1)
    others = card_query().where(Product.id != product.id, _is_in(Collection.section == product.collection.section.id))
    return _cards(others.order_by(is_near, Product.sold_count.desc(), Product.id.desc()), size)


def product_by(slug: str) -> ProductShown | None:
    """A product in any state."""
    return next(iter(products_where(Product.slug == slug)), None)


def products_where(*conditions: Any) -> list[ProductShown]:
    """Whole products by id, in three statements however many they are."""
    rows: Any = (
        Product.select(*_PRODUCT, Collection.id, Collection.name, Collection.slug, Collection.intro, *_SECTION)
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


_SECTION = (Section.id, Section.name, Section.slug, Section.intro)
_PICTURE = (Picture.file, Picture.widths, Picture.alt, Picture.width, Picture.height)
_FACTS = ("id", "name", "slug", "state", "summary", "description", "care", "origin", "maker", "measure", "published_at")
_PRODUCT = (
    *(getattr(Product, name) for name in _FACTS),
    Product.option1_name,
    Product.option2_name,
    Product.option3_name,
)
# Where in a row the first collection's columns begin.
_PLACE = len(_PRODUCT)


def _collections() -> Any:
    return Collection.select(Collection.id, Collection.name, Collection.slug, Collection.intro, *_SECTION).join(Section)


def _collection(row: Sequence[Any]) -> CollectionShown:
    id_, name, slug, intro = row[:4]
    return CollectionShown(id_, name, slug, intro, SectionShown(*row[4:8]))


def _story(row: Sequence[Any]) -> Story:
    collection = _collection(row)
    headline, text = split_story(row[8])
    inside = (
        card_query()
        .where(_is_in(Collection.id == collection.id))
        .order_by(Product.featured.desc(), Product.published_at.desc())
    )
    return Story(headline, text, collection, _cards(inside, SHELF_SIZE))


def _cards(query: Any, size: int) -> list[Card]:
    return [card(row) for row in query.where(Product.state == ProductState.ACTIVE).limit(size)]


def _is_in(where: Any) -> Any:
    """Whether the product at hand has a place in such a collection."""
    inside = ProductCollection.select(ProductCollection.id).join(Collection)
    return fn.EXISTS(inside.where(ProductCollection.product == Product.id, where))


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
        collection=None if row[_PLACE] is None else _collection(row[_PLACE:]),
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
    _, id_, sku, one, two, three, price, compare_at, amount, grams, left = row
    return VariantShown(
        id=id_,
        sku=sku,
        options=tuple(filter(None, (one, two, three))),
        price_cents=price,
        was_cents=compare_at if (compare_at or 0) > price else None,
        unit_price_cents=unit_price_cents(price, measure, amount),
        measure_amount=amount,
        weight_grams=grams,
        available=left,
    )


def _pictures_of(product_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Each with the first option (its colour) that it shows, if it belongs to a variant."""
    rows: Any = (
        Picture.select(Picture.product, *_PICTURE, Variant.option1)
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
