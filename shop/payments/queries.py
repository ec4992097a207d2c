"""The cards that customers may pay with."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..days import today
from ..vault import preload
from .models import StoredCard


def cards_of(customer_id: int) -> list[StoredCard]:
    """A customer's saved cards, the newest first, those that have expired too."""
    kept = StoredCard.select().where(StoredCard.customer == customer_id, StoredCard.removed_at.is_null())
    cards = list(kept.order_by(StoredCard.id.desc()))
    preload(card.subject for card in cards)
    return cards


def usable_cards(customer_id: int) -> list[StoredCard]:
    """Those that a customer can pay with now."""
    return [card for card in cards_of(customer_id) if card.is_usable]


def usable_card(customer_id: int, card_id: int) -> StoredCard | None:
    """One of them; None for any other card."""
    card = card_of(customer_id, card_id)
    return card if card is not None and card.is_usable else None


def card_of(customer_id: int, card_id: int) -> StoredCard | None:
    """One of this customer's saved cards; None for another's, and for one that was removed."""
    found: StoredCard | None = StoredCard.get_or_none(
        StoredCard.id == card_id, StoredCard.customer == customer_id, StoredCard.removed_at.is_null()
    )
    return found


def cards_expiring(before: date) -> Any:
    """Saved cards that still work and will not from `before` on, with their customers; the first to end first."""
    ends_soon = (StoredCard.expires_on >= today()) & (StoredCard.expires_on < before)
    return (
        StoredCard.select()
        .where(StoredCard.removed_at.is_null(), ends_soon)
        .order_by(StoredCard.expires_on, StoredCard.id)
    )
