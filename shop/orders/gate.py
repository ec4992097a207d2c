"""The way into every page of one order: by the key in a mail, or signed in as its customer."""

from __future__ import annotations

from flask import Response, abort, request

from ..customers.models import Customer
from ..customers.signed_in import current_customer
from ..web import page_or_fragment
from .models import Order
from .services.access import Forgotten, LinkExpired, NotFound, order_for


def order_or_answer(number: str) -> Order | Response:
    """The order, if it is theirs; or a page that offers a new key, or says that it was forgotten; 404 for all else."""
    customer = current_customer()
    try:
        return order_for(number, key=request.args.get("key", ""), customer_id=customer.id if customer else None)
    except Forgotten:
        return page_or_fragment("orders/forgotten.html", "orders/_forgotten.html", status=410, number=number)
    except LinkExpired:
        return page_or_fragment("orders/expired.html", "orders/_expired.html", status=410, number=number)
    except NotFound:
        abort(404)


def key_of(order: Order) -> str | None:
    """The key that opens this page; its signed-in customer needs none."""
    customer: Customer | None = current_customer()
    is_theirs = customer is not None and order.customer_id == customer.id
    return None if is_theirs else request.args.get("key", "")
