"""Changes that come to nothing: not paid, not wanted, not answered in time, or taken back by staff."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...db import db
from ...in_turn import in_turn
from ...retrying import retried
from ..models import EditState, EditWay, Order, OrderEdit
from ..services import mails
from ..services.alarms import raise_alarm
from ..services.timeline import CUSTOMER, WORKER, audited, note
from .carrying_out import EDITABLE
from .holding import release
from .queries import open_edit

NOT_ANSWERED = "The customer did not answer about a change of the order in time, so it stays as it was."
NOT_WANTED = "The customer does not want the change that was proposed, so the order stays as it was."
KINDS = {
    EditState.DECLINED: "change declined",
    EditState.FAILED: "change not paid",
    EditState.EXPIRED: "change expired",
    EditState.WITHDRAWN: "change withdrawn",
}


def give_up_change(edit: OrderEdit) -> None:
    """After a payment that certainly failed, in the caller's transaction: a customer who was asked may try once more,
    as long as there is time."""
    if edit.way == EditWay.ASK and not is_over(edit):
        OrderEdit.update(state=EditState.ASKED).where(
            OrderEdit.id == edit.id, OrderEdit.state == EditState.PAYING
        ).execute()
        return
    state = EditState.FAILED if edit.way == EditWay.CARD else EditState.EXPIRED
    _end(edit, EditState.PAYING, state, WORKER)


def is_over(edit: OrderEdit) -> bool:
    """Whether nobody may answer any more: it took too long, or the order has gone on."""
    is_late = edit.expires_at is not None and clock.now() >= edit.expires_at
    return is_late or Order.get_by_id(edit.order_id).state not in EDITABLE


@retried
def decline_change(*, edit: OrderEdit) -> bool:
    """As the customer who was asked wishes; False when it is over already, or being paid."""
    with db.atomic():
        return _end(edit, EditState.ASKED, EditState.DECLINED, CUSTOMER)


@retried
def withdraw_change(*, edit: OrderEdit, staff_id: int) -> bool:
    """Nobody is asked any more, and the customer is told; False when it is over already, or being paid."""
    with db.atomic():
        return _end(edit, EditState.ASKED, EditState.WITHDRAWN, f"staff:{staff_id}")


def withdraw_with(order: Order, *, actor: str) -> None:
    """The same for an order that is cancelled, in the caller's transaction; it has a mail of its own."""
    edit = open_edit(order)
    if edit is not None:
        _end(edit, EditState.ASKED, EditState.WITHDRAWN, actor, is_told=False)


def expire_changes() -> int:
    """End what nobody answered in time, or can answer no longer; how many."""
    asked = OrderEdit.select().where(OrderEdit.state == EditState.ASKED).order_by(OrderEdit.id)
    return in_turn(_expire, [edit for edit in asked if is_over(edit)])


@retried
def _expire(edit: OrderEdit) -> bool:
    with db.atomic():
        return _end(edit, EditState.ASKED, EditState.EXPIRED, WORKER)


def _end(edit: OrderEdit, before: EditState, after: EditState, actor: str, *, is_told: bool = True) -> bool:
    """The pieces that were held are for sale again, and whoever waits is told. The shelf comes before the order."""
    is_so = (OrderEdit.id == edit.id) & (OrderEdit.state == before)
    if not OrderEdit.update(state=after, decided_at=clock.now()).where(is_so).execute():
        return False
    release(edit)
    order = Order.get_by_id(edit.order_id)
    note(order, KINDS[after], actor=actor, edit=edit.id)
    if is_told and edit.way == EditWay.ASK:
        _tell(order, edit, after)
    by, about = audited(actor, order), ("order", order.id)
    record("order-change-ended", actor=by, about=about, edit=edit.id, state=after.value)
    return True


def _tell(order: Order, edit: OrderEdit, state: EditState) -> None:
    if state == EditState.DECLINED:
        raise_alarm(order, NOT_WANTED, edit=edit.id)
        return
    if state == EditState.EXPIRED:
        raise_alarm(order, NOT_ANSWERED, edit=edit.id)
    mails.announce_no_change(order, edit)
