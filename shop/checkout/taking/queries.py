"""The orders that staff are taking, and those whose customer was asked to pay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import fn

from ... import clock
from ...cart.models import CartLine
from ...orders.models import LIVE_PAYMENTS, Order, OrderState, Payment
from ...vault import preload
from ..models import CheckoutDraft

SHOWN_AT_MOST = 100
TOKEN_AT_MOST = 100


class Standing(StrEnum):
    """How far an order is that somebody takes."""

    BEING_TAKEN = "being taken"
    ASKED = "asked to pay"
    OPENED = "link followed"
    CHECKED = "being checked"


@dataclass(frozen=True)
class Taken:
    """An order that is being taken, in the desk's list; `name` and `email` are "" as long as nobody said them."""

    draft: CheckoutDraft
    name: str
    email: str
    pieces: int
    standing: Standing


def hash_of_link(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def draft_taken(draft_id: int) -> CheckoutDraft | None:
    """An order that staff are taking; None for what a shopper types, and for what is over."""
    found: CheckoutDraft | None = CheckoutDraft.get_or_none(
        CheckoutDraft.id == draft_id, CheckoutDraft.taken_by.is_null(False)
    )
    return found if found is not None and found.is_readable else None


def draft_behind(token: str) -> CheckoutDraft | None:
    """The order that a mailed link leads to, as long as it does."""
    if not token or len(token) > TOKEN_AT_MOST:
        return None
    found: CheckoutDraft | None = CheckoutDraft.get_or_none(
        CheckoutDraft.link_hash == hash_of_link(token), CheckoutDraft.link_ends_at > clock.now()
    )
    return found if found is not None and found.is_readable else None


def orders_taken() -> list[Taken]:
    """The newest first. The number of queries is the same however many there are."""
    query = CheckoutDraft.select().where(CheckoutDraft.taken_by.is_null(False))
    drafts = list(query.order_by(CheckoutDraft.id.desc()).limit(SHOWN_AT_MOST))
    preload(draft.subject for draft in drafts)
    drafts = [draft for draft in drafts if draft.is_readable]
    pieces, checked = _pieces([draft.cart_id for draft in drafts]), _being_checked([draft.subject for draft in drafts])
    return [
        Taken(
            draft=draft,
            name=draft.delivery_name or draft.billing_name or "",
            email=draft.email or "",
            pieces=pieces.get(draft.cart_id, 0),
            standing=_standing(draft, is_checked=draft.subject in checked),
        )
        for draft in drafts
    ]


def is_being_paid(draft: CheckoutDraft) -> bool:
    """Whether the bank is being asked about it at this moment, so that nothing of it may be changed."""
    return bool(_being_checked([draft.subject]))


def standing_of(draft: CheckoutDraft) -> Standing:
    return _standing(draft, is_checked=is_being_paid(draft))


def ended_drafts() -> Sequence[CheckoutDraft]:
    """Those whose customer did not pay in time, but for one whose payment is under way."""
    over = list(CheckoutDraft.select().where(CheckoutDraft.link_ends_at <= clock.now()))
    checked = _being_checked([draft.subject for draft in over])
    return [draft for draft in over if draft.subject not in checked]


def _standing(draft: CheckoutDraft, *, is_checked: bool) -> Standing:
    if is_checked:
        return Standing.CHECKED
    if draft.sent_at is None:
        return Standing.BEING_TAKEN
    return Standing.OPENED if draft.opened_at else Standing.ASKED


def _pieces(cart_ids: Sequence[int]) -> dict[int, int]:
    counted = CartLine.select(CartLine.cart, fn.SUM(CartLine.quantity)).where(
        CartLine.cart.in_(cart_ids), CartLine.removed_at.is_null()
    )
    rows: Iterable[Any] = counted.group_by(CartLine.cart).tuples()
    return {cart_id: int(count) for cart_id, count in rows}


def _being_checked(subjects: Sequence[str]) -> set[str]:
    rows: Iterable[Any] = (
        Order.select(Order.draft_subject)
        .join(Payment)
        .where(Order.draft_subject.in_(subjects), Order.state == OrderState.PENDING, Payment.state.in_(LIVE_PAYMENTS))
        .tuples()
    )
    return {subject for (subject,) in rows}
