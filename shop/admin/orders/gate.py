"""The way into every page and step of one order: it is there, and whoever opens it said why."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from ...orders.models import Order
from ...orders.queries import order_with
from ...web import number_in
from ..looking import ask_reason

P = ParamSpec("P")


def of_order(view: Callable[Concatenate[Order, P], ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Give a view whose address has a `number` the order itself; 404 for an unknown one."""

    @wraps(view)
    def opened(number: str, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        order = order_with(number) or abort(404)
        return _why(order) or view(order, *args, **kwargs)

    return opened


def _why(order: Order) -> ResponseReturnValue | None:
    """The question why it is opened, where that was not said today; a deactivated one shows nobody's data."""
    if order.deactivated_at:
        return None
    page = url_for("admin.order", number=order.number)
    return ask_reason(about=("order", order.id), customer_id=order.customer_id, page=page)


def seen() -> int | None:
    """The revision that the form was made for; None where it says none."""
    return number_in(request.form.get("seen"))
