"""The profile: each value is a row that turns into its form and back, and the whole of it is confirmed by one click."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from ..customers.consents import QUESTIONS, ConsentPurpose
from ..customers.models import Customer
from ..customers.queries import newest_consents
from ..customers.services import profile as services
from ..customers.services.profile import ChangedMeanwhile
from ..customers.services.reminders import mail_refused_at, parcel_returned_at
from ..customers.values import editable, written
from ..vault import Source
from ..web import changed, is_htmx, page_or_fragment
from .entering import here
from .pages import blueprint
from .profile_forms import ProfileForm, profile_form

# What the shop may write about, besides orders and the account itself.
MAIL_PREFERENCES = (ConsentPurpose.NEWS, ConsentPurpose.REMINDERS)
CHANGED = "Another window was quicker, and changed this to “{}” meanwhile. Save again to put in what you typed."
EMPTIED = "Another window was quicker, and took this away meanwhile. Save again to put in what you typed."


@blueprint.get("/account/profile")
@customer
def profile() -> ResponseReturnValue:
    """`?row=name` gives htmx that row back when its form is left."""
    column = request.args.get("row", "")
    if is_htmx() and column in editable():
        return render_template("account/_profile_row.html", **_shown(), column=column, has_focus=True)
    return render_template("account/profile.html", **_shown())


@blueprint.get("/account/profile/<column>")
@customer
def profile_field(column: str) -> ResponseReturnValue:
    return _ask(profile_form(_editable_or_404(column), customer=here()))


@blueprint.post("/account/profile/<column>")
@customer
def change_profile_field(column: str) -> ResponseReturnValue:
    me, form = here(), profile_form(_editable_or_404(column), customer=here())
    is_removed = "remove" in request.form and not form.declared.required
    if not is_removed and not form.validate():
        return _ask(form, 422)
    try:
        services.change_field(
            customer=me,
            column=column,
            value=None if is_removed else form.value,
            source=Source.SELF,
            by=f"customer:{me.id}",
            seen=form.seen.data,
        )
    except ChangedMeanwhile:
        now = Customer.get_by_id(me.id)
        there_is = written(now, column)
        form.show_again(now, CHANGED.format(there_is) if there_is else EMPTIED)
        return _ask(form, 409)
    return _saved(column, f"{form.declared.label} {'removed' if is_removed or not form.value else 'saved'}.")


@blueprint.post("/account/confirm")
@customer
def confirm() -> ResponseReturnValue:
    me = here()
    services.confirm_profile(customer=me, by=f"customer:{me.id}")
    said = "Thank you. We noted today’s date."
    if not is_htmx():
        flash(said)
    return changed("account/_confirmed.html", location=url_for(".home"), customer=Customer.get_by_id(me.id), said=said)


def _ask(form: ProfileForm, status: int = 200) -> ResponseReturnValue:
    shown = _shown() | {"column": form.column, "form": form}
    return page_or_fragment("account/profile.html", "account/_profile_form.html", status=status, **shown)


def _saved(column: str, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    shown = _shown() | {"customer": Customer.get_by_id(here().id), "column": column, "said": said, "has_focus": True}
    return changed("account/_profile_saved.html", location=url_for(".profile", _anchor=f"profile-{column}"), **shown)


def _shown() -> dict[str, object]:
    me = here()
    return {
        "customer": me,
        "editable": editable(),
        "refused_at": mail_refused_at(me),
        "returned_at": parcel_returned_at(me),
        "preferences": {purpose: QUESTIONS[purpose] for purpose in MAIL_PREFERENCES},
        "answers": newest_consents(me.id),
    }


def _editable_or_404(column: str) -> str:
    return column if column in editable() else abort(404)
