"""What the desk sees of the goods: lists of products and of what runs low, in any state, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from ..paging import Key, Page, page_of
from .models import (
    Collection,
    Picture,
    Product,
    ProductCollection,
    ProductEdit,
    ProductState,
    Section,
    StockMovement,
    Variant,
)
from .queries import PictureShown, first_picture, picture_shown
from .stock import FEW_LEFT

PAGE_SIZE = 30
LEDGER_SIZE = 25
# From this many down the desk is told, where a product does not say its own number.
LOW_STOCK = FEW_LEFT
_PICTURE = (Picture.file, Picture.widths, Picture.alt, Picture.width, Picture.height)
_LEFT = Variant.on_hand - Variant.held


@dataclass(frozen=True)
class ProductRow:
    """A product in the desk's list; `sku` is its first variant's, `is_low` that one of them runs low."""

    id: int
    name: str
    slug: str
    state: str
    price_from_cents: int
    price_to_cents: int
    choices: int
    available: int
    changed_at: datetime
    sku: str
    is_low: bool
    picture: PictureShown | None


@dataclass(frozen=True)
class StockRow:
    """A variant as whoever packs sees it; `available` is `on_hand` without what is `held` for payments under way."""

    id: int
    product_id: int
    product: str
    product_state: str
    options: str
    sku: str
    on_hand: int
    held: int
    low_at: int
    is_archived: bool
    price_cents: int
    picture: PictureShown | None

    @property
    def available(self) -> int:
        return self.on_hand - self.held

    @property
    def is_low(self) -> bool:
        return self.available <= self.low_at


@dataclass(frozen=True)
class Shelf:
    """A collection with how many products stand in it."""

    id: int
    name: str
    slug: str
    section_id: int
    count: int


@dataclass(frozen=True)
class ShelfSection:
    id: int
    name: str
    slug: str
    collections: Sequence[Shelf]


def product_rows(*, search: str = "", state: str = "", collection_id: int | None = None, is_low: bool = False,
                 cursor: str | None = None) -> Page:  # fmt: skip
    """Those changed last come first."""
    query = (
        Product.select(
            *(getattr(Product, name) for name in _PRODUCT), *_PICTURE, _first_sku().alias("sku"), _low().alias("is_low")
        )
        .join(Picture, JOIN.LEFT_OUTER, on=(Picture.id == first_picture()))
        .dicts()
    )
    for condition in _wanted(search, state, collection_id, is_low):
        query = query.where(condition)
    found = page_of(query, Key(Product.changed_at), Key(Product.id), cursor=cursor, size=PAGE_SIZE)
    return replace(found, rows=[_product_row(row) for row in found.rows])


def state_counts() -> dict[str, int]:
    """How many products there are in each state."""
    rows: Any = Product.select(Product.state, fn.COUNT(Product.id)).group_by(Product.state).tuples()
    return dict(rows)


def stock_rows(*, search: str = "", cursor: str | None = None) -> Page:
    """What runs low among what is on show, the fewest first; with a search, whatever is called so."""
    query = _stock_query().where(*(_called(search) if search else _runs_low())).dicts()
    found = page_of(query, Key(_LEFT, descending=False), Key(Variant.id), cursor=cursor, size=PAGE_SIZE)
    return replace(found, rows=[_stock_row(row) for row in found.rows])


def low_count() -> int:
    """How many variants on show run low."""
    return int(Variant.select().join(Product).where(*_runs_low()).count())


def stock_row(variant_id: int) -> StockRow | None:
    row = _stock_query().where(Variant.id == variant_id).dicts().first()
    return _stock_row(row) if row else None


def stock_of(product_id: int) -> list[StockRow]:
    """A product's variants in their order, the archived ones last."""
    query = _stock_query().where(Variant.product == product_id)
    rows = query.order_by(Variant.is_archived, Variant.position, Variant.id).dicts()
    return [_stock_row(row) for row in rows]


def ledger(variant_id: int, *, cursor: str | None = None) -> Page:
    """What came and went, the newest first."""
    rows = StockMovement.select().where(StockMovement.variant == variant_id)
    return page_of(rows, Key(StockMovement.id), cursor=cursor, size=LEDGER_SIZE)


def edits_of(product_id: int, *, after: int = 0, most: int = 5) -> list[ProductEdit]:
    """Who changed what, the newest first; those that came after a version."""
    rows = ProductEdit.select().where(ProductEdit.product == product_id, ProductEdit.version > after)
    return list(rows.order_by(ProductEdit.id.desc()).limit(most))


def shelves() -> list[ShelfSection]:
    """All sections with all their collections, in their order."""
    inside: Any = (
        Collection.select(
            Collection.id, Collection.name, Collection.slug, Collection.section, fn.COUNT(ProductCollection.id)
        )
        .join(ProductCollection, JOIN.LEFT_OUTER)
        .group_by(Collection.id, Collection.name, Collection.slug, Collection.section, Collection.position)
        .order_by(Collection.position, Collection.id)
        .tuples()
    )
    found = [Shelf(*row) for row in inside]
    sections = Section.select().order_by(Section.position, Section.id)
    return [
        ShelfSection(row.id, row.name, row.slug, [each for each in found if each.section_id == row.id])
        for row in sections
    ]


def products_in(collection_id: int, *, start: int, most: int) -> list[ProductRow]:
    """So many of a collection, after the first `start`, as it shows them, those off the shelf among them."""
    columns = [getattr(Product, name) for name in _PRODUCT]
    shown = (*columns, *_PICTURE, _first_sku().alias("sku"), _low().alias("is_low"))
    rows: Any = _in_order(collection_id, *shown).join_from(
        Product, Picture, JOIN.LEFT_OUTER, on=(Picture.id == first_picture())
    )
    return [_product_row(row) for row in rows.offset(start).limit(most).dicts()]


@dataclass(frozen=True)
class Standing:
    """The products of a collection by their ids, as it shows them; the first `by_hand` of them were put there."""

    ids: list[int]
    by_hand: int


def standing_in(collection_id: int) -> Standing:
    rows = list(_in_order(collection_id, Product.id, ProductCollection.rank).tuples())
    return Standing([product_id for product_id, _ in rows], sum(rank > 0 for _, rank in rows))


def _in_order(collection_id: int, *columns: Any) -> Any:
    here = (ProductCollection.product == Product.id) & (ProductCollection.collection == collection_id)
    return (
        Product.select(*columns)
        .join(ProductCollection, on=here)
        .order_by(
            ProductCollection.rank.desc(), Product.featured.desc(), Product.published_at.desc(), Product.id.desc()
        )
    )


_PRODUCT = (
    "id", "name", "slug", "state", "price_from_cents", "price_to_cents", "choices", "available", "changed_at",
)  # fmt: skip


def _wanted(search: str, state: str, collection_id: int | None, is_low: bool) -> list[Any]:
    found: list[Any] = [Product.state == state] if state in set(ProductState) else []
    if collection_id is not None:
        inside = ProductCollection.select(ProductCollection.id)
        found.append(fn.EXISTS(inside.where(_is_here(collection_id))))
    if is_low:
        found.append(_low())
    if search:
        skus = Variant.select(Variant.id).where(Variant.product == Product.id, Variant.sku.contains(search))
        found.append(Product.name.contains(search) | fn.EXISTS(skus))
    return found


def _is_here(collection_id: int) -> Any:
    return (ProductCollection.product == Product.id) & (ProductCollection.collection == collection_id)


def _low() -> Any:
    """Whether a variant of the product at hand runs low."""
    few = fn.COALESCE(Product.low_at, LOW_STOCK) >= _LEFT
    return fn.EXISTS(Variant.select(Variant.id).where(Variant.product == Product.id, ~Variant.is_archived, few))


def _first_sku() -> Any:
    variant = Variant.alias()
    rows = variant.select(variant.sku).where(variant.product == Product.id)
    return rows.order_by(variant.is_archived, variant.position, variant.id).limit(1)


def _product_row(row: dict[str, Any]) -> ProductRow:
    return ProductRow(
        **{name: row[name] for name in _PRODUCT},
        sku=row["sku"] or "",
        is_low=bool(row["is_low"]),
        picture=_picture(row),
    )


def _stock_query() -> Any:
    return (
        Variant.select(
            Variant.id,
            Variant.product.alias("product_id"),
            Product.name.alias("product"),
            Product.state.alias("product_state"),
            Variant.option1,
            Variant.option2,
            Variant.option3,
            Variant.sku,
            Variant.on_hand,
            Variant.held,
            fn.COALESCE(Product.low_at, LOW_STOCK).alias("low_at"),
            Variant.is_archived,
            Variant.price_cents,
            *_PICTURE,
        )
        .join(Product)
        .join(Picture, JOIN.LEFT_OUTER, on=(Picture.id == first_picture()))
    )


def _runs_low() -> list[Any]:
    on_show = [Product.state == ProductState.ACTIVE, ~Variant.is_archived]
    return [*on_show, fn.COALESCE(Product.low_at, LOW_STOCK) >= _LEFT]


def _called(search: str) -> list[Any]:
    return [Variant.sku.contains(search) | Product.name.contains(search)]


def _stock_row(row: dict[str, Any]) -> StockRow:
    names = ("id", "product_id", "product", "product_state", "sku", "on_hand", "held", "low_at", "is_archived")
    return StockRow(
        **{name: row[name] for name in (*names, "price_cents")},
        options=" / ".join(filter(None, (row["option1"], row["option2"], row["option3"]))),
        picture=_picture(row),
    )


def _picture(row: dict[str, Any]) -> PictureShown | None:
    return picture_shown(row["file"], row["widths"], row["alt"], row["width"], row["height"])
