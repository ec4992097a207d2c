"""What machines read of the whole catalogue: the sitemap and the product feed, sent while they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from ..config import settings
from ..markdown import to_text
from ..money import as_decimal
from .browse import sections
from .models import Collection, Measure, Product, ProductState, Section
from .products import ProductShown, VariantShown, products_where
from .structured import whole_url

# What the sitemap protocol allows in one file.
ADDRESSES_AT_MOST = 50_000
AT_ONCE = 200
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UNITS = {Measure.KILOGRAM: ("g", "kg"), Measure.LITRE: ("ml", "l"), Measure.PIECE: ("ct", "ct")}


def sitemap() -> Iterator[str]:
    yield HEAD + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    count = 0
    for count, path in enumerate(_paths(), 1):
        yield f"<url><loc>{_text(whole_url(path))}</loc></url>\n"
        if count == ADDRESSES_AT_MOST:
            break
    yield "</urlset>\n"


def _paths() -> Iterator[str]:
    yield "/"
    yield from (f"/s/{section.slug}/" for section in sections())
    inside: Any = Collection.select(Section.slug, Collection.slug).join(Section).order_by(Collection.id)
    yield from (f"/s/{section}/{collection}/" for section, collection in inside.tuples())
    last = 0
    while rows := _slugs_after(last):
        yield from (f"/p/{slug}" for _, slug in rows)
        last = rows[-1][0]


def _slugs_after(product_id: int) -> list[Any]:
    rows = Product.select(Product.id, Product.slug).where(Product.state == ProductState.ACTIVE, Product.id > product_id)
    return list(rows.order_by(Product.id).limit(AT_ONCE).tuples())


def product_feed() -> Iterator[str]:
    """RSS 2.0 with the g: namespace that shopping services read; an item for each variant."""
    name = _text(settings().shop_name)
    yield f'{HEAD}<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n<title>{name}</title>\n'
    yield f"<link>{_text(whole_url('/'))}</link>\n<description>Everything that {name} sells</description>\n"
    last = 0
    while ids := _slugs_after(last):
        for product in products_where(Product.id.in_([id_ for id_, _ in ids])):
            yield from (_item(product, variant) for variant in product.variants)
        last = ids[-1][0]
    yield "</channel>\n</rss>\n"


def _item(product: ProductShown, variant: VariantShown) -> str:
    rows = "".join(f"<{tag}>{_text(value)}</{tag}>" for tag, value in _tags(product, variant) if value)
    return f"<item>{rows}</item>\n"


def _tags(product: ProductShown, variant: VariantShown) -> Iterator[tuple[str, str]]:
    gallery = product.gallery(variant)
    yield "g:id", variant.sku
    yield "g:item_group_id", product.slug if len(product.variants) > 1 else ""
    yield "title", ", ".join((product.name, *variant.options))
    yield "description", to_text(product.description) or product.summary
    yield "link", whole_url(f"/p/{product.slug}?v={variant.id}")
    yield "g:image_link", whole_url(gallery[0].largest) if gallery else ""
    yield from (("g:additional_image_link", whole_url(picture.largest)) for picture in gallery[1:10])
    yield "g:availability", "in_stock" if variant.available > 0 else "out_of_stock"
    yield "g:price", _price(variant.was_cents or variant.price_cents)
    yield "g:sale_price", _price(variant.price_cents) if variant.was_cents else ""
    yield "g:brand", product.maker
    yield "g:condition", "new"
    yield "g:identifier_exists", "no"
    yield "g:product_type", _kind(product)
    yield "g:shipping_weight", f"{variant.weight_grams} g" if variant.weight_grams else ""
    yield from _measures(product, variant)
    yield from _options(product, variant)


def _price(cents: int) -> str:
    return f"{as_decimal(cents)} {settings().currency}"


def _kind(product: ProductShown) -> str:
    return f"{product.collection.section.name} > {product.collection.name}" if product.collection else ""


def _measures(product: ProductShown, variant: VariantShown) -> Iterator[tuple[str, str]]:
    if variant.unit_price_cents is not None and variant.measure_amount:
        small, large = _UNITS[Measure(product.measure)]
        yield "g:unit_pricing_measure", f"{variant.measure_amount}{small}"
        yield "g:unit_pricing_base_measure", f"1{large}"


def _options(product: ProductShown, variant: VariantShown) -> Iterator[tuple[str, str]]:
    known = {"colour": "g:color", "color": "g:color", "size": "g:size", "material": "g:material"}
    for name, value in zip(product.option_names, variant.options, strict=False):
        yield known.get(name.lower(), ""), value if name.lower() in known else ""


def _text(value: str) -> str:
    """Escaped, without the letters that XML cannot hold."""
    return escape(re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value))
