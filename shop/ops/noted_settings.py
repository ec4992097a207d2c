"""Settings that customers were promised to be told: when one of them changes, the audit trail says so."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict

from ..audit.services import record
from ..catalogue.services import bump_version
from ..config import settings
from ..db import db
from ..vault import derived_key, remember, remembered

NAMES = ("shop_name", "shop_address", "mail_from")
BEGINNINGS = ("privacy_", "keep_")
NOTE = "settings"


def note_changes() -> list[str]:
    """The names of those that differ from what was noted last; the first time there is nothing to differ from.

    What is noted is a keyed hash of each. The shop's pages are made anew, for they print them.
    """
    now = {name: _hashed(name, value) for name, value in asdict(settings()).items() if _is_noted(name)}
    note = remembered(NOTE)
    before = now if note is None else json.loads(note)
    changed = [name for name, value in now.items() if before.get(name) != value]
    with db.atomic():
        for name in changed:
            record("setting-changed", actor="shop", about=("settings", 0), name=name)
        if changed:
            bump_version()
    if changed or note is None:
        remember(NOTE, json.dumps(now).encode())
    return changed


def _is_noted(name: str) -> bool:
    return name in NAMES or name.startswith(BEGINNINGS)


def _hashed(name: str, value: object) -> str:
    return hmac.digest(derived_key(NOTE), f"{name} {value}".encode(), "sha256").hex()
