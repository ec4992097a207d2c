"""What an erasure would do to somebody's data, as a value: what goes now, what stays until when, what cannot go.

The form carries the plan's hash, so that nothing is ever removed but what was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...customers.models import Customer
from ...orders.models import Order
from ...orders.services.deactivating import locked_until, must_be_kept_of
from ...paper.models import PaperRecord
from ..person import Person, theirs
from .belongings import Belongings, belongings_of
from .words import PASSING, counted, papers_words


@dataclass(frozen=True)
class Entry:
    """One line of the plan. `things` are the rows it stands for, as "table:id"; none for what comes and goes by itself.

    `until` is None where no day can be named.
    """

    what: str
    why: str = ""
    until: datetime | None = None
    things: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Three lists. Two plans with the same `hash` do the same."""

    goes: Sequence[Entry]
    stays: Sequence[Entry]
    never: Sequence[Entry]

    @property
    def things(self) -> set[str]:
        """Everything of lasting kind that is taken from somebody, now or later."""
        return {thing for entry in (*self.goes, *self.stays) for thing in entry.things}

    @property
    def hash(self) -> str:
        """Over what goes and what stays; not over what comes and goes by itself, such as mails and sign-ins."""
        told = [
            [sorted(entry.things), entry.until.isoformat() if entry.until else ""]
            for entries in (self.goes, self.stays, self.never)
            for entry in entries
            if entry.things
        ]
        split = [sorted(thing for entry in entries for thing in entry.things) for entries in (self.goes, self.stays)]
        return hashlib.sha256(json.dumps([told, split]).encode()).hexdigest()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is held that could go."""
        return not (self.goes or self.stays)


def plan_for(person: Person) -> Plan:
    """The browser's cart is left to the browser: it is tied to nobody's name."""
    found = belongings_of(Person(person.customer, person.email))
    return Plan(goes=list(_goes(found)), stays=list(_stays(found)), never=list(_never(found)))


def _goes(found: Belongings) -> Iterator[Entry]:
    for model, rows in found.rows.items():
        if model is Customer:
            yield from (Entry(_account(row), things=(f"customer:{row.id}",)) for row in rows)
    for model, rows in found.rows.items():
        if rows and model is not Customer:
            table = str(model._meta.table_name)
            things = () if table in PASSING else tuple(f"{table}:{row.id}" for row in rows)
            yield Entry(counted(table, len(rows)), things=things)
    for plain, count in found.plain.items():
        yield Entry(counted(str(plain._meta.table_name), count))
    if finished := _finished(found):
        many = f"{len(finished)} past orders" if len(finished) > 1 else f"order {finished[0].number}"
        yield Entry(
            f"Who placed {many}: e-mail, phone, address, notes, tracking numbers",
            things=tuple(f"order:{order.id}" for order in finished),
        )


def _account(customer: Customer) -> str:
    held = [words for words, value in _account_values(customer) if value]
    return f"Your account: {', '.join(held)}"


def _account_values(customer: Customer) -> list[tuple[str, object]]:
    return [
        ("e-mail", customer.email),
        ("name", customer.name),
        ("phone", customer.phone),
        ("password", customer.password_hash),
    ]


def _finished(found: Belongings) -> list[Order]:
    return [order for order in found.orders if order.deactivated_at is None and order.id not in found.held]


def _stays(found: Belongings) -> Iterator[Entry]:
    for order in found.orders:
        if order.id in found.held:
            why = found.held[order.id]
            yield Entry(
                f"Order {order.number}: name, address, e-mail, phone, and the mails about it",
                why=f"{why.reason} Once it is finished this goes too, by itself.",
                until=why.until,
                things=(f"order:{order.id}",),
            )
    for case in found.open_cases:
        yield Entry(
            f"What you wrote to us in {case.number}, and our mails about it",
            why="It is open: without it we could not answer you. Once it is closed this goes too, by itself.",
            things=(f"case:{case.id}",),
        )
    if locked := _locked(found):
        many = f"invoices of {len(locked)} orders" if len(locked) > 1 else f"invoice of order {locked[0].number}"
        yield Entry(
            f"The name and address on the {many}",
            why="The law asks us to keep invoices. They are locked away: nobody who works here sees them, but for the "
            "owner, for a reason that is written down. Each is destroyed by itself when its time is over.",
            until=max(locked_until(order) for order in locked),
        )
    if papers := _papers(found.person):
        yield Entry(
            f"On paper: {', '.join(papers_words(papers))}",
            why="No key can make paper unreadable. It is destroyed by hand, by this day at the latest, and whoever "
            "does it signs for it.",
            until=max(paper.destroy_by for paper in papers),
        )
    if found.staff:
        yield Entry("Your sign-in to the shop’s desk", why="You work here. It ends when you leave.")


def _papers(person: Person) -> list[PaperRecord]:
    """Those that name them and are not destroyed yet."""
    return list(theirs(PaperRecord, person).where(PaperRecord.closed_at.is_null()))


def _locked(found: Belongings) -> list[Order]:
    """Those whose invoices must still name somebody: locked already, or about to be."""
    kept = must_be_kept_of(_finished(found))
    return [order for order in found.orders if order.id in found.locked or order.id in kept]


def _never(found: Belongings) -> Iterator[Entry]:
    bought = [order for order in found.orders if order.placed_at is not None]
    if bought:
        many = f"{len(bought)} orders" if len(bought) > 1 else f"order {bought[0].number}"
        yield Entry(
            f"The figures of {many}: what was bought and when, what it cost, tax, country and region, and of the "
            "payment the card’s brand and last four digits",
            why="The shop’s books must add up. Nothing in them says whose they were.",
        )
    yield Entry(
        "Our log of what happened: numbers and codes, no names",
        why="It shows that nobody changed anything unnoticed. It says that somebody was forgotten, and not who.",
    )
    if found.person.customer is not None:
        yield Entry(
            "The number of your account, and the days it was opened and closed",
            why="So that the number is never given to anybody else.",
        )
