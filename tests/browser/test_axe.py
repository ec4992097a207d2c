"""Every page can be used by everybody: axe looks at each, wide and narrow, light and dark."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from shop.admin.services import create_staff
from shop.catalogue.models import Product, ProductState, Variant

from ..support.browser import axe_clean

LOOKS = [({"width": 1280, "height": 900}, "light"), ({"width": 360, "height": 740}, "dark")]
EVERYBODYS = (
    "/",
    "/s/bags/",
    "/s/bags/handbags/",
    "/search?q=tote",
    "/search?q=nothing+like+this",
    "/cart",
    "/privacy",
    "/cookies",
    "/promises",
    "/no/such/page",
    "/admin/sign-in",
)


@pytest.fixture(params=LOOKS, ids=["wide-light", "narrow-dark"])
def look(request: pytest.FixtureRequest, page: Page) -> Page:
    size, scheme = request.param
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    return page


def some_product() -> Product:
    found: Product = (
        Product.select().join(Variant).where((Product.state == ProductState.ACTIVE) & (Variant.on_hand > 3)).first()
    )
    return found


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        f"{page.url} is wider than the screen"
    )


@pytest.mark.parametrize("path", EVERYBODYS)
def test_everybody_can_use(look: Page, path: str) -> None:
    look.goto(path)
    axe_clean(look)
    fits(look)


def test_everybody_can_use_a_product_and_a_full_cart(look: Page, demo_app: Flask) -> None:
    look.goto(f"/p/{some_product().slug}")
    axe_clean(look)
    fits(look)
    look.locator("form[action='/cart/lines'] button[type=submit]").first.click()
    expect(look.locator("#cart-badge")).to_contain_text("1")
    axe_clean(look)
    look.goto("/cart")
    axe_clean(look)
    fits(look)


def test_everybody_can_use_the_checkout(look: Page, demo_app: Flask) -> None:
    look.goto(f"/p/{some_product().slug}")
    look.locator("form[action='/cart/lines'] button[type=submit]").first.click()
    expect(look.locator("#cart-badge")).to_contain_text("1")
    look.goto("/checkout")
    axe_clean(look)
    fits(look)


def test_everybody_can_use_the_desk(look: Page, demo_app: Flask) -> None:
    create_staff(email="robin@fern.example", name="Robin", password="a long enough phrase", role="owner")
    look.goto("/admin/sign-in")
    look.get_by_label("E-mail").fill("robin@fern.example")
    look.get_by_label("Password").fill("a long enough phrase")
    look.locator("form[action='/admin/sign-in'] button[type=submit]").click()
    expect(look).to_have_url(re.compile(r"/admin/orders$"))
    axe_clean(look)
    fits(look)
    look.locator("a[href^='/admin/orders/']").first.click()
    axe_clean(look)
    fits(look)
