"""What the delivery step begins with: what was answered before, or what a customer's account holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..addresses import address_lines
from ..addresses.fields import PARTS
from ..customers.models import Address as SavedAddress
from ..customers.models import AddressUse, Customer
from ..customers.queries import addresses_of
from ..phones import international
from ..pricing.queries import countries_served
from ..vault import REMOVED
from .queries import Checkout

KINDS = ("delivery", "billing")
DELIVER, COLLECT = "deliver", "collect"


def saved_addresses(customer: Customer | None) -> list[SavedAddress]:
    """The addresses of the customer's account; none for a guest."""
    return list(addresses_of(customer)) if customer is not None else []


def offered(saved: Sequence[SavedAddress], kind: str) -> list[tuple[int, str]]:
    """Which of them may be put into the form's "delivery" or "billing" part: their ids and how they read."""
    served = set(countries_served()) if saved and kind == "delivery" else set()
    able = [one for one in saved if kind == "billing" or one.country in served]
    return [(one.id, ", ".join(address_lines(one))) for one in able]


def delivery_before(checkout: Checkout, saved: Sequence[SavedAddress]) -> dict[str, Any]:
    """By field of the delivery step's form."""
    draft = checkout.draft
    if draft is None or not (draft.is_delivery_done or draft.delivery_country or draft.delivery_name):
        return _from_account(checkout.customer, saved) if checkout.customer is not None else {}
    columns = [*(f"{kind}_{part}" for kind in KINDS for part in PARTS), "phone", "note"]
    found = {name: value for name in columns if (value := getattr(draft, name)) is not None}
    if "phone" in found:
        found["phone"] = international(found["phone"])
    return {
        **found,
        "way": COLLECT if draft.is_collected else DELIVER,
        "billing_is_delivery": draft.billing_is_delivery,
    }


def _from_account(customer: Customer, saved: Sequence[SavedAddress]) -> dict[str, Any]:
    chosen = {use: next((one for one in saved if getattr(one, use.column)), None) for use in AddressUse}
    delivery, billing = chosen[AddressUse.DELIVERY], chosen[AddressUse.BILLING]
    found: dict[str, Any] = {"billing_is_delivery": billing is None or billing == delivery}
    if delivery is not None and delivery.country in countries_served():
        found |= as_fields("delivery", delivery)
    elif customer.name:
        found["delivery_name"] = customer.name
    if billing is not None and billing != delivery:
        found |= as_fields("billing", billing)
    if customer.phone and customer.phone is not REMOVED:
        found["phone"] = international(customer.phone)
    return found


def as_fields(kind: str, address: SavedAddress) -> dict[str, str]:
    """A saved address by the fields of the form's "delivery" or "billing" part."""
    return {f"{kind}_{part}": getattr(address, part) or "" for part in PARTS}
