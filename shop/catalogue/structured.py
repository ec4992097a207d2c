"""What search engines and link previews read: JSON-LD for a product and for the way to a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ..config import settings
from ..markdown import to_text
from ..money import as_decimal
from .products import ProductShown, VariantShown

Crumbs = Sequence[tuple[str, str | None]]


def whole_url(path: str) -> str:
    """`/p/bag` -> `https://shop.example/p/bag`."""
    return settings().shop_url + path


def product_data(product: ProductShown) -> dict[str, Any]:
    """schema.org Product: one Offer, or one for each variant."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "url": whole_url(f"/p/{product.slug}"),
        "description": product.summary or to_text(product.description),
        "image": [whole_url(picture.largest) for picture in product.pictures],
        "offers": [_offer(product, variant) for variant in product.variants],
    }
    if product.maker:
        data["brand"] = {"@type": "Brand", "name": product.maker}
    if len(product.variants) == 1:
        data["sku"] = product.variants[0].sku
    return data


def _offer(product: ProductShown, variant: VariantShown) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "name": " / ".join((product.name, *variant.options)),
        "sku": variant.sku,
        "url": whole_url(f"/p/{product.slug}?v={variant.id}"),
        "price": str(as_decimal(variant.price_cents)),
        "priceCurrency": settings().currency,
        "availability": f"https://schema.org/{'InStock' if variant.available > 0 else 'OutOfStock'}",
        "itemCondition": "https://schema.org/NewCondition",
    }


def way_data(crumbs: Crumbs, here: str) -> dict[str, Any]:
    """schema.org BreadcrumbList; `here` is the path of the page itself, the last crumb."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": whole_url(path or here)}
            for position, (name, path) in enumerate(crumbs, 1)
        ],
    }


def shop_data() -> dict[str, Any]:
    """schema.org WebSite, with where its search is."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": settings().shop_name,
        "url": whole_url("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": whole_url("/search?q={words}"),
            "query-input": "required name=words",
        },
    }


def in_script(data: dict[str, Any]) -> Markup:
    """As JSON that cannot end the <script> it stands in, whatever text it holds."""
    text = json.dumps(data, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704
