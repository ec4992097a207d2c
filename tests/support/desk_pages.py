"""The desk's first page and its reports in their states."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from .client import ShopClient


def desk_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    return {"admin-today": robin.get("/admin/")}
