"""The pages of the way into an account and of what keeps it safe, each in its states."""

from __future__ import annotations

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.customers.models import Authenticator, Passkey

from .client import ShopClient
from .customers import PASSWORD, as_customer, make_customer
from .mailbox import link_to

MAGPIE, NEWCOMER, NEWER = "magpie@customers.example", "newcomer@customers.example", "magpie@elsewhere.example"


def security_pages(app: Flask) -> dict[str, TestResponse]:
    visitor = ShopClient(app, use_cookies=True)
    return {**_ways_in(visitor), **_account(app)}


def _ways_in(visitor: ShopClient) -> dict[str, TestResponse]:
    found = {
        "sign-in": visitor.get("/sign-in"),
        "sign-in-wrong": visitor.submit("/sign-in", action="/sign-in", email=NEWCOMER, password="no"),
        "sign-up": visitor.get("/sign-up"),
        "sign-up-wrong": visitor.submit("/sign-up", action="/sign-up", email="newcomer@"),
        "sign-up-sent": visitor.get("/sign-up/sent"),
        "forgotten": visitor.get("/password/forgotten"),
        "account-link-gone": visitor.get("/password/new?key=none"),
    }
    visitor.submit("/sign-up", action="/sign-up", email=NEWCOMER)
    link = link_to(NEWCOMER)
    found["choose-password"] = visitor.get(link)
    found["choose-password-wrong"] = visitor.submit(link, action="/sign-up/password", password="short")
    return found


def _account(app: Flask) -> dict[str, TestResponse]:
    with app.app_context():
        magpie = make_customer(MAGPIE, "Maggie Pie", password=PASSWORD)
    client = as_customer(ShopClient(app, use_cookies=True), magpie)
    as_customer(ShopClient(app, use_cookies=True), magpie)
    Passkey.create(customer=magpie.id, credential_id=b"magpie", public_key=b"", user_handle=b"h")
    pages = {"security": "security", "password": "password", "email": "email", "second-factor": "second-factor"}
    found = {f"account-{name}": client.get(f"/account/{path}") for name, path in pages.items()}
    password = "/account/password"
    found["account-password-wrong"] = client.submit(password, action=password, current="no", password="short")
    return found | _mailed(app, client) | _second_factor(app, client)


def _mailed(app: Flask, client: ShopClient) -> dict[str, TestResponse]:
    visitor = ShopClient(app, use_cookies=True)
    visitor.submit("/password/forgotten", action="/password/forgotten", email=MAGPIE)
    found = {"new-password": visitor.get(link_to(MAGPIE))}
    client.submit("/account/email", action="/account/email", email=NEWER, password=PASSWORD)
    found["confirm-email"] = client.get(link_to(NEWER))
    client.submit(found["confirm-email"], action="/email/confirm")
    found["undo-email"] = client.get(link_to(MAGPIE))
    return found


def _second_factor(app: Flask, client: ShopClient) -> dict[str, TestResponse]:
    page, app_page = "/account/second-factor", "/account/second-factor/app"
    client.submit(page, action=f"{page}/start", password=PASSWORD)
    found = {
        "account-app": client.get(app_page),
        "account-app-wrong": client.submit(app_page, action=app_page, code="1"),
    }
    code = pyotp.TOTP(str(Authenticator.get().secret)).at(clock.now())
    found["account-recovery-codes"] = client.submit(app_page, action=app_page, code=code)
    found["account-second-factor-on"] = client.get(page)
    visitor = ShopClient(app, use_cookies=True)
    visitor.submit("/sign-in", action="/sign-in", email=NEWER, password=PASSWORD)
    found["sign-in-code"] = visitor.get("/sign-in/code")
    found["sign-in-recovery"] = visitor.get("/sign-in/code?with=recovery")
    found["sign-in-code-wrong"] = visitor.submit("/sign-in/code", action="/sign-in/code", code="123456")
    return found
