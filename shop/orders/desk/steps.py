"""What can be done to several orders at once: each step is what its button on one order's page does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...audit.services import record
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.services import send_again
from ..cancelling import Reason
from ..carriers import CARRIERS, PICK_UP
from ..models import Order
from ..services.finishing import finish_order, see_to
from ..services.fulfilment import pack_order
from ..services.parcels import ship_order
from ..services.revisions import NotNow
from .coming import begin_cancelling
from .models import BulkAction, BulkStep


@dataclass(frozen=True)
class Wanted:
    """What is to be done. `carrier` is how parcels leave, `reason` why orders are cancelled, `restock` whether their
    goods go back on the shelf; `seen` is the revision that whoever asks saw, where they saw one order."""

    step: BulkStep
    carrier: str = ""
    reason: Reason | None = None
    restock: bool = True
    seen: int | None = None


def _pack(order: Order, _: Wanted, action: BulkAction) -> bool:
    return pack_order(order=order, staff_id=action.staff_id)


def _send(order: Order, wanted: Wanted, action: BulkAction) -> bool:
    """What is collected leaves by nobody; a parcel that has a number of its own is sent from its order's page."""
    if not order.needs_address:
        return ship_order(order=order, carrier=PICK_UP, tracking="", staff_id=action.staff_id)
    carrier = CARRIERS.get(wanted.carrier)
    if not wanted.carrier or wanted.carrier == PICK_UP:
        raise NotNow("Choose who takes the parcels: this one is not collected.")
    if carrier is not None and carrier.needs_tracking:
        raise NotNow(f"{carrier.name} gives each parcel a tracking number: type it on the order's page.")
    return ship_order(order=order, carrier=wanted.carrier, tracking="", staff_id=action.staff_id)


def _finish(order: Order, _: Wanted, action: BulkAction) -> bool:
    return finish_order(order=order, staff_id=action.staff_id)


def _cancel(order: Order, wanted: Wanted, action: BulkAction) -> bool:
    """Stock and money cannot be called back: they move when nobody can take it back any more."""
    return begin_cancelling(order, due_at=action.undo_until, seen=wanted.seen)


def _see_to(order: Order, _: Wanted, action: BulkAction) -> bool:
    return see_to(order=order, staff_id=action.staff_id)


def _resend(order: Order, _: Wanted, action: BulkAction) -> bool:
    mail = last_mail(order.id)
    if mail is None or mail.state == MailState.WITHDRAWN:
        raise NotNow("There is no mail of it that could be sent again.")
    if mail.state not in (MailState.SENT, MailState.FAILED):
        return False
    send_again(mail=mail, due_at=action.undo_until)
    record("mail-sent-again", actor=f"staff:{action.staff_id}", about=("order", order.id), mail=mail.id)
    return True


def last_mail(order_id: int) -> Mail | None:
    """The last that its customer was sent, or should have been."""
    about = (Mail.about_kind == "order") & (Mail.about_id == order_id) & (Mail.kind != MailKind.PAYMENT_PROBLEM)
    found: Mail | None = Mail.select().where(about, Mail.purged_at.is_null()).order_by(Mail.id.desc()).first()
    return found


STEPS: dict[BulkStep, Callable[[Order, Wanted, BulkAction], bool]] = {
    BulkStep.PACK: _pack,
    BulkStep.SEND: _send,
    BulkStep.DONE: _finish,
    BulkStep.CANCEL: _cancel,
    BulkStep.RESEND: _resend,
    BulkStep.SEEN: _see_to,
}
