"""What keeps an account safe, on one page: password, address, sign-ins, second factor, passkeys."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from ..customers import queries
from ..customers.models import CustomerSession
from ..customers.services import sessions
from ..customers.services.passkeys import are_possible
from ..customers.signed_in import current_session
from ..signing_in import end_session as forget_cookie
from ..signing_in import go_to
from ..web import changed, page_or_fragment
from .entering import here
from .pages import blueprint
from .security_forms import PasswordForm


@blueprint.get("/account/security")
@customer
def security() -> ResponseReturnValue:
    mine = here()
    return page_or_fragment(
        "account/security.html",
        "account/_security.html",
        customer=mine,
        sessions=list(queries.sessions_of(mine.id)),
        own=current_session(),
        has_second_factor=queries.has_second_factor(mine.id),
        codes_left=queries.recovery_codes_left(mine.id),
        passkeys=list(queries.passkeys_of(mine.id)),
        can_have_passkeys=are_possible(),
        passkey_form=PasswordForm(),
    )


@blueprint.post("/account/sessions/<id:session_id>/end")
@customer
def end_session(session_id: int) -> ResponseReturnValue:
    mine, own = here(), current_session()
    found = CustomerSession.get_or_none(CustomerSession.id == session_id, CustomerSession.customer == mine.id)
    if found is None:
        abort(404)
    sessions.end_session(session=found)
    if own is not None and own.id == found.id:
        forget_cookie()
        return go_to("/")
    return _sessions_changed("That sign-in has ended.")


@blueprint.post("/account/sessions/end-others")
@customer
def end_other_sessions() -> ResponseReturnValue:
    sessions.end_other_sessions(customer=here(), but=current_session())
    return _sessions_changed("Every other sign-in has ended.")


def _sessions_changed(said: str) -> ResponseReturnValue:
    flash(said)
    found = list(queries.sessions_of(here().id))
    return changed(
        "account/_sessions_changed.html", location=url_for(".security"), sessions=found, own=current_session()
    )
