"""A copy of everything to take away, written while it is sent: the same as the page, and every column besides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask import render_template
from zipstream import ZIP_DEFLATED, ZipStream

from .. import clock
from ..config import settings
from ..orders.habits import habits_of
from ..vault import REMOVED, Sealed, preload, standings
from .person import Person, peoples_tables, theirs
from .sections import Held, in_pieces
from .tables import SECTIONS, table_of
from .withheld import blanked, why_withheld
from .wording import place_of

NAME = "my-data"
HOW_TO_COMPLAIN = (
    "If something is wrong, missing or withheld without good reason, write to the privacy administrator. If the answer "
    "does not satisfy you, you may go to the privacy regulator of where you live."
)


def as_json(person: Person) -> Iterator[str]:
    """One JSON document, a piece at a time."""
    held = Held(person)
    head = json.dumps(_head(person), ensure_ascii=False)
    yield head[:-1] + ', "purchase_habits": ' + json.dumps(_habits(person), ensure_ascii=False) + ', "tables": {'
    for number, model in enumerate(peoples_tables()):
        yield ("," if number else "") + "\n" + _text(model._meta.table_name) + ": "
        yield from _table(model, held)
    yield "\n}}\n"


def _head(person: Person) -> dict[str, Any]:
    shop = settings()
    return {
        "made_at": clock.now().isoformat(timespec="seconds"),
        "shop": shop.shop_name,
        "about": person.email,
        "has_account": person.customer is not None,
        "privacy_administrator": {"name": shop.privacy_name, "email": shop.privacy_email},
        "how_to_complain": HOW_TO_COMPLAIN,
        "how_to_read": (
            "Each table holds rows about you. `values` are personal and encrypted each under its own key; `facts` are "
            'the plain columns beside them. {"withheld": …} says why a value is left out, {"removed": true} that '
            "its key was destroyed. Amounts ending in _cents are in the smallest unit of the currency."
        ),
    }


def _habits(person: Person) -> list[dict[str, Any]]:
    """Worked out, not kept; empty for who did not agree to it."""
    found = habits_of(person.customer.id) if person.customer else []
    return [{**asdict(habit), "last_at": habit.last_at.isoformat(timespec="seconds")} for habit in found]


def _table(model: Any, held: Held) -> Iterator[str]:
    table = table_of(model)
    said = {"section": table.section, "one": table.one, "declared": _declared(model)}
    yield json.dumps(said, ensure_ascii=False)[:-1] + ', "rows": ['
    is_first = True
    for rows in in_pieces(theirs(model, held.person)):
        kept = {}
        if hasattr(model, "subject"):
            preload(row.subject for row in rows)
            kept = standings(row.subject for row in rows)
        for row in rows:
            yield ("" if is_first else ",") + "\n" + json.dumps(_row(row, held, kept), ensure_ascii=False)
            is_first = False
    yield "]}"


def _declared(model: Any) -> dict[str, Any]:
    found = {}
    for column in model._meta.sorted_fields:
        if isinstance(column, Sealed):
            said = column.personal
            found[column.name] = {
                "label": said.label,
                "place": place_of(said),
                "why": said.why,
                "without": said.without,
                "used": [purpose.words for purpose in said.purposes],
                "may_be_given_to": [recipient.words for recipient in said.recipients],
            }
    return found


def _row(row: Any, held: Held, kept: dict[str, Any]) -> dict[str, Any]:
    columns = row._meta.sorted_fields
    found: dict[str, Any] = {
        "values": {each.name: _value(row, each, held) for each in columns if isinstance(each, Sealed)},
        "facts": {each.column_name: _value(row, each, held) for each in columns if not isinstance(each, Sealed)},
    }
    standing = kept.get(getattr(row, "subject", ""))
    if standing is not None:
        found["kept_until"] = standing.expires_at and standing.expires_at.isoformat(timespec="seconds")
        found["kept_for"] = standing.retention_class
    return found


def _value(row: Any, column: Any, held: Held) -> Any:
    value = row.__data__.get(column.name)
    if value is None:
        return None
    if withheld := why_withheld(row, column.name, held.person, held.restrictions):
        return {"withheld": withheld.removeprefix("withheld because ")}
    if isinstance(column, Sealed):
        text = getattr(row, column.name)
        return {"removed": True} if text is REMOVED else blanked(row, str(text))
    if isinstance(value, str) and value.startswith("staff:"):
        return held.staff.words(value)
    return value.isoformat() if isinstance(value, datetime | date) else value


def _text(name: object) -> str:
    return json.dumps(str(name))


def as_page(person: Person) -> Iterator[str]:
    """The page as one file that needs no other, with everything on it."""
    held = Held(person)
    yield render_template("privacy/copy_head.html", person=person)
    for section in SECTIONS:
        yield render_template("privacy/copy_section.html", section=section)
        is_empty = True
        for block in held.all_blocks(section):
            is_empty = False
            yield render_template("privacy/copy_block.html", block=block)
        yield render_template("privacy/copy_section_end.html", section=section, is_empty=is_empty)
    yield render_template("privacy/copy_foot.html", how_to_complain=HOW_TO_COMPLAIN)


def as_zip(person: Person) -> Iterator[bytes]:
    """data.json for machines, index.html to read, and a note on what is what."""
    archive = ZipStream(compress_type=ZIP_DEFLATED)
    readme = render_template("privacy/copy_readme.txt", person=person, how_to_complain=HOW_TO_COMPLAIN)
    archive.add(readme.encode(), f"{NAME}/README.txt")
    archive.add(_encoded(as_page(person)), f"{NAME}/index.html")
    archive.add(_encoded(as_json(person)), f"{NAME}/data.json")
    yield from archive


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece.encode()
