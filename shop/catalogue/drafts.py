"""A product as somebody wants it to be: what forms and imports make, and `saving.save_product` carries out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from .models import OPTIONS_AT_MOST, Measure, Product, ProductCollection, Variant


@dataclass(frozen=True)
class VariantDraft:
    """One row of the matrix. `id` is that of a variant the product has (an archived one is brought back).

    `opening_stock` counts for new variants alone: later stock is corrected with a reason.
    """

    sku: str = ""
    options: tuple[str, ...] = ()
    price_cents: int = 0
    compare_at_cents: int | None = None
    measure_amount: int | None = None
    weight_grams: int = 0
    opening_stock: int = 0
    id: int | None = None

    def option(self, number: int) -> str:
        return self.options[number] if number < len(self.options) else ""

    @property
    def name(self) -> str:
        """Such as "Moss / Small"."""
        return " / ".join(filter(None, self.options))


@dataclass(frozen=True)
class ProductDraft:
    """Everything that the desk may change but state, stock and pictures.

    An empty `slug` or `sku` is made from the name. `collections` are ids, the one that breadcrumbs show first. Variants
    that the product has and `variants` lacks are archived, or deleted where nobody can have bought one.
    """

    name: str = ""
    slug: str = ""
    summary: str = ""
    description: str = ""
    care: str = ""
    origin: str = ""
    maker: str = ""
    tax_class: str = "standard"
    measure: str = Measure.NONE
    featured: int = 0
    low_at: int | None = None
    option_names: tuple[str, ...] = ()
    collections: tuple[int, ...] = ()
    variants: tuple[VariantDraft, ...] = field(default_factory=tuple)


# Those that are a column of the product each.
PLAIN = tuple(each.name for each in fields(ProductDraft)[:-3])


def draft_of(product: Product) -> ProductDraft:
    """What a product is now."""
    rows: Any = (
        Variant.select()
        .where(Variant.product == product.id, ~Variant.is_archived)
        .order_by(Variant.position, Variant.id)
    )
    return ProductDraft(
        **{name: getattr(product, name) for name in PLAIN},
        option_names=option_names_of(product),
        collections=tuple(collections_of(product.id)),
        variants=tuple(variant_draft(row) for row in rows),
    )


def option_names_of(product: Product) -> tuple[str, ...]:
    names = (getattr(product, f"option{number}_name") for number in range(1, OPTIONS_AT_MOST + 1))
    return tuple(filter(None, names))


def collections_of(product_id: int) -> list[int]:
    """The ids of its collections, the first that breadcrumbs show."""
    places: Any = (
        ProductCollection.select(ProductCollection.collection)
        .where(ProductCollection.product == product_id)
        .order_by(ProductCollection.position, ProductCollection.id)
        .tuples()
    )
    return [collection for (collection,) in places]


def variant_draft(variant: Variant) -> VariantDraft:
    options = tuple(filter(None, (variant.option1, variant.option2, variant.option3)))
    return VariantDraft(
        id=variant.id,
        options=options,
        **{
            name: getattr(variant, name)
            for name in ("sku", "price_cents", "compare_at_cents", "measure_amount", "weight_grams")
        },
    )
