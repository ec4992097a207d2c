"""What the catalogue's pages show, each page in a number of statements that does not grow with the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from peewee import JOIN, Case, fn

from ..markdown import split_story
from .cards import Card, card, card_query
from .models import Collection, Picture, Product, ProductCollection, ProductState, Section
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
        Section.select(Section.id, Section.name, Section.slug, Section.intro, *PICTURE_COLUMNS)
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
    return collection_shown(row) if row else None


def collections_of(section: SectionShown) -> list[CollectionShown]:
    rows: Any = _collections().where(Collection.section == section.id).order_by(Collection.position, Collection.id)
    return [collection_shown(row) for row in rows.tuples()]


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


def beside(product_id: int, collection: CollectionShown | None, size: int = SHELF_SIZE) -> list[Card]:
    """Other products of its collection, the best selling first, then others of its section."""
    if collection is None:
        return []
    is_near = Case(None, ((_is_in(Collection.id == collection.id), 0),), 1)
    others = card_query().where(Product.id != product_id, _is_in(Collection.section == collection.section.id))
    return _cards(others.order_by(is_near, Product.sold_count.desc(), Product.id.desc()), size)


SECTION_COLUMNS = (Section.id, Section.name, Section.slug, Section.intro)
PICTURE_COLUMNS = (Picture.file, Picture.widths, Picture.alt, Picture.width, Picture.height)


def _collections() -> Any:
    return Collection.select(Collection.id, Collection.name, Collection.slug, Collection.intro, *SECTION_COLUMNS).join(
        Section
    )


def collection_shown(row: Sequence[Any]) -> CollectionShown:
    id_, name, slug, intro = row[:4]
    return CollectionShown(id_, name, slug, intro, SectionShown(*row[4:8]))


def _story(row: Sequence[Any]) -> Story:
    collection = collection_shown(row)
    headline, text = split_story(row[8])
    here = (ProductCollection.product == Product.id) & (ProductCollection.collection == collection.id)
    inside = (
        card_query()
        .join_from(Product, ProductCollection, on=here)
        .order_by(ProductCollection.rank.desc(), Product.featured.desc(), Product.published_at.desc())
    )
    return Story(headline, text, collection, _cards(inside, SHELF_SIZE))


def _cards(query: Any, size: int) -> list[Card]:
    return [card(row) for row in query.where(Product.state == ProductState.ACTIVE).limit(size)]


def _is_in(where: Any) -> Any:
    """Whether the product at hand has a place in such a collection."""
    inside = ProductCollection.select(ProductCollection.id).join(Collection)
    return fn.EXISTS(inside.where(ProductCollection.product == Product.id, where))
