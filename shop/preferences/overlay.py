"""Lays what was chosen at the desk over the settings that this process was started with."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from time import monotonic
from typing import Any

from flask import Flask

from .. import config, jobs
from ..config import Settings
from ..db import db
from ..outbox.rendering import OwnWords, set_own_words

# Another process's change is seen after so many seconds at most.
LOOK_EVERY = 1.0
NUMBERS = {field.name for field in fields(Settings) if field.type == "int"}

# "mail order-shipped closing": what the owner says in mails made from that template.
MAIL = "mail "

Rows = tuple[tuple[str, str], ...]
log = logging.getLogger("shop.preferences")


@dataclass(frozen=True)
class _Seen:
    """What this process laid over which settings, and until when it need not look again."""

    base: Settings
    rows: Rows
    until: float


_seen: _Seen | None = None


def init_app(app: Flask) -> None:
    app.before_request(look)
    jobs.before_each(look)
    set_own_words(own_words_of)


def look(*, at_once: bool = False) -> None:
    """Take over what was chosen since; cheap, for it asks the database once in a second and no more."""
    global _seen
    base = config.started_with()
    is_fresh = _seen is not None and _seen.base is base and monotonic() < _seen.until
    if db.is_closed() or (is_fresh and not at_once):
        return
    rows = _rows()
    if _seen is None or _seen.base is not base or _seen.rows != rows:
        config.choose(**chosen_values(rows))
    _seen = _Seen(base, rows, monotonic() + LOOK_EVERY)


def _rows() -> Rows:
    # Beside the ORM, for this belongs to no page: it must not count among the queries that a page needs.
    cursor = db.connection().cursor()
    cursor.execute("SELECT name, value FROM chosen_setting ORDER BY name")
    return tuple((str(name), str(value)) for name, value in cursor.fetchall())


def chosen_values(rows: Rows) -> dict[str, Any]:
    """By the names of settings; what an earlier version knew and this one does not is left out."""
    known = {field.name for field in fields(Settings)}
    found: dict[str, Any] = {}
    for name, value in rows:
        if name.startswith(MAIL):
            continue
        if name in known and (name not in NUMBERS or value.isdigit()):
            found[name] = int(value) if name in NUMBERS else value
        else:
            log.warning("chosen setting not used", extra={"fields": {"name": name}})
    started = config.started_with()
    if "shop_address" in found and started.privacy_address == started.shop_address:
        # Whoever gave no address of the privacy administrator meant the shop's.
        found.setdefault("privacy_address", found["shop_address"])
    return found


def chosen_names() -> list[str]:
    """The settings that the desk has decided on, asked of the database."""
    look(at_once=True)
    return sorted(chosen_values(_seen.rows)) if _seen is not None else []


def mail_setting(template: str, part: str) -> str:
    """The name under which it is chosen; `part` is a field of OwnWords."""
    return f"{MAIL}{template} {part}"


def own_words_of(template: str) -> OwnWords:
    """What the owner wants said in mails made from this template, as this process knows it."""
    rows = dict(_seen.rows) if _seen is not None and _seen.base is config.started_with() else {}
    parts = (field.name for field in fields(OwnWords))
    return OwnWords(**{part: rows.get(mail_setting(template, part), "") for part in parts})
