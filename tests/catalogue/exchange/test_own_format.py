"""What the shop writes it reads back without a change; what people write into it does what they mean."""

from __future__ import annotations

import csv
import io

from shop.audit.models import AuditEvent
from shop.catalogue.exchange.models import Outcome, Step
from shop.catalogue.exchange.queries import items_of
from shop.catalogue.models import Collection, Product, ProductCollection, ProductState, Section, StockMovement, Variant

from ..conftest import Goods
from .conftest import Desk

NASTY = "=SUM(1,2) \"quoted\", 'single'; ü 日本 🧺 \\ | \t end"


def nasty_goods(goods: Goods) -> None:
    goods.add(
        NASTY,
        {"option1": "=1+1", "option2": "@home", "option3": "-5", "sku": "+491", "compare_at_cents": 9999},
        {"option1": "'=1", "option2": '"', "option3": "a;b", "sku": "'x", "is_archived": True, "measure_amount": 250},
        slug="nasty",
        state=ProductState.DRAFT,
        option1_name="Größe",
        option2_name="-name",
        option3_name="=x",
        description='=HYPERLINK(1)\r\n\r\n- one\n- "two"\n\n    code, with; signs\n',
        care="@me",
        origin="\tindented\n\n\n\nfar",
        maker="  Two  blanks ",
        summary="'",
        measure="kg",
        featured=-3,
        tax_class="food",
    )
    goods.add("Bare", {"price_cents": 0, "on_hand": 0, "sku": "bare"}, inside=(), state=ProductState.ARCHIVED)
    Product.create(name="Nothing to sell", slug="nothing")
    odd = Section.create(name="A/B; C > D", slug="odd")
    twin = Collection.create(section=odd, name="Same", slug="same")
    Collection.create(section=odd, name="same", slug="same-2")
    ProductCollection.create(product=Product.get(slug="bare"), collection=twin)


def test_the_shops_own_export_comes_back_without_a_change(goods: Goods, bag: Product, desk: Desk) -> None:
    nasty_goods(goods)
    written = desk.export()
    cells = [cell for row in csv.reader(io.StringIO(written.lstrip("\ufeff"))) for cell in row]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))] == []
    planned = desk.plan(written)
    assert (planned.step, planned.format, desk.errors(planned)) == (Step.READY, "own", [])
    assert {outcome for _, outcome in desk.outcomes(planned)} == {Outcome.SAME}
    assert len(desk.outcomes(planned)) == 4
    desk.apply(planned)
    assert desk.export() == written


def test_an_export_brings_back_goods_that_were_deleted(goods: Goods, bag: Product, desk: Desk) -> None:
    nasty_goods(goods)
    written = desk.export()
    Product.delete().execute()
    made = desk.bring_in(written)
    assert [fate for _, fate, _ in desk.fates(made)] == ["applied"] * 4
    planned = desk.plan(desk.export())
    assert {outcome for _, outcome in desk.outcomes(planned)} == {Outcome.SAME}
    assert Variant.get(sku="'x").is_archived


def test_prices_and_stock_alone_are_changed_by_their_sku(goods: Goods, bag: Product, desk: Desk) -> None:
    done = desk.bring_in("SKU;Price;Stock\nalder-backpack-0;95,50;7\nalder-backpack-2;90,00;40\n")
    assert desk.outcomes(done) == [("alder-backpack-0", "changed"), ("alder-backpack-2", "same")]
    moss = Variant.get(sku="alder-backpack-0")
    assert (moss.price_cents, moss.on_hand, moss.compare_at_cents) == (9550, 7, 12000)
    (moved,) = StockMovement.select()
    assert (moved.quantity, moved.reason, moved.by) == (4, "import", "staff:1")
    assert Product.get_by_id(bag.id).available == 47
    (event,) = AuditEvent.select().where(AuditEvent.kind == "products-imported")
    assert (event.actor, event.about_id, event.details) == ("staff:1", done.id, '{"done":1,"overtaken":0}')


def test_nothing_is_written_before_it_is_confirmed(goods: Goods, bag: Product, desk: Desk) -> None:
    before = desk.export()
    desk.plan("Address,Name,SKU,Price,Collections\nnew-bag,New Bag,NB,5,Hats > Caps\nalder-backpack,Other,,1,\n")
    assert desk.export() == before
    assert not Section.select().where(Section.name == "Hats").exists()


def test_collections_that_are_missing_are_made_and_go_with_the_undoing(goods: Goods, desk: Desk) -> None:
    done = desk.bring_in(
        "Name,SKU,Price,State,Collections,Option 1 name,Option 1,Address\n"
        "Cap,CAP-R,12,active,Hats > Caps; bags/backpacks,Colour,Red,cap\n"
        "Cap,CAP-B,12.5,,,,Blue,cap\n"
    )
    cap = Product.get(slug="cap")
    assert [place.collection.name for place in cap.places.order_by(ProductCollection.position)] == ["Caps", "Backpacks"]
    assert (cap.state, cap.choices, cap.price_to_cents, cap.option1_name) == ("active", 2, 1250, "Colour")
    assert cap.published_at is not None
    desk.undo(done)
    assert not Product.select().where(Product.slug == "cap").exists()
    assert [section.name for section in Section.select().order_by(Section.id)] == ["Bags", "Produce"]


def test_what_is_true_of_many_rows_is_said_once(goods: Goods, desk: Desk) -> None:
    rows = "".join(f"s{number},Bag {number},1,Hats > Caps,food\n" for number in range(120))
    planned = desk.plan(f"SKU,Name,Price,Collections,Tax class\n{rows}4E+12,Bag,1,,\n")
    assert [row for row, _, _ in desk.notes(planned)] == [2, 2]
    assert desk.errors(planned) == [(122, "SKU", "A spreadsheet has rounded this SKU: 4E+12.")]


def test_a_long_text_is_shown_where_it_begins_to_differ(goods: Goods, desk: Desk) -> None:
    text = "word " * 200
    goods.add("Bag", {"sku": "B"}, description=f"{text}old end")
    planned = desk.plan(f"SKU,Address,Description\nB,bag,{text}new end\n")
    (shown,) = items_of(planned, outcome="changed").items
    ((label, old, new),) = [(change.label, change.old, change.new) for change in shown.changes]
    assert (label, old[-7:], new[-7:]) == ("Description", "old end", "new end")
    assert old.startswith("…")
