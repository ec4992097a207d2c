"""Saved cards: kept with the sale that stored them, removed here at once, deleted at the gateway until it says so."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from peewee import DoesNotExist

from ... import clock, jobs
from ...audit.services import record
from ...customers.models import Customer
from ...customers.services.consents import ConsentPurpose, has_consent
from ...customers.services.locking import locked
from ...db import db
from ...vault import REMOVED, Source, destroy_subject, new_subject, note_removal
from .. import gateway
from ..gateway import Forgotten
from ..models import StoredCard

JOB = "delete removed cards"
WAITS = (10, 30, 60, 300, 900, 3600)
EXPIRY = re.compile(r"(\d{1,2})/(\d{4})")


def may_keep_cards(customer_id: int) -> bool:
    """Whether this customer wants cards kept; nobody changes the answer until the caller's transaction ends."""
    try:
        locked(Customer(id=customer_id))
    except DoesNotExist:
        return False
    return has_consent(customer_id, ConsentPurpose.SAVED_CARD)


def keep_card(
    *, customer_id: int, gateway_customer: str, token: str, brand: str, last4: str, expiry: str
) -> StoredCard:
    """Note a card that the gateway has just stored, in the caller's transaction; told twice, it is noted once.

    `expiry` is "MM/YYYY" or "". The same card, stored again, takes the older one's place.
    """
    card: StoredCard | None = StoredCard.get_or_none(StoredCard.gateway_customer == gateway_customer)
    if card is not None:
        return card
    with db.atomic():
        card = StoredCard(
            subject=new_subject("card"),
            source=Source.PROCESSOR,
            customer=customer_id,
            gateway_customer=gateway_customer,
        )
        card.token, card.brand, card.last4, card.expires_on = token, brand, last4, _last_day(expiry)
        for before in _like(card):
            _remove(before, "shop")
        card.save(force_insert=True)
        record("card-saved", actor=f"customer:{customer_id}", about=("customer", customer_id), card=card.id)
    return card


def _last_day(expiry: str) -> date | None:
    """A card is good until the end of its month."""
    found = EXPIRY.fullmatch(expiry)
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    month, year = int(found[1]), int(found[2])
    return date(year, month, calendar.monthrange(year, month)[1])


def _like(card: StoredCard) -> list[StoredCard]:
    kept = StoredCard.select().where(
        StoredCard.customer == card.customer_id,
        StoredCard.expires_on == card.expires_on,
        StoredCard.removed_at.is_null(),
    )
    return [one for one in kept if (one.brand, one.last4) == (card.brand, card.last4)]


def drop_stored(*, customer_id: int | None, gateway_customer: str) -> None:
    """Have a card deleted at the gateway that may have been stored by a payment that came to nothing, in the caller's
    transaction."""
    if StoredCard.select().where(StoredCard.gateway_customer == gateway_customer).exists():
        return
    StoredCard.create(
        subject=new_subject("card"),
        source=Source.PROCESSOR,
        customer=customer_id,
        gateway_customer=gateway_customer,
        removed_at=clock.now(),
    )
    jobs.kick(JOB)


def remove_card(*, card: StoredCard) -> bool:
    """As its customer wishes: nobody pays with it from now on, and it is deleted at the gateway. False when that was
    done already."""
    with db.atomic():
        return _remove(card, f"customer:{card.customer_id}")


def forget_cards(*, customer_id: int) -> int:
    """Remove every saved card of a customer; how many there were."""
    with db.atomic():
        kept = list(StoredCard.select().where(StoredCard.customer == customer_id, StoredCard.removed_at.is_null()))
        return sum(_remove(card, "shop") for card in kept)


def _remove(card: StoredCard, actor: str) -> bool:
    now = clock.now()
    kept = (StoredCard.id == card.id) & StoredCard.removed_at.is_null()
    if not StoredCard.update(removed_at=now, due_at=now, expires_on=None).where(kept).execute():
        return False
    note_removal("card", card.id)
    record("card-removed", actor=actor, about=_about(card), card=card.id)
    jobs.kick(JOB)
    return True


def _about(card: StoredCard) -> tuple[str, int]:
    return ("customer", card.customer_id) if card.customer_id else ("card", int(card.id))


def delete_removed() -> int:
    """Delete at the gateway what was removed here; how many were asked for. What is not known to be gone stays due."""
    is_nobodys = StoredCard.removed_at.is_null(False) | StoredCard.customer.is_null()
    due = list(StoredCard.select().where(is_nobodys, StoredCard.due_at <= clock.now()).order_by(StoredCard.id))
    for card in due:
        if _take(card) and isinstance(_ask_to_delete(card), Forgotten):
            _gone(card)
    return len(due)


def _take(card: StoredCard) -> bool:
    """Let one worker alone ask, and set when it is asked again if no clear answer comes."""
    later = clock.now() + timedelta(seconds=WAITS[min(card.tries, len(WAITS) - 1)])
    mine = (StoredCard.id == card.id) & (StoredCard.tries == card.tries)
    return bool(StoredCard.update(tries=card.tries + 1, due_at=later).where(mine).execute())


def _ask_to_delete(card: StoredCard) -> gateway.ForgetOutcome:
    token = None if card.token is REMOVED else card.token
    return gateway.forget_card(customer_id=card.gateway_customer, token=token)


def _gone(card: StoredCard) -> None:
    with db.atomic():
        if StoredCard.delete().where(StoredCard.id == card.id).execute():
            destroy_subject(card.subject)
            record("card-gone", actor="shop", about=_about(card), card=card.id)
