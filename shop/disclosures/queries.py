"""What has left the shop, for the pages of those it concerns; and who may be given something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import ModelSelect

from ..vault import Recipient
from .models import Disclosure, RegisteredRecipient


def disclosures_about(kind: str, row_ids: Any) -> ModelSelect[Any]:
    """Those about rows of one kind, newest first; `row_ids` are ids, or a select of them."""
    found: ModelSelect[Any] = (
        Disclosure.select()
        .where(Disclosure.about_kind == kind, Disclosure.about_id.in_(row_ids))
        .order_by(Disclosure.at.desc(), Disclosure.id.desc())
    )
    return found


def given_before(kind: str, row_ids: Iterable[int], *, recipient: Recipient, who: str) -> dict[int, Disclosure]:
    """Of these rows those that this very recipient was given something of, each with the last time."""
    wanted = (Disclosure.recipient == recipient) & (Disclosure.who == who)
    rows = disclosures_about(kind, list(row_ids)).where(wanted)
    return {row.about_id: row for row in reversed(list(rows))}


def registered(code: str) -> RegisteredRecipient | None:
    """The recipient that goes by this code, whether it may be given something or not."""
    found: RegisteredRecipient | None = RegisteredRecipient.get_or_none(RegisteredRecipient.code == code)
    return found


def recipients() -> list[RegisteredRecipient]:
    """All of the register: those that count first, by kind and name."""
    rows = list(RegisteredRecipient.select())
    return sorted(rows, key=lambda row: (row.ended_at is not None, row.kind, row.name.casefold()))


def recipients_of(kind: Recipient) -> list[RegisteredRecipient]:
    """Those of a kind who may be given something now, by name."""
    return [row for row in recipients() if row.recipient == kind and row.may_receive]


def recipient_name(code: str) -> str:
    """The name behind a disclosure's `who`, or the code itself for one that is in no register."""
    found = registered(code) if code else None
    return str(found.name) if found else code
