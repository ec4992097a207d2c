"""Reminding customers of what may have grown old: their details, their address for mails, their saved cards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from peewee import ModelSelect

from ..customers.consents import ConsentPurpose
from ..customers.models import Customer, ReminderReason
from ..customers.queries import customers_with_consent
from ..customers.services.reminders import note_refused_mails, remind_by_mail, remind_unconfirmed
from ..days import today
from ..payments.models import StoredCard
from ..payments.queries import cards_expiring
from ..privacy.erasing.queries import customers_leaving
from ..vault import preload

CARDS_END_WITHIN = timedelta(days=45)


def remind_due() -> int:
    """Everybody who is to be reminded of something, but for those who asked to be forgotten; how many there were."""
    leaving = customers_leaving()
    return remind_unconfirmed(but=leaving) + note_refused_mails(but=leaving) + _remind_of_cards(leaving)


def _remind_of_cards(leaving: ModelSelect[Any]) -> int:
    """Each card once: it ends on one day only."""
    agreed = customers_with_consent(ConsentPurpose.REMINDERS)
    ending = cards_expiring(today() + CARDS_END_WITHIN)
    cards = list(ending.where(StoredCard.customer.in_(agreed), StoredCard.customer.not_in(leaving)))
    preload(card.subject for card in cards)
    return sum(
        remind_by_mail(
            customer=Customer.get_by_id(card.customer_id), reason=ReminderReason.CARD_ENDS, about_id=card.id, card=card
        )
        for card in cards
    )
