"""Somebody asks by letter or in the shop to be forgotten: the same plan, the same time to undo it, the same receipt."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from flask import abort, flash
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import clock
from ...access_rules import staff
from ...config import settings
from ...privacy.erasing.backups import remains_after
from ...privacy.erasing.plan import Plan, plan_for
from ...privacy.erasing.queries import open_erasure, requested_erasure
from ...privacy.erasing.services import AtTheDesk, PlanChanged, TooLate, request_erasure, undo_erasure
from ...privacy.models import Proof
from ...signing_in import go_to
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import PRIVACY
from .forms import ErasureForm
from .opening import open_customer, open_guest
from .showing import Subject

CHANGED = "Something changed while you looked at this page. Here is the list as it is now: please confirm it once more."
TOO_LATE = "It is too late: it has begun already."


@blueprint.get("/customers/<id:customer_id>/erasure")
@staff(*PRIVACY)
def customer_erasure(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    return answer or _page(subject, ErasureForm())


@blueprint.post("/customers/<id:customer_id>/erasure")
@staff(*PRIVACY)
def erase_customer(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    return answer or _request(subject)


@blueprint.post("/customers/<id:customer_id>/erasure/undo")
@staff(*PRIVACY)
def keep_customer(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    return answer or _undo(subject)


@blueprint.get("/guests/<number>/erasure")
@staff(*PRIVACY)
def guest_erasure(number: str) -> ResponseReturnValue:
    subject, answer = open_guest(number)
    return answer or _page(subject, ErasureForm())


@blueprint.post("/guests/<number>/erasure")
@staff(*PRIVACY)
def erase_guest(number: str) -> ResponseReturnValue:
    subject, answer = open_guest(number)
    return answer or _request(subject)


@blueprint.post("/guests/<number>/erasure/undo")
@staff(*PRIVACY)
def keep_guest(number: str) -> ResponseReturnValue:
    subject, answer = open_guest(number)
    return answer or _undo(subject)


def _request(subject: Subject) -> ResponseReturnValue:
    form = ErasureForm()
    if not form.validate():
        return _page(subject, form, status=422)
    desk = AtTheDesk(Proof(form.proof.data), form.source, current_user.person.id)
    try:
        request_erasure(person=subject.person, plan_hash=form.plan.data, desk=desk)
    except PlanChanged as error:
        return _page(subject, form, status=409, plan=error.plan, problem=CHANGED)
    flash("It is noted. They get a mail with a link that undoes it, and a receipt once it is done.")
    return go_to(subject.url)


def _undo(subject: Subject) -> ResponseReturnValue:
    erasure, said = requested_erasure(subject.person), TOO_LATE
    if erasure is not None:
        with suppress(TooLate):
            undo_erasure(erasure=erasure, by=f"staff:{current_user.person.id}")
            said = "Nothing is removed, and they are told by mail."
    flash(said)
    return go_to(subject.url)


def _page(
    subject: Subject, form: ErasureForm, *, status: int = 200, plan: Plan | None = None, problem: str = ""
) -> ResponseReturnValue:
    if subject.is_removed:
        abort(404)
    if open_erasure(subject.person) is not None:
        return go_to(subject.url)
    plan = plan or plan_for(subject.person)
    form.plan.data = plan.hash
    begins_at = clock.now() + timedelta(hours=settings().erase_undo_hours)
    return page_or_fragment(
        "admin/customers/erasure.html",
        "admin/customers/_erasure.html",
        status=status,
        subject=subject,
        form=form,
        plan=plan,
        problem=problem,
        begins_at=begins_at,
        remains=remains_after(begins_at),
        desk_page="customers",
    )
