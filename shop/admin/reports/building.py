"""Each report's table, from the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for

from ...addresses.countries import named as countries_named
from ...config import settings
from ...money import percent
from ...orders.cancelling import Reason
from ...orders.refund_reasons import RefundReason
from ...reports.backs import CANCELLED, RELEASED
from ...reports.left_behind import LeftBehind
from ...reports.queries import Books
from ...reports.series import Series, total
from ...reports.standing_stock import StockValue
from ...reports.sums import Key, Kind, Sums
from . import explaining
from .asking import Asked
from .tables import Row, Table, cells, cents, count, more, rate, text

SHOWN_AT_MOST = 100
_REASONS = {
    RELEASED: "Let go before it was taken",
    CANCELLED: "Cancelled before it was taken",
    "too late to void": "Cancelled, and taken already",
}


def over_time(asked: Asked, series: Series) -> Table:
    sales = asked.key(Kind.SALES)
    rows = [
        cells(
            point.bucket.words,
            point.sums.orders,
            (point.sums.total_cents, asked.orders(sales, first=point.bucket.first, last=point.bucket.last)),
            (
                -point.sums.back_cents,
                asked.orders(sales, is_back=True, first=point.bucket.first, last=point.bucket.last),
            ),
            point.sums.net_cents,
            point.sums.goods_cents,
            -point.sums.discount_cents,
            point.sums.delivery_cents,
            point.sums.tax_cents,
        )
        for point in series.points
    ]
    whole = series.whole
    return Table(
        name="sales",
        title=f"By {asked.grain}",
        columns=(
            text(asked.grain.capitalize()), count("Orders"), cents("Sold"), cents("Given back"), cents("Net"),
            cents("Goods"), cents("Discounts"), cents("Delivery"), cents("Tax"),
        ),
        rows=rows,
        total=cells(
            "Together", whole.orders, whole.total_cents, -whole.back_cents, whole.net_cents, whole.goods_cents,
            -whole.discount_cents, whole.delivery_cents, whole.tax_cents,
        ),
        explain=(*explaining.SOLD, *explaining.BACK, *explaining.NET),
        currency=asked.currency,
    )  # fmt: skip


def best_sellers(asked: Asked, books: Books, limit: int | None = SHOWN_AT_MOST) -> Table:
    found = _by_sku(_of(asked, books, Kind.GOODS))
    ordered = sorted(found, key=lambda each: (-each[1].net_pieces, -each[1].total_cents, each[0].name))
    rows = [
        cells(
            key.detail,
            sums.net_pieces,
            sums.goods_cents - sums.discount_cents,
            (sums.orders, asked.orders(key)),
            sums.pieces,
            (sums.back_pieces, asked.orders(key, is_back=True) if sums.back_pieces else ""),
            key.name,
        )
        for key, sums in ordered[:limit]
    ]
    whole = total(sums for _, sums in found)
    return Table(
        name="best-sellers",
        title="Best sellers",
        columns=(
            text("What"), count("Sold in the end"), cents("For"), count("Orders"), count("Pieces"), count("Cancelled"),
            more("SKU"),
        ),
        rows=rows,
        total=cells(
            "Together", whole.net_pieces, whole.goods_cents - whole.discount_cents, "", whole.pieces,
            whole.back_pieces, "",
        ),
        explain=explaining.GOODS,
        currency=asked.currency,
        left_out=len(ordered) - len(rows),
        empty="Nothing was sold in this period.",
    )  # fmt: skip


def _of(asked: Asked, books: Books, kind: str) -> list[tuple[Key, Sums]]:
    return [(key, sums) for key, sums in books.by_key(kind).items() if key.currency == asked.currency]


def _by_sku(found: Iterable[tuple[Key, Sums]]) -> list[tuple[Key, Sums]]:
    """Goods that were called otherwise at another time are the same goods."""
    together: dict[str, tuple[Key, Sums]] = {}
    for key, sums in sorted(found):
        _, so_far = together.get(key.name, (key, Sums()))
        so_far.add(sums)
        together[key.name] = key, so_far
    return list(together.values())


def by_tax(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.TAX), key=lambda each: (each[0].place, -each[0].rate_ppm, each[0].name))
    rows = [
        cells(
            _place(key.place),
            key.name or "No tax",
            key.rate_ppm,
            (sums.tax_cents, asked.orders(key)),
            (-sums.back_tax_cents, asked.orders(key, is_back=True) if sums.back_cents else ""),
            sums.net_tax_cents,
            sums.goods_cents,
            sums.orders,
        )
        for key, sums in found
    ]
    whole = total(sums for _, sums in found)
    return Table(
        name="tax",
        title="Tax by rate and place",
        columns=(
            text("Where it went"), more("Tax"), rate("Rate"), cents("Tax in it"), cents("Given back"),
            cents("Tax left"), cents("Base"), count("Orders"),
        ),
        rows=rows,
        total=cells(
            "Together", "", "", whole.tax_cents, -whole.back_tax_cents, whole.net_tax_cents, whole.goods_cents, ""
        ),
        explain=explaining.BY_TAX,
        currency=asked.currency,
    )  # fmt: skip


def _place(place: str) -> str:
    country, _, region = place.partition("-")
    if not country:
        return "Collected, or nowhere in particular"
    name = dict(countries_named((country,))).get(country, country)
    return f"{name}, {region}" if region else name


def discounts(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.DISCOUNT), key=lambda each: (-each[1].discount_cents, each[0].name))
    rows = [
        cells(
            key.name,
            (sums.orders, asked.orders(key)),
            sums.discount_cents,
            sums.delivery_cents,
            sums.discount_cents + sums.delivery_cents,
            sums.total_cents,
            (-sums.back_cents, asked.orders(key, is_back=True) if sums.back_cents else ""),
        )
        for key, sums in found
    ]
    whole = total(sums for _, sums in found)
    return Table(
        name="discounts",
        title="Discounts by code",
        columns=(
            text("Code"), count("Orders"), cents("Off goods"), cents("Off delivery"), cents("Off in all"),
            cents("Sold with it"), cents("Given back"),
        ),
        rows=rows,
        total=cells(
            "Together", whole.orders, whole.discount_cents, whole.delivery_cents,
            whole.discount_cents + whole.delivery_cents, whole.total_cents, -whole.back_cents,
        ),
        explain=explaining.DISCOUNTS,
        currency=asked.currency,
        empty="No code was used in this period.",
    )  # fmt: skip


def refunds(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.BACK), key=lambda each: (-each[1].back_cents, each[0].name))
    rows = [
        cells(
            _reason(key.name),
            sums.back_count,
            (sums.back_cents, asked.orders(key, is_back=True)),
            sums.back_tax_cents,
        )
        for key, sums in found
    ]
    whole = total(sums for _, sums in found)
    return Table(
        name="given-back",
        title="Given back, by reason",
        columns=(text("Why"), count("Times"), cents("Given back"), cents("Tax in it")),
        rows=rows,
        total=cells("Together", whole.back_count, whole.back_cents, whole.back_tax_cents),
        explain=explaining.REFUNDS,
        currency=asked.currency,
        empty="Nothing went back in this period.",
    )


def _reason(name: str) -> str:
    for reasons in (RefundReason, Reason):
        if name in set(reasons):
            return str(reasons(name).words).capitalize()
    return _REASONS.get(name, name.capitalize() or "No reason given")


def delivery(asked: Asked, books: Books) -> Table:
    found = _by_sku(_of(asked, books, Kind.DELIVERY))
    ordered = sorted(found, key=lambda each: (-each[1].orders, each[0].name))
    rows = [
        cells(
            key.detail or "No delivery",
            (sums.orders, asked.orders(key)),
            sums.delivery_cents,
            sums.total_cents,
            (-sums.back_cents, asked.orders(key, is_back=True) if sums.back_cents else ""),
        )
        for key, sums in ordered
    ]
    whole = total(sums for _, sums in found)
    return Table(
        name="delivery",
        title="Ways of delivery",
        columns=(text("Way"), count("Orders"), cents("For delivery"), cents("Sold with it"), cents("Given back")),
        rows=rows,
        total=cells("Together", whole.orders, whole.delivery_cents, whole.total_cents, -whole.back_cents),
        explain=explaining.DELIVERY,
        currency=asked.currency,
    )


def carts(asked: Asked, left: LeftBehind) -> Table:
    rows = [cells(each.name, each.sku, each.carts, each.pieces, each.cents) for each in left.goods]
    return Table(
        name="carts",
        title="Left behind in carts now",
        columns=(text("What"), more("SKU"), count("Carts"), count("Pieces"), cents("Worth")),
        rows=rows,
        total=cells("All carts left behind", "", left.carts, left.pieces, left.cents),
        explain=[sentence.format(days=settings().keep_cart_days) for sentence in explaining.LEFT_BEHIND],
        currency=settings().currency,
        empty="No cart has been left for a day.",
    )


def stock(value: StockValue) -> Table:
    rows: Sequence[Row] = [
        cells(
            (shelf.name, url_for("catalogue.product", product=shelf.slug) if shelf.state == "active" else ""),
            shelf.state.capitalize(),
            shelf.on_hand,
            shelf.held,
            shelf.value_cents,
        )
        for shelf in value.products
    ]
    return Table(
        name="stock",
        title="What lies on the shelf",
        columns=(text("Product"), more("State"), count("On the shelf"), count("Held of it"), cents("Sells for")),
        rows=rows,
        total=cells("Together", "", value.on_hand, value.held, value.value_cents),
        explain=explaining.STOCK,
        currency=settings().currency,
        left_out=value.count - len(rows),
        empty="The shelf is empty.",
    )


def words_for(key: Key) -> str:
    """What a list of orders is of, to go on from "Sold" or "Given back"."""
    return {
        Kind.GOODS: f"with {key.name} among the goods",
        Kind.TAX: f"with {key.name or 'no tax'} {percent(key.rate_ppm)}: {_place(key.place)}",
        Kind.DELIVERY: f"by “{key.name}”" if key.name else "without delivery",
        Kind.DISCOUNT: f"with the code {key.name}",
        Kind.BACK: _reason(key.name)[:1].lower() + _reason(key.name)[1:],
    }.get(Kind(key.kind), "")
