"""What printing and handing over have in common: the orders stand still while somebody takes their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...db import taken
from ..in_work import Work, work_of
from ..models import Order


class NotNeeded(Exception):
    """Nobody needs this of some of the orders; `reasons` says why, by their numbers. Nothing was done to any."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(f"{number} {reason}" for number, reason in reasons.items()))
        self.reasons = reasons


def locked_work(order_ids: Iterable[int]) -> list[Work]:
    """The orders as they are now, in this order; nobody changes them before the caller's transaction has ended."""
    ids = list(order_ids)
    list(taken(Order.select(Order.id).where(Order.id.in_(ids)).order_by(Order.id)))
    return work_of(ids)


def check_needed(works: Sequence[Work], refusals: Sequence[str]) -> None:
    """Raises NotNeeded with those of the orders that have a refusal."""
    found = {work.order.number: refusal for work, refusal in zip(works, refusals, strict=True) if refusal}
    if found:
        raise NotNeeded(found)
