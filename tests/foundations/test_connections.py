"""Connections outlive the threads that used them: a server ends threads as it likes."""

from __future__ import annotations

import threading

from flask import Flask

from shop.db import close_connection, db, open_connection
from shop.vault.store import connected, keys_db


def test_a_request_leaves_no_connection_on_its_thread(app: Flask) -> None:
    left: list[bool] = []

    def ask() -> None:
        app.test_client().get("/")
        with connected():
            pass
        left.extend((db.is_closed(), keys_db.is_closed()))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert left == [True, True]


def test_a_connection_goes_back_without_its_open_transaction(app: Flask) -> None:
    def leave_open() -> None:
        open_connection()
        db.atomic().__enter__()
        close_connection()

    thread = threading.Thread(target=leave_open)
    thread.start()
    thread.join()
    open_connection()
    with db.atomic():
        assert db.transaction_depth() == 1
