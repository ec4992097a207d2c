"""Lists of orders that somebody at the desk keeps for themselves."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from shop.admin.models import SavedView
from shop.admin.orders.kept import AT_MOST, keep
from shop.orders.desk.state import ListState

from ...support.client import HtmxClient, ShopClient

LIST, VIEWS = "/admin/orders", "/admin/orders/views"


def test_a_list_is_kept_without_what_was_searched_for_renamed_and_deleted(app: Flask, robin: ShopClient) -> None:
    page = f"{LIST}?tab=pack&country=DE&q=lovelace&sort=total"
    assert robin.submit(page, action=VIEWS, name="  Abroad,   to pack ").status_code == 303
    view = SavedView.get()
    assert (view.name, view.state) == ("Abroad, to pack", "tab=pack&sort=total&country=DE")
    shown = robin.get(LIST)
    assert 'href="/admin/orders?tab=pack&amp;sort=total&amp;country=DE"' in shown.text
    robin.submit(shown, action=f"{VIEWS}/{view.id}/rename", name="Germany")
    assert SavedView.get().name == "Germany"
    assert "Germany" in robin.get(LIST).text
    robin.post(f"{VIEWS}/{view.id}/delete", data={"csrf_token": token(robin)})
    assert SavedView.select().count() == 0


def token(client: ShopClient) -> str:
    page = ShopClient.get(client, LIST, headers={"HX-History-Restore-Request": "true"}).text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_htmx_gets_the_list_with_the_kept_one_and_a_word(app: Flask, robin_htmx: HtmxClient) -> None:
    data = {"csrf_token": token(robin_htmx), "name": "Notes", "back": "note=1"}
    answer = robin_htmx.post(VIEWS, data=data)
    assert answer.text.lstrip().startswith('<section id="admin-orders"')
    assert "Kept as “Notes”." in answer.text
    assert 'aria-current="page">Notes' in answer.text


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 41, "ada@customers.example", "<script>alert(1)</script>", "a\u202egnp.exe"]
)
def test_a_name_is_a_few_plain_words(app: Flask, robin: ShopClient, name: str) -> None:
    answer = robin.submit(LIST, action=VIEWS, name=name)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    field = re.search(r'id="kept-name" name="name" value="([^"]*)"[^>]*aria-describedby="kept-wrong"', answer.text)
    assert field is not None, "what was typed stands there still, with what is wrong with it"
    assert unescape(field[1]) == " ".join(name.split()).replace("\u202e", "")
    assert SavedView.select().count() == 0


def test_everybody_has_their_own(app: Flask, robin: ShopClient, sam: ShopClient) -> None:
    robin.submit(LIST, action=VIEWS, name="Robins own")
    view = SavedView.get()
    assert "Robins own" not in sam.get(LIST).text
    for does in ("rename", "delete"):
        data = {"csrf_token": token(sam), "name": "Mine now"}
        assert sam.post(f"{VIEWS}/{view.id}/{does}", data=data).status_code == 404
        assert robin.post(f"{VIEWS}/{view.id + 99}/{does}", data={"csrf_token": token(robin)}).status_code == 404
    assert SavedView.get().name == "Robins own"


def test_the_same_name_takes_the_others_place_and_there_are_not_too_many(app: Flask, robin: ShopClient) -> None:
    staff_id = 1
    for place in range(AT_MOST):
        keep(name=f"List {place}", state=ListState(tab="pack"), staff_id=staff_id)
    robin.submit(f"{LIST}?note=1", action=VIEWS, name="List 0")
    assert SavedView.get(SavedView.name == "List 0").state == "note=1"
    answer = robin.submit(LIST, action=VIEWS, name="One more")
    assert answer.status_code == 422
    assert f"You keep {AT_MOST} lists already" in answer.text
    first = SavedView.get(SavedView.name == "List 0")
    taken = robin.submit(LIST, action=f"{VIEWS}/{first.id}/rename", name="List 1")
    assert taken.status_code == 422
    assert "You keep another list under this name already." in taken.text
