"""One order, for its guest by the key in a mail, and for its signed-in customer without one; and what they can do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import public
from ..cart import cookie
from ..cart.queries import cart_of
from ..customers.services.sign_up import mail_sign_up_link
from ..customers.signed_in import current_customer
from ..limits import limiter, value_key
from ..signing_in import go_to, signed_in
from ..vault import REMOVED
from ..web import changed, page_or_fragment, see_other
from .gate import key_of, order_or_answer
from .history import customer_steps
from .models import Order, OrderContact, OrderState
from .own import offered_order
from .queries import OrderFile, order_file, order_with
from .services.again import lines_again, order_again
from .services.fulfilment import cancel_by_customer
from .services.mails import mail_fresh_link
from .services.revisions import NotNow
from .states import standing

LINKS_BY_ADDRESS, LINKS_BY_ORDER = "10 per hour", "3 per hour"
CLIENT_ERROR = 400
TOO_LATE = (
    "It has been packed meanwhile, so it can no longer be cancelled here. Nothing was changed. Write to us, and we see "
    "what can be done."
)
CANCELLED = "Your order is cancelled. What was paid or reserved for it goes back to you."

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.get("/<number>")
@public
def show(number: str) -> ResponseReturnValue:
    order = order_or_answer(number)
    return _page(order) if isinstance(order, Order) else order


@blueprint.get("/<number>/invoice")
@public
def invoice(number: str) -> ResponseReturnValue:
    """Whoever works here prints it at the desk, where its paper is registered."""
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    if order.placed_at is None:
        abort(404)
    if signed_in("staff"):
        return see_other(url_for("admin.print_preview", what="invoice", numbers=order.number))
    return make_response(render_template("orders/invoice.html", file=order_file(order), order=order))


@blueprint.post("/<number>/cancel")
@public
def cancel(number: str) -> ResponseReturnValue:
    """Cancelling what is cancelled already is no mistake: the answer is the same."""
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    try:
        cancel_by_customer(order=order)
    except NotNow:
        return _page(Order.get_by_id(order.id), 409, problem=TOO_LATE)
    order = Order.get_by_id(order.id)
    return changed("orders/_order_changed.html", location=_address("show", order), said=CANCELLED, **_shown(order))


@blueprint.get("/<number>/again")
@public
def again(number: str) -> ResponseReturnValue:
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    if order.placed_at is None:
        abort(404)
    return _again_page(order)


@blueprint.post("/<number>/again")
@public
def put_in_cart(number: str) -> ResponseReturnValue:
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    if order.placed_at is None:
        abort(404)
    present = cookie.token_in(request)
    token = present if present is not None and cart_of(present) is not None else cookie.new_token()
    if not order_again(order=order, token=token):
        return _again_page(order, 409)
    response = make_response(go_to(url_for("cart.show")))
    cookie.keep(response, token)
    return response


@blueprint.post("/<number>/account")
@public
@limiter.limit(LINKS_BY_ADDRESS)
@limiter.limit(
    LINKS_BY_ORDER,
    key_func=lambda: value_key("order account", str(request.view_args)),
    # Whoever has no key uses up nobody's tries.
    deduct_when=lambda response: response.status_code < CLIENT_ERROR,
)
def open_account(number: str) -> ResponseReturnValue:
    """Mails the link to an account to the address of the order, whatever there is for it already."""
    order = order_or_answer(number)
    if not isinstance(order, Order):
        return order
    email = _email_of(order, OrderContact.get_or_none(OrderContact.order == order.id))
    if email is None or order.customer_id is not None or current_customer() is not None:
        abort(404)
    mail_sign_up_link(email=email)
    return changed("orders/_account_sent.html", location=url_for("account.link_sent"))


@blueprint.post("/<number>/link")
@public
@limiter.limit(LINKS_BY_ADDRESS)
@limiter.limit(LINKS_BY_ORDER, key_func=lambda: value_key("order link", str(request.view_args)))
def send_link(number: str) -> ResponseReturnValue:
    """Says the same for an order that is not there."""
    order = order_with(number)
    if order is not None:
        mail_fresh_link(order)
    return changed("orders/_link_sent.html", location=url_for(".link_sent"))


@blueprint.get("/link-sent")
@public
def link_sent() -> ResponseReturnValue:
    return make_response(render_template("orders/link_sent.html"))


def _page(order: Order, status: int = 200, **shown: Any) -> Response:
    return page_or_fragment("orders/show.html", "orders/_order.html", status=status, **_shown(order), **shown)


def _again_page(order: Order, status: int = 200) -> Response:
    shown = {"order": order, "lines": lines_again(order), "key": key_of(order)}
    return page_or_fragment("orders/again.html", "orders/_again.html", status=status, **shown)


def _shown(order: Order) -> dict[str, Any]:
    file: OrderFile = order_file(order)
    customer = current_customer()
    return {
        "file": file,
        "order": order,
        "key": key_of(order),
        "customer": customer,
        "standing": standing(order, file.shipments, file.cancel_reason, needs_address=file.needs_address),
        "steps": customer_steps(file),
        "can_cancel": order.state == OrderState.PLACED,
        "is_offered": customer is not None and offered_order(customer, order.number) is not None,
        "can_open_account": customer is None and order.customer_id is None and bool(_email_of(order, file.contact)),
    }


def _email_of(order: Order, contact: OrderContact | None) -> str | None:
    """Where its guest can be written to; None for what was never placed, or forgotten."""
    if order.placed_at is None or contact is None or contact.email is REMOVED:
        return None
    email: str | None = contact.email
    return email


def _address(endpoint: str, order: Order) -> str:
    return url_for(f".{endpoint}", number=order.number, key=key_of(order))
