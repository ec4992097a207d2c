"""One's own sign-in at the desk: the password, the second factor, and where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...passwords import SHORTEST_ALONE, SHORTEST_WITH_SECOND_FACTOR
from ...web import changed, is_htmx, page_or_fragment, see_other
from ..blueprint import blueprint
from ..models import StaffSession
from ..queries import sessions_of
from ..services import PasswordTooWeak
from . import sessions
from .forms import ChangePasswordForm
from .passwords import WrongPassword, change_password
from .second_factor import authenticator_of, recovery_codes_left

CHANGED = "Your password is changed. Every other sign-in of yours has ended."
WRONG = "This is not your present password."


@blueprint.get("/me")
@staff(shows_customers=False)
def me() -> ResponseReturnValue:
    return _page(ChangePasswordForm())


@blueprint.post("/me/password")
@staff(shows_customers=False)
def change_own_password() -> ResponseReturnValue:
    form, mine = ChangePasswordForm(), current_user.person
    if not form.validate():
        return _page(form, 422)
    try:
        change_password(staff=mine, current=form.current.data, new=form.password.data, session=current_user.session)
    except WrongPassword:
        form.current.errors = [WRONG]
        return _page(form, 422)
    except PasswordTooWeak as problem:
        form.password.errors = [str(problem)]
        return _page(form, 422)
    flash(CHANGED)
    return see_other(url_for(".me"))


@blueprint.post("/me/sessions/<id:session_id>/end")
@staff(shows_customers=False)
def end_own_session(session_id: int) -> ResponseReturnValue:
    is_mine = (StaffSession.id == session_id) & (StaffSession.staff == current_user.person.id)
    found = StaffSession.get_or_none(is_mine & (StaffSession.id != current_user.session.id)) or abort(404)
    sessions.end_session(session=found)
    return _sessions_changed("That sign-in has ended.")


@blueprint.post("/me/sessions/end-others")
@staff(shows_customers=False)
def end_own_other_sessions() -> ResponseReturnValue:
    mine = current_user.person
    sessions.end_sessions(staff=mine, by=f"staff:{mine.id}", but=current_user.session)
    return _sessions_changed("Every other sign-in has ended.")


def _page(form: ChangePasswordForm, status: int = 200) -> Response:
    mine, has_second_factor = current_user.person, authenticator_of(current_user.person.id) is not None
    return page_or_fragment(
        "admin/access/me.html",
        "admin/access/_me.html",
        status=status,
        form=form,
        person=mine,
        has_second_factor=has_second_factor,
        codes_left=recovery_codes_left(mine.id),
        shortest=SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST_ALONE,
        **_sessions(),
        desk_page="me",
    )


def _sessions() -> dict[str, Any]:
    return {"sessions": sessions_of(current_user.person.id), "own": current_user.session}


def _sessions_changed(said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    return changed("admin/access/_sessions_changed.html", location=url_for(".me"), said=said, **_sessions())
