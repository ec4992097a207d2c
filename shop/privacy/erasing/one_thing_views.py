"""Removing one thing: what follows from it is shown, and a button does it."""

from __future__ import annotations

from flask import Response, abort, flash, render_template
from flask.typing import ResponseReturnValue

from ...access_rules import public
from ...web import see_other
from ..asker import current_person
from .backups import remains_now
from .forms import ButtonForm
from .one_thing import OneThing, one_thing
from .pages import blueprint


@blueprint.get("/remove/<table>/<id:row_id>")
@blueprint.get("/remove/<table>/<id:row_id>/<column>")
@public
def one(table: str, row_id: int, column: str = "") -> ResponseReturnValue:
    """Whoever may see the value may look at what its removal means; for everybody else it is not there."""
    return _page(_thing_or_404(table, row_id, column))


@blueprint.post("/remove/<table>/<id:row_id>")
@blueprint.post("/remove/<table>/<id:row_id>/<column>")
@public
def remove_one(table: str, row_id: int, column: str = "") -> ResponseReturnValue:
    thing = _thing_or_404(table, row_id, column)
    if thing.remove is None:
        return _page(thing, 422)
    thing.remove()
    flash(f"Removed: {thing.what[0].lower()}{thing.what[1:]}.")
    return see_other("/my-data")


def _thing_or_404(table: str, row_id: int, column: str) -> OneThing:
    person = current_person()
    thing = one_thing(person, table, row_id, column) if person else None
    return thing or abort(404)


def _page(thing: OneThing, status: int = 200) -> Response:
    shown = {"thing": thing, "form": ButtonForm(formdata=None), "remains": remains_now()}
    return Response(render_template("erasing/one.html", **shown), status)
