"""The desk's people, and an order for them: Robin owns the shop, Sam packs. A stranger has no account."""

from __future__ import annotations

from typing import TypeVar

import pyotp
import pytest
from flask import Flask

from shop import clock
from shop.admin.access.second_factor import authenticator_of
from shop.admin.access.sessions import begin_session
from shop.admin.looks import give_reason
from shop.admin.models import Role, Staff, StaffAuthenticator
from shop.admin.queries import staff_with
from shop.orders.models import Order
from shop.privacy.look_reasons import LookReason
from shop.second_factor import new_secret
from shop.vault import Source, new_subject

from .client import HtmxClient, ShopClient
from .customers import hashed
from .till import Shelf, ring_up

ROBIN, SAM = "robin@fern.example", "sam@fern.example"
PASSWORD = "otters swim upstream"
Client = TypeVar("Client", bound=ShopClient)


@pytest.fixture
def staff(app: Flask) -> dict[str, Staff]:
    """Robin and Sam, by e-mail."""
    with app.app_context():
        return {
            email: make_staff(email, name, role)
            for email, name, role in ((ROBIN, "Robin Fern", Role.OWNER), (SAM, "Sam Oak", Role.STAFF))
        }


def make_staff(email: str, name: str, role: Role) -> Staff:
    """As create_staff makes it, with a password that is hashed once for all tests."""
    made: Staff = Staff.create(
        subject=new_subject("staff"),
        source=Source.SHOP,
        email=email,
        name=name,
        password_hash=hashed(PASSWORD),
        role=role,
    )
    return made


def sign_in(client: Client, email: str) -> Client:
    """`client`, signed in with both factors, without going through the pages for it."""
    found = staff_with(email)
    assert found is not None
    if authenticator_of(found.id) is None:
        give_app(found)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"staff:{begin_session(staff=found, is_proven=True)}", True
    return client


def give_app(staff: Staff) -> pyotp.TOTP:
    """An app that shows the codes of this member of staff."""
    secret = new_secret()
    StaffAuthenticator.create(
        subject=staff.subject, source="shop", staff=staff.id, secret=secret, confirmed_at=clock.now()
    )
    return pyotp.TOTP(secret)


def code_of(app: pyotp.TOTP) -> str:
    """What it shows, by the shop's clock."""
    return app.at(clock.now())


def say_why(staff: Staff, order: Order, reason: LookReason = LookReason.ASKED) -> None:
    """Let this member of staff open the order, and all that is the same customer's, for the rest of the day."""
    give_reason(staff_id=staff.id, about=("order", order.id), customer_id=order.customer_id, reason=reason)


@pytest.fixture
def robin(app: Flask, staff: dict[str, Staff]) -> ShopClient:
    """The owner, signed in with a plain browser."""
    return sign_in(ShopClient(app, use_cookies=True), ROBIN)


@pytest.fixture
def robin_htmx(app: Flask, staff: dict[str, Staff]) -> HtmxClient:
    """The owner, signed in with htmx."""
    return sign_in(HtmxClient(app, use_cookies=True), ROBIN)


@pytest.fixture
def sam(app: Flask, staff: dict[str, Staff]) -> ShopClient:
    """A packer, signed in."""
    return sign_in(ShopClient(app, use_cookies=True), SAM)


@pytest.fixture
def order(app: Flask, shelf: Shelf) -> Order:
    """Two totes, placed and authorised."""
    return bought(app, shelf)


def bought(app: Flask, shelf: Shelf) -> Order:
    with app.app_context():
        return ring_up(shelf.tote, 2)
