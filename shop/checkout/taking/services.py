"""What becomes of an order that staff take: begun, its customer asked to pay, withdrawn, thrown away, ended by itself.

It is paid for at the checkout like any other: by the customer behind the link, or with their saved card.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from ... import clock
from ...addresses.fields import PARTS
from ...audit.services import record
from ...cart.cookie import lifetime, new_token
from ...cart.services import begin_cart, forget_cart, hand_cart_to
from ...customers.models import Customer
from ...db import db
from ...in_turn import in_turn
from ...orders.models import OrderContact
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.services import absolute_link, forget_mails_about, queue_mail, render_mail, withdraw
from ...retrying import retried
from ...vault import REMOVED, Source, new_subject, set_expiry
from ..models import CheckoutDraft
from ..queries import Checkout, Step
from .queries import ended_drafts, hash_of_link, is_being_paid

JOB = "end links to pay"
LINK_DAYS = 7
KIND = "checkout_draft"
COPIED = ("email", "phone", *(f"{kind}_{part}" for kind in ("delivery", "billing") for part in PARTS))


class NotReady(Exception):
    """Something is still missing, or cannot be had; the message says what, for staff."""


class BeingPaid(Exception):
    """The bank is being asked at this moment: nothing of it can be changed until the answer is there."""


@retried
def begin_order(*, source: Source, staff_id: int) -> CheckoutDraft:
    """An order without anything in it yet, and how it reached us."""
    with db.atomic():
        cart = begin_cart(token=new_token())
        draft: CheckoutDraft = CheckoutDraft.create(
            subject=new_subject("cart"),
            source=source,
            cart=cart.id,
            idem=secrets.token_urlsafe(24),
            taken_by=staff_id,
            told=source,
        )
        _record("draft-begun", draft, staff_id, source=source.value)
    return draft


def take_for(*, draft: CheckoutDraft, customer: Customer) -> None:
    """For somebody with an account; where it goes is asked anew, and begins with what the account holds."""
    _begin_anew(draft, {"email": customer.email}, customer)


def take_for_guest(*, draft: CheckoutDraft, contact: OrderContact) -> None:
    """For somebody who ordered before; what they said then is where the questions begin."""
    _begin_anew(draft, {name: getattr(contact, name) for name in COPIED}, None)


def take_for_nobody(*, draft: CheckoutDraft) -> None:
    """It was somebody else: whatever was said of them goes."""
    _begin_anew(draft, {}, None)


def _begin_anew(draft: CheckoutDraft, values: dict[str, str | None], customer: Customer | None) -> None:
    with db.atomic():
        draft.customer = customer
        for name in (*COPIED, "note"):
            value = values.get(name)
            setattr(draft, name, None if value is REMOVED else value)
        draft.source, draft.touched_at = draft.told, clock.now()
        draft.is_collected, draft.is_delivery_done = False, False
        draft.billing_is_delivery = all(
            getattr(draft, f"billing_{part}") in (None, getattr(draft, f"delivery_{part}")) for part in PARTS
        )
        draft.save()


@retried
def mail_link(*, draft: CheckoutDraft, staff_id: int) -> datetime:
    """Ask the customer to pay by a link; until when it works. A link that was mailed before works no more.

    Raises NotReady or BeingPaid.
    """
    checkout = Checkout(draft.cart, draft.customer)
    _refuse_unready(checkout)
    token, now = secrets.token_urlsafe(32), clock.now()
    ends_at = now + min(timedelta(days=LINK_DAYS), lifetime())
    mail = _mail_of(checkout, draft, token, ends_at)
    with db.atomic():
        hand_cart_to(cart=draft.cart, token=new_token())
        _refuse_being_paid(draft)
        draft.link_hash, draft.sent_at, draft.link_ends_at, draft.opened_at = hash_of_link(token), now, ends_at, None
        draft.save()
        _withdraw_mails(draft)
        queue_mail(
            key=f"order-to-pay:{draft.id}:{secrets.token_hex(8)}",
            kind=MailKind.ORDER_TO_PAY,
            to=str(draft.email),
            about=(KIND, draft.id),
            **mail,
        )
        db.after_commit(lambda: set_expiry(draft.subject, ends_at))
        _record("draft-link-mailed", draft, staff_id, days=(ends_at - now).days)
    return ends_at


def _refuse_unready(checkout: Checkout) -> None:
    if not checkout.lines:
        raise NotReady("There is nothing in this order yet.")
    if checkout.obstacle is not None:
        raise NotReady(f"{checkout.obstacle.title}: {checkout.obstacle.text}")
    if checkout.next_step is not Step.PAYMENT:
        raise NotReady("Who it is for and where it goes is still to be answered.")
    if checkout.discount_problem:
        raise NotReady(f"{checkout.discount_problem} Take the discount code out, or use another.")


def _mail_of(checkout: Checkout, draft: CheckoutDraft, token: str, ends_at: datetime) -> dict[str, str]:
    return render_mail(
        "order-to-pay",
        quote=checkout.quote,
        way=Source(draft.told).way,
        name=draft.billing_name or draft.delivery_name or "",
        pay_link=absolute_link("checkout.prepared", key=token),
        ends_at=ends_at,
    ).parts


@retried
def withdraw_link(*, draft: CheckoutDraft, staff_id: int) -> bool:
    """Let the link lead nowhere, so that the order can be changed again; False when there is none. Raises BeingPaid."""
    with db.atomic():
        hand_cart_to(cart=draft.cart, token=new_token())
        _refuse_being_paid(draft)
        mine = (CheckoutDraft.id == draft.id) & CheckoutDraft.link_hash.is_null(False)
        gone = {"link_hash": None, "sent_at": None, "link_ends_at": None, "opened_at": None}
        if not CheckoutDraft.update(**gone).where(mine).execute():
            return False
        _withdraw_mails(draft)
        db.after_commit(lambda: set_expiry(draft.subject, clock.now() + lifetime()))
        _record("draft-link-withdrawn", draft, staff_id)
    return True


@retried
def discard_order(*, draft: CheckoutDraft, staff_id: int) -> None:
    """Throw it away, with all that was typed and mailed. Raises BeingPaid."""
    with db.atomic():
        hand_cart_to(cart=draft.cart, token=new_token())
        _refuse_being_paid(draft)
        _forget(draft)
        _record("draft-discarded", draft, staff_id)


@retried
def follow_link(*, draft: CheckoutDraft, token: str) -> None:
    """Give the order to the browser whose cart cookie is to hold `token`; one that followed it before loses it."""
    with db.atomic():
        hand_cart_to(cart=draft.cart, token=token)
        CheckoutDraft.update(opened_at=clock.now()).where(CheckoutDraft.id == draft.id).execute()
        record("draft-link-followed", actor="guest", about=(KIND, draft.id))


def note_agreement(*, draft: CheckoutDraft, card_id: int, cents: int, staff_id: int) -> None:
    """That the customer agreed to have their saved card charged with this, and how they said so."""
    with db.atomic():
        _record("draft-charged", draft, staff_id, card=card_id, cents=cents, source=str(draft.told))


def end_links() -> int:
    """Forget the orders whose customers did not pay in time; how many."""
    return in_turn(_end, ended_drafts())


def _end(draft: CheckoutDraft) -> bool:
    with db.atomic():
        _forget(draft)
    return True


def _forget(draft: CheckoutDraft) -> None:
    forget_cart(cart=draft.cart)
    forget_mails_about(KIND, draft.id)


def _withdraw_mails(draft: CheckoutDraft) -> None:
    """Those with a link that works no more, as long as they wait."""
    waiting = Mail.select(Mail.id).where(
        Mail.about_kind == KIND, Mail.about_id == draft.id, Mail.state == MailState.QUEUED, Mail.attempts == 0
    )
    ids: Sequence[int] = [mail.id for mail in waiting]
    if ids:
        withdraw(ids=ids)


def _refuse_being_paid(draft: CheckoutDraft) -> None:
    """With the cart's row taken: no payment can begin before this transaction ends."""
    if is_being_paid(draft):
        raise BeingPaid


def _record(kind: str, draft: CheckoutDraft, staff_id: int, **details: int | str) -> None:
    record(kind, actor=f"staff:{staff_id}", about=(KIND, draft.id), **details)
