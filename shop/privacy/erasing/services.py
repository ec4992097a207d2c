"""Wishing for an erasure, and taking the wish back."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import IntegrityError

from ... import clock, jobs
from ...audit.services import record
from ...config import settings
from ...customers.models import Customer, CustomerSession, LinkPurpose
from ...customers.services.links import make_link
from ...customers.services.sessions import end_other_sessions
from ...db import db
from ...outbox.models import MailKind
from ...outbox.services import absolute_link, queue_mail, render_mail
from ...vault import Source, destroy_subjects, new_subject
from ..models import Proof
from ..person import Person
from .models import Cause, Erasure, ErasureState
from .plan import Plan, plan_for
from .queries import requested_erasure
from .wishes import KEPT, WISHED, note_wish

JOB = "erase"
# The confirming link of somebody without a password.
CONFIRM_WITHIN = timedelta(hours=1)


class PlanChanged(Exception):
    """Something came or went since the plan was shown; `plan` is what it would be now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the plan is another now")
        self.plan = plan


class TooLate(Exception):
    """The erasure has begun, so it cannot be undone any more."""


@dataclass(frozen=True)
class AtTheDesk:
    """Who took down what somebody asked for by letter or in the shop, and how they made sure who it was."""

    proof: Proof
    source: Source
    staff_id: int


def request_erasure(
    *, person: Person, plan_hash: str, keep_session: CustomerSession | None = None, desk: AtTheDesk | None = None
) -> Erasure:
    """Forget this person after the time to undo it; other browsers are signed out. Whoever calls knows that it is them.

    Asked twice it is requested once. Raises PlanChanged when `plan_hash` is not what would be done now.
    """
    if (known := requested_erasure(person)) is not None:
        return known
    plan = plan_for(person)
    if plan.hash != plan_hash:
        raise PlanChanged(plan)
    due_at = clock.now() + timedelta(hours=settings().erase_undo_hours)
    try:
        with db.atomic():
            erasure = new_erasure(person, Cause.ASKED, due_at, plan.things, plan.hash, desk)
            if person.customer is not None:
                end_other_sessions(customer=person.customer, but=keep_session)
            _confirm(erasure, plan)
            note_wish(WISHED, person)
            _record_request(erasure, desk)
    except IntegrityError:
        found = requested_erasure(person)
        if found is None:
            raise
        return found
    return erasure


def _record_request(erasure: Erasure, desk: AtTheDesk | None) -> None:
    about = ("erasure", erasure.id)
    if desk is None:
        record("erasure-requested", actor=_actor(erasure), about=about)
    else:
        by = f"staff:{desk.staff_id}"
        record("erasure-requested", actor=by, about=about, proof=desk.proof.value, source=desk.source.value)


def begin_dormant(*, customer: Customer) -> Erasure:
    """Forget a customer who did not answer the notice, in the caller's transaction; there is nothing left to undo."""
    erasure = new_erasure(Person(customer, str(customer.email)), Cause.DORMANT, clock.now(), (), "")
    jobs.kick(JOB)
    return erasure


def undo_erasure(*, erasure: Erasure, by: str = "") -> bool:
    """Everything stays as it is; False when that was said already. `by` is who took it down, as in the audit trail, if
    it was told at the desk. Raises TooLate."""
    waiting = (Erasure.id == erasure.id) & (Erasure.state == ErasureState.REQUESTED)
    with db.atomic():
        if not Erasure.update(state=ErasureState.UNDONE, ended_at=clock.now()).where(waiting).execute():
            if Erasure.get_by_id(erasure.id).state == ErasureState.UNDONE:
                return False
            raise TooLate
        if erasure.cause == Cause.ASKED:
            write(erasure, "erasure-undone")
            note_wish(KEPT, Person(erasure.customer, str(erasure.email)))
        record("erasure-undone", actor=by or _actor(erasure), about=("erasure", erasure.id))
    forget_address(erasure)
    return True


def mail_confirming_link(*, person: Person) -> None:
    """A link that confirms the erasure, for whoever has no password; once it is used it is used up."""
    with db.atomic():
        token = make_link(
            purpose=LinkPurpose.ERASE, email=person.email, customer=person.customer, good_for=CONFIRM_WITHIN
        )
        rendered = render_mail("erase-link", address=absolute_link("erasing.erase", key=token), hours=1)
        queue_mail(
            key=f"erase-link:{token[:12]}",
            kind=MailKind.CORRESPONDENCE,
            to=person.email,
            about=("customer", person.customer.id if person.customer else 0),
            **rendered.parts,
        )


def write(erasure: Erasure, template: str, **context: Any) -> None:
    """One mail of each kind about an erasure, in the caller's transaction."""
    rendered = render_mail(template, erasure=erasure, **context)
    queue_mail(
        key=f"{template}:{erasure.id}",
        kind=MailKind.CORRESPONDENCE,
        to=erasure.email,
        about=("erasure", erasure.id),
        **rendered.parts,
    )


def forget_address(erasure: Erasure) -> None:
    """An erasure that ended needs the address no longer. The row goes on naming the key until that is surely gone."""
    destroy_subjects([erasure.subject])
    Erasure.update(email=None).where(Erasure.id == erasure.id).execute()


def new_erasure(
    person: Person,
    cause: Cause,
    due_at: object,
    things: Collection[str],
    plan_hash: str,
    desk: AtTheDesk | None = None,
) -> Erasure:
    source = desk.source if desk else Source.SELF
    erasure = Erasure(
        subject=new_subject("erasure"),
        source=Source.SHOP if cause == Cause.DORMANT else source,
        proof=desk.proof if desk else "",
        email=person.email,
        customer=person.customer and person.customer.id,
        cause=cause,
        due_at=due_at,
        plan_hash=plan_hash,
        shown=json.dumps(sorted(things)),
    )
    erasure.save(force_insert=True)
    return erasure


def _confirm(erasure: Erasure, plan: Plan) -> None:
    token = make_link(
        purpose=LinkPurpose.UNDO_ERASURE,
        email=str(erasure.email),
        good_for=timedelta(hours=settings().erase_undo_hours),
    )
    write(erasure, "erasure-requested", plan=plan, address=absolute_link("erasing.undo", key=token))


def _actor(erasure: Erasure) -> str:
    return f"customer:{erasure.customer_id}" if erasure.customer_id else "guest"
