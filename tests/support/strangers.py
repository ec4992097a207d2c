"""Strangers who have answered the whole checkout and are about to pay; made without a browser, for tests of many."""

from __future__ import annotations

import secrets

from shop.cart.models import Cart
from shop.cart.services import add_to_cart
from shop.checkout.queries import Checkout
from shop.checkout.services import save_contact, save_delivery

from .till import BUYER


def ready_to_pay(variants: dict[int, int], discount_code: str = "") -> Checkout:
    """`variants` are quantities by id. Needs an app context."""
    token = secrets.token_urlsafe(32)
    for variant_id, quantity in variants.items():
        cart = add_to_cart(token=token, variant_id=variant_id, quantity=quantity)
    Cart.update(discount_code=discount_code).where(Cart.id == cart.id).execute()
    cart = Cart.get_by_id(cart.id)
    address = {name: value for name, value in BUYER.items() if name != "email"} | {"delivery_country": "US"}
    save_contact(cart=cart, values={"email": f"{secrets.token_hex(6)}@example.com"})
    save_delivery(cart=cart, values=address, is_collected=False, billing_is_delivery=True, is_done=True)
    return Checkout(cart)
