"""The desk's first page and its reports in their states."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.catalogue.models import Variant

from .client import ShopClient

REPORTS = "/admin/reports"
NAMES = ("best-sellers", "tax", "discounts", "given-back", "delivery", "carts", "stock", "agreement")


def desk_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    found = {"admin-today": robin.get("/admin/"), "admin-reports": robin.get(REPORTS)}
    found |= {f"admin-report-{name}": robin.get(f"{REPORTS}/{name}") for name in NAMES}
    found["admin-reports-wrong"] = robin.get(f"{REPORTS}?from=soon&to=2026-01-01")
    found["admin-report-left"] = robin.get(f"{REPORTS}/carts/left")
    found["admin-report-shelf"] = robin.get(f"{REPORTS}/stock/{Variant.get(Variant.on_hand > 0).product_id}")
    found["admin-report-net"] = robin.get(f"{REPORTS}/orders?figure=sales&side=net")
    found["admin-report-orders"] = robin.get(f"{REPORTS}/orders?figure=sales")
    return found | {"admin-report-orders-none": robin.get(f"{REPORTS}/orders?figure=goods&name=none")}
