"""The checkout: contact, delivery, payment, on one page. Each step is a form that works without JavaScript, except for
the card itself, which is typed into the payment provider's frames."""

from __future__ import annotations

from flask import abort, make_response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..access_rules import public
from ..cart import cookie
from ..cart.queries import cart_of
from ..customers.services.passwords import TooManyTries
from ..customers.signed_in import current_customer
from ..orders.models import Order, OrderState
from ..orders.services.access import NotFound, order_for
from ..orders.services.errors import CartIsGone
from ..payments.asking import may_charge
from ..signing_in import go_to
from ..web import is_htmx, page_or_fragment
from . import answers, prepared_views
from .answers import Problem
from .asking import delivery_form_for, with_saved_address
from .forms import ContactForm, MethodForm, PayForm
from .pages import blueprint
from .paying import pay_for
from .queries import Checkout, Step
from .services import choose_method, keep_address, save_contact, save_delivery
from .showing import order_url, show_page, step_to_show

__all__ = ["blueprint", "prepared_views"]


@blueprint.get("/checkout")
@public
def show() -> AnyResponse:
    checkout = _checkout()
    return show_page(checkout, asked=request.args.get("step", "")) if checkout else _to_cart()


@blueprint.post("/checkout/contact")
@public
def contact() -> AnyResponse:
    checkout, form = _checkout(), ContactForm()
    if checkout is None:
        return _to_cart()
    if not form.validate():
        return show_page(checkout, asked=Step.CONTACT, contact=form, status=422)
    save_contact(
        cart=checkout.cart,
        values=form.values,
        customer=checkout.customer,
        wants_account=bool(form.wants_account.data),
    )
    return _next(checkout)


@blueprint.post("/checkout/delivery")
@public
def delivery() -> AnyResponse:
    checkout = _checkout()
    if checkout is None:
        return _to_cart()
    sent = with_saved_address(request.form, checkout.customer)
    if sent is None:
        abort(404)
    form = delivery_form_for(checkout, here=url_for(".delivery"), sent=sent)
    # Another country's fields are asked for, or a saved address: what is missing in them is no mistake yet.
    is_update = bool({"update", "use"} & request.form.keys()) and not form.is_forged
    if not form.validate() and not is_update:
        return show_page(checkout, asked=Step.DELIVERY, delivery=form, status=422)
    save_delivery(
        cart=checkout.cart,
        values=form.right_values,
        is_collected=form.is_collected,
        billing_is_delivery=form.billing_is_delivery.data,
        is_done=not is_update,
        customer=checkout.customer,
    )
    if checkout.customer is not None and form.keep_address.data and not is_update:
        keep_address(customer=checkout.customer, postal=form.address)
    return _next(checkout, asked=Step.DELIVERY if is_update else "")


@blueprint.post("/checkout/method")
@public
def method() -> AnyResponse:
    checkout, form = _checkout(), MethodForm()
    if checkout is None:
        return _to_cart()
    if not form.validate() or form.method.data not in {offer.code for offer in checkout.offers}:
        return show_page(checkout, problem=answers.NO_SUCH_METHOD)
    choose_method(cart=checkout.cart, code=form.method.data, customer=checkout.customer)
    return _next(checkout)


@blueprint.post("/checkout/pay")
@public
def pay() -> AnyResponse:
    checkout, form = _checkout(), PayForm()
    if not form.validate():
        return show_page(checkout, problem=answers.OLD_PAGE) if checkout else _to_cart()
    if checkout is not None and (problem := _not_trusted(checkout, form)):
        return show_page(checkout, problem=problem, chosen_card=form.card.data)
    try:
        order = pay_for(
            checkout=checkout,
            idem=form.idem.data,
            seen_total_cents=form.seen_total.data or 0,
            means=form.means,
        )
    except CartIsGone:
        return _to_cart()
    if isinstance(order, Order):
        return _after(order)
    # Not the page that was worked out before: the attempt may have changed what it shows.
    checkout = _checkout()
    return show_page(checkout, problem=order, chosen_card=form.card.data) if checkout else _to_cart()


def _not_trusted(checkout: Checkout, form: PayForm) -> Problem | None:
    """Why a saved card is not charged for whoever sits at this browser, if so."""
    try:
        is_trusted = may_charge(checkout.customer, form.means.card_id, form.password.data or "")
    except TooManyTries as error:
        return answers.password_asked_too_often(error.description or "")
    return None if is_trusted else answers.WRONG_PASSWORD


@blueprint.get("/checkout/waiting/<number>")
@public
def waiting(number: str) -> AnyResponse:
    """Says that the bank is being asked, and asks again by itself until the outcome is known."""
    customer = current_customer()
    try:
        order = order_for(number, key=request.args.get("key", ""), customer_id=customer.id if customer else None)
    except NotFound:
        abort(404)
    if order.state == OrderState.PENDING:
        here = order_url("checkout.waiting", order, customer)
        return page_or_fragment("checkout/waiting.html", "checkout/_waiting.html", order=order, here=here)
    if order.state in {OrderState.PAYMENT_FAILED, OrderState.EXPIRED}:
        return make_response(go_to(url_for("checkout.show", step=Step.PAYMENT)))
    return _after(order)


def _after(order: Order) -> AnyResponse:
    """To the order, or to where its outcome will be told. With a placed order the cart's cookie has done its work."""
    is_known = order.state != OrderState.PENDING
    endpoint = "orders.show" if is_known else "checkout.waiting"
    response = make_response(go_to(order_url(endpoint, order, current_customer())))
    if is_known and _checkout() is None:
        cookie.forget(response)
    return response


def _checkout() -> Checkout | None:
    """This browser's checkout, if there is anything in its cart."""
    cart = cart_of(cookie.token_in(request))
    checkout = Checkout(cart, current_customer()) if cart is not None else None
    return checkout if checkout is not None and checkout.lines and not checkout.is_too_large else None


def _to_cart() -> AnyResponse:
    """Which says why there is nothing to pay: an empty cart, one that is too dear, or cookies that were refused."""
    return make_response(go_to(url_for("cart.show")))


def _next(answered: Checkout, asked: str = "") -> AnyResponse:
    """After a step that was answered: the next one. Payment is always loaded as a page of its own, for it alone may
    load the payment provider's scripts."""
    checkout = Checkout(answered.cart, answered.customer)
    step = step_to_show(checkout, asked)
    if is_htmx() and step is not Step.PAYMENT:
        return show_page(checkout, asked=step, has_moved=not asked)
    return make_response(go_to(url_for("checkout.show", step=step)))
