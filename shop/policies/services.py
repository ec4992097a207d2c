"""Posting the privacy policy."""

from __future__ import annotations

from pathlib import Path

from peewee import IntegrityError

from ..audit.services import record
from ..db import db
from .declared import as_markdown
from .models import PolicyVersion
from .queries import newest_policy

FIRST = Path(__file__).parent / "first.md"


class Overtaken(Exception):
    """A version was posted since the one this text was written against."""


class NothingNew(Exception):
    """The text and the table beside it are those in force already."""


def post_policy(*, text: str, after: int, staff_id: int) -> PolicyVersion:
    """The next version, in force at once; `after` is the number it was written against.

    Raises Overtaken, NothingNew.
    """
    with db.atomic():
        before = newest_policy()
        if before is None or before.number != after:
            raise Overtaken
        if before.text == text and before.declared == as_markdown():
            raise NothingNew
        by = f"staff:{staff_id}"
        version = _post(text, number=after + 1, by=by)
        record("policy-posted", actor=by, about=("policy", version.id), number=version.number)
    return version


def post_first_policy() -> PolicyVersion:
    """A shop that has posted none begins with a text that is true of the software; a second call changes nothing."""
    with db.atomic():
        return newest_policy() or _post(FIRST.read_text().strip(), number=1, by="shop")


def _post(text: str, *, number: int, by: str) -> PolicyVersion:
    try:
        with db.atomic():
            version: PolicyVersion = PolicyVersion.create(
                number=number, text=text, declared=as_markdown(), posted_by=by
            )
    except IntegrityError as error:
        raise Overtaken from error
    return version
