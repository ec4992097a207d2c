"""Sections and collections: their list in the shop's order, and each one's page."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue import shelving
from ...catalogue.desk import shelves as all_shelves
from ...catalogue.models import Collection, Section
from ...catalogue.shelving import NoSuchShelf, NotEmpty, WrongShelf, save_section
from ...web import changed, is_htmx, page_or_fragment, see_other
from ..blueprint import blueprint
from ..forms import StepForm
from ..roles import OWNING
from .ids import ids_in
from .shelf_forms import SectionForm


@blueprint.get("/shelves")
@staff(*OWNING, shows_customers=False)
def shelves() -> ResponseReturnValue:
    return _list()


@blueprint.post("/shelves/order")
@staff(*OWNING, shows_customers=False)
def order_sections() -> ResponseReturnValue:
    present = [row.id for row in _sections()]
    shelving.order_sections(ids=ids_in(request.form, present), staff_id=current_user.person.id)
    return _ordered()


@blueprint.post("/sections/<id:section_id>/order")
@staff(*OWNING, shows_customers=False)
def order_collections(section_id: int) -> ResponseReturnValue:
    section = _section_or_404(section_id)
    inside = Collection.select().where(Collection.section == section.id)
    present = [row.id for row in inside.order_by(Collection.position, Collection.id)]
    ids = ids_in(request.form, present)
    shelving.order_collections(section_id=section_id, ids=ids, staff_id=current_user.person.id)
    return _ordered()


@blueprint.get("/sections/new")
@staff(*OWNING, shows_customers=False)
def new_section() -> ResponseReturnValue:
    return _form_page(SectionForm(formdata=None), None)


@blueprint.post("/sections")
@staff(*OWNING, shows_customers=False)
def create_section() -> ResponseReturnValue:
    return _save_section(SectionForm(), None)


@blueprint.get("/sections/<id:section_id>")
@staff(*OWNING, shows_customers=False)
def section(section_id: int) -> ResponseReturnValue:
    found = _section_or_404(section_id)
    return _form_page(SectionForm(formdata=None, obj=found), found)


@blueprint.post("/sections/<id:section_id>")
@staff(*OWNING, shows_customers=False)
def change_section(section_id: int) -> ResponseReturnValue:
    return _save_section(SectionForm(), _section_or_404(section_id))


@blueprint.post("/sections/<id:section_id>/remove")
@staff(*OWNING, shows_customers=False)
def delete_section(section_id: int) -> ResponseReturnValue:
    found = _section_or_404(section_id)
    try:
        shelving.remove_section(section_id=section_id, staff_id=current_user.person.id)
    except (NotEmpty, NoSuchShelf) as error:
        return _list(str(error))
    flash(f"{found.name} is gone.")
    return see_other(url_for("admin.shelves"))


def _save_section(form: SectionForm, before: Section | None) -> ResponseReturnValue:
    if form.validate():
        try:
            save_section(draft=form.draft(), staff_id=current_user.person.id, section_id=before.id if before else None)
            flash("Saved.")
            return see_other(url_for("admin.shelves"))
        except WrongShelf as wrong:
            form.put_problems(wrong.problems)
    return _form_page(form, before, 422)


def _list(problem: str = "") -> Response:
    return page_or_fragment(
        "admin/products/shelves.html",
        "admin/products/_shelves.html",
        status=422 if problem else 200,
        problem=problem,
        **_shown(),
    )


def _ordered() -> ResponseReturnValue:
    said = "The order is saved."
    if not is_htmx():
        flash(said)
    location = url_for("admin.shelves")
    return changed("admin/products/_shelves_changed.html", location=location, said=said, problem="", **_shown())


def _shown() -> dict[str, Any]:
    return {"sections": all_shelves(), "step": StepForm(formdata=None), "desk_page": "shelves"}


def _sections() -> list[Section]:
    return list(Section.select().order_by(Section.position, Section.id))


def _section_or_404(section_id: int) -> Section:
    return Section.get_or_none(Section.id == section_id) or abort(404)


def _form_page(form: SectionForm, found: Section | None, status: int = 200) -> Response:
    where: dict[str, Any] = {"section_id": found.id} if found else {}
    shown = {
        "form": form,
        "title": found.name if found else "A new section",
        "action": url_for("admin.change_section" if found else "admin.create_section", **where),
        "removal": url_for("admin.delete_section", **where) if found else None,
        "problem": "",
        "desk_page": "shelves",
        "step": StepForm(formdata=None),
    }
    return page_or_fragment("admin/products/shelf.html", "admin/products/_shelf.html", status=status, **shown)
