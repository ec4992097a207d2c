"""The clocks of each kind of record: what goes when its time is over, and what the owner is told beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import clock, vault
from ..customers.models import Customer, CustomerSession
from ..days import day_of
from ..db import db
from ..jobs import JobRun
from ..orders.models import OrderContact
from ..orders.services.deactivating import deactivate_unreadable, finish_deactivating
from ..outbox.models import Mail
from ..payments.models import StoredCard
from ..vault.fields import sealed_models
from ..vault.keys import destroyed_since, expiring, standing_counts
from .erasing.models import Erasure

FORGET_EXPIRED = "forget expired"
# Rows that mean something without what was sealed in them, or that their own packages take away.
KEPT_ROWS = (Customer, OrderContact, Mail, StoredCard, Erasure)
KEPT_TABLES = {"staff"}
# A worker that was killed between a key and its rows finds them again within this time.
LOOKED_BACK = timedelta(days=40)
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class ClassStanding:
    """One kind of record: its clock, how many of them stand, and how many end on which of the coming days."""

    name: str
    title: str
    words: str
    setting: str
    days: int | None
    count: int
    due: Sequence[tuple[date, int]]

    @property
    def due_count(self) -> int:
        return sum(count for _, count in self.due)


@dataclass(frozen=True)
class RetentionBoard:
    """`overdue` keys should have been destroyed by now; `last_run` is when they were last looked after."""

    classes: Sequence[ClassStanding]
    overdue: int
    last_run: datetime | None
    was_well: bool
    until: datetime


def forget_expired() -> int:
    """Destroy the keys whose time is over, and clear away what nobody can read any more; how many keys."""
    count = vault.destroy_expired()
    finish_deactivating()
    for subjects in destroyed_since(clock.now() - LOOKED_BACK):
        clear_away(subjects)
    return count


def clear_away(subjects: Sequence[str]) -> None:
    """Of what was destroyed: orders are deactivated, accounts closed, and rows go in which nothing is left to keep.

    Orders, mails, cards and accounts keep a row that names nobody: it says when something was done. Data that was
    restored from an older backup gets by this what it has missed.
    """
    deactivate_unreadable(subjects)
    with db.atomic():
        for model in reversed(sealed_models()):
            if model not in KEPT_ROWS and model._meta.table_name not in KEPT_TABLES:
                model.delete().where(model.subject.in_(subjects)).execute()
        lost = Customer.select(Customer.id).where(Customer.subject.in_(subjects), Customer.closed_at.is_null())
        CustomerSession.delete().where(CustomerSession.customer.in_(lost)).execute()
        closed = {"closed_at": clock.now(), "email": None, "name": None, "phone": None, "password_hash": ""}
        Customer.update(**closed).where(Customer.subject.in_(subjects), Customer.closed_at.is_null()).execute()


def retention_board(titles: dict[str, str]) -> RetentionBoard:
    """What stands and what will go in the next 30 days, by the shop's own calendar. `titles` name the classes."""
    now, until = clock.now(), clock.now() + AHEAD
    counts, due, overdue = standing_counts(), {name: Counter[date]() for name in vault.RETENTION}, 0
    for name, hour, count in expiring(until):
        if hour + timedelta(hours=1) <= now:
            overdue += count
        elif name in due:
            due[name][day_of(hour)] += count
    run = JobRun.get_or_none(JobRun.name == FORGET_EXPIRED)
    return RetentionBoard(
        classes=[_standing(kind, titles, counts, due[kind.name]) for kind in vault.RETENTION.values()],
        overdue=overdue,
        last_run=run.finished_at if run else None,
        was_well=bool(run and run.ok),
        until=until,
    )


def _standing(
    kind: vault.Retention, titles: dict[str, str], counts: dict[str, int], due: Counter[date]
) -> ClassStanding:
    return ClassStanding(
        name=kind.name,
        title=titles.get(kind.name, kind.name.capitalize()),
        words=kind.words,
        setting=(kind.setting or "").upper(),
        days=kind.days,
        count=counts.get(kind.name, 0),
        due=sorted(due.items()),
    )
