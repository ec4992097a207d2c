"""What people are told when something is wrong."""

from __future__ import annotations

import errno
import json
import logging
from pathlib import Path

import pytest
from flask import Flask, abort
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from shop.access_rules import public
from shop.db import database_for, db
from shop.errors import WORDS
from shop.logs import JsonLines
from tests.support.client import HtmxClient, ShopClient

SECRET = "ada@example.com"
FAULTS = {
    "bug": RuntimeError(f"cannot send to {SECRET}"),
    "database-away": OperationalError("connection refused"),
    "pool-empty": MaxConnectionsExceeded("exceeded"),
    "disk-full": OSError(errno.ENOSPC, "No space left on device"),
    "other-file": OSError(errno.EACCES, "Permission denied"),
}
PASSING = {"database-away", "pool-empty", "disk-full"}


@public
def broken(kind: str) -> str:
    raise FAULTS[kind]


@public
def refused(code: int) -> str:
    abort(code)


@public
def refused_in_words() -> str:
    abort(403, "This link was for somebody else.")


@public
def asked_of_the_database() -> str:
    return str(db.execute_sql("SELECT 1").fetchone()[0])


@public
def asked_wrongly() -> str:
    return str(db.execute_sql("SELECT nothing FROM nowhere").fetchone())


@pytest.fixture
def app(app: Flask) -> Flask:
    """The shop with pages that go wrong in every way. It answers faults as it would to a stranger."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    # These stand for forms of every kind; that a form needs its token is asked elsewhere.
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/broken/<kind>", view_func=broken)
    app.add_url_rule("/refused/<int:code>", view_func=refused, methods=["GET", "POST"])
    app.add_url_rule("/refused-in-words", view_func=refused_in_words)
    app.add_url_rule("/asked", view_func=asked_of_the_database)
    app.add_url_rule("/asked-wrongly", view_func=asked_wrongly)
    return app


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_error_has_a_page_with_words_and_a_next_step(client: ShopClient, code: int) -> None:
    answer = client.get(f"/refused/{code}")
    assert answer.status_code == code
    assert WORDS[code].title.split("'")[0] in answer.text
    assert 'class="button"' in answer.text
    assert 'href="/privacy"' in answer.text


@pytest.mark.parametrize("code", sorted(WORDS))
def test_htmx_gets_a_message_and_the_page_stays(htmx: HtmxClient, code: int) -> None:
    answer = htmx.get(f"/refused/{code}")
    assert answer.status_code == code
    assert answer.headers["HX-Retarget"] == "#status"
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_an_unknown_page_is_a_404_that_offers_the_search(client: ShopClient) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert 'href="/search"' in answer.text


def test_a_wrong_method_names_the_right_ones(client: ShopClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_refusal_in_the_views_own_words_shows_them(client: ShopClient) -> None:
    assert "This link was for somebody else." in client.get("/refused-in-words").text


def test_a_form_without_its_token_is_told_apart_and_leads_back(client: ShopClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/admin/sign-in", data={}, headers={"Referer": "http://localhost/admin/sign-in"})
    assert answer.status_code == 400
    assert "This form was too old" in answer.text and "CSRF" not in answer.text
    assert 'href="http://localhost/admin/sign-in"' in answer.text


def test_what_is_wrong_at_the_desk_leads_back_to_it(client: ShopClient) -> None:
    page = client.get("/admin/no/such/page").text
    assert 'href="/admin/"' in page and "Go to the desk" in page


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_a_fault_that_passes_says_come_back_and_any_other_says_sorry(client: ShopClient, kind: str) -> None:
    answer = client.get(f"/broken/{kind}")
    if kind in PASSING:
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    else:
        assert answer.status_code == 500


def test_wrong_sql_is_our_mistake_and_does_not_pass(client: ShopClient) -> None:
    assert client.get("/asked-wrongly").status_code == 500


def test_the_page_quotes_the_reference_that_the_log_has(client: ShopClient, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("shop").addHandler(caplog.handler)
    try:
        answer = client.get("/broken/bug")
    finally:
        logging.getLogger("shop").removeHandler(caplog.handler)
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "shop.errors"]
    assert [line["error"] for line in lines] == ["RuntimeError"]
    assert lines[0]["request"] in answer.text
    assert SECRET not in json.dumps(lines) + answer.text


def test_without_a_database_the_page_still_comes(client: ShopClient, tmp_path: Path) -> None:
    there = db.obj
    gone = database_for("postgresql://shop@127.0.0.1:1/shop", tmp_path)
    db.initialize(gone)
    try:
        answer = client.get("/asked")
    finally:
        db.initialize(there)
    assert answer.status_code == 503
    assert "back in a moment" in answer.text


def test_the_link_to_try_again_never_leaves_the_shop(client: ShopClient) -> None:
    again = client.get("//elsewhere.example/refused/429")
    assert 'href="//elsewhere' not in again.text
    sent = client.post("/refused/429", headers={"Referer": "https://elsewhere.example/"})
    assert "elsewhere.example" not in sent.text
    sent = client.post("/refused/429", headers={"Referer": "http://localhost/healthz"})
    assert 'href="http://localhost/healthz"' in sent.text
