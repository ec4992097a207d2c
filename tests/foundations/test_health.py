"""What monitors and load balancers are told."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from shop.db import database_for, db
from tests.support.client import ShopClient
from tests.support.queries import count_queries


def test_a_shop_that_is_well_says_so(client: ShopClient) -> None:
    assert client.get("/healthz").text == "up\n"
    assert client.get("/readyz").text == "ready\n"


def test_a_lacking_migration_makes_the_shop_unready_but_not_down(app: Flask, client: ShopClient) -> None:
    db.execute_sql("DELETE FROM schema_migration WHERE name = '0001_initial'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "migrations: not applied: 0001_initial\n"
    assert client.get("/healthz").status_code == 200


def test_being_up_asks_the_database_nothing(client: ShopClient) -> None:
    with count_queries() as sent:
        client.get("/healthz")
    assert sent == []


def test_a_database_that_is_gone_is_named_without_its_address(client: ShopClient, tmp_path: Path) -> None:
    there = db.obj
    gone = database_for("postgresql://shop:hunter2@127.0.0.1:1/shop", tmp_path)
    db.initialize(gone)
    try:
        answer, still_up = client.get("/readyz"), client.get("/healthz")
    finally:
        db.initialize(there)
    assert (answer.status_code, still_up.status_code) == (503, 200)
    assert "database: no answer" in answer.text
    assert "hunter2" not in answer.text
