"""A shop with goods on its shelf that pays through a real practice gateway, and buyers who go through its checkout."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.addresses import Address
from shop.cart.cookie import new_token
from shop.cart.queries import basket, to_buy
from shop.cart.services import add_to_cart
from shop.catalogue.models import Product, ProductState, Variant
from shop.catalogue.services import summarise
from shop.db import db
from shop.ops.demo.pricing import seed_delivery, seed_discount, seed_taxes
from shop.orders.models import Order
from shop.orders.services.paying import submit_order
from shop.orders.services.purchase import Contact, Means, Purchase
from shop.payments import gateway
from shop.pricing.places import Destination
from shop.pricing.queries import methods_for
from shop.pricing.services import price_basket
from shop.vault import blind, new_subject

from ..practice import PracticeGateway
from .client import HtmxClient, ShopClient

BUYER = {
    "email": "ada.lovelace@example.com",
    "delivery_name": "Ada Lovelace",
    "delivery_street": "12 Analytical Way",
    "delivery_city": "Los Angeles",
    "delivery_region": "CA",
    "delivery_postcode": "90012",
}
VALID, DECLINED = "fake-valid-nonce", "fake-processor-declined-visa-nonce"


@dataclass(frozen=True)
class Shelf:
    """Ids of variants: `tote` 20 at $48.00, `kale` 50 at $3.50, `last` 10 at $12.00, `free` 9 at nothing."""

    tote: int
    kale: int
    last: int
    free: int


@pytest.fixture(scope="session")
def running_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    made = PracticeGateway(tmp_path_factory.mktemp("practice"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def practice_gateway(running_gateway: PracticeGateway) -> PracticeGateway:
    running_gateway.reset()
    gateway.circuit.note(worked=True)
    return running_gateway


@pytest.fixture
def settings_overrides(practice_gateway: PracticeGateway) -> dict[str, Any]:
    return {"practice_gateway_url": practice_gateway.url, "braintree_timeout": 4}


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    return fill_shelf()


def fill_shelf() -> Shelf:
    """Goods, ways of delivery, taxes and a discount code, in an empty shop."""
    with db.atomic():
        seed_delivery()
        seed_taxes()
        seed_discount()
        return Shelf(
            tote=_variant("Alder Tote", 4800, 20, option1="Moss"),
            kale=_variant("Curly Kale", 350, 50, tax_class="food"),
            last=_variant("Clay Pouch", 1200, 10),
            free=_variant("Seed Packet", 0, 9),
        )


def _variant(name: str, price_cents: int, on_hand: int, *, option1: str = "", tax_class: str = "standard") -> int:
    slug = name.lower().replace(" ", "-")
    product = Product.create(
        name=name, slug=slug, state=ProductState.ACTIVE, published_at=clock.now(), tax_class=tax_class
    )
    made = Variant.create(
        product=product, sku=slug, option1=option1, price_cents=price_cents, on_hand=on_hand, weight_grams=500
    )
    summarise(product.id)
    return int(made.id)


class Buyer:
    """Somebody with a browser. `client` may have htmx or not."""

    def __init__(self, client: ShopClient) -> None:
        self.client = client

    def fill_cart(self, variant_id: int, quantity: int = 1) -> None:
        answer = self.client.post("/cart/lines", data={"variant_id": variant_id, "quantity": quantity})
        assert answer.status_code in {200, 303}, answer.text

    def give_contact(self, **typed: Any) -> TestResponse:
        return self._submit("/checkout?step=contact", "/checkout/contact", {"email": BUYER["email"], **typed})

    def give_delivery(self, *, lacking: tuple[str, ...] = (), **typed: Any) -> TestResponse:
        """`lacking` are fields that the chosen country does not have."""
        given = {name: value for name, value in BUYER.items() if name not in {"email", *lacking}}
        return self._submit("/checkout?step=delivery", "/checkout/delivery", {**given, **typed})

    def collect(self, **typed: Any) -> TestResponse:
        given = {"way": "collect", "delivery_name": BUYER["delivery_name"]}
        return self._submit("/checkout?step=delivery", "/checkout/delivery", {**given, **typed})

    def choose(self, method: str) -> TestResponse:
        return self._submit("/checkout?step=payment", "/checkout/method", {"method": method})

    def reach_payment(self, variant_id: int, quantity: int = 1) -> str:
        """The payment page's html."""
        self.fill_cart(variant_id, quantity)
        self.give_contact()
        self.give_delivery()
        return self.payment_page()

    def payment_page(self) -> str:
        return str(self.client.get("/checkout?step=payment").text)

    def pay(self, nonce: str = VALID, *, page: str | None = None) -> TestResponse:
        """Send the payment form of `page`, or of the page as it is now."""
        return self.client.post("/checkout/pay", data=pay_fields(page or self.payment_page(), nonce))

    def _submit(self, page: str, action: str, typed: dict[str, Any]) -> TestResponse:
        """As a browser does: the page is loaded whole, the form is sent by htmx where there is one."""
        plain = ShopClient.get(self.client, page, headers={"HX-History-Restore-Request": "true"})
        return self.client.submit(plain, action=action, **typed)


def ring_up(variant_id: int, quantity: int = 1, *, nonce: str = VALID) -> Order:
    """What a buyer gets to in five pages, in none: the same services, the same gateway. Needs an app's context."""
    cart = add_to_cart(token=new_token(), variant_id=variant_id, quantity=quantity)
    home = Address(**{name.removeprefix("delivery_"): BUYER[name] for name in BUYER if name != "email"}, country="US")
    destination = Destination(home.country, home.region, home.postcode)
    items = to_buy(basket(cart))
    goods_cents = sum(variant.price_cents * count for variant, count in items)
    offers = methods_for(destination, goods_cents, 500 * quantity)
    method = next(offer.code for offer in offers if offer.needs_address)
    quote = price_basket(
        items=items,
        destination=destination,
        method_code=method,
        discount_code="",
        customer=blind("email", BUYER["email"]),
        now=clock.now(),
    )
    purchase = Purchase(
        idem=secrets.token_urlsafe(16),
        fingerprint=f"cart {cart.id}",
        seen_total_cents=quote.total_cents,
        cart=cart,
        draft_subject=new_subject("cart"),
        contact=Contact(email=BUYER["email"], delivery=home, billing=home),
        destination=destination,
        method_code=method,
        discount_code="",
    )
    return submit_order(purchase=purchase, means=Means(nonce=nonce))


def pay_fields(page: str, nonce: str) -> dict[str, str]:
    """What the payment form on `page` sends."""
    form = page[page.rindex('action="/checkout/pay"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    wanted = {name: fields[name] for name in ("csrf_token", "idem", "seen_total")}
    return {**wanted, "payment_method_nonce": nonce}


def order_of(answer: TestResponse) -> Order:
    """The order that an answer leads to."""
    location = answer.headers.get("Location") or answer.headers["HX-Redirect"]
    return Order.get(Order.number == urlsplit(location).path.rpartition("/")[2])


@pytest.fixture
def ada(client: ShopClient, shelf: Shelf) -> Buyer:
    """A buyer without JavaScript."""
    return Buyer(client)


@pytest.fixture
def bea(htmx: HtmxClient, shelf: Shelf) -> Buyer:
    """A buyer with htmx."""
    return Buyer(htmx)
