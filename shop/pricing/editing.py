"""Setting up what is added to prices and taken off: delivery methods, taxes, discount codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from peewee import IntegrityError, fn

from ..audit.services import record
from ..catalogue.services import bump_version
from ..db import db
from ..meanwhile import ChangedMeanwhile, always
from .models import DeliveryBand, DeliveryMethod, Discount, TaxRate, TaxZone


class Taken(Exception):
    """There is one with this code, or for this place, already."""


class UsedMoreOften(Exception):
    """The code was used more often than its new limit allows; `used` is how often."""

    def __init__(self, used: int) -> None:
        super().__init__(used)
        self.used = used


def save_method(
    *,
    method: DeliveryMethod | None,
    values: Mapping[str, Any],
    bands: Sequence[tuple[int | None, int]],
    staff_id: int,
    is_as_seen: Callable[[], bool] = always,
) -> DeliveryMethod:
    """`values` by column, `bands` as (upto, cents), the highest last; a new method comes last.

    Raises Taken, ChangedMeanwhile.
    """
    try:
        with db.atomic():
            bump_version()
            _refuse_unseen(is_as_seen)
            if method is None:
                last = DeliveryMethod.select(fn.MAX(DeliveryMethod.position)).scalar()
                method = DeliveryMethod.create(position=0 if last is None else last + 1, **values)
            else:
                DeliveryMethod.update(**values).where(DeliveryMethod.id == method.id).execute()
            DeliveryBand.delete().where(DeliveryBand.method == method.id).execute()
            for upto, cents in bands:
                DeliveryBand.create(method=method.id, upto=upto, price_cents=cents)
            _note(staff_id, f"delivery.{method.id}")
    except IntegrityError as error:
        raise Taken from error
    return DeliveryMethod.get_by_id(method.id)


def move_method(*, method: DeliveryMethod, steps: int, staff_id: int) -> None:
    """Offer it so many places later (earlier, if negative) to whoever can choose."""
    with db.atomic():
        bump_version()
        rows = list(DeliveryMethod.select().order_by(DeliveryMethod.position, DeliveryMethod.id))
        place = next(number for number, row in enumerate(rows) if row.id == method.id)
        rows.insert(max(0, min(len(rows) - 1, place + steps)), rows.pop(place))
        for position, row in enumerate(rows):
            DeliveryMethod.update(position=position).where(DeliveryMethod.id == row.id).execute()
        _note(staff_id, f"delivery.{method.id}")


def save_zone(
    *,
    zone: TaxZone | None,
    values: Mapping[str, Any],
    rates: Sequence[tuple[str, str, int]],
    staff_id: int,
    is_as_seen: Callable[[], bool] = always,
) -> TaxZone:
    """`values` by column, `rates` as (tax class, name, parts per million). Raises Taken, ChangedMeanwhile."""
    try:
        with db.atomic():
            bump_version()
            _refuse_unseen(is_as_seen)
            if zone is None:
                zone = TaxZone.create(**values)
            else:
                TaxZone.update(**values).where(TaxZone.id == zone.id).execute()
            TaxRate.delete().where(TaxRate.zone == zone.id).execute()
            for tax_class, name, ppm in rates:
                TaxRate.create(zone=zone.id, tax_class=tax_class, name=name, rate_ppm=ppm)
            _note(staff_id, f"tax.{zone.id}")
    except IntegrityError as error:
        raise Taken from error
    return TaxZone.get_by_id(zone.id)


def remove_zone(*, zone: TaxZone, staff_id: int) -> None:
    """No tax is due there any more; orders that were placed keep theirs."""
    with db.atomic():
        bump_version()
        TaxZone.delete().where(TaxZone.id == zone.id).execute()
        _note(staff_id, f"tax.{zone.id}")


def save_discount(
    *,
    discount: Discount | None,
    values: Mapping[str, Any],
    staff_id: int,
    is_as_seen: Callable[[], bool] = always,
) -> Discount:
    """`values` by column. Raises Taken, UsedMoreOften, ChangedMeanwhile."""
    try:
        with db.atomic():
            _refuse_unseen(is_as_seen)
            if discount is None:
                discount = Discount.create(**values)
            else:
                limit, is_it = values.get("use_limit"), Discount.id == discount.id
                fits = is_it if limit is None else is_it & (Discount.used <= limit)
                if not Discount.update(**values).where(fits).execute():
                    raise UsedMoreOften(Discount.select(Discount.used).where(is_it).scalar() or 0)
            _note(staff_id, f"discount.{discount.id}")
    except IntegrityError as error:
        raise Taken from error
    return Discount.get_by_id(discount.id)


def _refuse_unseen(is_as_seen: Callable[[], bool]) -> None:
    """Asked inside the transaction, after whoever saves at the same time."""
    if not is_as_seen():
        raise ChangedMeanwhile


def _note(staff_id: int, name: str) -> None:
    record("setting-changed", actor=f"staff:{staff_id}", about=("settings", 0), name=name)
