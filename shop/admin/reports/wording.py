"""Reasons, places and figures in words."""

from __future__ import annotations

from ...addresses.countries import named as countries_named
from ...money import percent
from ...orders.cancelling import Reason
from ...orders.refund_reasons import RefundReason
from ...reports.backs import CANCELLED, RELEASED
from ...reports.sums import Held, Key, Kind

_REASONS = {
    RELEASED: "Let go before it was taken",
    CANCELLED: "Cancelled before it was taken",
    "too late to void": "Cancelled, and taken already",
}
_HELD: dict[str, str] = {
    Held.TAKEN: "payments taken, or being taken",
    Held.AUTHORIZED: "payments authorised and not taken yet",
    Held.REFUNDED: "refunds of the orders placed in these days, whenever they were",
    Held.GONE: "given back of the orders placed in these days, whenever that was",
    Held.CHANGED: "changed since, of the orders placed in these days",
    Held.CHANGES: "changed in these days, whenever they were placed",
    Held.OWED: "still to go back for changed orders",
    Held.APART: "orders whose payments hold another amount",
}


def reason_words(name: str) -> str:
    for reasons in (RefundReason, Reason):
        if name in set(reasons):
            return str(reasons(name).words).capitalize()
    return _REASONS.get(name, name.capitalize() or "No reason given")


def place_words(place: str) -> str:
    country, _, region = place.partition("-")
    if not country:
        return "Collected, or nowhere in particular"
    name = dict(countries_named((country,))).get(country, country)
    return f"{name}, {region}" if region else name


def words_for(key: Key) -> str:
    """What a list of orders is of, to go on from "Sold" or "Given back"."""
    return {
        Kind.GOODS: f"with {key.name} among the goods",
        Kind.TAX: f"with {key.name or 'no tax'} {percent(key.rate_ppm)}: {place_words(key.place)}",
        Kind.DELIVERY: f"by “{key.name}”" if key.name else "without delivery",
        Kind.DISCOUNT: f"with the code {key.name}",
        Kind.HELD: _HELD.get(key.name, ""),
        Kind.BACK: reason_words(key.name)[:1].lower() + reason_words(key.name)[1:],
    }.get(Kind(key.kind), "")
