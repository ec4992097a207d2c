"""What the policy pages show: the policy in its versions, and the promises kept."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peewee import ModelSelect

from .models import PolicyVersion

LEDGER = Path(__file__).parent / "promises.toml"
POLICIES = {"K": "the shop's policy", "C": "the delivery service's policy"}


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


@cache
def promises() -> tuple[Promise, ...]:
    """All of the ledger, in its order."""
    found = tomllib.loads(LEDGER.read_text())["promise"]
    return tuple(Promise(row["id"], row["source"], row["quote"], row.get("how", "")) for row in found)


def kept_promises() -> list[Promise]:
    return [promise for promise in promises() if promise.how]


def newest_policy() -> PolicyVersion | None:
    """None only before the very first start."""
    found: PolicyVersion | None = PolicyVersion.select().order_by(PolicyVersion.number.desc()).first()
    return found


def current_policy() -> PolicyVersion:
    """The version in force; a shop that was migrated always has one."""
    found: PolicyVersion = PolicyVersion.select().order_by(PolicyVersion.number.desc()).get()
    return found


def policy_with(number: int) -> PolicyVersion | None:
    found: PolicyVersion | None = PolicyVersion.get_or_none(PolicyVersion.number == number)
    return found


def policy_dates() -> ModelSelect[Any]:
    """Every version without its text, the newest first."""
    columns = PolicyVersion.id, PolicyVersion.number, PolicyVersion.posted_at
    found: ModelSelect[Any] = PolicyVersion.select(*columns).order_by(PolicyVersion.number.desc())
    return found
