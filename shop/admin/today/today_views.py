"""The desk's first page: what waits today, what went wrong, and whether the shop looks after itself."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import clock
from ...access_rules import staff
from ..blueprint import blueprint
from . import run_book
from .health import health
from .matters import matters_for


@blueprint.get("/")
@staff(shows_customers=False)
def home() -> ResponseReturnValue:
    found = matters_for(current_user.person.role)
    return render_template(
        "admin/today/today.html",
        troubles=[matter for matter in found if matter.is_bad],
        work=[matter for matter in found if not matter.is_bad],
        health=health(),
        run_book=run_book,
        now=clock.now(),
        desk_page="today",
    )
