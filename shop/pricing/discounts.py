"""Whether a discount code may be used, in the shopper's words."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

from ..config import settings
from ..money import money, percent
from .models import Discount, DiscountKind
from .sums import Reduction

CODE_AT_MOST = 40


class DiscountRefused(Exception):
    """A code that cannot be used here and now; `reason` is for the shopper."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DiscountUsedUp(DiscountRefused):
    """The last use of a code went to somebody else, or to this customer before."""


def name_of(discount: Discount) -> str:
    """What a code gives: "10% off", "$5.00 off", "free delivery"."""
    if discount.kind == DiscountKind.PERCENT:
        return f"{percent(discount.value)} off"
    if discount.kind == DiscountKind.AMOUNT:
        return f"{money(discount.value)} off"
    return "free delivery"


def reduction_of(discount: Discount) -> Reduction:
    return Reduction(code=discount.code, name=name_of(discount), kind=discount.kind, value=discount.value)


def refuse_unless_usable(discount: Discount, *, subtotal_cents: int, used_by_customer: int, now: datetime) -> None:
    """Raises DiscountRefused with the first reason there is."""
    if not discount.is_active:
        raise DiscountRefused(f"The code {discount.code} is no longer valid.")
    if discount.starts_at is not None and now < discount.starts_at:
        raise DiscountRefused(f"The code {discount.code} is valid from {_day(discount.starts_at)}.")
    if discount.ends_at is not None and now >= discount.ends_at:
        raise DiscountRefused(f"The code {discount.code} was valid until {_day(discount.ends_at)}.")
    if discount.use_limit is not None and discount.used >= discount.use_limit:
        raise used_up(discount)
    if discount.use_limit_each is not None and used_by_customer >= discount.use_limit_each:
        raise used_up_by_customer(discount)
    if subtotal_cents < discount.minimum_cents:
        missing = money(discount.minimum_cents - subtotal_cents)
        raise DiscountRefused(
            f"The code {discount.code} is for orders of {money(discount.minimum_cents)} or more: {missing} to go."
        )


def used_up(discount: Discount) -> DiscountUsedUp:
    return DiscountUsedUp(f"The code {discount.code} has been used as often as it can be.")


def used_up_by_customer(discount: Discount) -> DiscountUsedUp:
    return DiscountUsedUp(f"You have used the code {discount.code} as often as one customer can.")


def _day(moment: datetime) -> str:
    return str(format_date(moment.astimezone(settings().zone), "long", locale=settings().locale))
