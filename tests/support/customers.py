"""Customers with accounts: Caro and Dan, who know nothing of each other."""

from __future__ import annotations

import secrets
from functools import cache

import pytest
from flask import Flask

from shop.customers.models import Customer
from shop.customers.services.sessions import begin_session
from shop.passwords import hash_password
from shop.vault import Source, index_name, new_subject

from .client import HtmxClient, ShopClient

CARO, DAN = "caro@customers.example", "dan@customers.example"
PASSWORD = "herons stand very still"


@cache
def hashed(password: str) -> str:
    """Hashing is slow by intent: each of the tests' passwords is hashed once."""
    return hash_password(password)


def make_customer(email: str, name: str, *, password: str = "") -> Customer:
    """An account with a proven address."""
    customer: Customer = Customer.create(
        subject=new_subject("profile"),
        source=Source.SELF,
        email=email,
        name=name,
        password_hash=hashed(password) if password else secrets.token_hex(8),
    )
    index_name(customer, name)
    return customer


def as_customer(client: ShopClient, customer: Customer) -> ShopClient:
    """`client`, signed in without going through the page for it."""
    token = begin_session(customer=customer)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"customer:{token}", True
    return client


@pytest.fixture
def caro(app: Flask) -> Customer:
    return make_customer(CARO, "Caro Reed")


@pytest.fixture
def dan(app: Flask) -> Customer:
    return make_customer(DAN, "Dan Moss")


@pytest.fixture
def caros(app: Flask, caro: Customer) -> ShopClient:
    """Caro's plain browser, signed in."""
    return as_customer(ShopClient(app, use_cookies=True), caro)


@pytest.fixture
def caros_htmx(app: Flask, caro: Customer) -> HtmxClient:
    """Caro's browser with htmx, signed in."""
    client = HtmxClient(app, use_cookies=True)
    as_customer(client, caro)
    return client


@pytest.fixture
def dans(app: Flask, dan: Customer) -> ShopClient:
    """Dan's plain browser, signed in."""
    return as_customer(ShopClient(app, use_cookies=True), dan)
