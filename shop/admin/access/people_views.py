"""The people of the desk: who they are, what they may do, and who is invited."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...days import day_of
from ...web import page_or_fragment, see_other
from ..blueprint import blueprint
from ..forms import StepForm
from ..models import Role, Staff
from ..queries import everybody, with_second_factor
from ..roles import OWNING
from ..services import EmailTaken
from . import invitations, people
from .forms import InviteForm, RoleForm
from .second_factor import remove_second_factor

DUTIES = {
    Role.OWNER: "Everything: money, people and settings too.",
    Role.STAFF: "Packs, sends, and talks to customers.",
    Role.PRIVACY: "Answers what people ask about their data; sees no orders.",
    Role.DESIGNATE: "Stands in for the privacy administrator, from one day to another.",
    Role.AUDITOR: "Reads the books and the audit trail, and nothing of any customer’s.",
}
GONE = "That invitation was taken, withdrawn or has run out."


@blueprint.get("/people")
@staff(*OWNING)
def people_list() -> ResponseReturnValue:
    return _list_page(InviteForm())


@blueprint.post("/people/invitations")
@staff(*OWNING)
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if not form.validate():
        return _list_page(form, 422)
    try:
        invitations.invite(
            email=form.email.data,
            role=form.chosen,
            since=form.designated_from,
            until=form.designated_until,
            by_staff_id=_me().id,
        )
    except EmailTaken as problem:
        form.email.errors = [f"{problem} If they left, let them in again on their own page."]
        return _list_page(form, 422)
    return _listed("The invitation is on its way. Its link works once, for two days.")


@blueprint.post("/people/invitations/<id:invitation_id>/again")
@staff(*OWNING)
def mail_invitation_again(invitation_id: int) -> ResponseReturnValue:
    try:
        invitations.mail_again(invitation_id=invitation_id, by_staff_id=_me().id)
    except invitations.InvitationGone:
        return _listed(GONE)
    return _listed("It was mailed again, with a fresh link; the one before is worth nothing.")


@blueprint.post("/people/invitations/<id:invitation_id>/withdrawal")
@staff(*OWNING)
def withdraw_invitation(invitation_id: int) -> ResponseReturnValue:
    is_new = invitations.withdraw(invitation_id=invitation_id, by_staff_id=_me().id)
    return _listed("The invitation is withdrawn." if is_new else GONE)


@blueprint.get("/people/<id:staff_id>")
@staff(*OWNING)
def person(staff_id: int) -> ResponseReturnValue:
    found = _person_or_404(staff_id)
    return _person_page(found, _role_form(found))


@blueprint.post("/people/<id:staff_id>/role")
@staff(*OWNING)
def change_role(staff_id: int) -> ResponseReturnValue:
    found, form = _person_or_404(staff_id), RoleForm()
    if not form.validate():
        return _person_page(found, form, 422)
    try:
        is_new = people.change_role(
            staff_id=found.id,
            role=form.chosen,
            since=form.designated_from,
            until=form.designated_until,
            by_staff_id=_me().id,
        )
    except people.LastOwner as problem:
        form.role.errors = [str(problem)]
        return _person_page(found, form, 422)
    except people.NotHere:
        abort(404)
    return _done(found, "It is changed. They sign in once more." if is_new else "It was so already.")


@blueprint.post("/people/<id:staff_id>/designation/end")
@staff(*OWNING)
def end_designation(staff_id: int) -> ResponseReturnValue:
    found = _person_or_404(staff_id)
    is_new = people.end_designation(staff_id=found.id, by_staff_id=_me().id)
    return _done(found, "Their time ended just now." if is_new else "Their time was over already.")


@blueprint.post("/people/<id:staff_id>/second-factor/removal")
@staff(*OWNING)
def remove_persons_second_factor(staff_id: int) -> ResponseReturnValue:
    found = _person_or_404(staff_id)
    remove_second_factor(staff=found, by=f"staff:{_me().id}")
    return _done(found, "They sign in by their password, and set up another app before they see a customer.")


@blueprint.post("/people/<id:staff_id>/deactivation")
@staff(*OWNING)
def deactivate(staff_id: int) -> ResponseReturnValue:
    found = _person_or_404(staff_id)
    try:
        is_new = people.deactivate(staff_id=found.id, by_staff_id=_me().id)
    except people.LastOwner as problem:
        return _person_page(found, _role_form(found), 422, problem=str(problem))
    return _done(found, "They are out, and every sign-in of theirs has ended." if is_new else "They were out already.")


@blueprint.post("/people/<id:staff_id>/reactivation")
@staff(*OWNING)
def reactivate(staff_id: int) -> ResponseReturnValue:
    found = _person_or_404(staff_id)
    is_new = people.reactivate(staff_id=found.id, by_staff_id=_me().id)
    return _done(found, "They may sign in again." if is_new else "They could already.")


def _me() -> Staff:
    found: Staff = current_user.person
    return found


def _person_or_404(staff_id: int) -> Staff:
    found: Staff = Staff.get_or_none(Staff.id == staff_id) or abort(404)
    return found


def _role_form(person: Staff) -> RoleForm:
    since, last = person.designated_from, person.designated_last
    return RoleForm(formdata=None, role=person.role, since=since and day_of(since), until=last and day_of(last))


def _list_page(form: InviteForm, status: int = 200) -> Response:
    shown = everybody()
    return _page(
        "people",
        status,
        form=form,
        people=shown,
        with_second_factor=with_second_factor(person.id for person in shown),
        invited=list(invitations.open_invitations()),
    )


def _person_page(person: Staff, form: RoleForm, status: int = 200, problem: str = "") -> Response:
    return _page(
        "person",
        status,
        form=form,
        person=person,
        is_me=person.id == _me().id,
        has_second_factor=bool(with_second_factor([person.id])),
        problem=problem,
    )


def _page(name: str, status: int, **shown: Any) -> Response:
    page, fragment = f"admin/access/{name}.html", f"admin/access/_{name}.html"
    shown |= {"roles": [(role.value, role.words, DUTIES[role], "") for role in Role], "step": StepForm(formdata=None)}
    return page_or_fragment(page, fragment, status=status, desk_page="people", **shown)


def _listed(said: str) -> ResponseReturnValue:
    flash(said)
    return see_other(url_for(".people_list"))


def _done(person: Staff, said: str) -> ResponseReturnValue:
    flash(said)
    return see_other(url_for(".person", staff_id=person.id))
