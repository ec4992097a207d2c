"""An import is taken back whole, whatever stopped it half way; what was sold or edited since is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shop import clock
from shop.audit.models import AuditEvent
from shop.catalogue.exchange import services
from shop.catalogue.exchange.applying import carry_out
from shop.catalogue.exchange.models import Fate, Import, ImportItem, ImportPart, Step
from shop.catalogue.exchange.planning import plan
from shop.catalogue.exchange.undoing import take_back
from shop.catalogue.models import PriceChange, Product, StockMovement, Variant
from shop.catalogue.stock import hold_stock, release_stock, sell_held

from ...support.queries import count_queries
from ..conftest import Goods
from .conftest import ROBIN, Desk

FILE = (
    "Address,Name,SKU,Price,Stock,Option 1 name,Option 1\n"
    "alder-backpack,Alder,alder-backpack-0,80,10,Colour,Moss\n"
    "alder-backpack,Alder,alder-backpack-2,95,40,Colour,Teal\n"
    "alder-backpack,Alder,alder-new,70,3,Colour,Clay\n"
    "cup,Cup,CUP,4,5,,\n"
    "mug,Mug,MUG,4,5,,\n"
)


def sell(sku: str, quantity: int = 1) -> None:
    variant = Variant.get(sku=sku)
    Product.update(state="active").where(Product.id == variant.product_id).execute()
    hold_stock(variant_id=variant.id, quantity=quantity)
    sell_held(variant_id=variant.id, quantity=quantity, ref="order 1")


def test_everything_is_as_before(goods: Goods, bag: Product, desk: Desk) -> None:
    before = desk.export()
    done = desk.undo(desk.bring_in(FILE))
    assert (done.step, desk.export()) == (Step.UNDONE, before)
    moves = [(move.quantity, move.reason) for move in StockMovement.select().order_by(StockMovement.id)]
    assert moves == [(7, "import"), (-7, "import undone")]
    event = AuditEvent.get(kind="import-undone")
    assert (event.actor, event.details) == ("staff:1", '{"kept":0,"undone":3}')
    prices = PriceChange.select().join(Variant).where(Variant.sku == "alder-backpack-0").order_by(PriceChange.id)
    assert [row.price_cents for row in prices] == [9000, 8000, 9000]


def test_what_was_sold_or_edited_since_is_left_and_named(goods: Goods, bag: Product, desk: Desk) -> None:
    done = desk.bring_in(FILE)
    sell("CUP")
    Product.update(maker="Somebody").where(Product.slug == "mug").execute()
    Product.update(name="Alder II").where(Product.id == bag.id).execute()
    desk.undo(done)
    assert desk.fates(done) == [
        ("Alder", Fate.KEPT, "Name was edited since."),
        ("Cup", Fate.KEPT, "It was sold since."),
        ("Mug", Fate.KEPT, "It was edited since."),
    ]
    assert Variant.get(sku="alder-backpack-0").price_cents == 8000


def test_a_changed_product_goes_back_though_it_was_sold(goods: Goods, bag: Product, desk: Desk) -> None:
    done = desk.bring_in("SKU,Price,Stock\nalder-backpack-0,1.00,13\n")
    sell("alder-backpack-0", 2)
    desk.undo(done)
    moss = Variant.get(sku="alder-backpack-0")
    assert (moss.price_cents, moss.on_hand) == (9000, 1)


def test_stock_that_is_sold_cannot_go_back(goods: Goods, bag: Product, desk: Desk) -> None:
    done = desk.bring_in("SKU,Stock\nalder-backpack-0,13\n")
    sell("alder-backpack-0", 11)
    desk.undo(done)
    assert "so many were sold" in desk.fates(done)[0][2]
    assert Variant.get(sku="alder-backpack-0").on_hand == 2


def test_what_is_promised_stays_in_stock(goods: Goods, bag: Product, desk: Desk) -> None:
    moss = Variant.get(sku="alder-backpack-0")
    hold_stock(variant_id=moss.id, quantity=2)
    planned = desk.plan("SKU,Stock\nalder-backpack-0,1\n")
    assert "2 of alder-backpack-0 are promised" in desk.errors(planned)[0][2]
    planned = desk.plan("SKU,Stock\nalder-backpack-0,2\n")
    release_stock(variant_id=moss.id, quantity=2)
    desk.apply(planned)
    assert Variant.get_by_id(moss.id).on_hand == 2


def test_what_changes_between_the_last_look_and_the_writing_is_left(goods: Goods, bag: Product, desk: Desk) -> None:
    planned = desk.plan(FILE)
    services.confirm(import_id=planned.id, seen=planned.plan_hash, staff_id=ROBIN)
    for _ in plan(desk.now(planned)):
        pass
    Variant.update(price_cents=7777).where(Variant.sku == "alder-backpack-0").execute()
    goods.add("Taken", {"sku": "CUP"})
    services.work_on_imports()
    assert [fate for _, fate, _ in desk.fates(planned)] == [Fate.OVERTAKEN, Fate.OVERTAKEN, Fate.APPLIED]
    assert Variant.get(sku="alder-backpack-2").price_cents == 9000
    assert not Product.select().where(Product.slug == "cup").exists()


def test_a_worker_may_be_stopped_after_any_product_and_run_twice(goods: Goods, bag: Product, desk: Desk) -> None:
    before = desk.export()
    planned = desk.plan(FILE)
    services.confirm(import_id=planned.id, seen=planned.plan_hash, staff_id=ROBIN)
    for _ in plan(desk.now(planned)):
        pass
    for step in (carry_out, take_back):
        if step is take_back:
            services.undo(import_id=planned.id, staff_id=ROBIN)
        for _ in range(3):
            # One product, then the process is gone; another one had begun with the same rows.
            first, second = step(desk.now(planned)), step(desk.now(planned))
            next(first, None)
            next(second, None)
            first.close()
            second.close()
        services.work_on_imports()
        services.work_on_imports()
    assert desk.export() == before
    assert AuditEvent.select().where(AuditEvent.kind.in_(["products-imported", "import-undone"])).count() == 2


def test_a_plan_that_was_stopped_goes_on_and_is_the_same(desk: Desk) -> None:
    rows = "".join(f"s{number},Bag {number},1.{number % 90 + 10}\n" for number in range(250))
    whole = desk.plan(f"SKU,Name,Price\n{rows}")
    received = services.receive_file(content=f"SKU,Name,Price\n{rows}".encode(), file_name="", staff_id=ROBIN)
    once = plan(received)
    next(once)
    once.close()
    assert desk.now(received).done == 100
    services.work_on_imports()
    again = desk.now(received)
    assert (again.plan_hash, again.total, again.done) == (whole.plan_hash, 250, 250)
    assert ImportItem.select().where(ImportItem.imported == again.id).count() == 250


def test_a_long_file_is_planned_in_slices_of_a_fixed_number_of_queries(goods: Goods, desk: Desk) -> None:
    rows = "".join(f"s{number},Bag {number},9.90,{number}\n" for number in range(2_000))
    received = services.receive_file(content=f"SKU,Name,Price,Stock\n{rows}".encode(), file_name="", staff_id=ROBIN)
    costs = []
    working = plan(received)
    while True:
        with count_queries() as sent:
            if next(working, "end") == "end":
                break
        costs.append(len(sent))
    assert len(costs) == 20
    assert len(set(costs[1:])) == 1
    assert costs[1] < 20
    assert (desk.now(received).step, desk.now(received).total) == (Step.READY, 2_000)


def test_an_import_is_taken_back_for_two_weeks_and_forgotten_after_some_months(goods: Goods, desk: Desk) -> None:
    done, waiting = desk.bring_in("SKU,Name,Price\nA,Bag,1\n"), desk.plan("SKU,Name,Price\nB,Bag,1\n")
    services.forget_old()
    assert [part.imported_id for part in ImportPart.select()] == [waiting.id]
    clock.travel(timedelta(days=15))
    with pytest.raises(services.TooLate):
        services.undo(import_id=done.id, staff_id=ROBIN)
    services.forget_old()
    assert [each.id for each in Import.select()] == [done.id]
    clock.travel(timedelta(days=100))
    services.forget_old()
    assert (Import.select().count(), ImportItem.select().count()) == (1, 0)


def test_a_plan_is_carried_out_once(goods: Goods, desk: Desk) -> None:
    planned = desk.plan("SKU,Name,Price\nA,Bag,1\n")
    services.confirm(import_id=planned.id, seen=planned.plan_hash, staff_id=ROBIN)
    with pytest.raises(services.TooLate):
        services.confirm(import_id=planned.id, seen=planned.plan_hash, staff_id=ROBIN)
    with pytest.raises(services.TooLate):
        services.discard(import_id=planned.id)
