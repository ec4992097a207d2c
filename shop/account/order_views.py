"""A customer's orders, and those placed as a guest with the same address, which they may keep or clear."""

from __future__ import annotations

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from ..orders import own
from ..orders.services import claims
from ..web import changed, page_or_fragment
from .entering import here
from .pages import blueprint

KEPT, CLEARED = (
    "The order is in your account now.",
    "The order is cleared: nothing of it says any more that it was yours.",
)


@blueprint.get("/account/orders")
@customer
def orders() -> ResponseReturnValue:
    """`?from=` is a page's cursor; `?show=deactivated` lists those that no longer say whose they were."""
    return _page()


@blueprint.post("/account/orders/keep")
@customer
def keep_orders() -> ResponseReturnValue:
    """Every one that is offered."""
    count = claims.keep_all(customer=here())
    return _done(KEPT if count == 1 else f"{count} orders are in your account now.")


@blueprint.post("/account/orders/<number>/keep")
@customer
def keep_order(number: str) -> ResponseReturnValue:
    try:
        claims.keep_order(customer=here(), number=number)
    except claims.NotOffered:
        abort(404)
    return _done(KEPT)


@blueprint.post("/account/orders/<number>/clear")
@customer
def clear_order(number: str) -> ResponseReturnValue:
    try:
        claims.clear_order(customer=here(), number=number)
    except claims.NotOffered:
        abort(404)
    except claims.NotFinished as error:
        return _page(409, problem=f"Order {number} cannot be cleared yet. {error.why.reason}")
    return _done(CLEARED)


def _done(said: str) -> ResponseReturnValue:
    flash(said)
    return changed("account/_orders_changed.html", location=url_for(".orders"), said=said, **_shown())


def _page(status: int = 200, problem: str = "") -> Response:
    return page_or_fragment("account/orders.html", "account/_orders.html", status=status, problem=problem, **_shown())


def _shown() -> dict[str, object]:
    me, is_put_away = here(), request.args.get("show") == "deactivated"
    return {
        "found": own.own_orders(me.id, cursor=request.args.get("from"), deactivated=is_put_away),
        "offered": [] if is_put_away else own.offered_orders(me),
        "is_put_away": is_put_away,
        "has_put_away": is_put_away or own.has_deactivated(me.id),
        "email": me.email,
    }
