"""The checkout's page at one of its steps, whole or as the region that htmx swaps."""

from __future__ import annotations

from typing import Any

from flask import url_for
from werkzeug.wrappers import Response as AnyResponse

from ..customers.consents import QUESTIONS, ConsentPurpose
from ..customers.models import Customer
from ..orders.models import Order
from ..orders.services.access import order_key
from ..orders.services.paying import can_take_orders
from ..payments.asking import card_choice
from ..web import page_or_fragment
from . import answers
from .answers import Problem
from .asking import DeliveryForm, delivery_form_for
from .forms import ContactForm, MethodForm, PayForm
from .prefilling import KINDS, delivery_before, offered, saved_addresses
from .queries import Checkout, Step

SERVICE_UNAVAILABLE = 503
RETRY_AFTER_SECONDS = "60"


def step_to_show(checkout: Checkout, asked: str) -> Step:
    """The one that was asked for, unless one before it is still open."""
    steps = list(Step)
    if asked in steps and steps.index(Step(asked)) <= steps.index(checkout.next_step):
        return Step(asked)
    return checkout.next_step


def show_page(
    checkout: Checkout,
    *,
    asked: str = "",
    status: int = 200,
    problem: Problem | None = None,
    contact: ContactForm | None = None,
    delivery: DeliveryForm | None = None,
    has_moved: bool = False,
    chosen_card: int | None = None,
) -> AnyResponse:
    """The step `asked` for, or the next. A form that was sent and refused is shown as it was typed.

    `has_moved` is for a region that goes on to another step: the focus goes along.
    """
    step = step_to_show(checkout, asked)
    notice = _notice(checkout)
    can_pay = step is Step.PAYMENT and notice is None
    response = page_or_fragment(
        "checkout/page.html",
        "checkout/_steps.html",
        status=problem.status if problem else status,
        checkout=checkout,
        step=step,
        has_moved=has_moved,
        problem=problem or notice,
        declined=answers.was_declined(checkout.declined) if checkout.declined and not problem else None,
        can_pay=can_pay,
        checking_url=_waiting_url(checkout.being_checked, checkout.customer),
        contact_form=contact or ContactForm(formdata=None, data=_contact_before(checkout)),
        **_delivery_step(checkout, step, delivery),
        method_form=MethodForm(formdata=None),
        pay_form=PayForm(formdata=None),
        chosen_card=chosen_card,
        **_card_entry(checkout, can_pay),
    )
    if response.status_code == SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _notice(checkout: Checkout) -> Problem | None:
    """Why nobody is asked to pay, as things stand."""
    if checkout.being_checked is not None:
        return answers.BEING_CHECKED
    return checkout.obstacle or (None if can_take_orders() else answers.NO_ORDERS_NOW)


def _card_entry(checkout: Checkout, can_pay: bool) -> dict[str, Any]:
    if not can_pay or not checkout.quote.total_cents:
        return {"card_entry": None}
    return {
        **card_choice(checkout.customer),
        "card_page": url_for("checkout.show", step=Step.PAYMENT),
        "save_card": QUESTIONS[ConsentPurpose.SAVED_CARD],
    }


def _waiting_url(order: Order | None, customer: Customer | None) -> str:
    return "" if order is None else order_url("checkout.waiting", order, customer)


def order_url(endpoint: str, order: Order, customer: Customer | None) -> str:
    """A page about one order: its signed-in customer needs no key, and leaves none behind in the browser's history."""
    is_theirs = customer is not None and order.customer_id == customer.id
    return url_for(endpoint, number=order.number, key=None if is_theirs else order_key(order))


def _contact_before(checkout: Checkout) -> dict[str, Any]:
    draft, customer = checkout.draft, checkout.customer
    if draft is not None and draft.email:
        return {"email": draft.email, "wants_account": draft.wants_account}
    return {"email": customer.email} if customer is not None else {}


def _delivery_step(checkout: Checkout, step: Step, sent: DeliveryForm | None) -> dict[str, Any]:
    """Of the step that is shown: its form, and the addresses that may be put into it."""
    if step is not Step.DELIVERY:
        return {}
    saved = saved_addresses(checkout.customer)
    form = sent or delivery_form_for(
        checkout, here=url_for("checkout.delivery"), before=delivery_before(checkout, saved)
    )
    return {"delivery_form": form, "saved_addresses": {kind: offered(saved, kind) for kind in KINDS}}
