"""The My data page, section by section: what is in each, a page at a time, or all of it for a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..audit.models import AuditEvent
from ..cart.models import CartLine
from ..catalogue.queries import variants_for_sale
from ..db import BaseModel
from ..disclosures.models import Disclosure
from ..disclosures.queries import disclosures_about
from ..orders.habits import habits_of
from ..orders.models import Order
from ..paging import Key, page_of
from .looks import LOOKS, Staff, given_words, logged_words, looked_words, looks_at
from .models import Restriction
from .person import Person, peoples_tables, theirs
from .records import Record, records_of
from .tables import SECTIONS, Section, table_of
from .withheld import in_force, why_withheld

AT_A_TIME = 10
AT_ONCE = 100


@dataclass(frozen=True)
class Block:
    """Some rows of one table: `records`, or `lines` where a sentence says all. The cursors lead to its other pages."""

    name: str
    title: str
    records: Sequence[Record] = ()
    lines: Sequence[str] = ()
    next: str | None = None
    previous: str | None = None


@dataclass
class Part:
    """A section with what is in it."""

    section: Section
    blocks: list[Block] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(block.records or block.lines for block in self.blocks)


class Held:
    """Everything held about one person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.restrictions: list[Restriction] = in_force(person)
        self.staff = Staff(person)
        self._children: dict[str, list[type[BaseModel]]] = defaultdict(list)
        self._tops: list[type[BaseModel]] = []
        for model in sorted(peoples_tables(), key=_place):
            parent = table_of(model).parent
            (self._children[parent] if parent else self._tops).append(model)

    def page(self, cursors: Mapping[str, str]) -> list[Part]:
        """Every section, with as much of each table as fits; `cursors` by table say where to go on."""
        parts = {section.name: Part(section) for section in SECTIONS}
        for name, title, section, query in self._queries():
            found = page_of(query, Key(query.model.id), cursor=cursors.get(name), size=AT_A_TIME)
            shown = self._shown(name, query.model, found.rows)
            parts[section].blocks.append(Block(name, title, **shown, next=found.next, previous=found.previous))
        parts["habits"].blocks.append(self._habits())
        return [part for part in parts.values() if part.section.name not in _ONLY_IF_THERE or not part.is_empty]

    def all_blocks(self, section: Section) -> Iterator[Block]:
        """All that is in a section, some rows at a time."""
        for name, title, within, query in self._queries():
            if within == section.name:
                for rows in in_pieces(query):
                    yield Block(name, title, **self._shown(name, query.model, rows))
        if section.name == "habits" and (habits := self._habits()).lines:
            yield habits

    def _habits(self) -> Block:
        """No table has them: they are worked out for whoever agreed to it."""
        customer = self.person.customer
        return Block("habits", "Habit", lines=[habit.words for habit in habits_of(customer.id)] if customer else [])

    def _queries(self) -> Iterator[tuple[str, str, str, Any]]:
        """Each list of the page: its name, what one of it is called, its section, and a select."""
        for model in self._tops:
            name, table = str(model._meta.table_name), table_of(model)
            query = theirs(model, self.person)
            if model is AuditEvent:
                yield "looks", "Looked", "looks", query.where(AuditEvent.kind.in_(list(LOOKS)))
                yield name, table.one, table.section, query.where(AuditEvent.kind.not_in(list(LOOKS)))
            else:
                yield name, table.one, table.section, query

    def _shown(self, name: str, model: Any, rows: Sequence[Any]) -> dict[str, Any]:
        if model is AuditEvent:
            words = looked_words if name == "looks" else logged_words
            return {"lines": [self._or_withheld(row, words(row, self.staff)) for row in rows]}
        if model is Disclosure:
            return {"lines": [self._or_withheld(row, given_words(row, self.staff)) for row in rows]}
        records = records_of(model, rows, self.person, self.restrictions)
        if model is Order:
            self._complete(records)
        if model is CartLine:
            _name_goods(records)
        return {"records": records}

    def _or_withheld(self, row: Any, words: str) -> str:
        withheld = why_withheld(row, "", self.person, self.restrictions) if self.restrictions else ""
        return f"One entry is {withheld}" if withheld else words

    def _complete(self, records: list[Record]) -> None:
        """Give each order its items and parcels, who received something of it, and how often it was looked at."""
        by_id = {record.row.id: record for record in records}
        for model in self._children["order"]:
            rows = list(model.select().where(model.order.in_(list(by_id))).order_by(model.id))  # type: ignore[attr-defined]
            for child in records_of(model, rows, self.person, self.restrictions):
                by_id[child.row.order_id].children.setdefault(child.table.one, []).append(child)
        for row in disclosures_about("order", list(by_id)):
            by_id[row.about_id].given.append(self._or_withheld(row, given_words(row, self.staff)))
        for order_id, words in looks_at("order", by_id).items():
            by_id[order_id].looked = words


def _name_goods(lines: list[Record]) -> None:
    variants = variants_for_sale(line.row.variant_id for line in lines)
    for line in lines:
        if found := variants.get(line.row.variant_id):
            line.title = f"{line.row.quantity} × {', '.join(filter(None, (found.name, found.options)))}"


def _place(model: type[BaseModel]) -> int:
    name = str(model._meta.table_name)
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


# The first ones of their section or order; and the sections that nobody misses.
_FIRST = (
    *("customer", "order", "payment", "refund", "stored_card", "customer_session", "cart", "cart_line"),
    *("order_line", "order_contact", "shipment", "order_event"),
)
_ONLY_IF_THERE = {"work", "else"}


def in_pieces(query: Any) -> Iterator[list[Any]]:
    """All rows, oldest first, without holding more than a piece of them."""
    last = 0
    while rows := list(query.where(query.model.id > last).order_by(query.model.id).limit(AT_ONCE)):
        yield rows
        last = rows[-1].id
