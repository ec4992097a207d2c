"""Keeps what a shopper has typed at the checkout, sealed, until the order is placed or the cart ends."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from .. import clock
from ..addresses import Address
from ..addresses.fields import PARTS
from ..cart.models import Cart
from ..customers.models import Address as SavedAddress
from ..customers.models import Customer
from ..customers.queries import addresses_of
from ..customers.services.addresses import TooManyAddresses, add_address
from ..db import db
from ..vault import Source, destroy_subject, new_subject
from .models import CheckoutDraft
from .queries import draft_of


def save_contact(
    *,
    cart: Cart,
    values: Mapping[str, str | None],
    customer: Customer | None = None,
    wants_account: bool = False,
    source: Source = Source.SELF,
) -> None:
    """`values` are by column; `customer` is who is signed in, `source` where the values come from."""
    with db.atomic():
        draft = _draft_for(cart, customer)
        draft.wants_account = wants_account and customer is None
        _save(draft, values, source)


def save_delivery(
    *,
    cart: Cart,
    values: Mapping[str, str | None],
    is_collected: bool,
    billing_is_delivery: bool,
    is_done: bool,
    customer: Customer | None = None,
    source: Source = Source.SELF,
) -> None:
    """`is_done` is false when a country was changed and its fields are still to be filled in."""
    with db.atomic():
        draft = _draft_for(cart, customer)
        draft.is_collected, draft.billing_is_delivery, draft.is_delivery_done = (
            is_collected,
            billing_is_delivery,
            is_done,
        )
        _save(draft, values, source)


def keep_address(*, customer: Customer, postal: Address) -> bool:
    """Keep an address in the customer's account, as they ticked; False when it is there, or there is no room for it."""
    if any(postal == _postal(one) for one in addresses_of(customer)):
        return False
    try:
        add_address(customer=customer, postal=postal, source=Source.SELF, by=f"customer:{customer.id}")
    except TooManyAddresses:
        return False
    return True


def _postal(saved: SavedAddress) -> Address:
    return Address(**{part: getattr(saved, part) or "" for part in PARTS})


def choose_method(*, cart: Cart, code: str, customer: Customer | None = None) -> None:
    with db.atomic():
        draft = _draft_for(cart, customer)
        draft.method_code, draft.touched_at = code, clock.now()
        draft.save()


def _draft_for(cart: Cart, customer: Customer | None) -> CheckoutDraft:
    draft = draft_of(cart, customer)
    if draft is None:
        _drop_unreadable(cart)
        draft = CheckoutDraft(
            subject=new_subject("cart"), source=Source.SELF, cart=cart.id, idem=secrets.token_urlsafe(24)
        )
    if customer is not None:
        draft.customer = customer
    return draft


def _drop_unreadable(cart: Cart) -> None:
    """A draft whose key has expired, or that another customer typed at this browser, is of no use any more."""
    for draft in CheckoutDraft.select().where(CheckoutDraft.cart == cart.id):
        draft.delete_instance()
        destroy_subject(draft.subject)


def _save(draft: CheckoutDraft, values: Mapping[str, str | None], source: Source) -> None:
    draft.source = source
    for column, value in values.items():
        setattr(draft, column, value)
    draft.touched_at = clock.now()
    draft.save()
