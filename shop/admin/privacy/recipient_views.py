"""The register of recipients: who outside the shop may be given what, and since which agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue.models import Product
from ...disclosures.allowed import field_words
from ...disclosures.models import OUTSIDE, RegisteredRecipient
from ...disclosures.queries import recipients
from ...disclosures.registering import (
    AddressForNobody,
    NameTaken,
    change_recipient,
    end_recipient,
    is_address,
    register_recipient,
    resume_recipient,
)
from ...vault import Recipient
from ...web import see_other
from ..blueprint import blueprint
from ..forms import StepForm
from ..roles import PRIVACY
from .recipient_forms import KINDS, AgreementForm, RecipientForm


@blueprint.get("/recipients")
@staff(*PRIVACY)
def recipients_page() -> ResponseReturnValue:
    return render_template(
        "admin/privacy/recipients.html",
        recipients=recipients(),
        kinds=KINDS,
        words=field_words,
        form=StepForm(formdata=None),
        desk_page="recipients",
    )


@blueprint.get("/recipients/new")
@staff(*PRIVACY)
def new_recipient() -> ResponseReturnValue:
    kind = _kind(request.args.get("kind", Recipient.CARRIER.value))
    form = RecipientForm(formdata=None, kind=kind.value)
    form.offer(kind, _first_fields(kind))
    return _form(form, kind)


@blueprint.post("/recipients")
@staff(*PRIVACY)
def add_recipient() -> ResponseReturnValue:
    form = RecipientForm()
    kind = _kind(form.kind.data or "")
    form.offer(kind)
    if not form.validate():
        return _form(form, kind)
    try:
        made = register_recipient(
            name=form.name.data,
            kind=kind,
            fields=form.fields.data,
            agreed_at=form.agreed_at,
            agreement=form.agreement.data,
            ships_direct=form.ships_direct.data,
            staff_id=current_user.person.id,
        )
    except NameTaken as error:
        form.name.errors = [str(error)]
        return _form(form, kind)
    except AddressForNobody as error:
        form.fields.errors = [str(error)]
        return _form(form, kind)
    flash(f"{made.name} is in the register.")
    return see_other(url_for(".recipients_page"))


@blueprint.get("/recipients/<code>")
@staff(*PRIVACY)
def recipient(code: str) -> ResponseReturnValue:
    found = _recipient_or_404(code)
    return _form(AgreementForm(formdata=None).show(found), found.recipient, found)


@blueprint.post("/recipients/<code>")
@staff(*PRIVACY)
def save_recipient(code: str) -> ResponseReturnValue:
    found = _recipient_or_404(code)
    form = AgreementForm().offer(found.recipient)
    if not form.validate():
        return _form(form, found.recipient, found)
    try:
        is_new = change_recipient(
            found=found,
            fields=form.fields.data,
            agreed_at=form.agreed_at,
            agreement=form.agreement.data,
            ships_direct=form.ships_direct.data,
            staff_id=current_user.person.id,
        )
    except AddressForNobody as error:
        form.fields.errors = [str(error)]
        return _form(form, found.recipient, found)
    flash("Saved." if is_new else "Nothing was changed.")
    return see_other(url_for(".recipients_page"))


@blueprint.post("/recipients/<code>/end")
@staff(*PRIVACY)
def stop_recipient(code: str) -> ResponseReturnValue:
    found = _recipient_or_404(code)
    is_new = end_recipient(found=found, staff_id=current_user.person.id)
    flash(f"{found.name} is given nothing from now on." if is_new else "It was ended already.")
    return see_other(url_for(".recipients_page"))


@blueprint.post("/recipients/<code>/resume")
@staff(*PRIVACY)
def restart_recipient(code: str) -> ResponseReturnValue:
    found = _recipient_or_404(code)
    is_new = resume_recipient(found=found, staff_id=current_user.person.id)
    flash(f"{found.name} may be given something again." if is_new else "It may already.")
    return see_other(url_for(".recipients_page"))


def _form(form: AgreementForm, kind: Recipient, found: RegisteredRecipient | None = None) -> Response:
    """The page of an entry, new or there already; a 422 when something in it is wrong."""
    values: dict[str, Any] = {
        "form": form,
        "step": StepForm(formdata=None),
        "kind": kind,
        "kinds": [(each, KINDS[each]) for each in OUTSIDE],
        "found": found,
        "makers": _makers() if found is None and kind == Recipient.MANUFACTURER else [],
        "desk_page": "recipients",
    }
    return make_response(render_template("admin/privacy/recipient.html", **values), 422 if form.errors else 200)


def _first_fields(kind: Recipient) -> Sequence[str]:
    """What is ticked at first: all that a carrier needs; of a maker's no address."""
    names = [name for name, _ in AgreementForm(formdata=None).offer(kind).fields.choices]
    return [name for name in names if kind == Recipient.CARRIER or not is_address(name)]


def _makers() -> list[str]:
    rows = Product.select(Product.maker).where(Product.maker != "").distinct().order_by(Product.maker)
    return [row.maker for row in rows]


def _kind(text: str) -> Recipient:
    return next((kind for kind in OUTSIDE if kind.value == text), None) or abort(404)


def _recipient_or_404(code: str) -> RegisteredRecipient:
    found: RegisteredRecipient | None = RegisteredRecipient.get_or_none(RegisteredRecipient.code == code)
    return found or abort(404)
