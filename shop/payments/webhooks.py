"""What Braintree tells by itself: read from a message that it signed with our own key."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..config import settings
from ..money import from_decimal

LONGEST = 256 * 1024

log = logging.getLogger("shop.payments")


class NotFromTheGateway(Exception):
    """Not signed by it, not readable, or not whole: nothing in it is believed."""


@dataclass(frozen=True)
class DisputeSeen:
    """`gateway_id` is the dispute's own, `payment_id` the gateway's id of the payment that it is about."""

    gateway_id: str
    payment_id: str
    status: str
    reason: str
    amount_cents: int
    reply_by: date | None


@dataclass(frozen=True)
class Told:
    """`kind` is the gateway's word; `dispute` is there if it is about one."""

    kind: str
    dispute: DisputeSeen | None


def read_webhook(*, signature: str, payload: str) -> Told:
    """Raises NotFromTheGateway."""
    if len(payload) > LONGEST:
        raise NotFromTheGateway("too long")
    try:
        found = _gateway().webhook_notification.parse(signature, payload)
        return Told(str(found.kind), _dispute(getattr(found, "dispute", None)))
    except Exception as error:  # The SDK lets whatever it stumbles over through.
        log.warning("webhook refused", extra={"fields": {"why": type(error).__name__}})
        raise NotFromTheGateway(type(error).__name__) from error


def answer_challenge(challenge: str) -> str:
    """What the gateway wants to hear before it trusts our address. Raises NotFromTheGateway."""
    try:
        return str(_gateway().webhook_notification.verify(challenge))
    except Exception as error:
        raise NotFromTheGateway(type(error).__name__) from error


def _dispute(found: Any) -> DisputeSeen | None:
    if found is None:
        return None
    amount = getattr(found, "amount_disputed", None) or found.amount
    reply_by = getattr(found, "reply_by_date", None)
    return DisputeSeen(
        gateway_id=str(found.id),
        payment_id=str(found.transaction.id),
        status=str(found.status),
        reason=str(getattr(found, "reason", "") or ""),
        amount_cents=from_decimal(Decimal(str(amount))),
        reply_by=reply_by if isinstance(reply_by, date) else None,
    )


def _gateway() -> Any:
    """Loaded by the first message, as gateway.py loads it with the first question."""
    from .connection import connect

    return connect(settings())
