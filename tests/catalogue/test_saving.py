"""Products are saved whole or not at all, over nobody else's work, and what was sold stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shop import clock
from shop.audit.models import AuditEvent
from shop.catalogue import queries, slugs, stock
from shop.catalogue.drafts import ProductDraft, VariantDraft, draft_of
from shop.catalogue.lifecycle import NotReady, WasSold, change_state, duplicate, remove_product
from shop.catalogue.models import (
    OldSlug,
    Picture,
    PriceChange,
    Product,
    ProductEdit,
    ProductState,
    StockMovement,
    Variant,
)
from shop.catalogue.saving import NoSuchProduct, Overtaken, WrongProduct, save_product

from .conftest import Goods

ROBIN = 1
MOSS = VariantDraft(options=("Moss",), price_cents=9000, weight_grams=800, opening_stock=4)
TEAL = VariantDraft(options=("Teal",), price_cents=9500, sku="ALDER-T")
BAG = ProductDraft(name="Alder Bag", option_names=("Colour",), variants=(MOSS, TEAL))


@pytest.fixture
def alder(goods: Goods) -> Product:
    """A bag in two colours, on show."""
    product = save_product(draft=replace(BAG, collections=(goods.collections["backpacks"].id,)), staff_id=ROBIN)
    change_state(product_id=product.id, state=ProductState.ACTIVE, staff_id=ROBIN)
    return Product.get_by_id(product.id)


def rows_of(product: Product) -> dict[str, Variant]:
    return {variant.option1: variant for variant in Variant.select().where(Variant.product == product.id)}


def events(kind: str) -> list[AuditEvent]:
    return list(AuditEvent.select().where(AuditEvent.kind == kind).order_by(AuditEvent.number))


def test_a_new_product_is_a_draft_with_an_address_skus_and_stock_of_its_own(goods: Goods) -> None:
    product = save_product(draft=BAG, staff_id=ROBIN)
    rows = rows_of(product)
    assert (product.slug, product.state, product.version) == ("alder-bag", ProductState.DRAFT, 1)
    assert (rows["Moss"].sku, rows["Moss"].on_hand, rows["Teal"].sku) == ("ALDER-BAG-MOSS", 4, "ALDER-T")
    assert (product.price_from_cents, product.price_to_cents, product.available) == (9000, 9500, 4)
    assert [(move.reason, move.by) for move in StockMovement.select()] == [("received", "staff:1")]
    assert [event.details for event in events("stock-corrected")] == ['{"quantity":4,"reason":"received"}']
    assert save_product(draft=replace(BAG, variants=(MOSS,)), staff_id=ROBIN).slug == "alder-bag-2"


@pytest.mark.parametrize(
    ("draft", "field", "said"),
    [
        (replace(BAG, name=" "), "name", "needs a name"),
        (replace(BAG, name="x" * 10_000), "name", "120 letters fit"),
        (replace(BAG, name="A\u202egab"), "name", "cannot be printed"),
        (replace(BAG, description="A\0B"), "description", "cannot be printed"),
        (replace(BAG, slug="A b"), "slug", "small letters"),
        (replace(BAG, slug="leaf"), "slug", "“Leaf” has this address"),
        (replace(BAG, option_names=("Colour", "colour")), "option_names", "same name"),
        (replace(BAG, variants=()), "variants", "at least one variant"),
        (replace(BAG, variants=(MOSS, replace(MOSS, sku="X"))), "options", "earlier row"),
        (replace(BAG, variants=(TEAL, replace(MOSS, sku="ALDER-T"))), "sku", "earlier row"),
        (replace(BAG, variants=(replace(MOSS, sku="leaf-0"),)), "sku", "belongs to “Leaf”"),
        (replace(BAG, variants=(replace(MOSS, options=()),)), "options", "a value for each option"),
        (replace(BAG, variants=(replace(MOSS, compare_at_cents=9000),)), "compare_at_cents", "higher"),
        (replace(BAG, variants=(replace(MOSS, price_cents=-1),)), "price_cents", "no price"),
        (replace(BAG, variants=(replace(MOSS, id=999),)), "options", "not the product's any more"),
        (replace(BAG, collections=(999,)), "collections", "not there any more"),
        (replace(BAG, variants=tuple(replace(MOSS, options=(str(n),)) for n in range(251))), "variants", "250"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    goods: Goods, draft: ProductDraft, field: str, said: str
) -> None:
    goods.add("Leaf")
    with pytest.raises(WrongProduct) as raised:
        save_product(draft=draft, staff_id=ROBIN)
    assert [problem.field for problem in raised.value.problems if said in problem.message] == [field]
    assert Product.select().count() == 1 and not events("product-created")


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(alder: Product) -> None:
    seen, draft = alder.version, draft_of(alder)
    saved = save_product(draft=replace(draft, summary="Hers."), staff_id=ROBIN, product_id=alder.id, version=seen)
    with pytest.raises(Overtaken) as raised:
        save_product(draft=replace(draft, name="His"), staff_id=2, product_id=alder.id, version=seen)
    assert raised.value.product.version == saved.version == seen + 1
    assert (saved.summary, Product.get_by_id(alder.id).name) == ("Hers.", "Alder Bag")
    edit = ProductEdit.select().order_by(ProductEdit.id.desc()).get()
    assert (edit.fields, edit.by, edit.version) == ("summary", "staff:1", seen + 1)


def test_saving_what_is_there_already_changes_nothing(alder: Product) -> None:
    before = queries.version()
    save_product(draft=draft_of(alder), staff_id=ROBIN, product_id=alder.id, version=alder.version)
    assert Product.get_by_id(alder.id).version == alder.version and queries.version() == before


def test_a_variant_that_may_have_been_sold_is_archived_and_comes_back_as_itself(alder: Product) -> None:
    draft, teal = draft_of(alder), rows_of(alder)["Teal"]
    without = replace(draft, variants=draft.variants[:1])
    save_product(draft=without, staff_id=ROBIN, product_id=alder.id)
    assert Variant.get_by_id(teal.id).is_archived
    assert queries.variants_for_sale([teal.id])[teal.id].is_for_sale is False
    again = replace(without, variants=(*without.variants, replace(TEAL, sku="ALDER-T2", price_cents=8000)))
    save_product(draft=again, staff_id=ROBIN, product_id=alder.id)
    back = Variant.get_by_id(teal.id)
    assert (back.is_archived, back.sku, back.price_cents) == (False, "ALDER-T2", 8000)


def test_rows_may_exchange_their_names_and_skus(alder: Product) -> None:
    moss, teal = draft_of(alder).variants
    swapped = (
        replace(moss, options=("Teal",), sku=teal.sku),
        replace(teal, options=("Moss",), sku=moss.sku),
    )
    save_product(draft=replace(draft_of(alder), variants=swapped), staff_id=ROBIN, product_id=alder.id)
    now = rows_of(alder)
    assert (now["Teal"].id, now["Teal"].sku, now["Moss"].id, now["Moss"].sku) == (moss.id, teal.sku, teal.id, moss.sku)


def test_a_row_cannot_take_the_name_of_an_archived_variant(alder: Product) -> None:
    draft = draft_of(alder)
    save_product(draft=replace(draft, variants=draft.variants[:1]), staff_id=ROBIN, product_id=alder.id)
    renamed = replace(draft, variants=(replace(draft.variants[0], options=("Teal",)),))
    with pytest.raises(WrongProduct, match="is in the archive"):
        save_product(draft=renamed, staff_id=ROBIN, product_id=alder.id)


def test_every_price_is_written_down_and_a_reduction_knows_the_lowest_before(alder: Product) -> None:
    moss = draft_of(alder).variants[0]

    def ask(price: int, before: int | None = None, days: int = 0) -> int | None:
        clock.travel(timedelta(days=days))
        row = replace(moss, price_cents=price, compare_at_cents=before)
        save_product(draft=replace(draft_of(alder), variants=(row,)), staff_id=ROBIN, product_id=alder.id)
        return Variant.get_by_id(moss.id).lowest_before_cents

    assert ask(8000, days=10) is None
    assert ask(10_000, days=20) is None
    assert ask(7000, 10_000, days=45) == 8000
    assert ask(10_000, days=60) is None
    assert ask(9000, 10_000, days=80) == 7000
    assert ask(8500, 10_000, days=200) == 9000
    assert [row.price_cents for row in PriceChange.select().where(PriceChange.variant == moss.id)] == [
        9000, 8000, 10_000, 7000, 10_000, 9000, 8500,
    ]  # fmt: skip
    assert events("price-changed")[0].details == '{"after_cents":8000,"before_cents":9000}'


def test_an_address_that_was_changed_leads_to_the_product(alder: Product, goods: Goods) -> None:
    for slug in ("alder", "alder-backpack"):
        save_product(draft=replace(draft_of(alder), slug=slug), staff_id=ROBIN, product_id=alder.id)
    assert slugs.new_product_path("alder-bag") == slugs.new_product_path("alder") == "/p/alder-backpack"
    save_product(draft=replace(draft_of(alder), slug="alder-bag"), staff_id=ROBIN, product_id=alder.id)
    assert slugs.new_product_path("alder-bag") is None and OldSlug.select().count() == 2
    other = save_product(draft=replace(BAG, name="Alder", variants=(MOSS,)), staff_id=ROBIN)
    assert other.slug == "alder" and slugs.new_product_path("alder") is None


def test_a_state_changes_once_and_what_was_on_show_is_not_deleted(alder: Product) -> None:
    assert change_state(product_id=alder.id, state=ProductState.ACTIVE, staff_id=ROBIN) is False
    assert change_state(product_id=alder.id, state=ProductState.ARCHIVED, staff_id=ROBIN) is True
    assert [event.details for event in events("product-state-changed")] == [
        '{"state":"active"}',
        '{"state":"archived"}',
    ]
    with pytest.raises(WasSold):
        remove_product(product_id=alder.id, staff_id=ROBIN)
    since = Product.get_by_id(alder.id).published_at
    change_state(product_id=alder.id, state=ProductState.ACTIVE, staff_id=ROBIN)
    assert Product.get_by_id(alder.id).published_at == since


def test_a_draft_that_nobody_saw_can_be_deleted(goods: Goods) -> None:
    product = save_product(draft=BAG, staff_id=ROBIN)
    remove_product(product_id=product.id, staff_id=ROBIN)
    assert not Product.select().exists() and not Variant.select().exists() and events("product-deleted")
    with pytest.raises(NoSuchProduct):
        remove_product(product_id=product.id, staff_id=ROBIN)


def test_a_picture_without_words_keeps_a_draft_off_the_shelf(goods: Goods) -> None:
    product = save_product(draft=BAG, staff_id=ROBIN)
    Picture.create(product=product, file="a" * 24, alt="Alder Bag", needs_alt=True, width=1, height=1, widths="1")
    with pytest.raises(NotReady, match="1 picture lacks words"):
        change_state(product_id=product.id, state=ProductState.ACTIVE, staff_id=ROBIN)


def test_a_copy_is_a_draft_with_the_same_pictures_and_nothing_in_stock(alder: Product) -> None:
    teal = rows_of(alder)["Teal"]
    Picture.create(product=alder, variant=teal, file="a" * 24, alt="Teal", width=1, height=1, widths="1")
    copy = duplicate(product_id=alder.id, staff_id=ROBIN)
    rows = rows_of(copy)
    assert (copy.name, copy.slug, copy.state) == ("Alder Bag (copy)", "alder-bag-copy", ProductState.DRAFT)
    assert rows["Teal"].sku != teal.sku and rows["Moss"].on_hand == 0
    assert [(each.file, each.variant_id) for each in copy.pictures] == [("a" * 24, rows["Teal"].id)]
    assert draft_of(copy).collections == draft_of(alder).collections


def test_stock_is_corrected_once_for_a_reason_and_never_below_what_is_promised(alder: Product) -> None:
    moss = rows_of(alder)["Moss"]
    stock.hold_stock(variant_id=moss.id, quantity=3)

    def correct(quantity: int, reason: stock.Reason, ref: str) -> bool:
        return stock.correct_stock(variant_id=moss.id, quantity=quantity, reason=reason, ref=ref, staff_id=2)

    assert correct(6, stock.Reason.RECEIVED, "a") is True
    assert correct(6, stock.Reason.RECEIVED, "a") is False
    with pytest.raises(stock.BelowHeld) as raised:
        correct(-8, stock.Reason.DAMAGED, "b")
    assert (raised.value.on_hand, raised.value.held) == (10, 3)
    with pytest.raises(stock.BelowHeld):
        stock.count_stock(variant_id=moss.id, counted=2, ref="c", staff_id=2)
    assert stock.count_stock(variant_id=moss.id, counted=7, ref="c", staff_id=2) is True
    found = StockMovement.select().where(StockMovement.variant == moss.id).order_by(StockMovement.id)
    assert [(move.quantity, move.reason, move.by) for move in found] == [
        (4, "received", "staff:1"),
        (6, "received", "staff:2"),
        (-3, "counted", "staff:2"),
    ]
    assert (Variant.get_by_id(moss.id).on_hand, Product.get_by_id(alder.id).available) == (7, 4)
    assert [event.actor for event in events("stock-corrected")] == ["staff:1", "staff:2", "staff:2"]
