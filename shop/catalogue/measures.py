"""Prices per kilogram, litre or piece, so that packs of different sizes can be compared."""

from __future__ import annotations

from .models import Measure

# How many grams, millilitres or pieces the unit price is given for.
_PER = {Measure.KILOGRAM: 1000, Measure.LITRE: 1000, Measure.PIECE: 1}


def unit_price_cents(price_cents: int, measure: str, amount: int | None) -> int | None:
    """The price of one unit, half a cent rounded up; None when it would say nothing that the price does not."""
    per = _PER.get(Measure(measure))
    if not per or not amount or amount == per:
        return None
    return (2 * price_cents * per + amount) // (2 * amount)
