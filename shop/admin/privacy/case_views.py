"""The desk's pages of what people write about their data: read, answered, closed."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ...access_rules import staff
from ...privacy.cases import services
from ...privacy.cases.models import Case, Topic
from ...privacy.cases.queries import answers_of, case_with, closed_cases, open_cases
from ...vault import preload
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..looking import ask_reason
from ..queries import staff_names
from ..roles import PRIVACY
from .forms import AnswerForm

CLOSED = "It was closed meanwhile: nothing was sent."


@blueprint.get("/cases")
@staff(*PRIVACY)
def cases() -> ResponseReturnValue:
    waiting, done = list(open_cases()), list(closed_cases())
    preload(each.subject for each in (*waiting, *done))
    return page_or_fragment(
        "admin/privacy/cases.html",
        "admin/privacy/_cases.html",
        waiting=waiting,
        done=done,
        topics=Topic,
        desk_page="cases",
    )


@blueprint.get("/cases/<number>")
@staff(*PRIVACY)
def case(number: str) -> ResponseReturnValue:
    found = _case_or_404(number)
    return _why(found) or _case_page(found, AnswerForm())


@blueprint.post("/cases/<number>/answers")
@staff(*PRIVACY)
def answer_case(number: str) -> ResponseReturnValue:
    found, form = _case_or_404(number), AnswerForm()
    if answer := _why(found):
        return answer
    if not form.validate():
        return _case_page(found, form, 422)
    try:
        services.answer_case(case=found, text=form.text.data, staff_id=current_user.person.id)
    except services.CaseClosed:
        return _case_page(found, form, 422, CLOSED)
    return _done(found, "Your answer is on its way.")


@blueprint.post("/cases/<number>/closure")
@staff(*PRIVACY)
def close_case(number: str) -> ResponseReturnValue:
    found = _case_or_404(number)
    if answer := _why(found):
        return answer
    is_new = services.close_case(case=found, staff_id=current_user.person.id)
    return _done(found, "Closed." if is_new else "It was closed already.")


def _case_or_404(number: str) -> Case:
    return case_with(number) or abort(404)


def _why(case: Case) -> ResponseReturnValue | None:
    """The question why it is opened, where that was not said today; an open one waits for its answer."""
    return ask_reason(about=("case", case.id), customer_id=None, page=url_for("admin.case", number=case.number))


def _case_page(case: Case, form: FlaskForm, status: int = 200, problem: str = "") -> Response:
    shown = _shown(case)
    return page_or_fragment(
        "admin/privacy/case.html",
        "admin/privacy/_case.html",
        status=status,
        **shown,
        form=form,
        also=[problem] if problem else [],
    )


def _done(case: Case, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    location = url_for("admin.case", number=case.number)
    form = AnswerForm(formdata=None)
    return changed("admin/privacy/_case_changed.html", location=location, **_shown(case), form=form, also=[], said=said)


def _shown(case: Case) -> dict[str, Any]:
    fresh, answers = Case.get_by_id(case.id), list(answers_of(case))
    names = staff_names({answer.staff_id for answer in answers})
    return {"case": fresh, "answers": answers, "names": names, "topic": Topic(fresh.topic), "desk_page": "cases"}
