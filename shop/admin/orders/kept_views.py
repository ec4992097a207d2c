"""Keeping a state of the order list, calling it something else, and dropping it. Everybody has their own."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import abort, flash, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Regexp

from ...access_rules import staff
from ...orders.desk.state import ListState
from ...typed import one_line, plain
from ...web import is_htmx, page_or_fragment, see_other
from ..blueprint import blueprint
from ..roles import PACKING
from . import kept
from .list_views import link, list_shown


class KeepForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        "Name",
        [
            DataRequired("Give the list a name, such as “Abroad, to pack”."),
            plain(40),
            Regexp(r"[^@<>]*$", message="A name is a few plain words, and never somebody's address."),
        ],
        filters=[one_line],
    )


@blueprint.post("/orders/views")
@staff(*PACKING)
def keep_view() -> ResponseReturnValue:
    form, state = KeepForm(), _state()
    if not form.validate():
        return _refused(state, form)
    try:
        kept.keep(name=form.name.data, state=state, staff_id=current_user.person.id)
    except kept.TooMany as error:
        return _refused(state, form, problem=str(error))
    return _answer(state.kept, said=f"Kept as “{form.name.data}”.")


@blueprint.post("/orders/views/<id:view_id>/rename")
@staff(*PACKING)
def rename_view(view_id: int) -> ResponseReturnValue:
    form, state = KeepForm(), _state()
    _own_or_404(view_id)
    if not form.validate():
        return _refused(state, form, view_id)
    try:
        kept.rename(view_id=view_id, name=form.name.data, staff_id=current_user.person.id) or abort(404)
    except kept.NameTaken as error:
        return _refused(state, form, view_id, problem=str(error))
    return _answer(state, said=f"It is called “{form.name.data}” now.")


@blueprint.post("/orders/views/<id:view_id>/delete")
@staff(*PACKING)
def delete_view(view_id: int) -> ResponseReturnValue:
    _own_or_404(view_id)
    kept.drop(view_id=view_id, staff_id=current_user.person.id) or abort(404)
    return _answer(_state(), said="The kept list is gone; its orders are not.")


def _own_or_404(view_id: int) -> None:
    if view_id not in {view.id for view in kept.kept_by(current_user.person.id)}:
        abort(404)


def _state() -> ListState:
    return ListState.read(dict(parse_qsl(request.form.get("back", ""))))


def _refused(state: ListState, form: KeepForm, view_id: int = 0, *, problem: str = "") -> ResponseReturnValue:
    """With what was typed and what is wrong with it where it was typed: for a new list, or the one with this id."""
    said = problem or str(form.name.errors[0])
    wrong = {"view_id": view_id, "typed": form.name.data, "problem": said}
    shown = {**list_shown(state), "problem": said, "said": "", "wrong": wrong}
    return page_or_fragment("admin/orders/list.html", "admin/orders/_list_said.html", status=422, **shown)


def _answer(state: ListState, *, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
        return see_other(link(state, page=state.page))
    return page_or_fragment("admin/orders/list.html", "admin/orders/_list_said.html", **list_shown(state), said=said)
