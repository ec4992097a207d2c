"""What the page needs beside what is held: where each value is mended, and where its other pages are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from .. import clock
from ..backups.models import BackupKind
from ..backups.queries import what_remains
from ..checkout.models import CheckoutDraft
from ..customers.edits import edit_of
from ..payments.models import StoredCard
from ..templating import day
from .erasing.one_thing import may_be_removed
from .erasing.queries import open_erasure
from .export import HOW_TO_COMPLAIN
from .person import Person
from .sections import Held

# Why what is in a section cannot be edited, where that is so.
SIGN_IN = "With your account you change these yourself, once you are signed in. You cannot sign in?"
MENDING = {
    "orders": "An order that was placed stays as it was sent: the parcel and the invoice go by it. Something in it is "
    "wrong?",
    "payments": "These are the bank’s answers, and nobody can change them. One of them cannot be right?",
    "mails": "What was written cannot be unwritten. Something in it was wrong?",
    "sign-ins": "What is listed here ends by itself, or under Security in your account. Something is not yours?",
    "cases": "What you asked and what we answered stays as it was written. Something to add?",
    "browser": "You change your cart and what you typed at the checkout there. Something is not yours?",
    "work": "The owner changes this. It is wrong?",
    "else": "Something here is wrong?",
    "consents": "Each answer stays as it was given; a new answer takes its place.",
    "given": "What has left the shop is on this list for good. Something on it surprises you?",
    "looks": "Something on this list surprises you?",
    "log": "Nobody can change this trail. Something in it cannot be right?",
}


def page_of_person(person: Person, *, may_edit: bool) -> dict[str, Any]:
    """The values that the page's template asks for. A guest's values are not edited here, but at their order."""
    return {
        "person": person,
        "parts": Held(person).page(request.args),
        "now": clock.now(),
        "edit": edit_url if may_edit else None,
        "remove": removal_url,
        "mending": MENDING if may_edit else {**MENDING, "profile": SIGN_IN, "addresses": SIGN_IN},
        "onward": onward,
        "ask_url": "/privacy/contact",
        "erasure": open_erasure(person),
        "remove_url": _url("erasing.erase"),
        "remains": remains(),
        "how_to_complain": HOW_TO_COMPLAIN,
    }


def remains() -> list[str]:
    """What there is in backups, in which form and until when; never more than is known."""
    found = what_remains()
    data, keys = found[BackupKind.DATA], found[BackupKind.KEYS]
    if not (data.count or keys.count):
        return ["There is no backup at this moment."]
    sentences = []
    if data.last_expiry:
        sentences.append(
            f"Of the encrypted data there {_are(data.count)} just now; the last of them is deleted on "
            f"{day(data.last_expiry)}."
        )
    if keys.last_expiry:
        sentences.append(
            f"Of the keys there {_are(keys.count)}, encrypted in their turn; the last of them is deleted on "
            f"{day(keys.last_expiry)}. What is removed today could be read again with them until then, and by nobody "
            "afterwards."
        )
    return sentences


def _are(count: int) -> str:
    return "is one copy" if count == 1 else f"are {count} copies"


def edit_url(row: Any, column: str) -> str | None:
    """The page on which its own person changes this value; None where they cannot."""
    if isinstance(row, CheckoutDraft):
        return _url("checkout.show")
    if isinstance(row, StoredCard):
        return _url("account.cards")
    found = edit_of(row, column)
    return _url(found.endpoint, found.values) if found else None


def removal_url(row: Any, column: str = "") -> str | None:
    """The page that removes a row, or one value of it; None where nothing does that by itself."""
    if not may_be_removed(row, column):
        return None
    where = {"table": row._meta.table_name, "row_id": row.id, **({"column": column} if column else {})}
    return url_for("erasing.one", **where)


def onward(name: str, cursor: str | None, section: str) -> str | None:
    """The page's address with one list turned to where `cursor` says."""
    if cursor is None:
        return None
    state = {**request.args.to_dict(), name: cursor}
    return f"{url_for('my_data.show')}?{urlencode(state)}#{section}"


def _url(endpoint: str, values: Mapping[str, Any] | None = None) -> str | None:
    return url_for(endpoint, **(values or {})) if endpoint in current_app.view_functions else None
