"""The way to an order that is being taken: there is one, and whoever did not begin it says why they open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Concatenate, ParamSpec, TypeAlias

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...cart.services import UnknownLine
from ...checkout.models import CheckoutDraft
from ...checkout.taking.queries import draft_taken
from ...checkout.taking.services import KIND
from ...signing_in import go_to
from ..looking import ask_reason

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[CheckoutDraft, P], ResponseReturnValue]
IT_IS_GONE = "That order is not here any more: it was paid for, thrown away, or its time was over."
IS_ASKED = "Its customer was asked to pay. Withdraw the link first, then change the order."


def of_draft(view: View[P]) -> Callable[..., ResponseReturnValue]:
    """Give a view whose address has a `draft_id` the order itself; 404 for what is none."""

    @wraps(view)
    def opened(draft_id: int, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        draft = draft_taken(draft_id) or abort(404)
        try:
            return _why(draft) or view(draft, *args, **kwargs)
        except UnknownLine:
            return gone()

    return opened


def changeable(view: View[P]) -> Callable[..., ResponseReturnValue]:
    """The same for a view that changes it, which nobody can as long as its customer may pay for it."""

    def changing(draft: CheckoutDraft, /, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if draft.sent_at is not None:
            flash(IS_ASKED)
            return go_to(here(draft))
        return view(draft, *args, **kwargs)

    return of_draft(update_wrapper(changing, view))


def here(draft: CheckoutDraft) -> str:
    return url_for("admin.taken_order", draft_id=draft.id)


def gone() -> ResponseReturnValue:
    flash(IT_IS_GONE)
    return go_to(url_for("admin.new_order"))


def _why(draft: CheckoutDraft) -> ResponseReturnValue | None:
    if draft.taken_by == current_user.person.id:
        return None
    return ask_reason(about=(KIND, draft.id), customer_id=draft.customer_id, page=here(draft))
