"""Strangers buy bags in a real browser, with the Drop-in as Braintree ships it, in a shop that `shop start` runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from shop.config import ROOT
from shop.orders.models import OrderState, Payment

from ..practice import PracticeGateway, free_port
from ..support.books import wrong_in_the_books
from ..support.browser import Watch, launch, pay, tab_to, type_card_by_keyboard
from ..support.running import RunningShop
from ..support.shops import DEMO, Shops, disconnect
from ..support.visitor import (
    ADDRESS,
    DECLINED,
    JCB,
    VISA,
    answer_everything,
    bag_with_a_choice,
    mail_to,
    order_on,
    reach_payment,
)

pytestmark = pytest.mark.timeout(240)
SCREENSHOTS = ROOT / "build" / "screenshots"
CHECKING_SECONDS = 60_000


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    """Stands behind Braintree's own names."""
    made = PracticeGateway(tmp_path_factory.mktemp("mapped"), tls=True)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def shop(shops: Shops, gateway: PracticeGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    instance = tmp_path_factory.mktemp("running") / "shop"
    shops.new(instance, stock=DEMO, practice_gateway_url=gateway.url, port=free_port())
    made = RunningShop()
    made.start()
    yield made
    made.stop()
    disconnect()


@pytest.fixture(scope="module")
def mapped_browser(playwright: Playwright, gateway: PracticeGateway) -> Iterator[Browser]:
    launched = launch(playwright, mapped_to=gateway)
    yield launched
    launched.close()


@pytest.fixture
def page(shop: RunningShop, mapped_browser: Browser) -> Iterator[Page]:
    with mapped_browser.new_context(base_url=shop.url, viewport={"width": 1280, "height": 900}) as context:
        tab = context.new_page()
        watch = Watch(tab)
        yield tab
        assert watch.complaints == []


@pytest.fixture(autouse=True)
def the_books_agree(shop: RunningShop, gateway: PracticeGateway) -> Iterator[None]:
    """However a test ends: money, stock and orders are what the gateway says."""
    gateway.clear_faults()
    yield
    assert wrong_in_the_books(gateway, shop.shelf) == []


@pytest.mark.promise("P15")
def test_a_stranger_buys_a_bag(page: Page, shop: RunningShop, gateway: PracticeGateway) -> None:
    product, variant = bag_with_a_choice()
    page.goto("/")
    page.get_by_role("navigation", name="Shop").get_by_role("link", name="Bags").click()
    expect(page.get_by_role("heading", level=1, name="Bags")).to_be_visible()
    page.get_by_role("link", name=product.name).first.click()
    page.locator(f"label:has([name=variant_id][value='{variant.id}'])").click()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#cart-badge")).to_contain_text("1")
    page.get_by_role("link", name="See your cart").click()
    expect(page.get_by_role("main")).to_contain_text(product.name)
    page.get_by_role("link", name="Checkout").click()
    answer_everything(page, "ada@example.com")
    pay(page, VISA)

    order = order_on(page)
    expect(page.get_by_role("main")).to_contain_text("ending in 1111")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "a-bag-is-bought.png", full_page=True)

    payment = Payment.get(Payment.order == order.id)
    assert [line.variant_id for line in order.lines] == [variant.id]
    assert [one["amount"] for one in gateway.ledger(payment.ref)] == [f"{order.total_cents / 100:.2f}"]
    mail = mail_to(shop, "ada@example.com", page)
    assert order.number in mail["Subject"]
    assert f"{shop.url}/orders/{order.number}?key=" in mail.get_body(("plain",)).get_content()
    page.goto("/cart")
    expect(page.get_by_role("main")).to_contain_text("Your cart is empty")


def test_the_keyboard_alone_buys_a_bag(page: Page) -> None:
    product, _ = bag_with_a_choice()
    page.goto(f"/p/{product.slug}")
    tab_to(page, page.locator("[name=variant_id]:checked"))
    page.keyboard.press("ArrowRight")
    tab_to(page, page.get_by_role("button", name="Add to cart"))
    page.keyboard.press("Space")
    expect(page.locator("#cart-badge")).to_contain_text("1")
    page.goto("/cart")
    tab_to(page, page.get_by_role("link", name="Checkout"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type("kay@example.com")
    page.keyboard.press("Enter")
    for name, text in ADDRESS.items():
        tab_to(page, page.locator(f"[name={name}]"))
        page.keyboard.type(text)
    region = page.locator("[name=delivery_region]")
    if region.input_value() != "CA":
        tab_to(page, region)
        page.keyboard.type("Calif")
    tab_to(page, page.locator("[name=delivery_postcode]"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Pay "))).to_be_enabled(timeout=30_000)
    tab_to(page, page.locator("iframe[name='braintree-hosted-field-number']"))
    type_card_by_keyboard(page, VISA)

    assert order_on(page).state == OrderState.PLACED


def test_a_declined_card_is_told_in_plain_words_and_another_one_is_taken(page: Page) -> None:
    reach_payment(page, "dee@example.com")
    pay(page, DECLINED)
    told = page.get_by_role("alert").filter(has_text="The payment was declined")
    expect(told).to_contain_text("Your bank declined this card")
    expect(told).to_contain_text("You were not charged.")

    pay(page, VISA)

    assert order_on(page).state == OrderState.PLACED


@pytest.mark.promise("P61")
def test_a_card_of_another_brand_is_refused_in_the_form(page: Page, gateway: PracticeGateway) -> None:
    before = len(gateway.ledger())
    reach_payment(page, "jay@example.com")
    pay(page, JCB)

    expect(page.get_by_text("We take Visa, Mastercard, Discover and American Express.").first).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="check the card details")).to_be_visible()
    assert len(gateway.ledger()) == before


def test_when_the_answer_is_lost_the_page_says_checking_and_goes_on_by_itself(
    page: Page, gateway: PracticeGateway
) -> None:
    reach_payment(page, "lou@example.com")
    gateway.faults("sale", "drop_after_commit")
    pay(page, VISA)
    expect(page.get_by_role("heading", level=1, name="We are checking with the bank")).to_be_visible()

    expect(page).to_have_url(re.compile(r"/orders/"), timeout=CHECKING_SECONDS)

    order = order_on(page)
    assert order.state == OrderState.PLACED
    assert len(gateway.ledger(Payment.get(Payment.order == order.id).ref)) == 1


def test_without_javascript_the_waiting_page_goes_on_by_reloading(
    page: Page, shop: RunningShop, mapped_browser: Browser, gateway: PracticeGateway
) -> None:
    reach_payment(page, "rex@example.com")
    # Nobody learns the outcome before the plain browser has seen the page that waits for it.
    gateway.faults("search", 503, times=99)
    gateway.faults("sale", "drop_after_commit")
    pay(page, VISA)
    expect(page).to_have_url(re.compile(r"/checkout/waiting/"))
    with mapped_browser.new_context(base_url=shop.url, java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(page.url)
        expect(plain.get_by_role("heading", level=1, name="We are checking with the bank")).to_be_visible()
        gateway.clear_faults()

        expect(plain).to_have_url(re.compile(r"/orders/"), timeout=CHECKING_SECONDS)
