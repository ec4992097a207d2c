"""Who else has an order open, so that two people do not pack the same parcel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import IntegrityError

from ... import clock
from ...db import db
from ..queries import staff_names
from .models import OrderVisit

# A page that is open asks every 20 seconds; without JavaScript nobody hears of it again.
GONE_AFTER = timedelta(minutes=3)
FORGOTTEN_AFTER = timedelta(hours=1)


class Visitor(NamedTuple):
    name: str
    since: datetime


def note_visit(*, order_id: int, staff_id: int) -> None:
    """That this member of staff has the order open, since now or since before."""
    now = clock.now()
    is_mine = (OrderVisit.order == order_id) & (OrderVisit.staff == staff_id)
    with db.atomic():
        OrderVisit.delete().where(OrderVisit.seen_at < now - FORGOTTEN_AFTER).execute()
        still_here = OrderVisit.update(seen_at=now).where(is_mine, OrderVisit.seen_at >= now - GONE_AFTER)
        if still_here.execute() or OrderVisit.update(opened_at=now, seen_at=now).where(is_mine).execute():
            return
    try:
        with db.atomic():
            OrderVisit.create(order=order_id, staff=staff_id, opened_at=now, seen_at=now)
    except IntegrityError:
        # Another page of theirs was quicker.
        return


def others_at(*, order_id: int, staff_id: int) -> list[Visitor]:
    """Everybody else who has it open, those who came first at the top."""
    is_here = (OrderVisit.order == order_id) & (OrderVisit.staff != staff_id)
    rows = list(
        OrderVisit.select()
        .where(is_here, OrderVisit.seen_at >= clock.now() - GONE_AFTER)
        .order_by(OrderVisit.opened_at, OrderVisit.id)
    )
    names = staff_names({row.staff_id for row in rows})
    return [Visitor(names.get(row.staff_id, "Somebody"), row.opened_at) for row in rows]
