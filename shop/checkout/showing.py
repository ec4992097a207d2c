"""The checkout's page at one of its steps, whole or as the region that htmx swaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..addresses.fields import PARTS
from ..orders.models import Order
from ..orders.services.access import order_key
from ..orders.services.paying import can_take_orders
from ..payments import gateway
from ..phones import international
from ..pricing.queries import countries_served, methods_for
from ..security import widen_content_policy
from ..web import is_htmx, page_or_fragment, see_other
from . import answers
from .answers import Problem
from .forms import COLLECT, DELIVER, ContactForm, DeliveryForm, MethodForm, PayForm, delivery_form
from .queries import Checkout, Step

SERVICE_UNAVAILABLE = 503
RETRY_AFTER_SECONDS = "60"


def step_to_show(checkout: Checkout, asked: str) -> Step:
    """The one that was asked for, unless one before it is still open."""
    steps = list(Step)
    if asked in steps and steps.index(Step(asked)) <= steps.index(checkout.next_step):
        return Step(asked)
    return checkout.next_step


def leave_for(location: str) -> Response:
    """A 303. htmx would follow that by itself and put the page into a region: it is told to load it instead."""
    response = make_response(see_other(location))
    if is_htmx():
        response = make_response("", 200, {"HX-Redirect": location})
    response.vary.add("HX-Request")
    return response


def show_page(
    checkout: Checkout,
    *,
    asked: str = "",
    status: int = 200,
    problem: Problem | None = None,
    contact: ContactForm | None = None,
    delivery: DeliveryForm | None = None,
    has_moved: bool = False,
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
        checking_url=_waiting_url(checkout.being_checked),
        contact_form=contact or ContactForm(formdata=None, data=_contact_before(checkout)),
        delivery_form=delivery or delivery_form_for(checkout),
        method_form=MethodForm(formdata=None),
        pay_form=PayForm(formdata=None),
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
    """A fresh token for the card form, and leave for its hosts: on this answer and no other."""
    if not can_pay or not checkout.quote.total_cents:
        return {"card_entry": None}
    entry = gateway.card_entry()
    widen_content_policy(**entry.content_policy)
    return {"card_entry": entry, "card_page": url_for("checkout.show", step=Step.PAYMENT)}


def _waiting_url(order: Order | None) -> str:
    return "" if order is None else url_for("checkout.waiting", number=order.number, key=order_key(order))


def _contact_before(checkout: Checkout) -> dict[str, str | None]:
    return {"email": checkout.draft.email} if checkout.draft is not None else {}


def delivery_form_for(checkout: Checkout, sent: Mapping[str, str] | None = None) -> DeliveryForm:
    """The second step's form: as it was `sent`, or with what was answered before."""
    served = tuple(countries_served())
    collect = (COLLECT,) if methods_for(None, *checkout.measures) else ()
    ways = ((DELIVER,) if served else ()) + collect
    before = _delivery_before(checkout)
    chosen = sent if sent is not None else before
    form_class = delivery_form(
        ways=ways,
        served=served,
        delivery=chosen.get("delivery_country") or "",
        billing=chosen.get("billing_country") or "",
    )
    return form_class() if sent is not None else form_class(formdata=None, data=before)


def _delivery_before(checkout: Checkout) -> dict[str, Any]:
    draft = checkout.draft
    if draft is None:
        return {}
    columns = [*(f"{kind}_{part}" for kind in ("delivery", "billing") for part in PARTS), "phone", "note"]
    found = {name: value for name in columns if (value := getattr(draft, name)) is not None}
    if "phone" in found:
        found["phone"] = international(found["phone"])
    return {
        **found,
        "way": COLLECT if draft.is_collected else DELIVER,
        "billing_is_delivery": draft.billing_is_delivery,
    }
