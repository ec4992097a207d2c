"""The desk of a shop with goods in it: Robin owns it, Sam packs, and both are signed in without the page for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

import pytest
from flask import Flask

from shop.admin.models import Role, Staff, StaffSession
from shop.admin.queries import token_hash
from shop.vault import Source, new_subject
from tests.catalogue.conftest import Goods, bag, goods
from tests.support.client import HtmxClient, ShopClient

__all__ = ["Goods", "bag", "goods"]

Client = TypeVar("Client", bound=ShopClient)
At = Callable[[str], ShopClient]


def at_desk(client: Client, name: str, role: Role) -> Client:
    """`client`, signed in as somebody with this role."""
    email = f"{name.lower()}@fern.example"
    person = Staff.create(subject=new_subject("staff"), source=Source.SHOP, email=email, name=name, role=role,
                          password_hash="none")  # fmt: skip
    token = secrets.token_hex(8)
    StaffSession.create(staff=person.id, token_hash=token_hash(token))
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"staff:{token}", True
    return client


@pytest.fixture
def owner(app: Flask) -> ShopClient:
    return at_desk(ShopClient(app, use_cookies=True), "Robin Fern", Role.OWNER)


@pytest.fixture
def owner_htmx(app: Flask) -> HtmxClient:
    return at_desk(HtmxClient(app, use_cookies=True), "Robin Reed", Role.OWNER)


@pytest.fixture
def packer(app: Flask) -> ShopClient:
    return at_desk(ShopClient(app, use_cookies=True), "Sam Oak", Role.STAFF)
