"""A new order is begun with how it reaches us; those begun before, and those that wait to be paid, stand below."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...checkout.models import CheckoutDraft
from ...checkout.taking.queries import Standing, orders_taken
from ...checkout.taking.services import begin_order, take_for, take_for_guest
from ...signing_in import go_to
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..customers.opening import Opened, has_left, open_customer, open_guest
from ..roles import PACKING
from .forms import BeginForm
from .opening import here, of_draft
from .showing import search_in, show, takers_of

SHOWN = ("order", "goods", "who", "delivery")


@blueprint.get("/orders/new")
@staff(*PACKING)
def new_order() -> Response:
    whose = {"customer": request.args.get("customer", type=int), "guest": request.args.get("guest", "")[:40]}
    return _page(BeginForm(formdata=None, data=whose))


@blueprint.post("/orders/new")
@staff(*PACKING)
def start_order() -> ResponseReturnValue:
    form = BeginForm()
    if not form.validate():
        return _page(form, 422)
    opened = _opened(form)
    if opened is not None and opened.answer is not None:
        return opened.answer
    draft = begin_order(source=form.source, staff_id=current_user.person.id)
    if opened is not None and opened.subject.person.customer is not None:
        take_for(draft=draft, customer=opened.subject.person.customer)
    elif opened is not None and opened.subject.contact is not None:
        take_for_guest(draft=draft, contact=opened.subject.contact)
    return go_to(here(draft))


def _opened(form: BeginForm) -> Opened | None:
    """Whose page it was begun from, if it was."""
    if form.customer.data:
        opened = open_customer(form.customer.data)
        return abort(404) if has_left(opened.subject) else opened
    return open_guest(form.guest.data) if form.guest.data else None


@blueprint.get("/orders/new/<id:draft_id>")
@staff(*PACKING)
@of_draft
def taken_order(draft: CheckoutDraft) -> ResponseReturnValue:
    section = request.args.get("section", "order")
    return show(
        draft,
        section if section in SHOWN else "order",
        goods=search_in("goods"),
        who=search_in("who"),
        change=request.args.get("change") == "delivery",
    )


def _page(form: BeginForm, status: int = 200) -> Response:
    taken = orders_taken()
    return page_or_fragment(
        "admin/phone_orders/new.html",
        "admin/phone_orders/_new.html",
        status=status,
        form=form,
        being_taken=[each for each in taken if each.standing is Standing.BEING_TAKEN],
        waiting=[each for each in taken if each.standing is not Standing.BEING_TAKEN],
        takers=takers_of(each.draft for each in taken),
        Standing=Standing,
        desk_page="new-order",
    )
