"""The products that a slice of a file is about, as they are now: a fixed number of queries, however many they are."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..models import Collection, Picture, Product, ProductCollection, Section, Variant

PRODUCT: tuple[str, ...] = (
    "name",
    "slug",
    "state",
    "maker",
    "summary",
    "description",
    "care",
    "origin",
    "tax_class",
    "measure",
)
PRODUCT += ("featured", "option1_name", "option2_name", "option3_name")
VARIANT: tuple[str, ...] = (
    "sku",
    "option1",
    "option2",
    "option3",
    "price_cents",
    "compare_at_cents",
    "on_hand",
    "weight_grams",
)
VARIANT += ("measure_amount", "is_archived")


@dataclass
class CurrentVariant:
    id: int
    held: int
    values: dict[str, Any]

    @property
    def options(self) -> tuple[str, str, str]:
        return self.values["option1"], self.values["option2"], self.values["option3"]


@dataclass
class CurrentProduct:
    """`places` are its collections as "bags/totes", the first first; `pictures` are the ids of its pictures."""

    id: int
    values: dict[str, Any]
    published: bool
    version: int = 1
    places: list[str] = field(default_factory=list)
    variants: list[CurrentVariant] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)

    def variant(self, sku: str) -> CurrentVariant | None:
        return next((each for each in self.variants if each.values["sku"] == sku), None)

    def snapshot(self) -> dict[str, Any]:
        """Everything that an import writes, to be compared with what it is later."""
        return {
            "values": self.values,
            "places": self.places,
            "variants": [each.values for each in self.variants],
            "pictures": self.pictures,
        }


def products_with(ids: Iterable[int]) -> dict[int, CurrentProduct]:
    """By id; with four queries."""
    wanted = list(ids)
    found: dict[int, CurrentProduct] = {}
    columns = (Product.id, Product.published_at, Product.version, *(getattr(Product, name) for name in PRODUCT))
    rows: Any = Product.select(*columns).where(Product.id.in_(wanted)).dicts()
    for row in rows:
        published, version = row.pop("published_at") is not None, row.pop("version")
        product_id = row.pop("id")
        found[product_id] = CurrentProduct(product_id, row, published, version)
    _add_variants(found, wanted)
    _add_places(found, wanted)
    pictures: Any = Picture.select(Picture.product, Picture.id).where(Picture.product.in_(wanted)).order_by(Picture.id)
    for product_id, picture in pictures.tuples():
        found[product_id].pictures.append(picture)
    return found


def _add_variants(found: dict[int, CurrentProduct], wanted: list[int]) -> None:
    columns = (Variant.product, Variant.id, Variant.held, *(getattr(Variant, name) for name in VARIANT))
    query = Variant.select(*columns).where(Variant.product.in_(wanted)).order_by(Variant.position, Variant.id)
    rows: Any = query.dicts()
    for row in rows:
        product_id, variant_id, held = row.pop("product"), row.pop("id"), row.pop("held")
        found[product_id].variants.append(CurrentVariant(variant_id, held, row))


def _add_places(found: dict[int, CurrentProduct], wanted: list[int]) -> None:
    rows: Any = (
        ProductCollection.select(ProductCollection.product, Section.slug, Collection.slug)
        .join(Collection)
        .join(Section)
        .where(ProductCollection.product.in_(wanted))
        .order_by(ProductCollection.position, ProductCollection.id)
        .tuples()
    )
    for product_id, section, collection in rows:
        found[product_id].places.append(f"{section}/{collection}")


def owners_of(skus: Several[str]) -> dict[str, int]:
    """SKU -> the id of its product."""
    rows: Any = Variant.select(Variant.sku, Variant.product).where(Variant.sku.in_(list(skus))).tuples()
    return dict(rows)


def ids_of(slugs: Several[str]) -> dict[str, int]:
    """Slug -> the id of the product."""
    rows: Any = Product.select(Product.slug, Product.id).where(Product.slug.in_(list(slugs))).tuples()
    return dict(rows)


@dataclass(frozen=True)
class Shelf:
    """A collection that there is, by its path and by the names of its section and of itself."""

    path: str
    section_name: str
    collection_name: str

    @property
    def section(self) -> str:
        return self.section_name.casefold()

    @property
    def name(self) -> str:
        return self.collection_name.casefold()


def shelves() -> list[Shelf]:
    rows: Any = (
        Collection.select(Section.slug, Collection.slug, Section.name, Collection.name)
        .join(Section)
        .order_by(Section.position, Collection.position, Collection.id)
        .tuples()
    )
    return [Shelf(f"{one}/{two}", above, name) for one, two, above, name in rows]


def tax_classes() -> set[str]:
    """Those that a product of the shop has."""
    rows: Any = Product.select(Product.tax_class).distinct().tuples()
    return {name for (name,) in rows} | {"standard"}
