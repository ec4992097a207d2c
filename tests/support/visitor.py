"""What somebody does who buys a bag with a mouse and a real browser."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from shop.catalogue.models import Collection, Product, ProductCollection, ProductState, Section, Variant
from shop.orders.models import Order

from .running import RunningShop

VISA, DECLINED, JCB = "4111 1111 1111 1111", "4000 1111 1111 1115", "3530 1113 3330 0000"
ADDRESS = {
    "delivery_name": "Ada Lovelace",
    "delivery_street": "12 Analytical Way",
    "delivery_city": "Los Angeles",
    "delivery_postcode": "90012",
}
MANY = 5
MAIL_TRIES, MAIL_PAUSE = 100, 200


def bag_with_a_choice() -> tuple[Product, Variant]:
    """A bag in several colours, and one of them that is not the first."""
    in_bags = (
        Product.select()
        .join(ProductCollection)
        .join(Collection)
        .join(Section)
        .where(Section.slug == "bags", Product.state == ProductState.ACTIVE)
        .order_by(Product.id)
    )
    for product in in_bags:
        plenty = product.variants.where(~Variant.is_archived, Variant.on_hand > MANY).order_by(Variant.position)
        if len(plenty) > 1:
            return product, plenty[1]
    raise LookupError("the demo shop has no such bag")


def put_into_cart(page: Page) -> Variant:
    product, variant = bag_with_a_choice()
    page.goto(f"/p/{product.slug}?v={variant.id}")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#cart-badge")).to_contain_text("1")
    return variant


def answer_everything(page: Page, email: str) -> None:
    """From the cart's checkout to the payment step, with the mouse where people use it."""
    page.goto("/checkout")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Go on to delivery").click()
    fill_in_delivery(page)
    page.get_by_role("button", name="Go on to payment").click()


def fill_in_delivery(page: Page) -> None:
    for name, text in ADDRESS.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=delivery_region]").select_option("CA")


def reach_payment(page: Page, email: str) -> None:
    put_into_cart(page)
    answer_everything(page, email)


def order_on(page: Page) -> Order:
    """The order whose page is shown."""
    expect(page).to_have_url(re.compile(r"/orders/"), timeout=30_000)
    number = page.get_by_role("heading", level=1).inner_text().removeprefix("Order ")
    found: Order = Order.get(Order.number == number)
    return found


def mail_to(shop: RunningShop, email: str, page: Page) -> EmailMessage:
    """The mail that the worker wrote into the folder, waited for."""
    for _ in range(MAIL_TRIES):
        for path in sorted(shop.mails.glob("*.eml")):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if mail["To"] == email:
                return mail
        page.wait_for_timeout(MAIL_PAUSE)
    raise AssertionError(f"no mail to {email} was written")
