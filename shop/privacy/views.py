"""My data: asked for by mail, opened, shown, taken away and closed; importing this module brings all its pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, render_template, request, session, stream_with_context
from flask.typing import ResponseReturnValue

from ..access_rules import public
from ..customers.models import LinkPurpose
from ..customers.services.links import LinkGone, link_with
from ..limits import is_everybody, limiter, seconds_to_wait, value_key
from ..web import changed, page_or_fragment, see_other
from .asker import KEY, current_person, is_opened_by_link
from .export import NAME, as_json, as_zip
from .forms import AskForm
from .pages import asking, blueprint
from .person import Person
from .services.noting import note_export
from .services.opening import close_my_data, mail_link, open_my_data
from .showing import page_of_person

__all__ = ["asking", "blueprint"]

LINKS_BY_ADDRESS, LINKS_BY_MAILBOX = "10 per hour", "3 per hour"
OPENED_BY_ADDRESS = "30 per hour"


@blueprint.get("")
@public
def show() -> ResponseReturnValue:
    person = current_person()
    if person is None:
        return _ask(AskForm(), is_over=KEY in session and bool(session.pop(KEY)))
    is_opened = is_opened_by_link()
    page = "privacy/my_data_opened.html" if is_opened else "privacy/my_data.html"
    return render_template(page, **page_of_person(person, may_edit=not is_opened))


def _ask(form: AskForm, *, status: int = 200, is_over: bool = False, is_gone: bool = False) -> Response:
    return page_or_fragment(
        "privacy/ask.html", "privacy/_ask.html", status=status, form=form, is_over=is_over, is_gone=is_gone
    )


@asking.post("/link")
@public
@limiter.limit(LINKS_BY_ADDRESS, exempt_when=is_everybody)
def send_link() -> ResponseReturnValue:
    """Says the same whatever we hold, and whether or not a mail leaves because of it."""
    form = AskForm(request.form)
    if not form.validate():
        return _ask(form, status=422)
    if not seconds_to_wait(LINKS_BY_MAILBOX, value_key("my data link", form.email.data)):
        mail_link(email=form.email.data)
    return changed("privacy/_link_sent.html", location="/my-data/link-sent")


@asking.get("/link-sent")
@public
def link_sent() -> str:
    return render_template("privacy/link_sent.html")


@asking.get("/open/<token>")
@public
def confirm_opening(token: str) -> ResponseReturnValue:
    """A button, for programs that look into mails follow links and press nothing."""
    try:
        link_with(token, purpose=LinkPurpose.MY_DATA)
    except LinkGone:
        return _ask(AskForm(), status=404, is_gone=True)
    return render_template("privacy/open.html", token=token)


@asking.post("/open/<token>")
@public
@limiter.limit(OPENED_BY_ADDRESS, exempt_when=is_everybody)
def open_link(token: str) -> ResponseReturnValue:
    try:
        session[KEY] = open_my_data(link_token=token)
    except LinkGone:
        return _ask(AskForm(), status=404, is_gone=True)
    return see_other("/my-data")


@blueprint.post("/close")
@public
def close() -> ResponseReturnValue:
    if KEY in session:
        close_my_data(token=session.pop(KEY))
    return see_other("/my-data")


@blueprint.post("/export.json")
@public
def export_json() -> ResponseReturnValue:
    return _copy("json", "application/json", as_json)


@blueprint.post("/export.zip")
@public
def export_zip() -> ResponseReturnValue:
    return _copy("zip", "application/zip", as_zip)


def _copy(form: str, mimetype: str, pieces: Any) -> ResponseReturnValue:
    person: Person | None = current_person()
    if person is None:
        return see_other("/my-data") if KEY in session else abort(404)
    note_export(person=person, form=form)
    written: Iterator[Any] = pieces(person)
    answer = Response(stream_with_context(written), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{NAME}.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
