"""The goods of Fern & Strap, the demo shop, from products.toml; a second run adds only what is missing."""

from __future__ import annotations

import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ... import clock
from ...catalogue import models, pictures, services, stock
from ...catalogue.models import Collection, Product, ProductCollection, ProductState, Section, Variant
from ...config import settings

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"


def seed_products() -> int:
    """Fill the catalogue and return how many products were added."""
    goods = tomllib.loads((HERE / "products.toml").read_text(), parse_float=Decimal)
    have = {product.slug for product in Product.select(Product.slug)}
    missing = [product for product in goods["product"] if product["slug"] not in have]
    if not missing:
        return 0
    rendered = _render({picture["file"] for product in missing for picture in product["pictures"]})
    with services.changing():
        collections = _collections(goods["section"])
        for product in missing:
            _add(product, goods, collections, rendered)
    return len(missing)


def _render(names: set[str]) -> dict[str, pictures.Rendered]:
    """Pillow works outside Python's lock, so each core makes its share of the renditions."""
    ordered = sorted(names)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return dict(
            zip(ordered, workers.map(lambda name: pictures.render(PICTURES / f"{name}.webp"), ordered), strict=True)
        )


def _collections(sections: list[dict[str, Any]]) -> dict[str, Collection]:
    """Collections by "section/collection", those of the file and nothing else."""
    found = {}
    for position, wanted in enumerate(sections):
        section, _ = Section.get_or_create(  # type: ignore[no-untyped-call]
            slug=wanted["slug"], defaults={"name": wanted["name"], "intro": wanted["intro"], "position": position}
        )
        for place, inner in enumerate(wanted["collection"]):
            defaults = {"name": inner["name"], "intro": inner["intro"], "position": place}
            defaults["story"] = inner.get("story", "").strip()
            collection, _ = Collection.get_or_create(  # type: ignore[no-untyped-call]
                section=section, slug=inner["slug"], defaults=defaults
            )
            found[f"{section.slug}/{collection.slug}"] = collection
    return found


def _add(
    wanted: dict[str, Any],
    goods: dict[str, Any],
    collections: dict[str, Collection],
    rendered: dict[str, pictures.Rendered],
) -> None:
    product = _product(wanted, goods)
    for position, path in enumerate(wanted["collections"]):
        ProductCollection.create(product=product, collection=collections[path], position=position)
    variants = [_variant(product, wanted["sku"], position, each) for position, each in enumerate(wanted["variants"])]
    for position, picture in enumerate(wanted["pictures"]):
        made = rendered[picture["file"]]
        models.Picture.create(
            product=product,
            variant=next((v for v in variants if picture.get("of") and v.option1 == picture["of"]), None),
            file=made.file,
            alt=picture["alt"],
            width=made.width,
            height=made.height,
            widths=" ".join(map(str, made.widths)),
            position=position,
        )
    services.product_changed(product.id)


def _product(wanted: dict[str, Any], goods: dict[str, Any]) -> Product:
    options = [*wanted.get("options", []), "", "", ""]
    came_in = clock.now() - timedelta(days=wanted.get("days", 0), minutes=len(wanted["slug"]))
    state = wanted.get("state", ProductState.ACTIVE)
    return Product.create(
        **{name: wanted[name] for name in ("slug", "name", "summary", "maker")},
        **{name: wanted[name] for name in ("tax_class", "measure", "featured") if name in wanted},
        state=state,
        description=wanted["description"].strip(),
        care=goods["care"].get(wanted["care"], wanted["care"]).strip(),
        origin=goods["origin"].get(wanted["origin"], wanted["origin"]).strip(),
        option1_name=options[0],
        option2_name=options[1],
        option3_name=options[2],
        created_at=came_in,
        published_at=None if state == ProductState.DRAFT else came_in,
        sold_count=wanted.get("sold", 0),
    )


def _variant(product: Product, sku: str, position: int, wanted: dict[str, Any]) -> Variant:
    options = [*wanted.get("options", []), "", "", ""]
    variant = Variant.create(
        product=product,
        sku=f"{sku}-{position + 1}" if wanted.get("options") else sku,
        option1=options[0],
        option2=options[1],
        option3=options[2],
        position=position,
        price_cents=_cents(wanted["price"]),
        compare_at_cents=_cents(wanted["compare_at"]) if "compare_at" in wanted else None,
        measure_amount=wanted.get("amount"),
        weight_grams=wanted["grams"],
    )
    if wanted["stock"]:
        stock.restock(variant_id=variant.id, quantity=wanted["stock"], reason="received", ref="opening stock")
    return variant


def _cents(price: Decimal) -> int:
    return int(round(price.scaleb(settings().currency_exponent)))
