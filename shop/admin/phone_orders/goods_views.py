"""What is in an order that is being taken: goods, how many of each, and a discount code."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from ...access_rules import staff
from ...cart.queries import has_line
from ...cart.services import (
    QUANTITY_AT_MOST,
    CodeRefused,
    Refused,
    add_to_known_cart,
    change_quantity,
    remove_line,
    set_discount,
)
from ...checkout.models import CheckoutDraft
from ...web import number_in
from ..blueprint import blueprint
from ..roles import PACKING
from .forms import CodeForm
from .opening import changeable
from .showing import Wrong, done, search_in, show

NO_NUMBER = f"Type a number from 1 to {QUANTITY_AT_MOST}."


@blueprint.post("/orders/new/<id:draft_id>/lines")
@staff(*PACKING)
@changeable
def take_goods(draft: CheckoutDraft) -> ResponseReturnValue:
    typed, search = request.form.get("quantity", ""), search_in("goods")
    variant_id = number_in(request.form.get("variant_id"))
    try:
        add_to_known_cart(cart=draft.cart, variant_id=variant_id or 0, quantity=_quantity(typed))
    except Refused as refused:
        wrong = Wrong(typed[:20], refused.reason, variant_id=variant_id)
        return show(draft, "goods", status=422, goods=search, wrong=wrong, goods_problem=refused.reason)
    return done(draft, "goods", "Added.", goods=search)


@blueprint.post("/orders/new/<id:draft_id>/lines/<id:line_id>")
@staff(*PACKING)
@changeable
def change_goods(draft: CheckoutDraft, line_id: int) -> ResponseReturnValue:
    if not has_line(draft.cart, line_id):
        abort(404)
    typed, search = request.form.get("quantity", ""), search_in("goods")
    try:
        if "remove" in request.form:
            remove_line(cart=draft.cart, line_id=line_id)
            return done(draft, "goods", "Taken out.", goods=search)
        change_quantity(cart=draft.cart, line_id=line_id, quantity=_quantity(typed))
    except Refused as refused:
        wrong = Wrong(typed[:20], refused.reason, line_id=line_id)
        return show(draft, "goods", status=422, goods=search, wrong=wrong, goods_problem=refused.reason)
    return done(draft, "goods", "Changed.", goods=search)


@blueprint.post("/orders/new/<id:draft_id>/discount")
@staff(*PACKING)
@changeable
def take_discount(draft: CheckoutDraft) -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return show(draft, "side", status=422, code_form=form)
    try:
        code = set_discount(cart=draft.cart, code=form.code.data or "")
    except CodeRefused as refused:
        form.code.errors = [refused.reason]
        return show(draft, "side", status=422, code_form=form)
    return done(draft, "side", "The discount code counts." if code else "The discount code is out.")


def _quantity(typed: str) -> int:
    quantity = number_in(typed.strip())
    if not quantity or quantity > QUANTITY_AT_MOST:
        raise Refused(NO_NUMBER)
    return quantity
