"""What a customer sees first: what we know of them, what of it may have grown old, and the ways to the rest."""

from __future__ import annotations

from typing import Any

from ..addresses import address_lines
from ..customers.models import Address, AddressUse, Customer
from ..customers.queries import addresses_of
from ..customers.services.reminders import mail_refused_at, parcel_returned_at
from ..days import today
from ..orders.own import count_offered, newest_order
from ..payments.queries import cards_of
from ..privacy.erasing.queries import requested_for
from .services import CARDS_END_WITHIN


def overview_of(customer: Customer) -> dict[str, Any]:
    """What the account's first page shows."""
    addresses: list[Address] = list(addresses_of(customer))
    soon = today() + CARDS_END_WITHIN
    return {
        "customer": customer,
        "erasure": requested_for(customer.email_index),
        "order": newest_order(customer.id),
        "offered": count_offered(customer),
        "delivery": _lines(addresses, AddressUse.DELIVERY),
        "billing": _lines(addresses, AddressUse.BILLING),
        "refused_at": mail_refused_at(customer),
        "returned_at": parcel_returned_at(customer),
        "cards_ending": [card for card in cards_of(customer.id) if card.expires_on and card.expires_on < soon],
    }


def _lines(addresses: list[Address], use: AddressUse) -> tuple[str, ...]:
    return address_lines(next((row for row in addresses if getattr(row, use.column)), None))
