"""A change that was proposed, for the order's customer: what it would be, and whether they pay for it or not."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, PasswordField
from wtforms.validators import Length, NumberRange, Optional

from ..access_rules import public
from ..customers.models import Customer
from ..customers.services.passwords import TooManyTries
from ..customers.signed_in import current_customer
from ..limits import limiter, value_key
from ..passwords import LONGEST
from ..payments.asking import card_choice, may_charge
from ..pricing.quote import Quote
from ..signing_in import go_to
from ..typed import one_line, plain
from ..web import LARGEST_ID, page_or_fragment
from .editing.answering import ChangeIsOver, TooManyDeclines, newest_question, pay_change
from .editing.ending import decline_change, is_over
from .editing.queries import steps_of
from .gate import key_of, order_or_answer
from .models import EditState, Order, OrderEdit
from .services.errors import AlreadyBeingChecked, CardIsGone, GatewayDown, NotPlaced, PaymentDeclined
from .services.purchase import Means

NOT_CHARGED = "You were not charged."
TRIES = "20 per 10 minutes"
TOKEN_AT_MOST = 2000
blueprint = Blueprint("order_changes", __name__, url_prefix="/orders")


class PayForm(FlaskForm):  # type: ignore[misc]
    """`change` is the one that was shown."""

    change = IntegerField(validators=[NumberRange(1, LARGEST_ID)])
    payment_method_nonce = HiddenField(filters=[one_line], validators=[plain(TOKEN_AT_MOST)])
    card = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
    attempt = HiddenField(filters=[one_line], validators=[plain(TOKEN_AT_MOST)])
    password = PasswordField("Your password", validators=[Length(max=LONGEST)])

    @property
    def means(self) -> Means | None:
        """None where neither a card was typed nor a saved one chosen."""
        nonce = self.payment_method_nonce.data or ""
        card_id = None if nonce else self.card.data
        return Means(nonce=nonce, card_id=card_id, attempt=self.attempt.data or "") if nonce or card_id else None


@blueprint.get("/<number>/change")
@public
def show(number: str) -> ResponseReturnValue:
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    return _page(order, newest_question(order) or abort(404))


@blueprint.post("/<number>/change/pay")
@public
@limiter.limit(TRIES)
@limiter.limit(TRIES, key_func=lambda: value_key("pay change", str(request.view_args)))
def pay(number: str) -> ResponseReturnValue:
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    edit, form, customer = newest_question(order) or abort(404), PayForm(), current_customer()
    if not form.validate() or form.change.data != edit.id:
        return _page(order, edit, 409, f"This page had been open for too long. {NOT_CHARGED} Please look at it again.")
    means = form.means
    if means is None:
        return _page(order, edit, 422, f"Please fill in the card form, then pay. {NOT_CHARGED}")
    if problem := _not_trusted(means, customer, form.password.data or ""):
        return _page(order, edit, 422, problem)
    try:
        edit = pay_change(edit=edit, means=means, customer=customer)
    except AlreadyBeingChecked:
        edit = OrderEdit.get_by_id(edit.id)
    except NotPlaced as error:
        return _page(order, OrderEdit.get_by_id(edit.id), *_in_words(error))
    return _after(order, edit)


@blueprint.post("/<number>/change/decline")
@public
def decline(number: str) -> ResponseReturnValue:
    """Declining twice is no mistake: the answer is the same."""
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    edit = newest_question(order) or abort(404)
    if decline_change(edit=edit) or OrderEdit.get_by_id(edit.id).state == EditState.DECLINED:
        flash("Thank you: your order stays as it was, and nothing is charged.")
        return _to_order(order)
    return _after(order, OrderEdit.get_by_id(edit.id))


def _not_trusted(means: Means, customer: Customer | None, password: str) -> str:
    """Why a saved card is not charged for whoever sits at this browser, if so."""
    try:
        is_trusted = may_charge(customer, means.card_id, password)
    except TooManyTries as error:
        return f"{error.description or 'Too many tries.'} {NOT_CHARGED}"
    asked = "You signed in a while ago, so we ask for your password before a saved card is charged"
    return "" if is_trusted else f"{asked}, and it was not right. {NOT_CHARGED}"


def _in_words(error: NotPlaced) -> tuple[int, str]:
    match error:
        case PaymentDeclined():
            return 422, f"{error.reason} {NOT_CHARGED}"
        case CardIsGone():
            return 422, f"That saved card was removed, or has expired. {NOT_CHARGED} Please pay with another card."
        case GatewayDown():
            return 503, f"Payments cannot be relied on at this moment. {NOT_CHARGED} Please try again in a few minutes."
        case TooManyDeclines():
            return 429, f"To keep other people's cards safe, no more can be tried here. {NOT_CHARGED} Write to us."
        case ChangeIsOver():
            return 409, f"It can no longer be changed: your order stays as it was. {NOT_CHARGED}"
    return 409, NOT_CHARGED


def _after(order: Order, edit: OrderEdit) -> ResponseReturnValue:
    if edit.state == EditState.APPLIED:
        flash("Thank you: your order is changed. A mail says what it is now.")
        return _to_order(order)
    return go_to(url_for(".show", number=order.number, key=key_of(order)))


def _to_order(order: Order) -> ResponseReturnValue:
    return go_to(url_for("orders.show", number=order.number, key=key_of(order)))


def _page(order: Order, edit: OrderEdit, status: int = 200, problem: str = "") -> Response:
    is_open = edit.state == EditState.ASKED and not is_over(edit)
    response = page_or_fragment(
        "orders/change.html",
        "orders/_change.html",
        status=status,
        order=order,
        edit=edit,
        steps=steps_of(edit),
        before=Quote.from_json(edit.before),
        after=Quote.from_json(edit.after),
        key=key_of(order),
        problem=problem,
        is_open=is_open,
        **_card_entry(order, is_open=is_open),
    )
    return make_response(response)


def _card_entry(order: Order, *, is_open: bool) -> dict[str, Any]:
    if not is_open:
        return {"card_entry": None}
    customer = current_customer()
    is_theirs = customer is not None and order.customer_id == customer.id
    return {
        **card_choice(customer if is_theirs else None),
        "card_page": url_for("order_changes.show", number=order.number, key=key_of(order)),
        "form": PayForm(formdata=None),
    }
