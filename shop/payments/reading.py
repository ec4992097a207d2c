"""Reads the SDK's objects into our own values. An answer that does not fit raises, and the caller calls it unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ..money import from_decimal
from .outcomes import Seen


def seen(transaction: Any) -> Seen:
    """Raises when the answer lacks an id, an amount or a status."""
    card = getattr(transaction, "credit_card_details", None)
    if not transaction.id or not transaction.status:
        raise ValueError("a transaction without an id or a status")
    return Seen(
        gateway_id=str(transaction.id),
        ref=_text(transaction, "order_id"),
        amount_cents=from_decimal(Decimal(transaction.amount)),
        status=str(transaction.status),
        brand=_text(card, "card_type"),
        last4=_text(card, "last_4"),
        expiry=_expiry(card),
        refunded_id=_text(transaction, "refunded_transaction_id") or None,
        created_at=_moment(getattr(transaction, "created_at", None)),
        code=_text(transaction, "processor_response_code"),
        token=_text(card, "token"),
    )


def rejection(transaction: Any) -> str:
    """Why the gateway's own rules said no: "fraud", "duplicate", "cvv"…"""
    return _text(transaction, "gateway_rejection_reason")


def first_code(result: Any) -> str:
    """The validation error's code, the consumed nonce's before any other; "" when the answer names none."""
    codes = [str(error.code) for error in result.errors.deep_errors]
    return "91564" if "91564" in codes else next(iter(codes), "")


def _text(thing: Any, name: str) -> str:
    value = getattr(thing, name, None)
    return "" if value is None else str(value)


def _expiry(card: Any) -> str:
    month, year = _text(card, "expiration_month"), _text(card, "expiration_year")
    return f"{month}/{year}" if month and year else ""


def _moment(value: Any) -> datetime | None:
    """The SDK's times are UTC without saying so."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None
