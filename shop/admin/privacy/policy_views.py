"""Posting a new version of the privacy policy: written, looked at beside the one in force, then posted."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...markdown import to_html
from ...policies.changes import changes, changes_if_any
from ...policies.declared import as_markdown
from ...policies.queries import current_policy, policy_dates
from ...policies.services import NothingNew, Overtaken, post_policy
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..roles import PRIVACY
from .forms import PolicyForm

SAME = "These are the words that are in force already, and the table has not changed: there is nothing to post."
LOOK = "The text is not the one you looked at. Here is what changes now: look at it again, then post it."
OVERTAKEN = "Another version was posted meanwhile. Here is what your text would change in it: look at it again."


@blueprint.get("/policy")
@staff(*PRIVACY, shows_customers=False)
def policy() -> ResponseReturnValue:
    return _page(_unchanged())


@blueprint.post("/policy/preview")
@staff(*PRIVACY, shows_customers=False)
def preview_policy() -> ResponseReturnValue:
    form = PolicyForm()
    if not form.validate():
        return _page(form, 422)
    preview = _preview(form.text.data)
    if form.text.data == current_policy().text and not preview["declared"]:
        return _page(form, 422, SAME)
    return _page(form, preview=preview)


@blueprint.post("/policy/versions")
@staff(*PRIVACY, shows_customers=False)
def post_version() -> ResponseReturnValue:
    form = PolicyForm()
    if not form.validate():
        return _page(form, 422)
    if form.seen.data != _digest(form.text.data):
        return _page(form, 422, LOOK, _preview(form.text.data))
    try:
        version = post_policy(text=form.text.data, after=int(form.after.data), staff_id=current_user.person.id)
    except NothingNew:
        return _page(form, 422, SAME)
    except Overtaken:
        return _page(form, 422, OVERTAKEN, _preview(form.text.data))
    said = f"Version {version.number} is in force."
    if not is_htmx():
        flash(said)
    return changed(
        "admin/privacy/_policy_changed.html", location=url_for("admin.policy"), **_shown(_unchanged()), said=said
    )


def _page(form: PolicyForm, status: int = 200, problem: str = "", preview: dict[str, Any] | None = None) -> Response:
    shown = _shown(form, problem, preview)
    return page_or_fragment("admin/privacy/policy.html", "admin/privacy/_policy.html", status=status, **shown)


def _shown(form: PolicyForm, problem: str = "", preview: dict[str, Any] | None = None) -> dict[str, Any]:
    current = current_policy()
    return {
        "form": form,
        "also": [problem] if problem else [],
        "preview": preview,
        "versions": list(policy_dates()),
        "current": current,
        "has_table_changed": current.declared != as_markdown(),
        "desk_page": "policy",
    }


def _unchanged() -> PolicyForm:
    return PolicyForm(formdata=None, text=current_policy().text)


def _preview(text: str) -> dict[str, Any]:
    current = current_policy()
    return {
        "changes": changes(current.text, text),
        "declared": changes_if_any(current.declared, as_markdown()),
        "text": to_html(text),
        "seen": _digest(text),
        "number": current.number + 1,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
