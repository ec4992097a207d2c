"""The pages of imports and exports in their states."""

from __future__ import annotations

import io

from flask import Flask
from werkzeug.test import TestResponse

from shop.catalogue.exchange import services
from shop.catalogue.exchange.writing import export, products_to_export
from shop.catalogue.models import Product

from .client import ShopClient

HOME = "/admin/products/import"


def send_file(client: ShopClient, content: bytes, name: str = "goods.csv") -> TestResponse:
    """Upload as a browser does; the answer leads to the import's page."""
    return client.submit(HOME, action=HOME, file=(io.BytesIO(content), name))


def import_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser; the shop has goods."""
    found = {"admin-import": robin.get(HOME), "admin-import-wrong": robin.submit(HOME, action=HOME)}
    found["admin-export"] = robin.get("/admin/products/export")
    refused = send_file(robin, b"PK\x03\x04", "goods.xlsx").location
    page = send_file(robin, _mixed()).location
    found["admin-import-reading"] = robin.get(page)
    _work(app)
    found["admin-import-refused"] = robin.get(refused)
    for tab in ("errors", "changed", "new"):
        found[f"admin-import-{tab}"] = robin.get(f"{page}?show={tab}")
    robin.submit(page, action=f"{page}/confirm")
    _work(app)
    found["admin-import-done"] = robin.get(page)
    robin.submit(page, action=f"{page}/undo")
    _work(app)
    found["admin-import-after"] = robin.get(HOME)
    return found


def _mixed() -> bytes:
    """A product that changes, one that does not, a new one, one that is wrong and a column that nobody knows."""
    slugs = [slug for (slug,) in Product.select(Product.slug).order_by(Product.id).limit(2).tuples()]
    there = "".join(export(products_to_export().where(Product.slug.in_(slugs)))).lstrip("\ufeff").splitlines()
    changed = there[1].replace(",active,", ",draft,", 1)
    width = len(there[0].split(","))
    new = ",".join(["new-bag", "New Bag", "active", "Bags > Brand new", *[""] * 11, "NEW-1", "", "", "", "48.00"])
    wrong = ",".join(["bad-bag", "Bad Bag", "active", *[""] * 12, "BAD-1", "", "", "", "forty"])
    rows = [f"{there[0]},Colour of the sky", changed, *there[2:], new.ljust(width), wrong]
    return "\r\n".join(rows).encode()


def _work(app: Flask) -> None:
    with app.app_context():
        services.work_on_imports()
