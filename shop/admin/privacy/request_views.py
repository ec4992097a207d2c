"""What somebody asks for by letter or in the shop, and what may not be shown to whom."""

from __future__ import annotations

from flask import Response, abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ...access_rules import staff
from ...privacy.models import Ground, Proof, Way
from ...privacy.queries import recent_requests, request_with, restrictions_in_force
from ...privacy.sections import Held
from ...privacy.services.requests import answer_request, note_printing, person_of_request
from ...privacy.services.restricting import NoSuchRestriction, WrongRestriction, lift, restrict
from ...privacy.showing import page_of_person
from ...privacy.tables import SECTIONS, TABLES
from ...web import page_or_fragment, see_other
from ..blueprint import blueprint
from ..roles import PRIVACY
from .request_forms import RequestForm, RestrictForm


@blueprint.get("/privacy")
@staff(*PRIVACY)
def requests() -> ResponseReturnValue:
    return _page()


def _page(*, asked: FlaskForm | None = None, restricted: FlaskForm | None = None, problem: str = "") -> Response:
    return page_or_fragment(
        "admin/privacy/requests.html",
        "admin/privacy/_requests.html",
        status=422 if asked or restricted or problem else 200,
        asked=asked or RequestForm(formdata=None),
        restricted=restricted or RestrictForm(formdata=None),
        problem=problem,
        restrictions=restrictions_in_force(),
        requests=recent_requests(),
        tables=TABLES,
        choices_of=lambda field: [(value, label, "", "") for value, label, *_ in field.iter_choices()],
        proof_words=lambda code: Proof(code).words,
        way_words=lambda code: Way(code).words,
        ground_words=lambda code: Ground(code).words,
        desk_page="privacy",
    )


@blueprint.post("/privacy/requests")
@staff(*PRIVACY)
def answer_asked() -> ResponseReturnValue:
    form = RequestForm()
    if not form.validate():
        return _page(asked=form)
    asked = answer_request(
        email=form.email.data, proof=form.proof.data, way=form.way.data, staff_id=current_user.person.id
    )
    if asked.way == Way.PRINT:
        return see_other(url_for(".printed_request", request_id=asked.id))
    flash("The link was mailed to the address on file. It works once, for an hour.")
    return see_other(url_for(".requests"))


@blueprint.get("/privacy/requests/<id:request_id>")
@staff(*PRIVACY)
def printed_request(request_id: int) -> ResponseReturnValue:
    """What somebody asked for, as long as it may still be looked at."""
    asked = request_with(request_id)
    person = person_of_request(asked) if asked else None
    if asked is None or person is None:
        abort(404)
    note_printing(asked=asked, staff_id=current_user.person.id)
    return render_template(
        "admin/privacy/printed.html",
        held=Held(person),
        sections=SECTIONS,
        **page_of_person(person, may_edit=False),
        desk_page="privacy",
    )


@blueprint.post("/privacy/restrictions")
@staff(*PRIVACY)
def place_restriction() -> ResponseReturnValue:
    form = RestrictForm()
    if not form.validate():
        return _page(restricted=form)
    try:
        restrict(
            email=form.email.data,
            of_table=form.of_table.data,
            row_id=form.row_id.data,
            ground=form.ground.data,
            quoted_cents=form.quoted.cents,
            reason=form.reason.data,
            until=form.until_moment,
            staff_id=current_user.person.id,
        )
    except WrongRestriction as error:
        return _page(restricted=form, problem=str(error))
    flash("It is withheld, and the person reads why.")
    return see_other(url_for(".requests"))


@blueprint.post("/privacy/restrictions/<id:restriction_id>/lift")
@staff(*PRIVACY)
def lift_restriction(restriction_id: int) -> ResponseReturnValue:
    try:
        is_new = lift(restriction_id=restriction_id, staff_id=current_user.person.id)
    except NoSuchRestriction:
        abort(404)
    flash("It is shown again." if is_new else "It was lifted already.")
    return see_other(url_for(".requests"))
