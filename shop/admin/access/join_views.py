"""Taking an invitation: a name and a password, and then a second factor."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import public
from ...limits import limiter
from ...passwords import SHORTEST_ALONE
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..models import Invitation
from ..services import EmailTaken, PasswordTooWeak
from .entering import let_in
from .forms import JoinForm
from .invitations import InvitationGone, accept, invitation_with
from .signing_in import enter

JOINS = "60 per hour"


@blueprint.get("/join")
@public
def join() -> ResponseReturnValue:
    """Programs that read mail follow links: looking at it uses nothing up."""
    try:
        return _page(JoinForm(key=_key()), invitation_with(_key()))
    except InvitationGone:
        return _gone()


@blueprint.post("/join")
@public
@limiter.limit(JOINS)
def take_invitation() -> ResponseReturnValue:
    form = JoinForm()
    try:
        found = invitation_with(_key())
        if not form.validate():
            return _page(form, found, 422)
        person = accept(token=_key(), name=form.name.data, password=form.password.data)
    except PasswordTooWeak as problem:
        form.password.errors = [str(problem)]
        return _page(form, found, 422)
    except (InvitationGone, EmailTaken):
        return _gone()
    return let_in(enter(staff=person), target=url_for(".second_factor"))


def _key() -> str:
    return str(request.form.get("key") or request.args.get("key") or "")


def _page(form: JoinForm, invitation: Invitation, status: int = 200) -> Response:
    page, fragment = "admin/access/join.html", "admin/access/_join.html"
    shown = {"email": invitation.email, "role": invitation.role, "shortest": SHORTEST_ALONE}
    return page_or_fragment(page, fragment, status=status, form=form, **shown)


def _gone() -> Response:
    return page_or_fragment("admin/access/join_gone.html", "admin/access/_join_gone.html", status=410)
