"""What the shop says about itself: privacy, cookies, and which promises are kept."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from ..access_rules import public
from ..cookies import REGISTER
from ..markdown import to_html
from ..web import LARGEST_ID
from . import queries
from .changes import changes, changes_if_any
from .declared import as_markdown, held
from .models import PolicyVersion

blueprint = Blueprint("policies", __name__)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    version = queries.current_policy()
    return render_template(
        "policies/privacy.html",
        version=version,
        text=to_html(version.text),
        groups=held(),
        since=changes_if_any(version.declared, as_markdown()),
    )


@blueprint.get("/privacy/<id:number>")
@public
def version(number: int) -> str:
    found = _version_or_404(number)
    return render_template(
        "policies/version.html",
        version=found,
        text=to_html(found.text),
        declared=to_html(found.declared),
        newest=queries.current_policy(),
    )


@blueprint.get("/privacy/archive")
@public
def archive() -> str:
    return render_template("policies/archive.html", versions=list(queries.policy_dates()))


@blueprint.get("/privacy/<id:number>/changes")
@public
def version_changes(number: int) -> ResponseReturnValue:
    """From the version before it, or from the one that `?from=` names."""
    after, before = _version_or_404(number), _version_or_404(request.args.get("from", number - 1, type=int))
    return render_template(
        "policies/changes.html",
        before=before,
        after=after,
        text=changes(before.text, after.text),
        declared=changes_if_any(before.declared, after.declared),
        versions=list(queries.policy_dates()),
    )


def _version_or_404(number: int) -> PolicyVersion:
    return (queries.policy_with(number) if 0 < number <= LARGEST_ID else None) or abort(404)


@blueprint.get("/cookies")
@public
def cookies() -> str:
    return render_template("policies/cookies.html", cookies=REGISTER)


@blueprint.get("/promises")
@public
def promises() -> str:
    kept = queries.kept_promises()
    return render_template("policies/promises.html", kept=kept, in_all=len(queries.promises()))
