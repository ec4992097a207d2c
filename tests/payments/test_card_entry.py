"""Typing a card in a real browser: a number goes into the frames, a one-time code comes out, a real sale follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect

from ..practice import PracticeGateway
from ..support.browser import frame, launch, pay, served, type_card, type_card_by_keyboard
from .card_page import add_card_page

pytestmark = pytest.mark.once

LOCAL_DROP_IN, LOCAL_FIELDS = ("local", "drop-in"), ("local", "hosted-fields")
MAPPED_DROP_IN, MAPPED_FIELDS = ("mapped", "drop-in"), ("mapped", "hosted-fields")
FOUR = "We take Visa, Mastercard, Discover and American Express."


@pytest.fixture(scope="module")
def mapped_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    """Stands behind Braintree's own names: the bundle in the page is the one that npm ships, untouched."""
    made = PracticeGateway(tmp_path_factory.mktemp("mapped"), tls=True)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def local_browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def mapped_browser(playwright: Playwright, mapped_gateway: PracticeGateway) -> Iterator[Browser]:
    browser = launch(playwright, mapped_to=mapped_gateway)
    yield browser
    browser.close()


@pytest.fixture(params=[LOCAL_DROP_IN, LOCAL_FIELDS])
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Where the bundle comes from, and CARD_ENTRY."""
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def gateway_in_use(way: tuple[str, str], request: pytest.FixtureRequest) -> PracticeGateway:
    name = {"local": "running_gateway", "mapped": "mapped_gateway"}[way[0]]
    made: PracticeGateway = request.getfixturevalue(name)
    made.reset()
    return made


@pytest.fixture
def settings_overrides(gateway_in_use: PracticeGateway, way: tuple[str, str]) -> dict[str, Any]:
    return {"practice_gateway_url": gateway_in_use.url, "card_entry": way[1]}


@pytest.fixture
def page(app: Flask, way: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """The card form, and the browser's own complaints counted as failures."""
    browser: Browser = request.getfixturevalue(f"{way[0]}_browser")
    add_card_page(app)
    complaints: list[str] = []
    with served(app) as url, browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto("/try-card")
        yield page
    assert [one for one in complaints if "www.paypal.com" not in one] == []


@pytest.mark.parametrize(
    ("way", "number", "cvv", "brand"),
    [
        (MAPPED_DROP_IN, "4111 1111 1111 1111", "123", "Visa"),
        (MAPPED_DROP_IN, "5555555555554444", "123", "MasterCard"),
        (MAPPED_DROP_IN, "6011111111111117", "123", "Discover"),
        (MAPPED_DROP_IN, "378282246310005", "1234", "American Express"),
        (MAPPED_FIELDS, "4111111111111111", "123", "Visa"),
        (LOCAL_DROP_IN, "4111111111111111", "123", "Visa"),
        (LOCAL_FIELDS, "378282246310005", "1234", "American Express"),
    ],
    indirect=["way"],
)
@pytest.mark.promise("P15", "P61")
def test_a_typed_card_becomes_a_charge(
    page: Page, gateway_in_use: PracticeGateway, number: str, cvv: str, brand: str
) -> None:
    pay(page, number, cvv=cvv)

    expect(page.locator("#outcome")).to_have_text("Authorised")
    assert [(one["status"], one["card"]["brand"]) for one in gateway_in_use.ledger("browser")] == [
        ("authorized", brand)
    ]


@pytest.mark.parametrize("way", [MAPPED_DROP_IN, LOCAL_FIELDS], indirect=True)
@pytest.mark.promise("P61")
def test_another_brand_is_refused_while_it_is_typed(page: Page, gateway_in_use: PracticeGateway) -> None:
    pay(page, "3530111333300000")

    expect(page.get_by_role("alert").filter(has_text="check the card details")).to_be_visible()
    expect(page.get_by_text(f"Please check the card number. {FOUR}")).to_be_visible()
    assert gateway_in_use.ledger() == []


def test_nothing_typed_says_what_to_do_and_sends_nothing(page: Page, gateway_in_use: PracticeGateway) -> None:
    page.wait_for_selector("[data-card-ready]")
    page.get_by_role("button", name="Pay", exact=True).click()

    expect(page.get_by_role("alert").filter(has_text="check the card details")).to_be_visible()
    expect(page.get_by_role("button", name="Pay", exact=True)).to_be_enabled()
    assert gateway_in_use.ledger() == []


def test_after_a_decline_another_card_can_be_tried_on_the_page_that_came_back(
    page: Page, gateway_in_use: PracticeGateway
) -> None:
    pay(page, "4000111111111115")
    expect(page.locator("#reason")).to_contain_text("Your bank declined this card")

    pay(page, "4111111111111111")

    expect(page.locator("#outcome")).to_have_text("Authorised")


def test_a_region_that_htmx_swaps_in_takes_the_next_card(page: Page, gateway_in_use: PracticeGateway) -> None:
    page.goto("/try-card?htmx=1")
    pay(page, "4000111111111115")
    expect(page.locator("#reason")).to_contain_text("Your bank declined this card")

    pay(page, "4111111111111111")

    expect(page.locator("#outcome")).to_have_text("Authorised")


def test_the_keyboard_alone_is_enough(page: Page, gateway_in_use: PracticeGateway) -> None:
    page.wait_for_selector("[data-card-ready]")
    frame(page, "number").locator("input").focus()
    type_card_by_keyboard(page, "4111111111111111")

    expect(page.locator("#outcome")).to_have_text("Authorised")


def test_the_number_is_grouped_as_on_the_card(page: Page) -> None:
    type_card(page, "378282246310005", cvv="1234")

    expect(frame(page, "number").locator("input")).to_have_value("3782 822463 10005")
    expect(frame(page, "expirationDate").locator("input")).to_have_value("12 / 34")


def test_each_field_has_a_name_for_a_screen_reader(page: Page) -> None:
    page.wait_for_selector("[data-card-ready]")

    expect(frame(page, "number").get_by_role("textbox", name="Card number")).to_be_visible()
    expect(frame(page, "expirationDate").get_by_role("textbox", name="Expiry date")).to_be_visible()
    expect(frame(page, "cvv").get_by_role("textbox", name="Security code")).to_be_visible()


class TestWithoutJavaScript:
    @pytest.fixture
    def page(self, app: Flask, local_browser: Browser) -> Iterator[Page]:
        add_card_page(app)
        with served(app) as url, local_browser.new_context(base_url=url, java_script_enabled=False) as context:
            page = context.new_page()
            page.goto("/try-card")
            yield page

    @pytest.mark.parametrize("way", [LOCAL_DROP_IN], indirect=True)
    def test_the_page_says_that_typing_a_card_needs_it(self, page: Page) -> None:
        expect(page.get_by_text("Typing a card needs JavaScript")).to_be_visible()

    @pytest.mark.parametrize("way", [LOCAL_DROP_IN], indirect=True)
    @pytest.mark.promise("P61")
    def test_the_four_brands_are_named(self, page: Page) -> None:
        expect(page.get_by_text(FOUR, exact=True)).to_be_visible()


class TestWhenTheFramesDoNotCome:
    @pytest.fixture
    def page(self, app: Flask, gateway_in_use: PracticeGateway, local_browser: Browser) -> Iterator[Page]:
        add_card_page(app)
        with served(app) as url, local_browser.new_context(base_url=url) as context:
            page = context.new_page()
            page.clock.install()
            yield page

    def test_after_fifteen_seconds_the_shop_says_so_itself(self, page: Page) -> None:
        # The frames' address answers, but its script never does: as when that host hangs.
        page.route("**/frame.js", lambda route: None)
        page.goto("/try-card")
        page.wait_for_selector("iframe[name='braintree-hosted-field-number']", state="attached")
        expect(page.get_by_text("Loading the secure card form")).to_be_visible()

        page.clock.run_for(15_000)

        expect(page.get_by_role("alert").filter(has_text="taking long to load")).to_be_visible()
        expect(page.get_by_role("button", name="Pay", exact=True)).to_be_disabled()
        expect(page.get_by_role("button", name="Try again")).to_be_visible()

    def test_without_a_token_the_shop_says_so_at_once_and_can_try_again(
        self, page: Page, gateway_in_use: PracticeGateway
    ) -> None:
        gateway_in_use.faults("client_token", 503)
        page.goto("/try-card")

        expect(page.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        page.wait_for_selector("[data-card-ready]", state="attached")


class TestWithAnInspector:
    @pytest.fixture
    def page(self, app: Flask, gateway_in_use: PracticeGateway, local_browser: Browser) -> Iterator[Page]:
        add_card_page(app)
        # The inspector writes styles into the page, which its policy refuses.
        with served(app) as url, local_browser.new_context(base_url=url, bypass_csp=True) as context:
            page = context.new_page()
            page.goto("/try-card")
            yield page

    def test_nothing_stands_in_the_way_of_assistive_technology(self, page: Page) -> None:
        type_card(page, "4111111111111111", expiry="1220")
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.get_by_role("alert").filter(has_text="check the card details")).to_be_visible()

        found = Axe().run(page).response["violations"]

        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
