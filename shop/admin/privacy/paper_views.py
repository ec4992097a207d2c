"""The register of paper: what lies where, what should be gone by now, and who signs that it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import clock
from ...access_rules import staff
from ...customers.queries import customer_with
from ...orders.models import Order, OrderState
from ...orders.queries import order_with
from ...paging import Key, page_of
from ...paper.models import Document, How, PaperRecord
from ...paper.queries import (
    Query,
    closed_papers,
    log_of,
    open_papers,
    overdue_papers,
    paper_counts,
    paper_with,
    papers_by_id,
    papers_of,
    piles,
)
from ...paper.services import NotRegistered, NotSigned, attest, put_back, register_paper, take_out
from ...privacy.cases.models import Case
from ...privacy.cases.queries import case_with
from ...web import number_in, see_other
from ..blueprint import blueprint
from ..forms import StepForm
from ..models import Staff
from ..queries import staff_names
from ..roles import PACKING, PRIVACY
from .paper_forms import AttestForm, PaperForm

PER_PAGE = 50
WITH_PARCELS = "with-parcels"
SHOWN = {"": open_papers, "overdue": overdue_papers, "gone": closed_papers}
LOG = {
    "paper-registered": "Came into the register",
    "paper-taken-out": "Taken out",
    "paper-put-back": "Put back",
    "paper-destroyed": "Signed for: it is gone",
}


@blueprint.get("/paper")
@staff(*PACKING, *PRIVACY)
def papers() -> ResponseReturnValue:
    return _list(AttestForm(formdata=None))


@blueprint.post("/paper/gone")
@staff(*PACKING, *PRIVACY)
def sign_for_papers() -> ResponseReturnValue:
    """What was ticked, or all that was printed at once, is gone: how, and whose word that is."""
    form = AttestForm()
    chosen = _chosen()
    if not form.validate():
        return _list(form)
    if chosen is None:
        return _list(form, ["That pile has changed since you looked: choose it again."])
    if not chosen:
        return _list(form, ["Tick the papers that are gone, or choose a whole pile."])
    try:
        count = _attest(chosen, form)
    except NotSigned as error:
        form.signed.errors = [str(error)]
        return _list(form)
    flash("1 paper is closed." if count == 1 else f"{count} papers are closed.")
    return see_other(url_for(".papers"))


@blueprint.get("/paper/new")
@staff(*PACKING, *PRIVACY)
def new_paper() -> ResponseReturnValue:
    form = PaperForm(formdata=None)
    form.keyholder.choices = _keyholders()
    form.keyholder.data = current_user.person.id
    return _new(form)


@blueprint.post("/paper")
@staff(*PACKING, *PRIVACY)
def add_paper() -> ResponseReturnValue:
    form = PaperForm()
    form.keyholder.choices = _keyholders()
    about = _about(form.reference.data or "")
    is_right = form.validate()
    if is_right and about is None:
        form.reference.errors = [
            "Nobody here goes by that. Type an order's or a case's number, or an account's e-mail."
        ]
    if not is_right or about is None:
        return _new(form)
    try:
        made = register_paper(
            document=Document(form.document.data),
            about=about,
            location=form.location.data,
            keyholder=form.keyholder.data,
            destroy_by=form.destroy_by_moment,
            staff_id=current_user.person.id,
        )
    except NotRegistered as error:
        form.destroy_by.errors = [str(error)]
        return _new(form)
    flash("It is in the register.")
    return see_other(url_for(".paper", paper_id=made.id))


@blueprint.get("/paper/<id:paper_id>")
@staff(*PACKING, *PRIVACY)
def paper(paper_id: int) -> ResponseReturnValue:
    return _one(_paper_or_404(paper_id), AttestForm(formdata=None))


@blueprint.post("/paper/<id:paper_id>/out")
@staff(*PACKING, *PRIVACY)
def take_paper_out(paper_id: int) -> ResponseReturnValue:
    found = _paper_or_404(paper_id)
    is_new = take_out(paper=found, staff_id=current_user.person.id)
    flash("You have it now." if is_new else "It is not in its place.")
    return see_other(url_for(".paper", paper_id=paper_id))


@blueprint.post("/paper/<id:paper_id>/back")
@staff(*PACKING, *PRIVACY)
def put_paper_back(paper_id: int) -> ResponseReturnValue:
    found = _paper_or_404(paper_id)
    is_new = put_back(paper=found, staff_id=current_user.person.id)
    flash(f"It lies in its place again: {found.location}." if is_new else "It was not out.")
    return see_other(url_for(".paper", paper_id=paper_id))


@blueprint.post("/paper/<id:paper_id>/gone")
@staff(*PACKING, *PRIVACY)
def sign_for_paper(paper_id: int) -> ResponseReturnValue:
    found, form = _paper_or_404(paper_id), AttestForm()
    if not form.validate():
        return _one(found, form)
    try:
        count = _attest([found], form)
    except NotSigned as error:
        form.signed.errors = [str(error)]
        return _one(found, form)
    flash("It is closed." if count else "It was closed already.")
    return see_other(url_for(".paper", paper_id=paper_id))


def _attest(chosen: Sequence[PaperRecord], form: AttestForm) -> int:
    person = current_user.person
    return attest(
        papers=chosen, how=How(form.how.data), staff_id=person.id, name=str(person.name), signed=form.signed.data
    )


def _chosen() -> list[PaperRecord] | None:
    """What was ticked, and the pile that was chosen; None when that is not as it was seen."""
    ticked = papers_by_id(_ticked())
    pile = request.form.get("pile", "")
    piled = _pile(pile) if pile else []
    return None if piled is None else list({paper.id: paper for paper in (*ticked, *piled)}.values())


def _pile(code: str) -> list[PaperRecord] | None:
    if code == f"{WITH_PARCELS}.{_left_with_parcels().count()}":
        return list(_left_with_parcels())
    found = next((each for each in piles() if each.code == code), None)
    if found is None:
        return None
    return [paper for batch in found.batches for paper in papers_of(batch) if paper.is_open]


def _left_with_parcels() -> Query:
    """The slips and labels of orders that were sent: they went along."""
    sent = Order.select(Order.id).where(Order.state == OrderState.SHIPPED)
    along = PaperRecord.document.in_((Document.PACKING_SLIP, Document.LABEL))
    return open_papers().where(along, PaperRecord.about_kind == "order", PaperRecord.about_id.in_(sent))


def _ticked() -> set[int]:
    return {found for text in request.form.getlist("papers") if (found := number_in(text)) is not None}


def _list(form: AttestForm, problems: Sequence[str] = ()) -> Response:
    shown = request.args.get("show", "")
    query = SHOWN.get(shown, open_papers)()
    keys = (Key(PaperRecord.closed_at),) if shown == "gone" else (Key(PaperRecord.destroy_by, descending=False),)
    found = page_of(query, *keys, Key(PaperRecord.id), cursor=request.args.get("at"), size=PER_PAGE)
    along = _left_with_parcels().count()
    values: dict[str, Any] = {
        "page": found,
        "shown": shown if shown in SHOWN else "",
        "counts": paper_counts(),
        "piles": piles(),
        "with_parcels": along,
        "with_parcels_code": f"{WITH_PARCELS}.{along}",
        "ticked": _ticked(),
        "pile": request.form.get("pile", ""),
        "form": form,
        "problems": problems,
        **_names(found.rows),
        "desk_page": "paper",
    }
    return make_response(
        render_template("admin/privacy/papers.html", **values), 422 if problems or form.errors else 200
    )


def _new(form: PaperForm) -> Response:
    page = render_template("admin/privacy/paper_new.html", form=form, desk_page="paper")
    return make_response(page, 422 if form.errors else 200)


def _one(found: PaperRecord, form: AttestForm) -> Response:
    log = log_of(found)
    actors = {int(event.actor.removeprefix("staff:")) for event in log if event.actor.startswith("staff:")}
    values: dict[str, Any] = {
        "paper": found,
        "log": log,
        "log_words": LOG,
        "form": form,
        "step": StepForm(formdata=None),
        **_names([found], actors),
        "desk_page": "paper",
    }
    return make_response(render_template("admin/privacy/paper.html", **values), 422 if form.errors else 200)


def _names(rows: Sequence[PaperRecord], also: set[int] | None = None) -> dict[str, Any]:
    """What the pages call those who keep the papers, and what they are about."""
    ids = {getattr(row, name) for row in rows for name in ("keyholder", "made_by", "out_by", "closed_by")} | (
        also or set()
    )
    about = {kind: [row.about_id for row in rows if row.about_kind == kind] for kind in ("order", "case")}
    orders = Order.select(Order.id, Order.number).where(Order.id.in_(about["order"]))
    cases = Case.select(Case.id, Case.number).where(Case.id.in_(about["case"]))
    return {
        "people": staff_names(ids - {None}),
        "order_numbers": {row.id: row.number for row in orders},
        "case_numbers": {row.id: row.number for row in cases},
        "may_open": {"order": current_user.person.role in PACKING, "case": current_user.person.role in PRIVACY},
        "now": clock.now(),
    }


def _about(typed: str) -> tuple[str, int] | None:
    """The order, case or account that somebody typed; None when there is none."""
    if "@" in typed:
        customer = customer_with(typed)
        return ("customer", int(customer.id)) if customer else None
    order = order_with(typed)
    if order is not None:
        return "order", int(order.id)
    case = case_with(typed.upper())
    return ("case", int(case.id)) if case else None


def _keyholders() -> list[tuple[int, str]]:
    ids = {row.id for row in Staff.select(Staff.id).where(Staff.is_active)}
    return sorted(staff_names(ids).items(), key=lambda pair: pair[1].casefold())


def _paper_or_404(paper_id: int) -> PaperRecord:
    return paper_with(paper_id) or abort(404)
