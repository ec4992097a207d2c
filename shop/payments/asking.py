"""What a page that asks for a card shows, and whether a saved one may be charged for whoever sits at the browser."""

from __future__ import annotations

import secrets
from typing import Any

from ..customers.models import Customer
from ..customers.services.passwords import check_password
from ..customers.signed_in import signed_in_recently
from ..security import widen_content_policy
from . import gateway
from .queries import usable_cards


def card_choice(customer: Customer | None) -> dict[str, Any]:
    """A fresh token for the card form, and leave for its hosts, on this answer and no other; the customer's own cards.

    For payments/_card.html and payments/_saved_cards.html.
    """
    entry = gateway.card_entry()
    widen_content_policy(**entry.content_policy)
    saved = usable_cards(customer.id) if customer is not None else []
    return {
        "card_entry": entry,
        "saved_cards": saved,
        "attempt": secrets.token_urlsafe(12),
        "asks_password": bool(saved) and not signed_in_recently(),
    }


def may_charge(customer: Customer | None, card_id: int | None, password: str) -> bool:
    """Whoever signed in a while ago types the password before a saved card is charged. Raises TooManyTries."""
    if customer is None or card_id is None or signed_in_recently():
        return True
    return check_password(customer=customer, password=password)
