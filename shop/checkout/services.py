"""Keeps what a shopper has typed at the checkout, sealed, until the order is placed or the cart ends."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from .. import clock
from ..cart.models import Cart
from ..db import db
from ..vault import Source, destroy_subject, new_subject
from .models import CheckoutDraft
from .queries import draft_of


def save_contact(*, cart: Cart, values: Mapping[str, str | None]) -> None:
    """`values` are by column."""
    with db.atomic():
        _save(_draft_for(cart), values)


def save_delivery(
    *, cart: Cart, values: Mapping[str, str | None], is_collected: bool, billing_is_delivery: bool, is_done: bool
) -> None:
    """`is_done` is false when a country was changed and its fields are still to be filled in."""
    with db.atomic():
        draft = _draft_for(cart)
        draft.is_collected, draft.billing_is_delivery, draft.is_delivery_done = (
            is_collected,
            billing_is_delivery,
            is_done,
        )
        _save(draft, values)


def choose_method(*, cart: Cart, code: str) -> None:
    with db.atomic():
        draft = _draft_for(cart)
        draft.method_code = code
        _save(draft, {})


def _draft_for(cart: Cart) -> CheckoutDraft:
    draft = draft_of(cart)
    if draft is None:
        _drop_unreadable(cart)
        draft = CheckoutDraft(
            subject=new_subject("cart"), source=Source.SELF, cart=cart.id, idem=secrets.token_urlsafe(24)
        )
    return draft


def _drop_unreadable(cart: Cart) -> None:
    """A draft whose key has expired is nobody's any more."""
    for draft in CheckoutDraft.select().where(CheckoutDraft.cart == cart.id):
        draft.delete_instance()
        destroy_subject(draft.subject)


def _save(draft: CheckoutDraft, values: Mapping[str, str | None]) -> None:
    for column, value in values.items():
        setattr(draft, column, value)
    draft.touched_at = clock.now()
    draft.save()
