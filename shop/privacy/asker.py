"""Whose data the request may see: the signed-in customer's, or that of whoever opened a mailed link in this browser."""

from __future__ import annotations

from flask import request, session

from ..cart.cookie import token_in
from ..cart.queries import cart_of
from ..customers.signed_in import current_customer
from .person import Person, person_of
from .services.opening import person_with

KEY = "my_data"


def current_person() -> Person | None:
    """A link that was opened here comes before a sign-in, for its page says whose it is and how to close it."""
    cart = cart_of(token_in(request))
    opened = person_with(session[KEY], cart) if KEY in session else None
    if opened is not None:
        return opened
    customer = current_customer()
    return person_of(customer, cart) if customer else None


def is_opened_by_link() -> bool:
    return KEY in session and person_with(session[KEY]) is not None
