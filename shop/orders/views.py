"""The guest's view of one order, opened by the key in its mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import public
from ..limits import limiter, value_key
from ..web import changed, page_or_fragment
from .history import customer_steps
from .models import Order
from .queries import OrderFile, order_file, order_with
from .services.access import Forgotten, LinkExpired, NotFound, order_for_key
from .services.mails import mail_fresh_link
from .states import standing

LINKS_BY_ADDRESS, LINKS_BY_ORDER = "10 per hour", "3 per hour"

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.get("/<number>")
@public
def show(number: str) -> ResponseReturnValue:
    order = _order_or_answer(number)
    if not isinstance(order, Order):
        return order
    return page_or_fragment("orders/show.html", "orders/_order.html", **_shown(order))


@blueprint.get("/<number>/invoice")
@public
def invoice(number: str) -> ResponseReturnValue:
    order = _order_or_answer(number)
    if not isinstance(order, Order):
        return order
    if order.placed_at is None:
        abort(404)
    return make_response(render_template("orders/invoice.html", file=order_file(order), order=order))


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


def _order_or_answer(number: str) -> Order | Response:
    """The order that the key opens, or the page that offers a new key; 404 for all else."""
    key = request.args.get("key", "")
    try:
        return order_for_key(number, key)
    except Forgotten:
        return page_or_fragment("orders/forgotten.html", "orders/_forgotten.html", status=410, number=number)
    except LinkExpired:
        return page_or_fragment("orders/expired.html", "orders/_expired.html", status=410, number=number)
    except NotFound:
        abort(404)


def _shown(order: Order) -> dict[str, Any]:
    file: OrderFile = order_file(order)
    return {
        "file": file,
        "order": order,
        "key": request.args["key"],
        "standing": standing(order, file.shipments, file.cancel_reason, needs_address=file.needs_address),
        "steps": customer_steps(file),
    }
