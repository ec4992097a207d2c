"""The pages where customers look after their profile and their addresses, in their states."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.addresses import Address as Postal
from shop.customers.models import Customer, Reminder, ReminderReason
from shop.customers.services.addresses import add_address
from shop.payments.services.cards import keep_card
from shop.vault import Source, version_of

from .client import ShopClient
from .customers import as_customer, make_customer

EVE = "eve@customers.example"
PROFILE, ADDRESSES = "/account/profile", "/account/addresses"


def account_pages(app: Flask) -> dict[str, TestResponse]:
    """Of Eve, who begins with nothing."""
    with app.app_context():
        eve = make_customer(EVE, "Eve Ash")
    client = as_customer(ShopClient(app, use_cookies=True), eve)
    found = {"account-new": client.get("/account"), "addresses-none": client.get(ADDRESSES)}
    with app.app_context():
        _fill(eve)
    found |= {"account": client.get("/account"), "profile": client.get(PROFILE), "addresses": client.get(ADDRESSES)}
    found["profile-name"] = client.get(f"{PROFILE}/name")
    found["profile-wrong"] = client.submit(f"{PROFILE}/phone", action=f"{PROFILE}/phone", phone="12")
    found["address-new"] = client.get(f"{ADDRESSES}/new")
    found["address-wrong"] = client.submit(
        f"{ADDRESSES}/new", action=f"{ADDRESSES}/new", name="", postcode="7", region="", city="C" * 101
    )
    return found


def _fill(eve: Customer) -> None:
    """Two addresses, a card that ends soon, and word that her mail is refused."""
    for street in ("7 Elm Row", "1 Quay"):
        postal = Postal(name="Eve Ash", street=street, city="Salem", region="OR", postcode="97301", country="US")
        add_address(customer=eve, postal=postal, source=Source.SELF, by=f"customer:{eve.id}")
    card = {"gateway_customer": "eve", "token": "t", "brand": "Visa", "last4": "1111", "expiry": "01/2020"}
    keep_card(customer_id=eve.id, **card)
    Reminder.create(customer=eve, reason=ReminderReason.MAIL_REFUSED, period=f"{version_of(eve, 'email')}.x")
