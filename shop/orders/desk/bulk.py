"""One button for several orders: each goes through its own service, in its own transaction, one after the other.

Each leaves a row of what became of it, written with it: a process that dies on the way has done some of the orders
wholly and the others not at all. Mails wait until nobody can take the step back any more, and so does all of a
cancellation.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import fn

from ... import clock, jobs
from ...db import db, taken
from ...disclosures.models import Disclosure
from ...outbox.models import Mail
from ...outbox.services import hold_back
from ...retrying import retried
from ..models import Order, OrderEvent, Shipment
from ..queries import order_with
from ..services.revisions import NotNow
from . import coming
from .models import BulkAction, BulkItem, BulkStep, Outcome
from .steps import STEPS, Wanted, last_mail

UNDO_FOR = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)
AT_MOST = 100


def act_on(*, numbers: Sequence[str], wanted: Wanted, staff_id: int) -> BulkAction:
    """Do it to each of these orders, as far as it goes; the action's items say what became of each."""
    action = _begin(wanted, staff_id)
    for number in dict.fromkeys(numbers[:AT_MOST]):
        order = order_with(number)
        if order is not None:
            _act(action, order, wanted)
    _wake_the_worker()
    return action


def act_on_one(*, order: Order, wanted: Wanted, staff_id: int) -> bool:
    """The same with one order, to be taken back in the same way; False when it was done already. Raises NotNow."""
    action = _begin(wanted, staff_id)
    is_new = _act_once(action, order, wanted)
    _wake_the_worker()
    return is_new


def _wake_the_worker() -> None:
    for job in ("send mail", coming.JOB):
        jobs.kick(job, after=UNDO_FOR.total_seconds() + 1)


def _begin(wanted: Wanted, staff_id: int) -> BulkAction:
    now = clock.now()
    waiting = BulkItem.select(BulkItem.action).where(BulkItem.outcome == Outcome.WAITING)
    with db.atomic():
        BulkAction.delete().where(BulkAction.at < now - FORGOTTEN_AFTER, BulkAction.id.not_in(waiting)).execute()
        begun: BulkAction = BulkAction.create(
            token=secrets.token_urlsafe(16),
            staff_id=staff_id,
            step=wanted.step,
            at=now,
            undo_until=now + UNDO_FOR,
            reason=wanted.reason or "",
            restock=wanted.restock,
        )
    return begun


def _act(action: BulkAction, order: Order, wanted: Wanted) -> None:
    try:
        _act_once(action, order, wanted)
    except NotNow as error:
        with db.atomic():
            BulkItem.create(action=action, order=order.id, outcome=Outcome.REFUSED, reason=str(error))


@retried
def _act_once(action: BulkAction, order: Order, wanted: Wanted) -> bool:
    with db.atomic():
        present = locked(order)
        before, marks = _standing(present, wanted.step), _marks(order.id)
        is_new = STEPS[wanted.step](present, wanted, action)
        written = _written(order.id, marks)
        hold_back(ids=written["mails"], until=action.undo_until)
        new = Outcome.WAITING if wanted.step == BulkStep.CANCEL else Outcome.DONE
        BulkItem.create(
            action=action,
            order=order.id,
            outcome=new if is_new else Outcome.ALREADY,
            revision=Order.select(Order.revision).where(Order.id == order.id).scalar(),
            before=json.dumps(before),
            written=json.dumps(written),
        )
    return is_new


def locked(order: Order) -> Order:
    """The row as it is now, and as it stays until the caller's transaction ends."""
    query = Order.select().where(Order.id == order.id)
    found: Order = taken(query).get()
    return found


def _standing(order: Order, step: BulkStep) -> dict[str, Any]:
    """What taking a step back has to bring back: the order's columns, and the mail that is sent once more."""
    moments = {name: getattr(order, name) for name in ("packed_at", "shipped_at", "done_at")}
    found: dict[str, Any] = {"state": order.state, **{name: at and at.isoformat() for name, at in moments.items()}}
    mail = last_mail(order.id) if step == BulkStep.RESEND else None
    if mail is not None:
        found["mail"] = {"id": mail.id, "state": mail.state, "attempts": mail.attempts, "error": mail.error}
    return found


@dataclass(frozen=True)
class Marks:
    """The last row of each kind before a step, and the parcels that had not arrived."""

    last: Mapping[str, int]
    on_the_way: Sequence[int]


def _marks(order_id: int) -> Marks:
    last = {name: of_order(order_id).select(fn.MAX(model.id)).scalar() or 0 for name, model, of_order in _KINDS}
    parcels = Shipment.select(Shipment.id).where(Shipment.order == order_id, Shipment.delivered_at.is_null())
    return Marks(last, [parcel.id for parcel in parcels])


def _written(order_id: int, before: Marks) -> dict[str, list[int]]:
    """The rows that a step has added, by kind, and the parcels that it let arrive."""
    added = {
        name: [row.id for row in of_order(order_id).where(model.id > before.last[name])]
        for name, model, of_order in _KINDS
    }
    arrived = Shipment.select(Shipment.id).where(
        Shipment.id.in_(list(before.on_the_way)), Shipment.delivered_at.is_null(False)
    )
    return {**added, "arrived": [parcel.id for parcel in arrived]}


def _about(model: Any) -> Callable[[int], Any]:
    return lambda order_id: model.select(model.id).where(model.about_kind == "order", model.about_id == order_id)


def _leading(model: Any) -> Callable[[int], Any]:
    return lambda order_id: model.select(model.id).where(model.order == order_id)


_KINDS: tuple[tuple[str, Any, Callable[[int], Any]], ...] = (
    ("events", OrderEvent, _leading(OrderEvent)),
    ("shipments", Shipment, _leading(Shipment)),
    ("mails", Mail, _about(Mail)),
    ("disclosures", Disclosure, _about(Disclosure)),
)
