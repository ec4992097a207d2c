"""What other parts of the shop ask of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, Case, Select

from .models import CatalogueVersion, Picture, Product, ProductState, Variant


@dataclass(frozen=True)
class PictureShown:
    """What the picture macro needs; `file` and `widths` name the renditions, `shows` is the option value it shows."""

    file: str
    widths: tuple[int, ...]
    alt: str
    width: int
    height: int
    shows: str | None = None

    @property
    def src(self) -> str:
        """A middling one, for browsers that do not choose, and for mails and feeds."""
        return self.url(min(self.widths, key=lambda width: abs(width - 640)))

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self.url(width)} {width}w" for width in self.widths)

    @property
    def largest(self) -> str:
        return self.url(self.widths[-1])

    def url(self, width: int) -> str:
        return f"/media/{self.file}-{width}.webp"


@dataclass(frozen=True)
class SaleVariant:
    """A variant as carts and orders need it; `options` reads "Moss / Small", `available` counts no held pieces."""

    id: int
    product_id: int
    product_slug: str
    name: str
    options: str
    sku: str
    price_cents: int
    compare_at_cents: int | None
    tax_class: str
    weight_grams: int
    available: int
    picture: PictureShown | None
    is_for_sale: bool


def version() -> int:
    """The number that goes up whenever a page of the catalogue changes."""
    return CatalogueVersion.select(CatalogueVersion.number).scalar() or 1


def variants_for_sale(variant_ids: Iterable[int]) -> dict[int, SaleVariant]:
    """Variants by id, archived ones and those of drafts too (`is_for_sale` says so); unknown ids are left out."""
    wanted = list(variant_ids)
    if not wanted:
        return {}
    rows: Iterable[Any] = (
        Variant.select(
            Variant.id,
            Variant.product,
            Product.slug,
            Product.name,
            Variant.option1,
            Variant.option2,
            Variant.option3,
            Variant.sku,
            Variant.price_cents,
            Variant.compare_at_cents,
            Product.tax_class,
            Variant.weight_grams,
            Variant.on_hand - Variant.held,
            Variant.is_archived,
            Product.state,
            Picture.file,
            Picture.widths,
            Picture.alt,
            Picture.width,
            Picture.height,
        )
        .join(Product)
        .join(Picture, JOIN.LEFT_OUTER, on=(Picture.id == _best_picture()))
        .where(Variant.id.in_(wanted))
        .tuples()
    )
    return {row[0]: _sale_variant(row) for row in rows}


def first_picture() -> Select:
    """The picture that stands for the product at hand, as a subquery to join with."""
    picture = Picture.alias()
    return (
        picture.select(picture.id).where(picture.product == Product.id).order_by(picture.position, picture.id).limit(1)
    )


def _best_picture() -> Select:
    """The variant's own picture, or one of the same first option (its colour), or the product's first."""
    picture, pictured = Picture.alias(), Variant.alias()
    closeness = Case(
        None,
        (
            (picture.variant == Variant.id, 0),
            ((pictured.option1 == Variant.option1) & (pictured.option1 != ""), 1),
            (picture.variant.is_null(), 2),
        ),
        3,
    )
    return (
        picture.select(picture.id)
        .join(pictured, JOIN.LEFT_OUTER, on=(picture.variant == pictured.id))
        .where(picture.product == Variant.product)
        .order_by(closeness, picture.position, picture.id)
        .limit(1)
    )


def _sale_variant(row: tuple[Any, ...]) -> SaleVariant:
    id_, product_id, slug, name, one, two, three, sku = row[:8]
    price, compare_at, tax_class, grams, left, archived, state = row[8:15]
    is_for_sale = not archived and state == ProductState.ACTIVE
    return SaleVariant(
        id=id_,
        product_id=product_id,
        product_slug=slug,
        name=name,
        options=" / ".join(option for option in (one, two, three) if option),
        sku=sku,
        price_cents=price,
        compare_at_cents=compare_at,
        tax_class=tax_class,
        weight_grams=grams,
        available=left if is_for_sale else 0,
        picture=picture_shown(*row[15:]),
        is_for_sale=is_for_sale,
    )


def picture_shown(
    file: str | None, widths: str, alt: str, width: int, height: int, shows: str | None = None
) -> PictureShown | None:
    """A picture's columns as what templates draw; None when there is no picture."""
    if file is None:
        return None
    return PictureShown(file, tuple(int(each) for each in widths.split()), alt, width, height, shows)
