"""Removing everything: the plan, its confirmation, and undoing it; importing this module brings all its pages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from ... import clock
from ...access_rules import public
from ...config import settings
from ...customers.models import LinkPurpose, MailedLink
from ...customers.services.links import LinkGone, link_with, use_link
from ...customers.services.passwords import TooManyTries, check_password
from ...customers.signed_in import current_session
from ...limits import limiter, seconds_to_wait, value_key
from ...vault import blind
from ...web import changed, is_htmx, page_or_fragment, see_other
from ..asker import current_person, is_opened_by_link
from ..person import Person
from . import one_thing_views
from .backups import remains_after
from .forms import ButtonForm, PasswordPlanForm, PlanForm
from .models import Erasure
from .pages import blueprint
from .plan import Plan, plan_for
from .queries import open_erasure, requested_for
from .services import PlanChanged, TooLate, mail_confirming_link, request_erasure, undo_erasure

__all__ = ["blueprint", "one_thing_views"]

LINKS_BY_ADDRESS, LINKS_BY_MAILBOX = "10 per hour", "3 per hour"
WRONG = "This is not your password."
CHANGED = "Something changed while you looked at this page. Here is the list as it is now: please confirm it once more."
TOO_LATE = "It is too late: we have begun already."


@dataclass(frozen=True)
class Asker:
    """Who asks, and what proves that they may confirm: a followed link, or else the password of their account."""

    person: Person
    link: MailedLink | None

    @property
    def has_password(self) -> bool:
        customer = self.person.customer
        return customer is not None and bool(customer.password_hash) and not is_opened_by_link()


@blueprint.get("/erase")
@public
def erase() -> ResponseReturnValue:
    asker = _asker(request.args.get("key", ""))
    return _page(asker) if isinstance(asker, Asker) else asker


@blueprint.post("/erase")
@public
def confirm() -> ResponseReturnValue:
    asker = _asker(request.form.get("key", ""))
    if not isinstance(asker, Asker):
        return asker
    form = _form(asker)
    if not form.validate() or not _is_proven(asker, form):
        return _page(asker, form, status=422)
    try:
        erasure = request_erasure(person=asker.person, plan_hash=form.plan.data, keep_session=current_session())
    except PlanChanged as error:
        return _page(asker, None, status=409, plan=error.plan, also=[CHANGED])
    if asker.link is None:
        return changed("erasing/_erase.html", location=url_for(".erase"), **_waiting(asker, erasure))
    _use_up(asker.link)
    return _whole("erasing/requested.html", url_for(".requested"))


@blueprint.post("/erase/link")
@public
@limiter.limit(LINKS_BY_ADDRESS)
def send_link() -> ResponseReturnValue:
    asker = _asker("")
    if not isinstance(asker, Asker):
        return asker
    if not seconds_to_wait(LINKS_BY_MAILBOX, value_key("erase link", asker.person.email)):
        mail_confirming_link(person=asker.person)
    return changed("erasing/_link_sent.html", location=url_for(".link_sent"))


@blueprint.get("/erase/link-sent")
@public
def link_sent() -> str:
    return render_template("erasing/link_sent.html")


@blueprint.get("/erase/requested")
@public
def requested() -> str:
    return render_template("erasing/requested.html")


@blueprint.get("/erase/undo")
@public
def undo() -> ResponseReturnValue:
    """A button, for programs that look into mails follow links and press nothing."""
    key = request.args.get("key", "")
    try:
        erasure = requested_for(_undo_link(key).email_index)
    except LinkGone:
        erasure = None
    status = 200 if erasure else 404
    return _whole("erasing/undo.html", "", status=status, erasure=erasure, form=ButtonForm(key=key))


@blueprint.post("/erase/undo")
@public
def keep() -> ResponseReturnValue:
    """By the link of the mail, or by whoever may see the page."""
    form = ButtonForm()
    erasure, link = _to_undo(form)
    if erasure is None:
        return _whole("erasing/undo.html", "", status=404, erasure=None, form=form)
    try:
        undo_erasure(erasure=erasure)
    except TooLate:
        return _whole("erasing/undo.html", "", status=409, erasure=None, form=form)
    if link is not None:
        _use_up(link)
    return _whole("erasing/kept.html", url_for(".kept"))


@blueprint.get("/erase/kept")
@public
def kept() -> str:
    return render_template("erasing/kept.html")


def _asker(key: str) -> Asker | ResponseReturnValue:
    """Or the page that says that the link is gone, or asks who they are."""
    if key:
        try:
            link = link_with(key, purpose=LinkPurpose.ERASE)
        except LinkGone:
            return _whole("erasing/link_gone.html", "", status=404)
        return Asker(Person(link.customer, str(link.email)), link)
    person = current_person()
    if person is None:
        return see_other("/my-data")
    return Asker(Person(person.customer, person.email), None)


def _form(asker: Asker) -> Form:
    return PasswordPlanForm() if asker.link is None and asker.has_password else PlanForm()


def _is_proven(asker: Asker, form: Form) -> bool:
    """A form without either proof is nobody's of ours."""
    if asker.link is not None:
        return True
    if not asker.has_password or asker.person.customer is None:
        return False
    try:
        if check_password(customer=asker.person.customer, password=form.password.data):
            return True
        form.password.errors = [WRONG]
    except TooManyTries as error:
        form.password.errors = [str(error)]
    return False


def _page(
    asker: Asker,
    form: Form | None = None,
    *,
    status: int = 200,
    plan: Plan | None = None,
    also: Sequence[str] = (),
) -> Response:
    erasure = open_erasure(asker.person)
    if erasure is not None:
        return page_or_fragment("erasing/erase.html", "erasing/_erase.html", **_waiting(asker, erasure))
    plan = plan or plan_for(asker.person)
    if form is None:
        form = PasswordPlanForm(formdata=None) if asker.link is None and asker.has_password else PlanForm(formdata=None)
    form.plan.data, form.key.data = plan.hash, request.values.get("key", "")
    begins_at = clock.now() + timedelta(hours=settings().erase_undo_hours)
    return page_or_fragment(
        "erasing/erase.html",
        "erasing/_erase.html",
        status=status,
        erasure=None,
        plan=plan,
        form=form,
        asker=asker,
        also=also,
        begins_at=begins_at,
        remains=remains_after(begins_at),
    )


def _waiting(asker: Asker, erasure: Erasure) -> dict[str, Any]:
    return {
        "erasure": erasure,
        "plan": plan_for(asker.person),
        "asker": asker,
        "form": ButtonForm(formdata=None),
        "remains": remains_after(erasure.due_at),
    }


def _undo_link(key: str) -> MailedLink:
    return link_with(key, purpose=LinkPurpose.UNDO_ERASURE)


def _to_undo(form: ButtonForm) -> tuple[Erasure | None, MailedLink | None]:
    """With the link that led here, if one did."""
    if not form.validate():
        return None, None
    if not form.key.data:
        person = current_person()
        return requested_for(blind("email", person.email)) if person else None, None
    try:
        link = _undo_link(form.key.data)
    except LinkGone:
        return None, None
    return requested_for(link.email_index), link


def _use_up(link: MailedLink) -> None:
    """Once what it is for is done, so that whoever was cut off before may press again. Of two clicks one is late."""
    with suppress(LinkGone):
        use_link(link)


def _whole(page: str, location: str, *, status: int = 200, **context: object) -> ResponseReturnValue:
    """A page by itself; after a form that worked, the way to it."""
    if request.method == "POST" and location:
        if is_htmx():
            return Response(status=204, headers={"HX-Redirect": location})
        return see_other(location)
    return Response(render_template(page, **context), status)
