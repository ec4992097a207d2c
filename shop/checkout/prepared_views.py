"""An order that staff took, behind the link that was mailed to its customer: a checkout like any other from here on.

The link proves a mailbox, and so does not need its customer to be signed in. Looking at it changes nothing, for
programs that read mail follow links.
"""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField

from ..access_rules import public
from ..cart import cookie
from ..cart.models import Cart
from ..cart.queries import cart_of, items_in_cart
from ..cart.services import UnknownLine, forget_cart
from ..signing_in import go_to
from ..vault import Source
from ..web import page_or_fragment
from .models import CheckoutDraft
from .pages import blueprint
from .queries import Checkout
from .taking.queries import draft_behind
from .taking.services import follow_link

NOT_FOUND = 404
ASK_FIRST = "There is something in this browser’s cart. Say what is to become of it."


class FollowForm(FlaskForm):  # type: ignore[misc]
    """`key` is the mailed link's token; `replace` says that what is in the browser's cart may go."""

    key = HiddenField()
    replace = BooleanField("Forget what is in my cart, and go on with this order")


@blueprint.get("/checkout/prepared")
@public
def prepared() -> Response:
    key = request.args.get("key", "")
    draft = draft_behind(key)
    return _page(draft, FollowForm(formdata=None, data={"key": key})) if draft is not None else _ended()


@blueprint.post("/checkout/prepared")
@public
def follow() -> Response:
    form = FollowForm()
    draft = draft_behind(form.key.data or "")
    if draft is None:
        return _ended()
    other = _other_cart(draft)
    if not form.validate():
        return _page(draft, form, 422)
    if other is not None and not form.replace.data:
        form.replace.errors = [ASK_FIRST]
        return _page(draft, form, 422)
    return _follow(draft, other)


def _follow(draft: CheckoutDraft, other: Cart | None) -> Response:
    token = cookie.new_token()
    try:
        follow_link(draft=draft, token=token)
    except UnknownLine:
        return _ended()
    if other is not None:
        forget_cart(cart=other)
    response = make_response(go_to(url_for(".show")))
    cookie.keep(response, token)
    return response


def _other_cart(draft: CheckoutDraft) -> Cart | None:
    """What this browser has in its cart, if it is not this very order."""
    token = cookie.token_in(request)
    cart = cart_of(token)
    return cart if cart is not None and cart.id != draft.cart_id and items_in_cart(token) else None


def _page(draft: CheckoutDraft, form: FollowForm, status: int = 200) -> Response:
    """What is in it and what it comes to; not who it is for, or where it goes."""
    return page_or_fragment(
        "checkout/prepared.html",
        "checkout/_prepared.html",
        status=status,
        checkout=Checkout(draft.cart, draft.customer),
        draft=draft,
        way=Source(draft.told).way,
        form=form,
        in_cart=items_in_cart(cookie.token_in(request)) if _other_cart(draft) else 0,
    )


def _ended() -> Response:
    """Withdrawn, too old, paid already, or never there: the same answer."""
    return make_response(render_template("checkout/prepared_ended.html"), NOT_FOUND)
