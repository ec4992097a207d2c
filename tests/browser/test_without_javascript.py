"""Every form of the shop in a real browser that runs no JavaScript, as far as the card itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from shop import clock
from shop.admin.services import create_staff
from shop.catalogue.models import Variant
from shop.orders.desk.coming import cancel_due
from shop.orders.models import Order, OrderState

from ..support.browser import served
from ..support.client import ShopClient
from ..support.desk import PASSWORD, ROBIN, code_of, give_app
from ..support.till import Buyer, order_of
from ..support.visitor import ADDRESS, bag_with_a_choice

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def page(demo_app: Flask, browser: Browser) -> Iterator[Page]:
    with served(demo_app) as url, browser.new_context(base_url=url, java_script_enabled=False) as context:
        yield context.new_page()


def test_a_cart_is_filled_changed_and_forgotten(page: Page) -> None:
    product, variant = bag_with_a_choice()
    main = page.get_by_role("main")
    page.goto(f"/p/{product.slug}")
    page.locator(f"label:has([name=variant_id][value='{variant.id}'])").click()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("status")).to_contain_text("Added to your cart")
    expect(main).to_contain_text(product.name)

    page.get_by_label("Quantity of").fill("3")
    page.get_by_role("button", name="Update").click()
    expect(main).to_contain_text("3 items")
    page.get_by_role("button", name="One less").click()
    expect(main).to_contain_text("2 items")
    page.get_by_label("Quantity of").fill("two")
    page.get_by_label("Quantity of").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")

    page.goto("/cart")
    page.get_by_label("Discount code").fill("WELCOME10")
    page.get_by_role("button", name="Apply").click()
    expect(main).to_contain_text("Discount WELCOME10")
    page.get_by_role("button", name="Remove code").click()
    expect(main).not_to_contain_text("WELCOME10")

    page.get_by_role("button", name="Remove").click()
    expect(main).to_contain_text("Your cart is empty")
    page.get_by_role("button", name="Put back").click()
    expect(main).to_contain_text("2 items")
    page.get_by_text("Forget this cart").first.click()
    page.get_by_role("button", name="Forget this cart").click()
    expect(main).to_contain_text("Your cart is empty")
    assert [cookie for cookie in page.context.cookies() if cookie["name"] == "cart"] == []


def test_a_list_is_filtered_and_sorted(page: Page) -> None:
    page.goto("/s/bags/")
    count = page.locator(".listing__count")
    before = count.inner_text()
    page.get_by_label("Handbags").check()
    page.get_by_role("button", name="Show these").click()
    expect(count).not_to_have_text(before)
    page.get_by_label("Sort by").select_option(index=1)
    page.get_by_role("button", name="Sort").click()
    expect(page).to_have_url(re.compile(r"sort=\w+"))


def test_the_checkout_goes_as_far_as_the_card_and_says_what_that_needs(page: Page) -> None:
    _, variant = bag_with_a_choice()
    page.goto(f"/p/{variant.product.slug}?v={variant.id}")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Checkout").click()
    page.get_by_label("E-mail").fill("nobody at all")
    page.get_by_role("button", name="Go on to delivery").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at this again")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Go on to delivery").click()

    page.locator("[name=delivery_country]").select_option("GB")
    page.get_by_role("button", name="Update fields").first.click()
    expect(page.get_by_label("Postcode").first).to_be_visible()
    page.locator("[name=delivery_country]").select_option("US")
    page.get_by_role("button", name="Update fields").first.click()
    expect(page.get_by_label("ZIP code").first).to_be_visible()
    for name, text in ADDRESS.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=delivery_region]").select_option("CA")
    page.locator("[name=delivery_postcode]").press("Enter")
    expect(page).to_have_url(re.compile(r"step=payment$"))

    page.get_by_label("Express").check()
    page.get_by_role("button", name="Use this").click()
    expect(page.locator("#checkout-review")).to_contain_text("Express")
    expect(page.get_by_label("Express")).to_be_checked()
    expect(page.get_by_text("Typing a card needs JavaScript")).to_be_visible()


def test_the_desk_signs_in_packs_sends_and_cancels(page: Page, demo_app: Flask) -> None:
    first, second = _bought(demo_app), _bought(demo_app)
    with demo_app.app_context():
        phone = give_app(create_staff(email=ROBIN, name="Robin Fern", password=PASSWORD, role="owner"))
    page.goto("/admin/orders")
    page.get_by_label("E-mail").fill(ROBIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your app").fill(code_of(phone))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Search orders").fill(first.number)
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(rf"q={first.number}"))
    page.get_by_role("link", name=first.number, exact=True).click()

    page.get_by_role("button", name="Packed").click()
    expect(page.get_by_role("heading", name="Next: send it")).to_be_visible()
    page.get_by_label("Carrier").select_option("usps")
    page.get_by_label("Tracking number").fill("9400 1112 0255 5550 1234 56")
    page.get_by_role("button", name="Sent: tell the customer").click()
    expect(page.get_by_role("main")).to_contain_text("9400 1112 0255 5550 1234 56")
    assert Order.get_by_id(first.id).state == OrderState.SHIPPED

    page.goto(f"/admin/orders/{second.number}")
    page.get_by_text("Cancel and refund in full…").click()
    page.locator("[name=reason]").first.check()
    page.get_by_role("button", name="Cancel the order and refund").click()
    expect(page.get_by_role("main")).to_contain_text("Being cancelled")
    clock.travel(timedelta(minutes=1))
    with demo_app.app_context():
        assert cancel_due() == 1
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Cancelled")
    assert Order.get_by_id(second.id).state == OrderState.CANCELLED
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(re.compile(second.number))
    page.goto("/admin/orders")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the desk")


def _bought(app: Flask) -> Order:
    buyer = Buyer(ShopClient(app, use_cookies=True))
    buyer.reach_payment(Variant.get(Variant.on_hand > 5, ~Variant.is_archived).id)
    return order_of(buyer.pay())
