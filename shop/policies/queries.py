"""What the policy pages show: the promises kept, and what is held about people."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import vault

LEDGER = Path(__file__).parent / "promises.toml"
POLICIES = {"K": "the shop's policy", "C": "the delivery service's policy"}
GROUPS = {
    "order": "When you order",
    "cart": "Your cart",
    "profile": "Your account",
    "link": "Links we mail to you",
    "mail": "Mails we write to you",
    "survey": "Questions you chose to answer",
    "case": "Requests and complaints",
    "staff": "If you work here",
}
PLACES = {"shipping": "for the delivery", "billing": "for the bill"}
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Promise:
    """A sentence of the policies. `how` tells a shopper how it is kept; empty: not yet."""

    id: str
    source: str
    quote: str
    how: str

    @property
    def policies(self) -> str:
        letters = [place.strip().partition(":")[0] for place in self.source.split(",")]
        return " and ".join(POLICIES[letter] for letter in dict.fromkeys(letters))


@dataclass(frozen=True)
class Held:
    """One value the shop asks a person for; `place` tells apart those with the same label."""

    label: str
    place: str
    why: str
    without: str
    required: bool
    purposes: Sequence[str]
    recipients: Sequence[str]


@dataclass(frozen=True)
class HeldGroup:
    """What is asked for on one occasion, and how long all of it is kept."""

    name: str
    title: str
    how_long: str
    values: Sequence[Held]


@cache
def promises() -> tuple[Promise, ...]:
    """All of the ledger, in its order."""
    found = tomllib.loads(LEDGER.read_text())["promise"]
    return tuple(Promise(row["id"], row["source"], row["quote"], row.get("how", "")) for row in found)


def kept_promises() -> list[Promise]:
    return [promise for promise in promises() if promise.how]


def held() -> list[HeldGroup]:
    """Everything personal that the shop can hold, as declared beside the columns themselves."""
    declared = list(dict.fromkeys(found.personal for found in vault.declarations()))
    return [
        HeldGroup(name, title, _how_long(name), [_held(value) for value in declared if value.retention == name])
        for name, title in GROUPS.items()
        if any(value.retention == name for value in declared)
    ]


def _held(value: vault.Personal) -> Held:
    return Held(
        label=value.label,
        place=PLACES.get((value.autocomplete or "").partition(" ")[0], ""),
        why=value.why,
        without=value.without,
        required=value.required,
        purposes=[purpose.words for purpose in value.purposes],
        recipients=[recipient.words for recipient in value.recipients],
    )


def _how_long(retention: str) -> str:
    kind = vault.RETENTION[retention]
    if kind.days is None:
        return kind.words
    years, days = divmod(kind.days, DAYS_A_YEAR)
    return f"{kind.words}: {years} years" if years > 1 and days < years else f"{kind.words}: {kind.days} days"
