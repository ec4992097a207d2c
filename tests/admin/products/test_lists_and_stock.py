"""What the desk lists of its goods, and how it puts their stock right."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from shop.audit.models import AuditEvent
from shop.catalogue import stock
from shop.catalogue.models import Product, ProductState, StockMovement, Variant
from shop.db import db
from tests.catalogue.test_query_counts import fill, statements
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods

ROUNDS = 20


def moss(bag: Product) -> Variant:
    """Three of it are left."""
    found: Variant = Variant.get(Variant.product == bag.id, Variant.option1 == "Moss", Variant.option2 == "Small")
    return found


def page_of(variant: Variant) -> str:
    return f"/admin/stock/{variant.id}"


def note(client: ShopClient, variant: Variant, reason: str, number: str) -> TestResponse:
    return client.submit(page_of(variant), action=page_of(variant), reason=reason, number=number)


def test_the_list_is_searched_filtered_and_paged(owner: ShopClient, bag: Product, goods: Goods) -> None:
    goods.add("Leaf", {"sku": "LEAF-9", "on_hand": 80}, inside=("leaves",), state=ProductState.DRAFT)
    for number in range(35):
        goods.add(f"Crate {number}", {"on_hand": 80}, inside=("satchels",))
    asked = {
        "q=ALDER-BACKPACK-1": ["Alder Backpack"],
        "q=eaf": ["Leaf"],
        "state=draft": ["Leaf"],
        "low=1": ["Alder Backpack"],
        f"collection={goods.collections['leaves'].id}": ["Leaf"],
        "q=%25": [],
        "state=nonsense&collection=x&q=leaf": ["Leaf"],
    }
    known = ["Alder Backpack", "Leaf", "Crate 1"]
    for query, names in asked.items():
        page = owner.get(f"/admin/products?{query}").text
        assert [name for name in known if f">{name}</a>" in page] == names, query
    first = owner.get("/admin/products").text
    assert "Crate 34" in first and "Crate 1<" not in first and "Changed earlier" in first
    onward = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Crate 1<" in owner.get(onward).text
    assert owner.get("/admin/products?after=nonsense").status_code == 200


@pytest.mark.parametrize("number", [10, 10_000])
def test_a_list_takes_as_many_statements_as_ever(owner: ShopClient, goods: Goods, number: int) -> None:
    fill(goods, number)
    taken = {
        path: statements(owner, path)[1]
        for path in ("/admin/products", "/admin/products?q=product&low=1", "/admin/stock")
    }
    assert taken == {"/admin/products": 5, "/admin/products?q=product&low=1": 5, "/admin/stock": 3}


def test_stock_changes_for_a_reason_and_the_ledger_says_whose(packer: ShopClient, bag: Product) -> None:
    variant = moss(bag)
    for reason, number in (
        ("received", "10"),
        ("damaged", "2"),
        ("correction", "-1"),
        ("counted", "7"),
        ("returned", "1"),
    ):
        assert note(packer, variant, reason, number).status_code == 303
    moves = StockMovement.select().order_by(StockMovement.id)
    assert [(move.reason, move.quantity) for move in moves] == [
        ("received", 10), ("damaged", -2), ("correction", -1), ("counted", -3), ("returned", 1),
    ]  # fmt: skip
    assert Variant.get_by_id(variant.id).on_hand == 8
    page = packer.get(page_of(variant)).text
    for said in ("Came in", "Damaged or lost", "Sam Oak", "−3", "+10"):
        assert said in page
    assert re.findall(r'data-label="Left">(\d+)', page) == ["8", "7", "10", "11", "13"]
    told = [event.details for event in AuditEvent.select().where(AuditEvent.kind == "stock-corrected")]
    assert '{"quantity":-3,"reason":"counted"}' in told


@pytest.mark.parametrize(
    ("reason", "number", "said"),
    [
        ("", "3", "Choose what happened"),
        ("received", "", "Type a number"),
        ("received", "many", "not a whole number"),
        ("received", "-3", "1 or more"),
        ("counted", "-1", "0 or more"),
        ("correction", "0", "Nothing would change"),
        ("received", "1000001", "up to 1,000,000"),
        ("damaged", "4", "There are only 3"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    packer: ShopClient, bag: Product, reason: str, number: str, said: str
) -> None:
    variant = moss(bag)
    answer = note(packer, variant, reason, number)
    assert answer.status_code == 422 and said in answer.text
    assert not StockMovement.select().exists() and Variant.get_by_id(variant.id).on_hand == 3


def test_promised_pieces_stay_and_pressing_twice_notes_once(packer: ShopClient, bag: Product) -> None:
    variant = moss(bag)
    stock.hold_stock(variant_id=variant.id, quantity=2)
    answer = note(packer, variant, "counted", "1")
    assert answer.status_code == 422 and "2 of them are promised" in answer.text
    page = packer.get(page_of(variant))
    for _ in range(2):
        assert packer.submit(page, action=page_of(variant), reason="received", number="5").status_code == 303
    assert Variant.get_by_id(variant.id).on_hand == 8
    assert packer.get("/admin/stock/999").status_code == 404


def test_htmx_notes_in_place(owner_htmx: HtmxClient, bag: Product) -> None:
    variant = moss(bag)
    answer = note(owner_htmx, variant, "received", "5")
    assert answer.status_code == 200 and 'id="admin-variant"' in answer.text and "There are 8 now." in answer.text


def test_what_runs_low_is_listed_by_each_products_own_number(packer: ShopClient, bag: Product, goods: Goods) -> None:
    goods.add("Kale", {"on_hand": 9}, low_at=10)
    goods.add("Plenty", {"on_hand": 9})
    goods.add("Hidden", {"on_hand": 0}, state=ProductState.DRAFT)
    page = packer.get("/admin/stock").text
    assert "Running low: 3" in page and "Kale" in page and "Moss / Large" in page
    assert "Plenty" not in page and "Hidden" not in page
    assert "Hidden" in packer.get("/admin/stock?q=hid").text


def test_counting_and_buying_at_once_neither_oversell_nor_lose_a_piece(bag: Product) -> None:
    """One counts down to what is there, one buys: what the ledger says is what lies on the shelf."""
    variant = moss(bag)
    stock.restock(variant_id=variant.id, quantity=97, reason="received", ref="crate")
    start = threading.Barrier(2)

    def run(each: Callable[[int], object]) -> None:
        with db.connection_context():
            start.wait()
            for turn in range(ROUNDS):
                each(turn)

    def buy(turn: int) -> None:
        stock.hold_stock(variant_id=variant.id, quantity=1)
        stock.sell_held(variant_id=variant.id, quantity=1, ref=f"order {turn}")

    def count(turn: int) -> None:
        stock.correct_stock(
            variant_id=variant.id, quantity=-1, reason=stock.Reason.DAMAGED, ref=f"count {turn}", staff_id=1
        )

    threads = [threading.Thread(target=run, args=(each,)) for each in (buy, count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = Variant.get_by_id(variant.id)
    moved = sum(move.quantity for move in StockMovement.select().where(StockMovement.variant == variant.id))
    assert (now.on_hand, now.held, moved) == (100 - 2 * ROUNDS, 0, 97 - 2 * ROUNDS)
    assert Product.get_by_id(bag.id).available == 40 + now.on_hand
