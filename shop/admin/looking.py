"""The gate in front of whatever shows a customer's data: nobody at the desk opens it without a reason."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import signing_in
from ..web import is_htmx
from .looks import About, given, note_look, reason_by_itself
from .signed_in import own_path


def ask_reason(*, about: About, customer_id: int | None, page: str = "") -> ResponseReturnValue | None:
    """Call it first in every view, GET or POST, that opens an order, a customer or a case; `about` is ("order", 12).

    None: go on; the look is in the audit trail. Anything else is the answer, a way to the question "Why do you open
    this?", which leads back here, or to `page` where here is no page. One reason holds for the member of staff, the day
    and the customer; `customer_id` is None for a guest's order. What waits for work, such as an order to pack, is never
    asked about; and what is sent from a page opened yesterday loses nothing to the question. The pages after the first
    by htmx, as of a region that refreshes itself, are not noted again.
    """
    staff_id = current_user.person.id
    is_page = request.method == "GET" and not is_htmx()
    known = given(staff_id=staff_id, about=about, customer_id=customer_id, days=2 if request.method == "POST" else 1)
    reason = known.reason if known else reason_by_itself(about)
    if reason is None:
        return _to_question(about, page)
    if is_page or known is None or not known.is_noted:
        note_look(staff_id=staff_id, about=about, reason=reason)
    return None


def _to_question(about: About, page: str) -> ResponseReturnValue:
    kind, row_id = about
    is_page = request.method == "GET" and not is_htmx()
    back = request.full_path.rstrip("?") if is_page else _came_from() or page or None
    return signing_in.go_to(url_for("admin.ask_why", kind=kind, row_id=row_id, next=back))


def _came_from() -> str | None:
    parts = urlsplit(request.referrer or "")
    return own_path(f"{parts.path}?{parts.query}".rstrip("?"))
