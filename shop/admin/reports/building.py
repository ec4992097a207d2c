"""Each report's table, from the books. Every figure leads to the orders behind it."""

from __future__ import annotations

from collections.abc import Iterable

from ...reports.queries import Books, Named, ranked
from ...reports.series import Series, total
from ...reports.sums import Kind, Sums
from . import explaining
from .asking import Asked, Links
from .tables import Row, Table, cells, cents, count, more, rate, text
from .wording import place_words, reason_words

SHOWN_AT_MOST = 100


def over_time(asked: Asked, series: Series) -> Table:
    sales = asked.key(Kind.SALES)
    return Table(
        name="sales",
        title=f"By {asked.grain}",
        columns=(
            text(asked.grain.capitalize()), count("Orders"), cents("Sold"), cents("Given back"), cents("Net"),
            cents("Goods"), cents("Discounts"), cents("Delivery"), cents("Tax"),
        ),
        rows=[
            _of_time(each.bucket.words, each.sums, asked.links(sales, first=each.bucket.first, last=each.bucket.last))
            for each in series.points
        ],
        total=_of_time("Together", series.whole, asked.links(sales)),
        explain=(*explaining.SOLD, *explaining.BACK, *explaining.NET),
        currency=asked.currency,
    )  # fmt: skip


def _of_time(words: str, sums: Sums, to: Links) -> Row:
    return cells(
        words,
        (sums.orders, to.sold),
        (sums.total_cents, to.sold),
        (-sums.back_cents, to.back),
        (sums.net_cents, to.net),
        (sums.goods_cents, to.sold),
        (-sums.discount_cents, to.sold),
        (sums.delivery_cents, to.sold),
        (sums.tax_cents, to.sold),
    )


def best_sellers(asked: Asked, books: Books) -> Table:
    best = books.best_goods(asked.currency, SHOWN_AT_MOST + 1)
    return _goods_table(asked, books, best[:SHOWN_AT_MOST], has_more=len(best) > SHOWN_AT_MOST)


def all_goods(asked: Asked, books: Books) -> Table:
    return _goods_table(asked, books, ranked(_of(asked, books, Kind.GOODS)))


def _goods_table(asked: Asked, books: Books, goods: Iterable[Named], *, has_more: bool = False) -> Table:
    whole = total(each.sums for each in _of(asked, books, Kind.ALL_GOODS))
    rows = (_of_goods(each.words, each.sums, asked.links(each.key), each.key.name) for each in goods)
    return Table(
        name="best-sellers",
        title="Best sellers",
        columns=(
            text("What"), count("Sold in the end"), cents("For"), count("Orders"), count("Pieces"), count("Given back"),
            more("SKU"),
        ),
        rows=rows if asked.is_file else list(rows),
        total=_of_goods("Together", whole, asked.links(asked.key(Kind.ALL_GOODS)), ""),
        explain=explaining.GOODS,
        currency=asked.currency,
        has_more=has_more,
        empty="Nothing was sold in this period.",
    )  # fmt: skip


def _of_goods(words: str, sums: Sums, to: Links, sku: str) -> Row:
    """All goods together are in fewer orders than each for itself."""
    return cells(
        words,
        (sums.net_pieces, to.net),
        (sums.goods_kept_cents, to.net),
        (sums.orders, to.sold) if sku else "",
        (sums.pieces, to.sold),
        (sums.back_pieces, to.back),
        sku,
    )


def _of(asked: Asked, books: Books, kind: str) -> list[Named]:
    return [each for each in books.named(kind) if each.key.currency == asked.currency]


def by_tax(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.TAX), key=lambda each: (each.key.place, -each.key.rate_ppm, each.key.name))
    whole = total(each.sums for each in found)
    return Table(
        name="tax",
        title="Tax by rate and place",
        columns=(
            text("Where it went"), more("Tax"), rate("Rate"), cents("Tax in it"), cents("Given back"),
            cents("Tax left"), cents("Base"), count("Orders"),
        ),
        rows=[_of_tax(asked, each) for each in found],
        total=_tax_row("Together", "", "", whole, asked.links(asked.key(Kind.SALES))),
        explain=explaining.BY_TAX,
        currency=asked.currency,
    )  # fmt: skip


def _of_tax(asked: Asked, each: Named) -> Row:
    key = each.key
    return _tax_row(place_words(key.place), key.name or "No tax", key.rate_ppm, each.sums, asked.links(key))


def _tax_row(place: str, name: str, rate_ppm: int | str, sums: Sums, to: Links) -> Row:
    """An order with two rates is in two rows, so their orders sum to nothing that means something."""
    return cells(
        place,
        name,
        rate_ppm,
        (sums.tax_cents, to.sold),
        (-sums.back_tax_cents, to.back if sums.back_cents else ""),
        (sums.net_tax_cents, to.net),
        (sums.goods_cents, to.sold),
        (sums.orders, to.sold) if name else "",
    )


def discounts(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.DISCOUNT), key=lambda each: (-each.sums.discount_cents, each.key.name))
    whole = total(each.sums for each in found)
    return Table(
        name="discounts",
        title="Discounts by code",
        columns=(
            text("Code"), count("Orders"), cents("Off goods"), cents("Off delivery"), cents("Off in all"),
            cents("Sold with it"), cents("Given back"),
        ),
        rows=[_of_code(each.key.name, each.sums, asked.links(each.key)) for each in found],
        total=_of_code("Together", whole, asked.links(asked.key(Kind.ANY_CODE))),
        explain=explaining.DISCOUNTS,
        currency=asked.currency,
        empty="No code was used in this period.",
    )  # fmt: skip


def _of_code(words: str, sums: Sums, to: Links) -> Row:
    return cells(
        words,
        (sums.orders, to.sold),
        (sums.discount_cents, to.sold),
        (sums.delivery_cents, to.sold),
        (sums.discount_cents + sums.delivery_cents, to.sold),
        (sums.total_cents, to.sold),
        (-sums.back_cents, to.back),
    )


def refunds(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.BACK), key=lambda each: (-each.sums.back_cents, each.key.name))
    whole = total(each.sums for each in found)
    return Table(
        name="given-back",
        title="Given back, by reason",
        columns=(text("Why"), count("Times"), cents("Given back"), cents("Tax in it")),
        rows=[_of_back(reason_words(each.key.name), each.sums, asked.links(each.key)) for each in found],
        total=_of_back("Together", whole, asked.links(asked.key(Kind.SALES))),
        explain=explaining.REFUNDS,
        currency=asked.currency,
        empty="Nothing went back in this period.",
    )


def _of_back(words: str, sums: Sums, to: Links) -> Row:
    return cells(words, (sums.back_count, to.back), (sums.back_cents, to.back), (sums.back_tax_cents, to.back))


def delivery(asked: Asked, books: Books) -> Table:
    found = sorted(_of(asked, books, Kind.DELIVERY), key=lambda each: (-each.sums.orders, each.key.name))
    whole = total(each.sums for each in found)
    return Table(
        name="delivery",
        title="Ways of delivery",
        columns=(text("Way"), count("Orders"), cents("For delivery"), cents("Sold with it"), cents("Given back")),
        rows=[_of_way(each.words or "No delivery", each.sums, asked.links(each.key)) for each in found],
        total=_of_way("Together", whole, asked.links(asked.key(Kind.SALES))),
        explain=explaining.DELIVERY,
        currency=asked.currency,
    )


def _of_way(words: str, sums: Sums, to: Links) -> Row:
    return cells(
        words,
        (sums.orders, to.sold),
        (sums.delivery_cents, to.sold),
        (sums.total_cents, to.sold),
        (-sums.back_cents, to.back),
    )
