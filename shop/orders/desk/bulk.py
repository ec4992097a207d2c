"""One button for several orders: each goes through its own service, in its own transaction, one after the other.

Each leaves a row of what became of it, written with it: a process that dies on the way has done some of the orders
wholly and the others not at all. Mails of steps that can be taken back wait until nobody can take them back any more.
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
from ...audit.services import record
from ...db import db, is_sqlite
from ...disclosures.models import Disclosure
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.services import hold_back, send_again
from ..cancelling import Reason
from ..carriers import CARRIERS, PICK_UP
from ..models import Order, OrderEvent, Shipment
from ..queries import order_with
from ..services.finishing import finish_order, see_to
from ..services.fulfilment import NotNow, cancel_order, pack_order, ship_order
from ..services.retrying import retried
from .models import BulkAction, BulkItem, BulkStep, Outcome
from .rows import needs_address

UNDO_FOR = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)
AT_MOST = 100
# The steps that can be taken back.
UNDOABLE = (BulkStep.PACK, BulkStep.SEND, BulkStep.DONE)


@dataclass(frozen=True)
class Wanted:
    """What is to be done. `carrier` is how parcels leave, `reason` why orders are cancelled."""

    step: BulkStep
    carrier: str = ""
    reason: Reason | None = None


def act_on(*, numbers: Sequence[str], wanted: Wanted, staff_id: int) -> BulkAction:
    """Do it to each of these orders, as far as it goes; the action's items say what became of each."""
    action = _begin(wanted.step, staff_id)
    for number in dict.fromkeys(numbers[:AT_MOST]):
        order = order_with(number)
        if order is not None:
            _act(action, order, wanted)
    jobs.kick("send mail", after=UNDO_FOR.total_seconds() + 1)
    return action


def _begin(step: BulkStep, staff_id: int) -> BulkAction:
    now = clock.now()
    with db.atomic():
        BulkAction.delete().where(BulkAction.at < now - FORGOTTEN_AFTER).execute()
        begun: BulkAction = BulkAction.create(
            token=secrets.token_urlsafe(16), staff_id=staff_id, step=step, at=now, undo_until=now + UNDO_FOR
        )
    return begun


def _act(action: BulkAction, order: Order, wanted: Wanted) -> None:
    try:
        _act_once(action, order, wanted)
    except NotNow as error:
        with db.atomic():
            BulkItem.create(action=action, order=order.id, outcome=Outcome.REFUSED, reason=str(error))


@retried
def _act_once(action: BulkAction, order: Order, wanted: Wanted) -> None:
    with db.atomic():
        present = locked(order)
        before, marks = _standing(present), _marks(order.id)
        is_new = STEPS[wanted.step](present, wanted, action.staff_id)
        written = _written(order.id, marks)
        if is_new and wanted.step in UNDOABLE:
            hold_back(ids=written["mails"], until=action.undo_until)
        BulkItem.create(
            action=action,
            order=order.id,
            outcome=Outcome.DONE if is_new else Outcome.ALREADY,
            revision=Order.select(Order.revision).where(Order.id == order.id).scalar(),
            before=json.dumps(before),
            written=json.dumps(written),
        )


def locked(order: Order) -> Order:
    """The row as it is now, and as it stays until the caller's transaction ends: SQLite has one writer at a time."""
    query = Order.select().where(Order.id == order.id)
    found: Order = (query if is_sqlite() else query.for_update()).get()
    return found


def _pack(order: Order, _: Wanted, staff_id: int) -> bool:
    return pack_order(order=order, staff_id=staff_id)


def _send(order: Order, wanted: Wanted, staff_id: int) -> bool:
    """What is collected leaves by nobody; a parcel that has a number of its own is sent from its order's page."""
    if not needs_address(order):
        return ship_order(order=order, carrier=PICK_UP, tracking="", staff_id=staff_id)
    carrier = CARRIERS.get(wanted.carrier)
    if not wanted.carrier or wanted.carrier == PICK_UP:
        raise NotNow("Choose who takes the parcels: this one is not collected.")
    if carrier is not None and carrier.needs_tracking:
        raise NotNow(f"{carrier.name} gives each parcel a tracking number: type it on the order's page.")
    return ship_order(order=order, carrier=wanted.carrier, tracking="", staff_id=staff_id)


def _finish(order: Order, _: Wanted, staff_id: int) -> bool:
    return finish_order(order=order, staff_id=staff_id)


def _cancel(order: Order, wanted: Wanted, staff_id: int) -> bool:
    return cancel_order(order=order, reason=wanted.reason or Reason.OTHER, staff_id=staff_id)


def _see_to(order: Order, _: Wanted, staff_id: int) -> bool:
    return see_to(order=order, staff_id=staff_id)


def _resend(order: Order, _: Wanted, staff_id: int) -> bool:
    """The last mail that its customer was sent, or should have been."""
    about = (Mail.about_kind == "order") & (Mail.about_id == order.id) & (Mail.kind != MailKind.PAYMENT_PROBLEM)
    mail = Mail.select().where(about, Mail.purged_at.is_null()).order_by(Mail.id.desc()).first()
    if mail is None or mail.state == MailState.WITHDRAWN:
        raise NotNow("There is no mail of it that could be sent again.")
    if mail.state not in (MailState.SENT, MailState.FAILED):
        return False
    send_again(mail=mail)
    record("mail-sent-again", actor=f"staff:{staff_id}", about=("order", order.id), mail=mail.id)
    return True


STEPS: dict[BulkStep, Callable[[Order, Wanted, int], bool]] = {
    BulkStep.PACK: _pack,
    BulkStep.SEND: _send,
    BulkStep.DONE: _finish,
    BulkStep.CANCEL: _cancel,
    BulkStep.RESEND: _resend,
    BulkStep.SEEN: _see_to,
}


def _standing(order: Order) -> dict[str, str | None]:
    """What taking a step back has to bring back."""
    moments = {name: getattr(order, name) for name in ("packed_at", "shipped_at", "done_at")}
    return {"state": order.state, **{name: at and at.isoformat() for name, at in moments.items()}}


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
