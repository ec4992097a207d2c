"""Choosing settings at the desk, and noting in the audit trail whichever of the promised ones has changed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace

from .. import clock, config
from ..audit.services import record
from ..catalogue.models import Variant
from ..catalogue.services import bump_version, changing
from ..config import settings
from ..config_checks import problems_of
from ..db import db
from ..meanwhile import ChangedMeanwhile, always
from ..outbox.rendering import OwnWords
from ..vault import derived_key, remember, remembered
from .models import ChosenSetting
from .overlay import chosen_values, look, mail_setting

# What customers were promised to be told, wherever it is changed.
NAMES = ("shop_name", "shop_address", "mail_from")
BEGINNINGS = ("privacy_", "keep_")
NOTE = "settings"


class WrongChoice(Exception):
    """`problems` are sentences by the name of the setting they are about; those about nothing chosen stand under ""."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


def choose_settings(*, values: Mapping[str, str], staff_id: int, is_as_seen: Callable[[], bool] = always) -> list[str]:
    """Let these hold from the next request on, in every process; the names of those that changed.

    The text of each, by its name. Raises WrongChoice, ChangedMeanwhile.
    """
    look(at_once=True)
    now = asdict(settings())
    changes = {name: value for name, value in values.items() if str(now[name]) != value}
    _refuse_wrong(changes)
    with changing():
        look(at_once=True)
        if not is_as_seen():
            raise ChangedMeanwhile
        for name, value in changes.items():
            chosen = {"value": value, "changed_at": clock.now()}
            ChosenSetting.insert(name=name, **chosen).on_conflict(
                conflict_target=[ChosenSetting.name], update=chosen
            ).execute()
        _changed(changes, staff_id)
    return list(changes)


def forget_choices(*, names: Iterable[str], staff_id: int) -> list[str]:
    """Let the shop's start decide again; the names of those that had been chosen. Raises WrongChoice."""
    given = asdict(config.started_with())
    chosen = ChosenSetting.select().where(ChosenSetting.name.in_(list(names))).order_by(ChosenSetting.name)
    with changing():
        before = [row.name for row in chosen]
        _refuse_wrong({name: str(given[name]) for name in before})
        ChosenSetting.delete().where(ChosenSetting.name.in_(before)).execute()
        _changed(before, staff_id)
    return before


def choose_mail_words(
    *, template: str, words: OwnWords, staff_id: int, is_as_seen: Callable[[], bool] = always
) -> bool:
    """Say this in the shop's mails made from `template`; False when nothing changed. Raises ChangedMeanwhile."""
    parts = {mail_setting(template, part): text for part, text in asdict(words).items()}
    with db.atomic():
        before = {row.name: row.value for row in ChosenSetting.select().where(ChosenSetting.name.in_(list(parts)))}
        if not is_as_seen():
            raise ChangedMeanwhile
        if all(before.get(name, "") == text for name, text in parts.items()):
            return False
        ChosenSetting.delete().where(ChosenSetting.name.in_(list(parts))).execute()
        for name, text in parts.items():
            if text:
                ChosenSetting.create(name=name, value=text)
        db.after_commit(_take_over)
        record("setting-changed", actor=f"staff:{staff_id}", about=("settings", 0), name=f"mail.{template}")
    return True


def _refuse_wrong(changes: Mapping[str, str]) -> None:
    """The same rules that hold at the start, in the same words."""
    values = chosen_values(tuple(changes.items()))
    found: dict[str, str] = {}
    if lost := changes.keys() - values.keys():
        found.update(dict.fromkeys(lost, "This must be a whole number."))
    for problem in problems_of(replace(settings(), **values)):
        name = problem.split(" ", 1)[0].lower()
        found.setdefault(name if name in changes else "", problem)
    found |= _too_long(values)
    if "currency" in changes and has_prices():
        found["currency"] = "The shop has prices in this currency already: they would mean other sums in another one."
    if found:
        raise WrongChoice(found)


def has_prices() -> bool:
    """From then on the currency cannot be changed."""
    return bool(Variant.select().where(Variant.price_cents > 0).exists())


def _too_long(values: Mapping[str, object]) -> dict[str, str]:
    """What was promised to those whose data is there already is not kept for longer by a choice at the desk."""
    promised = asdict(config.started_with())
    return {
        name: f"At most {promised[name]} days: that is what customers were promised."
        for name, days in values.items()
        if name.startswith("keep_") and isinstance(days, int) and days > promised[name]
    }


def _changed(names: Iterable[str], staff_id: int) -> None:
    """The pages that print them are made anew."""
    bump_version()
    db.after_commit(_take_over)
    for name in names:
        record("setting-changed", actor=f"staff:{staff_id}", about=("settings", 0), name=name)


def _take_over() -> None:
    look(at_once=True)
    remember(NOTE, json.dumps(_noted()).encode())


def note_changes() -> list[str]:
    """The names of the promised ones that differ from what was noted last; the first time there is nothing to differ
    from.

    What is noted is a keyed hash of each. The shop's pages are made anew, for they print them.
    """
    now = _noted()
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


def _noted() -> dict[str, str]:
    return {name: _hashed(name, value) for name, value in asdict(settings()).items() if _is_noted(name)}


def _is_noted(name: str) -> bool:
    return name in NAMES or name.startswith(BEGINNINGS)


def _hashed(name: str, value: object) -> str:
    return hmac.digest(derived_key(NOTE), f"{name} {value}".encode(), "sha256").hex()
