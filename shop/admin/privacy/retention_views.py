"""What stands, what will go this month, who is being forgotten, and whom the owner still has to tell of it."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date
from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...config import settings
from ...orders.carriers import carrier_name
from ...policies.declared import GROUPS
from ...privacy.erasing.models import ToldRecipient
from ...privacy.erasing.queries import erasures_shown, recipients_to_tell
from ...privacy.erasing.telling import note_told
from ...privacy.retention import retention_board
from ...vault import Recipient
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..forms import StepForm
from ..roles import PRIVACY


@blueprint.get("/retention")
@staff(*PRIVACY)
def retention() -> ResponseReturnValue:
    return page_or_fragment("admin/privacy/retention.html", "admin/privacy/_retention.html", **_shown())


@blueprint.post("/retention/told/<id:task_id>")
@staff(*PRIVACY)
def told(task_id: int) -> ResponseReturnValue:
    """A recipient was told that somebody was forgotten."""
    task = ToldRecipient.get_or_none(ToldRecipient.id == task_id) or abort(404)
    is_new = note_told(task=task, staff_id=current_user.person.id)
    said = "Noted that they were told." if is_new else "That was noted already."
    if not is_htmx():
        flash(said)
    return changed("admin/privacy/_retention_changed.html", location=url_for(".retention"), said=said, **_shown())


def _shown() -> dict[str, Any]:
    tasks = list(recipients_to_tell())
    return {
        "board": retention_board(GROUPS),
        "erasures": list(erasures_shown()),
        "tasks": tasks,
        "who": {task.id: _who(task) for task in tasks},
        "form": StepForm(formdata=None),
        "in_words": lambda date: format_date(date, "medium", locale=settings().locale),
        "desk_page": "retention",
    }


def _who(task: ToldRecipient) -> str:
    """ "USPS", or who it is where no name is known."""
    name = carrier_name(task.who) or Recipient(task.recipient).words
    return name[:1].upper() + name[1:]
