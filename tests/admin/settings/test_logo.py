"""A logo in the place of the shop's name."""

from __future__ import annotations

import os
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from shop.catalogue import uploads
from shop.config import settings

from ...support.client import ShopClient

pytestmark = pytest.mark.once

SHOP, LOGO = "/admin/settings/shop", "/admin/settings/logo"


def png(width: int = 1200, height: int = 300) -> bytes:
    made = BytesIO()
    Image.new("RGBA", (width, height), (30, 80, 60, 0)).save(made, "PNG")
    return made.getvalue()


def send(client: ShopClient, data: bytes, name: str = "logo.png", **more: str) -> object:
    token = client.get(SHOP).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = {"csrf_token": token, "logo": (BytesIO(data), name), **more}
    return client.post(LOGO, data=sent, content_type="multipart/form-data")


def test_a_logo_stands_in_the_names_place_see_through_and_is_kept(app: Flask, robin: ShopClient) -> None:
    assert send(robin, png()).status_code == 303
    logo = settings().logo
    assert (logo.width, logo.height) == (640, 160)
    visitor = ShopClient(app, use_cookies=True)
    assert logo.src in visitor.get("/").text
    kept = Image.open(BytesIO(visitor.get(logo.src).data))
    assert (kept.mode, kept.size, kept.getpixel((0, 0))[3]) == ("RGBA", (640, 160), 0)
    with app.app_context():
        for path in settings().media_root.glob("*.webp"):
            os.utime(path, (0, 0))
        uploads.sweep_pictures()
    assert visitor.get(logo.src).status_code == 200
    assert send(robin, b"", do="remove").status_code == 303
    assert "Fern &amp; Strap</a>" in visitor.get("/").text


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"<svg xmlns='x'/>", "save it as a PNG"), (b"", "This file is empty"), (png()[:200], "damaged")],
)
def test_what_is_no_picture_is_refused_in_words(robin: ShopClient, data: bytes, says: str) -> None:
    answer = send(robin, data)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert settings().logo is None
