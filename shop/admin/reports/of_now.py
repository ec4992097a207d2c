"""Tables of carts and of the shelf: what led to orders or not, and what is there now."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from ...config import settings
from ...reports.left_behind import Conversion, LeftBehind, LeftDay
from ...reports.periods import Bucket, Grain
from ...reports.standing_stock import ShelfOf, StockValue
from ...reports.sums import Kind
from . import explaining
from .asking import Asked
from .tables import Row, Table, cells, cents, count, more, text


def begun(asked: Asked, by_bucket: Sequence[tuple[Bucket, Conversion]], whole: Conversion) -> Table:
    sales = asked.key(Kind.SALES)
    return Table(
        name="conversion",
        title=f"Begun, and placed, by {asked.grain}",
        columns=(
            text(asked.grain.capitalize()),
            count("Carts begun"),
            count("Checkouts begun"),
            count("Orders placed"),
        ),
        rows=[
            cells(
                bucket.words,
                each.carts,
                each.checkouts,
                (each.orders, asked.orders(sales, first=bucket.first, last=bucket.last)),
            )
            for bucket, each in by_bucket
        ],
        total=cells("Together", whole.carts, whole.checkouts, (whole.orders, asked.orders(sales))),
        explain=explaining.CONVERSION,
    )


def carts(asked: Asked, left: LeftBehind) -> Table:
    whole = "" if asked.is_file else url_for("admin.report_left")
    return Table(
        name="carts",
        title="Left behind in carts now",
        columns=(text("What"), more("SKU"), count("Carts"), count("Pieces"), cents("Worth")),
        rows=[
            _left(
                each.name, each.sku, each.carts, each.pieces, each.cents, whole and f"{whole}?goods={each.variant_id}"
            )
            for each in left.goods
        ],
        total=_left("All carts left behind", "", left.carts, left.pieces, left.cents, whole),
        explain=[sentence.format(days=settings().keep_cart_days) for sentence in explaining.LEFT_BEHIND],
        currency=settings().currency,
        empty="No cart has been left for a day.",
    )


def _left(name: str, sku: str, number: int, pieces: int, worth: int, url: str) -> Row:
    return cells(name, sku, (number, url), (pieces, url), (worth, url))


def left_by_day(days: Sequence[LeftDay]) -> Table:
    """When the carts behind a figure were last touched: of a cart that nobody ordered, nothing more is shown."""
    return Table(
        name="carts-by-day",
        title="By the day of the last touch",
        columns=(text("Day"), count("Carts"), count("Pieces"), cents("Worth")),
        rows=[cells(Bucket(each.day, each.day, Grain.DAY).words, each.carts, each.pieces, each.cents) for each in days],
        total=cells(
            "Together", sum(each.carts for each in days), sum(each.pieces for each in days),
            sum(each.cents for each in days),
        ),
        explain=[sentence.format(days=settings().keep_cart_days) for sentence in explaining.LEFT_BEHIND],
        currency=settings().currency,
        empty="No such cart is left behind now.",
    )  # fmt: skip


def stock(asked: Asked, value: StockValue) -> Table:
    """Each product leads to its ledger."""
    rows = (
        _shelf(
            shelf.name,
            shelf.state.capitalize(),
            (shelf.on_hand, shelf.held, shelf.value_cents),
            "" if asked.is_file else url_for("admin.report_shelf", product_id=shelf.product_id),
        )
        for shelf in value.products
    )
    return Table(
        name="stock",
        title="What lies on the shelf",
        columns=(text("Product"), more("State"), count("On the shelf"), count("Held of it"), cents("Sells for")),
        rows=rows if asked.is_file else list(rows),
        total=cells("Together", "", value.on_hand, value.held, value.value_cents),
        explain=explaining.STOCK,
        currency=settings().currency,
        has_more=value.count > len(value.products),
        empty="The shelf is empty.",
    )


def variants(found: ShelfOf, *, with_ledger: bool) -> Table:
    """One product's pieces by variant; for those who count the shelf each leads to its ledger."""
    rows = [
        _shelf(
            each.options or found.name,
            each.sku,
            (each.price_cents, each.on_hand, each.held, each.value_cents),
            url_for("admin.variant", variant_id=each.id) if with_ledger else "",
        )
        for each in found.variants
    ]
    return Table(
        name="shelf",
        title="By variant",
        columns=(
            text("Variant"), more("SKU"), cents("Price"), count("On the shelf"), count("Held of it"),
            cents("Sells for"),
        ),
        rows=rows,
        total=cells(
            "Together", "", "", sum(each.on_hand for each in found.variants),
            sum(each.held for each in found.variants), sum(each.value_cents for each in found.variants),
        ),
        explain=explaining.STOCK,
        currency=settings().currency,
        empty="Nothing of it is on the shelf.",
    )  # fmt: skip


def _shelf(name: str, state: str, numbers: Sequence[int], url: str) -> Row:
    return cells(name, state, *((number, url) for number in numbers))
