"""The cart's page and its forms. Whoever holds the cookie holds the cart: another cart's line is not there at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..access_rules import public
from ..catalogue.queries import variants_for_sale
from ..limits import address_key, in_words, is_everybody, seconds_to_wait
from ..web import is_htmx, page_or_fragment, see_other
from . import cookie
from .contents import NOTHING, contents_of
from .forms import kept, quantity_in, stepped, variant_in
from .models import Cart
from .queries import cart_of, has_line, items_in_cart
from .services import (
    CodeRefused,
    Refused,
    UnknownLine,
    add_to_cart,
    change_quantity,
    forget_cart,
    remove_line,
    restore_line,
    set_discount,
)

blueprint = Blueprint("cart", __name__)

LINE = "/cart/lines/<id:line_id>"
CODES_PER_CART = "10 per 5 minutes"
CODES_PER_ADDRESS = "60 per 5 minutes"
SAID = {
    "changed": "Quantity changed.",
    "removed": "Taken out. You can put it back below.",
    "restored": "Put back into your cart.",
    "discount": "The discount code is in your cart.",
    "no-discount": "The discount code is out of your cart.",
    "forgotten": "Your cart is forgotten: it is deleted here, and its cookie in your browser too.",
}


@dataclass(frozen=True)
class Problem:
    """What was refused, where it was typed: at a line's quantity, or at the discount code (no line)."""

    reason: str
    typed: str
    line_id: int | None = None


def current_cart() -> Cart | None:
    """The cart of this request's cookie."""
    return cart_of(cookie.token_in(request))


@blueprint.app_template_global("items_in_my_cart")
def items_in_my_cart() -> int:
    """What the badge shows on any page."""
    return items_in_cart(cookie.token_in(request))


@blueprint.get("/cart")
@public
def show() -> AnyResponse:
    if "added" in request.args and cookie.token_in(request) is None:
        return _no_cookies(request.args["added"])
    said = SAID.get(request.args.get("done", ""), "Added to your cart." if "added" in request.args else "")
    return _page(current_cart(), said=said)


def _no_cookies(added: str) -> Response:
    """Said instead of an empty cart to a browser that kept no cookie after it put something in."""
    variant_id = int(added) if added.isascii() and added.isdecimal() and len(added) < 10 else 0
    variant = variants_for_sale([variant_id]).get(variant_id)
    return make_response(render_template("cart/no_cookies.html", variant=variant))


@blueprint.post("/cart/lines")
@public
def add() -> AnyResponse:
    typed = request.form.get("quantity", "1")
    token = cookie.token_in(request) if current_cart() else None
    variant_id = 0
    try:
        variant_id = variant_in(request.form.get("variant_id", ""))
        quantity = quantity_in(typed)
        fresh = token or cookie.new_token()
        add_to_cart(token=fresh, variant_id=variant_id, quantity=quantity)
    except Refused as refused:
        return _not_added(refused.reason, typed, variant_id)
    response = _added(fresh, variant_id, quantity, is_new=token is None)
    cookie.keep(response, fresh)
    return response


def _added(token: str, variant_id: int, quantity: int, *, is_new: bool) -> Response:
    if not is_htmx():
        response: Any = see_other(url_for("cart.show", added=variant_id))
    else:
        response = make_response(
            render_template(
                "cart/_added.html",
                variant=variants_for_sale([variant_id])[variant_id],
                quantity=quantity,
                cart_count=items_in_cart(token),
                is_new=is_new,
            )
        )
    response.vary.add("HX-Request")
    return response  # type: ignore[no-any-return]


def _not_added(reason: str, typed: str, variant_id: int) -> Response:
    """The answer to a product's form that could not be done; the cart and its cookie stay as they were."""
    variant = variants_for_sale([variant_id]).get(variant_id)
    return page_or_fragment(
        "cart/not_added.html",
        "cart/_not_added.html",
        status=422,
        reason=reason,
        typed=kept(typed),
        variant=variant,
    )


@blueprint.get("/cart/cookie-check")
@public
def cookie_check() -> AnyResponse:
    """Asked by htmx right after the first thing was added: has the browser kept the cookie?"""
    if not is_htmx():
        return see_other(url_for("cart.show", added="1"))
    if cookie.token_in(request) is not None:
        return Response(status=204)
    return make_response(render_template("cart/_cookies_refused.html", cart_count=0))


@blueprint.post(LINE)
@public
def change(line_id: int) -> AnyResponse:
    cart = _cart_or_404()
    typed = request.form.get("quantity", "")
    try:
        quantity = stepped(typed, request.form.get("step", ""))
        change_quantity(cart=cart, line_id=line_id, quantity=quantity)
    except UnknownLine:
        abort(404)
    except Refused as refused:
        # A wrong quantity for a line that is not there is still no line.
        if not has_line(cart, line_id):
            abort(404)
        return _page(cart, problem=Problem(refused.reason, kept(typed), line_id), status=422)
    return _done(cart, "changed", focus=f"quantity-{line_id}" if "take" in request.form else "")


@blueprint.post(LINE + "/remove")
@public
def remove(line_id: int) -> AnyResponse:
    cart = _cart_or_404()
    try:
        remove_line(cart=cart, line_id=line_id)
    except UnknownLine:
        abort(404)
    return _done(cart, "removed", focus=f"quantity-{line_id}")


@blueprint.post(LINE + "/restore")
@public
def restore(line_id: int) -> AnyResponse:
    cart = _cart_or_404()
    try:
        restore_line(cart=cart, line_id=line_id)
    except UnknownLine:
        abort(404)
    except Refused as refused:
        return _page(cart, problem=Problem(f"It could not be put back. {refused.reason}", "", line_id), status=422)
    return _done(cart, "restored", focus=f"quantity-{line_id}")


@blueprint.post("/cart/discount")
@public
def discount() -> AnyResponse:
    cart, typed = _cart_or_404(), request.form.get("code", "")
    wait = _wait_before_code(cart) if typed.strip() else 0
    if wait:
        words = f"Too many codes were tried. Please wait {in_words(wait)} and try again; the rest of the cart works on."
        response = _page(cart, problem=Problem(words, kept(typed)), status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    try:
        code = set_discount(cart=cart, code=kept(typed))
    except CodeRefused as refused:
        return _page(cart, problem=Problem(refused.reason, kept(typed)), status=422)
    except UnknownLine:
        abort(404)
    return _done(cart, "discount" if code else "no-discount", focus="cart-code")


def _wait_before_code(cart: Cart) -> int:
    """Seconds until another code may be tried: counted by cart, and by address so that a new cart is no way out."""
    by_address = 0 if is_everybody() else seconds_to_wait(CODES_PER_ADDRESS, "code", address_key())
    return max(by_address, seconds_to_wait(CODES_PER_CART, "code", cart.token_hash.hex()))


@blueprint.post("/cart/forget")
@public
def forget() -> AnyResponse:
    cart = current_cart()
    if cart is not None:
        forget_cart(cart=cart)
    response: Any = _done(None, "forgotten", focus="cart-contents")
    cookie.forget(response)
    return response  # type: ignore[no-any-return]


def _cart_or_404() -> Cart:
    return current_cart() or abort(404)


def _done(cart: Cart | None, word: str, *, focus: str = "") -> AnyResponse:
    """The answer to a change that worked. `focus` is the id that htmx moves to where the one it was at is gone."""
    if not is_htmx():
        response: Any = see_other(url_for("cart.show", done=word))
        response.vary.add("HX-Request")
    else:
        response = _page(cart, said=SAID[word], focus=focus)
    if cart is not None:
        cookie.keep(response, str(cookie.token_in(request)))
    return response  # type: ignore[no-any-return]


def _page(
    cart: Cart | None, *, said: str = "", problem: Problem | None = None, status: int = 200, focus: str = ""
) -> Response:
    contents = contents_of(cart) if cart is not None else NOTHING
    return page_or_fragment(
        "cart/page.html",
        "cart/_changed.html",
        status=status,
        contents=contents,
        cart_count=contents.item_count,
        said=said,
        problem=problem,
        focus=focus,
    )
