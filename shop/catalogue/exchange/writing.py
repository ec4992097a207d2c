"""The shop's own format, written a slice of products at a time; what it writes is read back without a change."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from ...config import settings
from ...money import as_decimal
from ...spreadsheets import BYTE_ORDER_MARK, defused
from ..models import Collection, Picture, Product, ProductCollection, Section, Variant
from ..search import WORDS_AT_MOST
from .cells import one_line
from .current import CurrentProduct, CurrentVariant, products_with
from .own import COLUMNS

SLICE = 200


def export(products: Any) -> Iterator[str]:
    """The file in pieces, for the products whose ids a query selects; its mark tells spreadsheets that it is UTF-8."""
    yield BYTE_ORDER_MARK + _lines([list(COLUMNS)])
    last = 0
    while ids := [found for (found,) in products.where(Product.id > last).order_by(Product.id).limit(SLICE).tuples()]:
        yield _lines(_rows(ids))
        last = ids[-1]


def products_to_export(*, state: str = "", collection: str = "", search: str = "") -> Any:
    """The ids of all products, or of those in a state, in a collection ("bags/totes"), with words in name or SKU."""
    query = Product.select(Product.id)
    if state:
        query = query.where(Product.state == state)
    if collection:
        section, _, slug = collection.partition("/")
        inside = (
            ProductCollection.select(ProductCollection.product)
            .join(Collection)
            .join(Section)
            .where(Section.slug == section, Collection.slug == slug)
        )
        query = query.where(Product.id.in_(inside))
    for word in search.split()[:WORDS_AT_MOST]:
        with_sku = Variant.select(Variant.product).where(Variant.sku.contains(word))
        query = query.where(Product.name.contains(word) | Product.id.in_(with_sku))
    return query


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([[defused(cell) for cell in row] for row in rows])
    return out.getvalue()


def _rows(ids: list[int]) -> list[list[str]]:
    names, pictures = _collection_names(), _pictures(ids)
    rows = []
    for product in products_with(ids).values():
        whole = _of_the_product(product, names)
        for place, variant in enumerate(product.variants or [None]):
            row = dict(whole) if place == 0 else {**whole, "Description": "", "Care": "", "Origin": ""}
            row |= _of_the_variant(variant) if variant else {}
            row["Pictures"] = "\n".join(pictures.get(product.id, ())) if place == 0 else ""
            rows.append([row.get(column, "") for column in COLUMNS])
    return rows


def _of_the_product(product: CurrentProduct, names: dict[str, str]) -> dict[str, str]:
    values = product.values
    return {
        "Address": values["slug"],
        "Name": values["name"],
        "State": values["state"],
        "Collections": "; ".join(names[path] for path in product.places),
        "Maker": values["maker"],
        "Summary": values["summary"],
        "Description": values["description"],
        "Care": values["care"],
        "Origin": values["origin"],
        "Tax class": values["tax_class"],
        "Priced per": values["measure"],
        "Featured": str(values["featured"]),
        **{f"Option {number} name": values[f"option{number}_name"] for number in (1, 2, 3)},
    }


def _of_the_variant(variant: CurrentVariant) -> dict[str, str]:
    values = variant.values
    return {
        "SKU": values["sku"],
        **{f"Option {number}": values[f"option{number}"] for number in (1, 2, 3)},
        "Price": _amount(values["price_cents"]),
        "Compare-at price": _amount(values["compare_at_cents"]),
        "Stock": str(values["on_hand"]),
        "Weight (g)": str(values["weight_grams"]),
        "Contents": "" if values["measure_amount"] is None else str(values["measure_amount"]),
        "Archived": "yes" if values["is_archived"] else "no",
    }


def _amount(cents: int | None) -> str:
    return "" if cents is None else format(as_decimal(cents), "f")


def _collection_names() -> dict[str, str]:
    """Path -> "Bags > Totes", or the path itself where names would be misread."""
    rows: Any = Collection.select(Section.slug, Collection.slug, Section.name, Collection.name).join(Section).tuples()
    labels = {f"{one}/{two}": f"{above} > {name}" for one, two, above, name in rows}
    folded = [label.casefold() for label in labels.values()]
    return {path: label if _is_plain(label, folded) else path for path, label in labels.items()}


def _is_plain(label: str, folded: list[str]) -> bool:
    has_signs = label.count(">") > 1 or any(sign in label for sign in "/;")
    return not has_signs and one_line(label) == label and folded.count(label.casefold()) == 1


def _pictures(ids: list[int]) -> dict[int, list[str]]:
    rows: Any = (
        Picture.select(Picture.product, Picture.file, Picture.widths)
        .where(Picture.product.in_(ids))
        .order_by(Picture.position, Picture.id)
        .tuples()
    )
    found: dict[int, list[str]] = {}
    for product_id, file, widths in rows:
        largest = max(map(int, widths.split()), default=0)
        found.setdefault(product_id, []).append(f"{settings().shop_url}/media/{file}-{largest}.webp")
    return found
