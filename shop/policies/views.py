"""What the shop says about itself: privacy, cookies, and which promises are kept."""

from __future__ import annotations

from flask import Blueprint, render_template

from ..access_rules import public
from ..cookies import REGISTER
from . import queries

blueprint = Blueprint("policies", __name__)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    return render_template("policies/privacy.html", groups=queries.held())


@blueprint.get("/cookies")
@public
def cookies() -> str:
    return render_template("policies/cookies.html", cookies=REGISTER)


@blueprint.get("/promises")
@public
def promises() -> str:
    kept = queries.kept_promises()
    return render_template("policies/promises.html", kept=kept, in_all=len(queries.promises()))
