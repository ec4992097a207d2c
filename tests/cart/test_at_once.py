"""Two tabs, many threads: nothing that was put in is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from shop.cart import services
from shop.cart.cookie import new_token
from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Variant
from shop.db import close_connection, db, open_connection

from .conftest import Shelf


def all_at_once(work: Callable[[], object], times: int) -> list[object]:
    def run(_: int) -> object:
        open_connection()
        try:
            return work()
        except services.Refused as refused:
            return refused
        finally:
            close_connection()
            if not db.is_closed():
                db.close()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(run, range(times)))


def test_adds_at_once_all_count(app: Flask, shelf: Shelf) -> None:
    token = new_token()
    all_at_once(lambda: services.add_to_cart(token=token, variant_id=shelf.kale, quantity=1), 24)
    assert [line.quantity for line in CartLine.select()] == [24]
    assert Cart.select().count() == 1
    assert Cart.get().version == 25


def test_adds_at_once_never_pass_what_is_left(app: Flask, shelf: Shelf) -> None:
    Variant.update(on_hand=5).where(Variant.id == shelf.kale).execute()
    token = new_token()
    answers = all_at_once(lambda: services.add_to_cart(token=token, variant_id=shelf.kale, quantity=1), 16)
    assert CartLine.get().quantity == 5
    assert sum(isinstance(answer, services.TooMany) for answer in answers) == 11
