"""Somebody asks by letter or in the shop: who it is was made sure of, and that is noted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.customers.models import Address, Customer
from shop.outbox.models import Mail
from shop.privacy.models import DataRequest
from shop.vault import preload
from tests.support.client import ShopClient
from tests.support.customers import CARO, caro, caros
from tests.support.pages import parsed, text_of

__all__ = ["caro", "caros"]

ASKED = {"email": CARO, "proof": "signature", "way": "mail"}


@pytest.mark.promise("P54")
def test_a_link_mailed_from_the_desk_opens_the_account_too(app: Flask, robin: ShopClient, caro: Customer) -> None:
    Address.create(customer=caro.id, subject=caro.subject, source="self", city="Alder Falls")
    answer = robin.submit("/admin/privacy", action="/admin/privacy/requests", **ASKED)
    assert answer.status_code == 303
    mail = Mail.select().order_by(Mail.id.desc()).first()
    preload([mail.subject])
    assert mail.recipient == CARO
    link = re.search(r"/my-data/open/\S+", str(mail.text))
    assert link is not None
    guest = ShopClient(app, use_cookies=True)
    guest.submit(link[0], action=link[0])
    page = text_of(parsed(guest.get("/my-data").text, fragment=False)[0])
    assert "Alder Falls" in page
    assert "the letter's signature was compared with one we have" in page


@pytest.mark.promise("P54")
def test_it_can_be_printed_for_an_hour_and_each_look_is_noted(
    robin: ShopClient, caro: Customer, caros: ShopClient
) -> None:
    Address.create(customer=caro.id, subject=caro.subject, source="self", city="Alder Falls")
    answer = robin.submit("/admin/privacy", action="/admin/privacy/requests", **{**ASKED, "way": "print"})
    assert "Alder Falls" in robin.get(answer.headers["Location"]).text
    assert AuditEvent.select().where(AuditEvent.kind == "data-printed").count() == 1
    seen = text_of(parsed(caros.get("/my-data").text, fragment=False)[0])
    assert "somebody on our staff (A, owner) printed what we hold about you" in seen
    clock.travel(timedelta(minutes=61))
    assert robin.get(answer.headers["Location"]).status_code in {303, 404}


def test_how_it_was_proved_has_to_be_said(robin: ShopClient, caro: Customer) -> None:
    answer = robin.submit("/admin/privacy", action="/admin/privacy/requests", email=CARO)
    assert answer.status_code == 422
    assert "Choose how you made sure who is asking." in answer.text
    assert f'value="{CARO}"' in answer.text
    assert DataRequest.select().count() == 0


def test_a_request_answered_by_mail_or_of_nobody_is_no_page(robin: ShopClient, caro: Customer) -> None:
    robin.submit("/admin/privacy", action="/admin/privacy/requests", **ASKED)
    assert robin.get(f"/admin/privacy/requests/{DataRequest.get().id}").status_code == 404
    assert robin.get("/admin/privacy/requests/999").status_code == 404


def test_a_customer_or_a_stranger_reaches_no_desk(caros: ShopClient, client: ShopClient) -> None:
    for path in ("/admin/privacy", "/admin/privacy/requests/1"):
        assert caros.get(path).status_code == 303
        assert client.get(path).status_code == 303
