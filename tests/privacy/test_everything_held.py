"""Nothing that is held about somebody is missing from their page or from the copies they take away."""

from __future__ import annotations

import html
import io
import json
import secrets
import zipfile

import pytest
from flask import Flask

from shop.audit.services import record
from shop.cart.cookie import hash_of
from shop.cart.models import Cart
from shop.customers.models import Address, Customer
from shop.db import open_connection
from shop.disclosures.models import DisclosurePurpose
from shop.disclosures.services import disclose
from shop.orders.models import Payment
from shop.privacy.models import DataKey
from shop.privacy.person import peoples_tables, theirs
from shop.privacy.tables import SECTIONS, TABLES, standing_reason
from shop.vault import Recipient, declarations, destroy_subject
from tests.support.canary import Canary, plant
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of

CART = "k" * 43


@pytest.fixture
def canary(app: Flask, caro: Customer, caros: ShopClient) -> Canary:
    """Everything, held about Caro, whose browser has the cart."""
    caros.set_cookie("cart", CART)
    with app.app_context():
        open_connection()
        return plant(caro, Cart.create(token_hash=hash_of(CART)))


def shown(canary: Canary) -> dict[tuple[str, str], str]:
    """What must be seen: everything but what is withheld from everybody, with a reason, for security."""
    models = {model._meta.table_name: model for model in peoples_tables()}
    return {place: text for place, text in canary.planted.items() if not standing_reason(models[place[0]], place[1])}


def missing(canary: Canary, text: str) -> list[tuple[str, str]]:
    return [place for place, value in shown(canary).items() if value not in text]


def zipped(client: ShopClient) -> zipfile.ZipFile:
    answer = client.submit("/my-data", action="/my-data/export.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.mark.promise("P54")
def test_every_personal_column_of_every_table_is_on_the_page(canary: Canary, caros: ShopClient) -> None:
    assert len(shown(canary)) > 60
    assert missing(canary, html.unescape(caros.get("/my-data").text)) == []


@pytest.mark.promise("P54")
def test_every_personal_column_of_every_table_is_in_both_copies(canary: Canary, caros: ShopClient) -> None:
    answer = caros.submit("/my-data", action="/my-data/export.json")
    assert missing(canary, answer.get_data(as_text=True)) == []
    archive = zipped(caros)
    assert missing(canary, archive.read("my-data/data.json").decode()) == []
    assert missing(canary, html.unescape(archive.read("my-data/index.html").decode())) == []


def test_the_canary_fills_every_declared_column(canary: Canary) -> None:
    declared = {(found.model._meta.table_name, found.field.name) for found in declarations()}
    assert set(canary.planted) == declared


@pytest.mark.promise("P56")
def test_only_secrets_are_withheld_from_everybody_and_the_page_says_why(canary: Canary, caros: ShopClient) -> None:
    page = html.unescape(caros.get("/my-data").text)
    withheld = {place: text for place, text in canary.planted.items() if place not in shown(canary)}
    assert set(withheld) == {("authenticator", "secret"), ("staff_authenticator", "secret")}
    assert all(text not in page for text in withheld.values())
    assert "withheld because of security" in page


def test_every_table_has_a_section_of_its_own() -> None:
    tables = {str(model._meta.table_name): model for model in peoples_tables()}
    assert set(tables) == set(TABLES)
    known = {section.name for section in SECTIONS} - {"else"}
    for name, table in TABLES.items():
        assert table.section in known
        assert {*table.shown, *table.withheld} <= set(tables[name]._meta.fields), name


@pytest.mark.promise("P54", "P36", "P02")
def test_each_value_says_why_it_is_held_where_it_came_from_and_when_it_goes(caros: ShopClient, caro: Customer) -> None:
    Address.create(customer=caro.id, subject=caro.subject, source="staff_by_phone", city="Alder Falls")
    page = text_of(parsed(caros.get("/my-data").text, fragment=False)[0])
    assert "Alder Falls" in page
    assert "So that you need not type it again when you order." in page
    assert "to bring or send you what you bought" in page
    assert "You told it to our staff by phone." in page
    assert "Kept until the account is closed or erased." in page


@pytest.mark.promise("P54")
def test_who_was_given_something_and_who_looked_is_on_the_page(canary: Canary, caros: ShopClient, app: Flask) -> None:
    with app.app_context():
        order_id = canary.rows_by_name("order_contact").order_id
        for staff_id in (7, 9, 7):
            record("order-opened", actor=f"staff:{staff_id}", about=("order", order_id), reason="asked")
        disclose(
            about=("order", order_id), recipient=Recipient.CARRIER, fields=["delivery_name", "phone"], who="usps",
            purpose=DisclosurePurpose.DELIVERY, by="staff:9",
        )  # fmt: skip
    page = text_of(parsed(caros.get("/my-data").text, fragment=False)[0])
    assert page.count("somebody on our staff (A) opened your order, because you asked us something") == 2
    assert page.count("somebody on our staff (B) opened your order") == 1
    assert "Our staff looked at it 3 times" in page
    assert (
        "USPS was given full name, phone to bring you what you bought. Handed over by somebody on our staff (B)."
        in page
    )
    data = json.loads(caros.submit("/my-data", action="/my-data/export.json").data)
    assert [row["facts"]["who"] for row in data["tables"]["disclosure"]["rows"]] == ["usps"]
    assert "staff:" not in json.dumps(data)


@pytest.mark.promise("P56")
def test_a_copy_holds_every_key_of_every_row(canary: Canary, caros: ShopClient, app: Flask) -> None:
    data = json.loads(caros.submit("/my-data", action="/my-data/export.json").data)
    with app.app_context():
        open_connection()
        for model in peoples_tables():
            rows = data["tables"][model._meta.table_name]["rows"]
            columns = {column.name for column in model._meta.sorted_fields} | {
                column.column_name for column in model._meta.sorted_fields
            }
            for row in rows:
                keys = {*row["values"], *row["facts"]}
                assert keys <= columns
                assert len(keys) == len(model._meta.sorted_fields), model
            if model is not DataKey:
                assert len(rows) >= theirs(model, canary.person).count() - 1


def test_nothing_held_is_said_where_nothing_is(caros: ShopClient) -> None:
    tree = parsed(caros.get("/my-data").text, fragment=False)[0]
    empty = [text_of(part) for part in tree.iter("section") if "Nothing held." in text_of(part)]
    assert any(part.startswith("Orders") for part in empty)
    assert any(part.startswith("Addresses") for part in empty)
    assert not any(part.startswith("Your profile") for part in empty)


def test_what_was_removed_reads_as_removed(canary: Canary, caros: ShopClient, app: Flask) -> None:
    with app.app_context():
        destroy_subject(canary.rows_by_name("order_contact").subject)
    page = caros.get("/my-data").text
    assert canary.planted["order_contact", "note"] not in page
    assert "Its key is gone: nobody can read it any more." in page


def test_the_copies_are_kept_nowhere_and_have_a_name_that_says_nothing(caros: ShopClient, app: Flask) -> None:
    for form in ("json", "zip"):
        answer = caros.submit("/my-data", action=f"/my-data/export.{form}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="my-data.{form}"'
    names = zipped(caros).namelist()
    assert names == ["my-data/README.txt", "my-data/index.html", "my-data/data.json"]


def test_a_copy_is_not_had_by_a_link(caros: ShopClient) -> None:
    assert caros.get("/my-data/export.json").status_code == 405


def test_the_payment_record_is_shown(canary: Canary, caros: ShopClient, app: Flask) -> None:
    with app.app_context():
        order_id = canary.rows_by_name("order_contact").order_id
        for state, reason in (("failed", "Not enough money on the card."), ("settled", "")):
            Payment.create(
                order=order_id, ref=secrets.token_hex(4), amount_cents=1234, state=state, reason=reason, brand="Visa",
                last4="1881",
            )  # fmt: skip
    page = text_of(parsed(caros.get("/my-data").text, fragment=False)[0])
    assert "$12.34, Visa ending in 1881" in page
    assert "declined" in page
    assert "Not enough money on the card." in page
    assert "We buy no reports about anybody from anybody." in page
