"""The desk's pages of goods in their states."""

from __future__ import annotations

from io import BytesIO

from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from shop.catalogue import uploads
from shop.catalogue.models import Collection, Product, ProductState, Variant
from shop.catalogue.stock import Reason, correct_stock

from .client import ShopClient

PRODUCTS, STOCK, SHELVES = "/admin/products", "/admin/stock", "/admin/shelves"


def goods_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser; the shop has the demo's goods."""
    shown = Product.state == ProductState.ACTIVE
    product = Product.select().where(shown, Product.option1_name != "").order_by(Product.id.desc()).get()
    variant = Variant.select().where(Variant.product == product.id).order_by(Variant.id).get()
    with app.app_context():
        correct_stock(variant_id=variant.id, quantity=5, reason=Reason.RECEIVED, ref="crate", staff_id=1)
    page, ledger = f"{PRODUCTS}/{product.id}", f"{STOCK}/{variant.id}"
    found = {
        "admin-products": robin.get(PRODUCTS),
        "admin-products-none": robin.get(f"{PRODUCTS}?q=nothing+like+this"),
        "admin-product-new": robin.get(f"{PRODUCTS}/new"),
        "admin-product-wrong": robin.submit(page, action=page, name="", **{"price-0": "dear", "sku-1": "x" * 99}),
        "admin-product-overtaken": _overtaken(robin, page),
        "admin-product-preview": robin.get(f"{page}/preview"),
        "admin-product-stock": robin.get(f"{page}/stock"),
        "admin-stock": robin.get(STOCK),
        "admin-variant": robin.get(ledger),
        "admin-variant-wrong": robin.submit(ledger, action=ledger, reason="damaged", number="999999"),
    }
    return found | _pictures(app, robin, page) | _shelves(robin)


def _overtaken(robin: ShopClient, page: str) -> TestResponse:
    old = robin.get(page)
    robin.submit(page, action=page, summary="Said anew.", **{"price-0": "17"})
    return robin.submit(old, action=page, name="Another name")


def _pictures(app: Flask, robin: ShopClient, page: str) -> dict[str, TestResponse]:
    file = BytesIO()
    Image.new("RGB", (640, 480), "olive").save(file, "JPEG")
    sent = [(BytesIO(file.getvalue()), "whole.jpg"), (BytesIO(file.getvalue()[:900]), "half.jpg")]
    robin.submit(page, action=f"{page}/pictures", pictures=sent)
    found = {"admin-product-waiting": robin.get(page)}
    with app.app_context():
        uploads.make_pictures()
    refused = [(BytesIO(b"<svg/>"), "drawing.svg")]
    found["admin-product"] = robin.get(page)
    found["admin-pictures-wrong"] = robin.submit(page, action=f"{page}/pictures", pictures=refused)
    return found


def _shelves(robin: ShopClient) -> dict[str, TestResponse]:
    collection = Collection.select().order_by(Collection.id).get()
    section = f"/admin/sections/{collection.section_id}"
    return {
        "admin-shelves": robin.get(SHELVES),
        "admin-shelves-wrong": robin.submit(section, action=f"{section}/remove"),
        "admin-section-wrong": robin.submit("/admin/sections/new", action="/admin/sections", name="", slug="Not so"),
        "admin-collection": robin.get(f"/admin/collections/{collection.id}"),
    }
