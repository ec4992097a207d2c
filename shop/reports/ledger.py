"""Do the books agree? What the orders of a period say the shop holds, beside what their payments say it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .behind import Behind, Wanted, orders_behind
from .periods import Period
from .queries import Books
from .sums import Held, Key, Kind, Sums


@dataclass(frozen=True)
class Agreement:
    """All of the orders placed in a period, whenever their money moved. Sold less given back is what is held, unless
    some orders are `apart`: the latest of them, whose sums say what is left of them (`total_cents`) and what their
    payments hold (`back_cents`). `sold_cents` is with the changes since, and `owed_cents` what still goes back because
    of them. `missing` days are in none of it yet."""

    orders: int
    sold_cents: int
    back_cents: int
    taken_cents: int
    authorized_cents: int
    refunded_cents: int
    owed_cents: int
    apart_count: int
    apart: Sequence[Behind]
    missing: int

    @property
    def net_cents(self) -> int:
        return self.sold_cents - self.back_cents

    @property
    def held_cents(self) -> int:
        return self.taken_cents + self.authorized_cents - self.refunded_cents - self.owed_cents

    @property
    def difference_cents(self) -> int:
        return self.net_cents - self.held_cents


def agreement(period: Period, currency: str) -> Agreement:
    books = Books(period.first, period.last)
    sold = books.by_key(Kind.SALES).get(Key(currency, Kind.SALES), Sums())
    held = books.by_key(Kind.HELD)
    of = {name: held.get(Key(currency, Kind.HELD, name), Sums()) for name in Held}
    is_apart = Wanted(period, Key(currency, Kind.HELD, Held.APART))
    return Agreement(
        orders=sold.orders,
        sold_cents=sold.total_cents - of[Held.CHANGES].total_cents + of[Held.CHANGED].total_cents,
        back_cents=of[Held.GONE].total_cents,
        taken_cents=of[Held.TAKEN].total_cents,
        authorized_cents=of[Held.AUTHORIZED].total_cents,
        refunded_cents=of[Held.REFUNDED].total_cents,
        owed_cents=of[Held.OWED].total_cents,
        apart_count=of[Held.APART].orders,
        apart=orders_behind(is_apart, books).rows,
        missing=len(books.missing),
    )
