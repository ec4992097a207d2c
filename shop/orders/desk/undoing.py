"""Taking back what was done to several orders at once: for half a minute, by whoever did it, while no mail has left."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ... import clock
from ...audit.services import record
from ...db import db
from ...disclosures.models import Disclosure
from ...outbox.services import not_again, withdraw
from ...retrying import retried
from ..models import Order, OrderEvent, Shipment
from ..services.revisions import NotNow, take_turn
from ..services.timeline import note
from .bulk import locked
from .coming import stop_cancelling
from .models import BulkAction, BulkItem, BulkStep, Outcome

WORDS = {
    BulkStep.PACK: "packed",
    BulkStep.SEND: "sent",
    BulkStep.DONE: "done",
    BulkStep.CANCEL: "cancelled",
    BulkStep.RESEND: "mail sent again",
    BulkStep.SEEN: "seen to",
}
STANDING = (Outcome.DONE, Outcome.WAITING)


class NoSuchAction(Exception):
    """There is none with this token, or somebody else did it."""


class TooLate(Exception):
    """The time to take it back is over, and its mails are on their way."""


class NotTakenBack(Exception):
    """This order stays as it is; the message says why, for staff."""


def action_of(*, token: str, staff_id: int) -> BulkAction | None:
    """What this member of staff did; nobody else's."""
    mine = (BulkAction.token == token) & (BulkAction.staff_id == staff_id)
    found: BulkAction | None = BulkAction.get_or_none(mine) if token else None
    return found


def standing_of(*, staff_id: int) -> BulkAction | None:
    """The last thing this member of staff did that they can still take back."""
    stands = BulkItem.select(BulkItem.action).where(BulkItem.outcome.in_(STANDING))
    mine = (BulkAction.staff_id == staff_id) & (BulkAction.undo_until > clock.now())
    found: BulkAction | None = (
        BulkAction.select().where(mine, BulkAction.id.in_(stands)).order_by(BulkAction.id.desc()).first()
    )
    return found


def cancelling_of(order: Order, *, staff_id: int) -> BulkItem | None:
    """The cancellation of this order, while this member of staff, who asked for it, can take it back."""
    mine = (BulkAction.staff_id == staff_id) & (BulkAction.undo_until > clock.now())
    found: BulkItem | None = (
        BulkItem.select(BulkItem, BulkAction)
        .join(BulkAction)
        .where(BulkItem.order == order.id, BulkItem.outcome == Outcome.WAITING, mine)
        .first()
    )
    return found


def stop_cancelling_one(*, order: Order, staff_id: int) -> None:
    """Leave this order as it is, whatever else was cancelled with it. Raises TooLate, NotTakenBack."""
    item = cancelling_of(order, staff_id=staff_id)
    if item is None:
        raise TooLate
    _take_back(item.action, item)


def undo(*, token: str, staff_id: int) -> BulkAction:
    """Take back what an action did, as far as no mail has left; its items say which orders stay as they are.

    Raises NoSuchAction, TooLate.
    """
    action = action_of(token=token, staff_id=staff_id)
    if action is None:
        raise NoSuchAction
    if clock.now() >= action.undo_until:
        raise TooLate
    done = BulkItem.select().where(BulkItem.action == action, BulkItem.outcome.in_(STANDING))
    for item in list(done.order_by(BulkItem.id)):
        try:
            _take_back(action, item)
        except NotTakenBack as error:
            with db.atomic():
                _settle(item, Outcome.KEPT, str(error))
    return action


@retried
def _take_back(action: BulkAction, item: BulkItem) -> None:
    actor, written = f"staff:{action.staff_id}", json.loads(item.written)
    with db.atomic():
        order = locked(Order.get_by_id(item.order_id))
        if not _settle(item, Outcome.UNDONE):
            return
        if action.step == BulkStep.CANCEL and not stop_cancelling(order.id):
            raise NotTakenBack("It was cancelled meanwhile.")
        try:
            is_next = take_turn(order, seen=item.revision)
        except NotNow as error:
            raise NotTakenBack("Somebody has gone on with it since.") from error
        if not is_next or not withdraw(ids=written["mails"]):
            raise NotTakenBack("Its mail has left.")
        _bring_back(item, written)
        if action.step == BulkStep.SEEN:
            Order.update(needs_look=True).where(Order.id == order.id).execute()
        note(order, "step undone", actor=actor, step=WORDS[BulkStep(action.step)])
        record("order-step-undone", actor=actor, about=("order", order.id), step=action.step)


def _settle(item: BulkItem, outcome: Outcome, reason: str = "") -> bool:
    """Each order is taken back once."""
    waiting = (BulkItem.id == item.id) & BulkItem.outcome.in_(STANDING)
    return bool(BulkItem.update(outcome=outcome, reason=reason).where(waiting).execute())


def _bring_back(item: BulkItem, written: dict[str, list[int]]) -> None:
    """The state and its moments as they were; nothing was handed over, and nothing is told of it."""
    before: dict[str, Any] = json.loads(item.before)
    mail = before.pop("mail", None)
    if mail is not None and not not_again(mail_id=mail.pop("id"), **mail):
        raise NotTakenBack("Its mail has left.")
    moments = {name: at and datetime.fromisoformat(at) for name, at in before.items() if name != "state"}
    Order.update(state=before["state"], **moments).where(Order.id == item.order_id).execute()
    Shipment.update(delivered_at=None).where(Shipment.id.in_(written["arrived"])).execute()
    for model, name in ((Disclosure, "disclosures"), (Shipment, "shipments"), (OrderEvent, "events")):
        model.delete().where(model.id.in_(written[name])).execute()
