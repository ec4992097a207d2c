"""Staff change what was ordered, just as a form of theirs has shown it; the difference is settled on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from ... import clock
from ...audit.services import record
from ...db import db
from ...payments.models import StoredCard
from ...payments.queries import usable_card
from ...payments.services.cards import may_keep_cards
from ...retrying import retried
from ...vault import REMOVED, WAYS_TO_TELL, Source
from ..models import EditState, EditWay, Order, OrderContact, OrderEdit, Payment
from ..refundable import RefundTooLarge
from ..services import mails
from ..services.errors import GatewayDown
from ..services.paid import is_paid
from ..services.paying import can_take_orders
from ..services.revisions import BeingCancelled, ChangedMeanwhile, NotNow, take_turn
from ..services.sending import ask_the_bank, write_payment
from ..services.timeline import note
from .carrying_out import EDITABLE, NoLongerMeant, carry_out
from .holding import note_holds, take_from_stock
from .planning import Change, NotEditable, Plan, plan_change
from .queries import edit_made_for, open_edit
from .steps import in_words

# How long a customer who is asked may take, and pieces are kept for them.
ANSWER_WITHIN = timedelta(days=3)
NOT_NOW = "Only what waits to be packed or sent can be changed, as long as nothing of it has left."
OPEN_ALREADY = "A change of this order waits for the customer or the bank. It has to end before there is another."
NO_CARD = "That card is no longer saved, has expired, or its customer took back the consent to keep it."


class FiguresChanged(NotEditable):
    """The form showed other figures than there are now."""

    def __init__(self) -> None:
        super().__init__("Prices or stock changed since this was worked out. These are the figures now: look again.")


@dataclass(frozen=True, kw_only=True)
class Settling:
    """What becomes of the difference. With CARD, `card_id` is the saved card and `source` how the customer agreed."""

    way: EditWay
    card_id: int | None = None
    source: Source | None = None
    tells_customer: bool = True


def why_not_editable(order: Order) -> str:
    """Why what was ordered cannot be changed now, for staff; "" when it can."""
    if order.state not in EDITABLE or order.deactivated_at is not None:
        return NOT_NOW
    if order.cancel_due_at is not None:
        return str(BeingCancelled())
    if open_edit(order) is not None:
        return OPEN_ALREADY
    return "" if is_paid(order) else "This order is not paid: look at its payment first."


def change_order(
    *, order: Order, change: Change, settling: Settling, digest: str, seen: int, staff_id: int
) -> tuple[OrderEdit, bool]:
    """Change it as the form of the revision `seen` showed it, and whether that is new: the same form again gives the
    same change. With CARD it comes back applied, failed, or still paying while the bank's answer is out.

    Raises NotEditable, ChangedMeanwhile, FiguresChanged, GatewayDown.
    """
    if settling.way == EditWay.CARD and not can_take_orders():
        raise GatewayDown
    try:
        edit, token = _begin(order, change, settling, digest, seen, staff_id)
    except NotNow:
        # Once the same form was carried out its figures, and what is left on the shelf, are others than it showed.
        earlier = edit_made_for(order, seen, digest)
        if earlier is not None and earlier.way == settling.way:
            return earlier, False
        raise
    if token:
        ask_the_bank(Payment.get(Payment.edit == edit.id), token=token, actor=f"staff:{staff_id}")
    return OrderEdit.get_by_id(edit.id), True


@retried
def _begin(
    order: Order, change: Change, settling: Settling, digest: str, seen: int, staff_id: int
) -> tuple[OrderEdit, str]:
    """In one transaction all that needs no bank; the token of the card that is to be charged, or ""."""
    with db.atomic():
        present = Order.get_by_id(order.id)
        if present.revision != seen:
            raise ChangedMeanwhile
        if why := why_not_editable(present):
            raise NotEditable(why)
        plan = _as_shown(present, change, settling, digest)
        # The shelf before the order: whoever takes both takes them in this turn.
        take_from_stock(plan.taken)
        if not take_turn(present, seen=seen, states=EDITABLE):
            raise NotEditable(NOT_NOW)
        edit = _write(present, plan, settling, seen, staff_id)
        note_holds(edit, plan.taken)
        match settling.way:
            case EditWay.CARD:
                return edit, _agreed(present, edit, settling, plan)
            case EditWay.ASK:
                _ask(present, edit, plan)
            case _:
                _carry_out_now(edit)
    return edit, ""


def _as_shown(order: Order, change: Change, settling: Settling, digest: str) -> Plan:
    plan = plan_change(order, change)
    if plan.digest != digest:
        raise FiguresChanged
    if not plan.is_change:
        raise NotEditable("Nothing was changed. Choose what should be different.")
    if settling.way not in ways_for(plan.difference_cents):
        raise NotEditable("Say what becomes of the difference.")
    return plan


def ways_for(difference_cents: int) -> tuple[EditWay, ...]:
    if not difference_cents:
        return (EditWay.NOTHING,)
    return (EditWay.CARD, EditWay.ASK) if difference_cents > 0 else (EditWay.BACK,)


def _write(order: Order, plan: Plan, settling: Settling, seen: int, staff_id: int) -> OrderEdit:
    is_asked = settling.way == EditWay.ASK
    edit: OrderEdit = OrderEdit.create(
        order=order.id,
        state=EditState.ASKED if is_asked else EditState.PAYING,
        way=settling.way,
        at_revision=seen,
        digest=plan.digest,
        before=plan.before.to_json(),
        after=plan.after.to_json(),
        lines=json.dumps({"before": list(plan.before_ids), "after": list(plan.line_ids)}),
        restock=json.dumps(sorted(plan.restock)),
        difference_cents=plan.difference_cents,
        source=settling.source or "",
        # Whoever pays, or is asked to, is told of it.
        tells_customer=settling.tells_customer or settling.way in (EditWay.CARD, EditWay.ASK),
        staff_id=staff_id,
        expires_at=clock.now() + ANSWER_WITHIN if is_asked else None,
    )
    return edit


def _carry_out_now(edit: OrderEdit) -> None:
    try:
        carry_out(edit)
    except NoLongerMeant as error:
        raise ChangedMeanwhile from error
    except RefundTooLarge as error:
        raise NotEditable("More would go back than is left of what was paid.") from error


def _ask(order: Order, edit: OrderEdit, plan: Plan) -> None:
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    if contact is None or contact.email is None or contact.email is REMOVED:
        raise NotEditable("Nobody can be asked by mail: there is no address any more.")
    actor, cents = f"staff:{edit.staff_id}", plan.difference_cents
    note(order, "change asked", actor=actor, edit=edit.id, amount_cents=cents, what=in_words(plan.steps))
    mails.ask_about_change(Order.get_by_id(order.id), edit, plan.steps)
    record("order-change-asked", actor=actor, about=("order", order.id), edit=edit.id, cents=cents)


def _agreed(order: Order, edit: OrderEdit, settling: Settling, plan: Plan) -> str:
    """The payment's row, before it is a call; the card's token. Raises NotEditable."""
    card = _card(order, settling.card_id)
    if settling.source is None or settling.source not in WAYS_TO_TELL:
        raise NotEditable("Say how the customer agreed that the card is charged.")
    actor, cents = f"staff:{edit.staff_id}", plan.difference_cents
    words = {"source": settling.source.way, "what": in_words(plan.steps)}
    note(order, "change begun", actor=actor, edit=edit.id, amount_cents=cents, **words)
    write_payment(order, amount_cents=cents, identity=f"change {edit.id}", by=actor, card=card, edit=edit)
    return str(card.token)


def _card(order: Order, card_id: int | None) -> StoredCard:
    """Of this order's own customer, who still wants cards kept."""
    customer_id = order.customer_id
    card = usable_card(customer_id, card_id) if customer_id is not None and card_id is not None else None
    if card is None or customer_id is None or not may_keep_cards(customer_id):
        raise NotEditable(NO_CARD)
    return card
