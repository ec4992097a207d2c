"""Products out of a file: bring it, look at what it would do, carry it out, take it back."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...card_guard import files_hold_barcodes
from ...catalogue.exchange import services
from ...catalogue.exchange.models import Fate, Import, Outcome, Step
from ...catalogue.exchange.own import COLUMNS
from ...catalogue.exchange.queries import (
    PROBLEMS_ON_A_PAGE,
    counts_of,
    import_with,
    items_of,
    pictures_of,
    problems_of,
    recent_imports,
)
from ...web import changed, number_in, page_or_fragment, see_other, takes_up_to
from ..blueprint import blueprint
from ..csv_answers import csv_answer
from ..forms import StepForm
from ..roles import OWNING
from .forms import ImportForm

MEGABYTES = services.BYTES_AT_MOST // 1024 // 1024
# What the list below a plan may show, and in what order its tabs stand.
PLANNED_TABS = {
    "errors": "Errors",
    Outcome.CHANGED: "Changed",
    Outcome.NEW: "New",
    Outcome.SAME: "Unchanged",
    Outcome.LEFT_OUT: "Left out",
    "notes": "Worth knowing",
}
DONE_TABS = {
    Fate.APPLIED: "Imported",
    Fate.UNDONE: "Taken back",
    Fate.KEPT: "Not taken back",
    Fate.OVERTAKEN: "Left as it was",
}
WORKING = (Step.READING, Step.APPLYING, Step.UNDOING)
OVERTAKEN = "This is not the plan you looked at. Nothing was imported: look at it again."
TOO_LATE = "This import has gone on meanwhile. Here is where it stands."


@blueprint.get("/products/import")
@staff(*OWNING, shows_customers=False)
def imports() -> ResponseReturnValue:
    return _start(ImportForm(formdata=None))


def refuse_large_file() -> ResponseReturnValue:
    form = ImportForm(formdata=None)
    form.file.errors = [f"This file is larger than {MEGABYTES} MB. Cut it into several, each with the headings."]
    return _start(form, 413)


@blueprint.post("/products/import")
@staff(*OWNING, shows_customers=False)
@takes_up_to(services.BYTES_AT_MOST + 1024 * 1024, instead=refuse_large_file)
@files_hold_barcodes
def receive_import() -> ResponseReturnValue:
    form = ImportForm()
    if not form.validate():
        return _start(form, 422)
    content = form.file.data.read(services.BYTES_AT_MOST + 1)
    if len(content) > services.BYTES_AT_MOST:
        return refuse_large_file()
    imported = services.receive_file(
        content=content, file_name=form.file.data.filename, staff_id=current_user.person.id
    )
    return see_other(url_for("admin.show_import", import_id=imported.id))


def _start(form: ImportForm, status: int = 200) -> Response:
    return page_or_fragment(
        "admin/exchange/imports.html",
        "admin/exchange/_imports.html",
        status=status,
        form=form,
        recent=recent_imports(),
        columns=COLUMNS,
        megabytes=MEGABYTES,
        desk_page="import",
    )


@blueprint.get("/products/import/<id:import_id>")
@staff(*OWNING, shows_customers=False)
def show_import(import_id: int) -> ResponseReturnValue:
    imported = _import(import_id)
    was = request.args.get("was", "")
    said = SAID.get(imported.step, "") if was and was != imported.step else ""
    return page_or_fragment(
        "admin/exchange/import.html", "admin/exchange/_import.html", **{**_shown(imported), "said": said}
    )


SAID = {
    Step.READY: "The file is read. Nothing has been changed yet.",
    Step.REFUSED: "The file cannot be read.",
    Step.APPLIED: "The import is done.",
    Step.UNDONE: "The import is taken back.",
}


@blueprint.post("/products/import/<id:import_id>/confirm")
@staff(*OWNING, shows_customers=False)
def confirm_import(import_id: int) -> ResponseReturnValue:
    """`seen` names the plan that whoever pressed the button has looked at."""
    _import(import_id)
    try:
        services.confirm(import_id=import_id, seen=request.form.get("seen", ""), staff_id=current_user.person.id)
    except services.Changed:
        return _refused(import_id, OVERTAKEN)
    except services.TooLate:
        return _refused(import_id, TOO_LATE)
    return _done(import_id)


@blueprint.post("/products/import/<id:import_id>/undo")
@staff(*OWNING, shows_customers=False)
def undo_import(import_id: int) -> ResponseReturnValue:
    _import(import_id)
    try:
        services.undo(import_id=import_id, staff_id=current_user.person.id)
    except services.TooLate:
        return _refused(import_id, TOO_LATE)
    return _done(import_id)


@blueprint.post("/products/import/<id:import_id>/discard")
@staff(*OWNING, shows_customers=False)
def discard_import(import_id: int) -> ResponseReturnValue:
    _import(import_id)
    try:
        services.discard(import_id=import_id)
    except services.TooLate:
        return _refused(import_id, TOO_LATE)
    flash("The file is thrown away. Nothing was imported.")
    return see_other(url_for("admin.imports"))


def _done(import_id: int) -> ResponseReturnValue:
    location = url_for("admin.show_import", import_id=import_id)
    return changed("admin/exchange/_import.html", location=location, **_shown(_import(import_id)))


def _refused(import_id: int, problem: str) -> ResponseReturnValue:
    shown = _shown(_import(import_id)) | {"also": [problem]}
    return page_or_fragment("admin/exchange/import.html", "admin/exchange/_import.html", status=409, **shown)


@blueprint.get("/products/import/<id:import_id>/problems.csv")
@staff(*OWNING, shows_customers=False)
def import_problems(import_id: int) -> ResponseReturnValue:
    imported = _import(import_id)
    rows = (
        [str(each.row or ""), each.column, "error" if each.is_error else "note", each.text, each.fix]
        for each in problems_of(imported)
    )
    headings = ["Row", "Column", "Kind", "What is wrong", "What to do"]
    return csv_answer(f"import-{import_id}-problems.csv", headings, rows, is_for_excel=True)


@blueprint.get("/products/import/<id:import_id>/pictures.csv")
@staff(*OWNING, shows_customers=False)
def import_pictures(import_id: int) -> ResponseReturnValue:
    rows = (list(row) for row in pictures_of(_import(import_id)))
    headings = ["Product", "Picture", "Description"]
    return csv_answer(f"import-{import_id}-pictures.csv", headings, rows, is_for_excel=True)


def _import(import_id: int) -> Import:
    return import_with(import_id) or abort(404)


def _shown(imported: Import) -> dict[str, Any]:
    counts = counts_of(imported)
    tabs = _tabs(imported, counts)
    asked = request.args.get("show", "")
    tab = asked if asked in tabs else next((name for name, (_, count) in tabs.items() if count), next(iter(tabs), ""))
    return {
        "imported": imported,
        "counts": counts,
        "tabs": tabs,
        "tab": tab,
        **_list(imported, tab),
        "is_working": imported.step in WORKING,
        "progress": _progress(imported, counts),
        "can_be_undone": services.can_be_undone(imported),
        "undo_days": services.UNDO_WITHIN.days,
        "form": StepForm(formdata=None),
        "also": [],
        "said": "",
        "desk_page": "import",
    }


def _tabs(imported: Import, counts: Any) -> dict[str, tuple[str, int]]:
    """Name -> its words and how many there are."""
    if imported.step in {Step.APPLIED, Step.UNDOING, Step.UNDONE}:
        named = {name: (words, counts.fates.get(name, 0)) for name, words in DONE_TABS.items()}
        return {name: pair for name, pair in named.items() if pair[1]}
    if imported.step not in {Step.READY, Step.REFUSED}:
        return {}
    numbers = {**counts.outcomes, "errors": counts.errors, "notes": counts.notes}
    return {name: (words, numbers[name]) for name, words in PLANNED_TABS.items() if numbers.get(name)}


def _list(imported: Import, tab: str) -> dict[str, Any]:
    place = number_in(request.args.get("after")) or 0
    if tab in {"errors", "notes"}:
        problems = list(problems_of(imported, is_error=tab == "errors", after=place, most=PROBLEMS_ON_A_PAGE + 1))
        more = problems[PROBLEMS_ON_A_PAGE - 1].id if len(problems) > PROBLEMS_ON_A_PAGE else None
        return {"problems": problems[:PROBLEMS_ON_A_PAGE], "items": [], "more": more}
    if not tab:
        return {"problems": [], "items": [], "more": None}
    is_fate = tab in DONE_TABS
    page = items_of(imported, fate=tab if is_fate else "", outcome="" if is_fate else tab, after=place)
    return {"problems": [], "items": page.items, "more": page.after}


def _progress(imported: Import, counts: Any) -> tuple[int, int]:
    """How many of how many; taking back counts down what was written."""
    if imported.step == Step.UNDOING:
        left = counts.fates.get(Fate.APPLIED, 0)
        done = counts.fates.get(Fate.UNDONE, 0) + counts.fates.get(Fate.KEPT, 0)
        return done, left + done
    return imported.done, imported.total
