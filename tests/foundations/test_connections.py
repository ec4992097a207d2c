"""Connections outlive the threads that used them: a server ends threads as it likes."""

from __future__ import annotations

import threading
from xml.etree import ElementTree

import pytest
from flask import Flask

from shop.db import close_connection, db, open_connection
from shop.vault.store import connected, keys_db


@pytest.mark.parametrize("path", ["/", "/readyz", "/feed.xml"])
def test_a_request_leaves_no_connection_on_its_thread(app: Flask, path: str) -> None:
    left: list[bool] = []

    def ask() -> None:
        app.test_client().get(path)
        with connected():
            pass
        left.extend((db.is_closed(), keys_db.is_closed()))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert left == [True, True]


@pytest.mark.parametrize("path", ["/feed.xml", "/sitemap.xml"])
def test_what_is_sent_while_it_is_written_has_a_connection_to_the_end(app: Flask, path: str) -> None:
    answers: list[bytes] = []
    db.obj.autoconnect = False
    thread = threading.Thread(target=lambda: answers.append(app.test_client().get(path).data))
    thread.start()
    thread.join()
    db.obj.autoconnect = True
    ElementTree.fromstring(answers[0])


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
