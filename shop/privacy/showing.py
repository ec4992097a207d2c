"""What the page needs beside what is held: where each value is mended, and where its other pages are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from .. import clock
from ..checkout.models import CheckoutDraft
from ..customers.edits import edit_of
from ..payments.models import StoredCard
from .export import HOW_TO_COMPLAIN
from .person import Person
from .sections import Held

# Why what is in a section cannot be edited, where that is so.
MENDING = {
    "orders": "An order that was placed stays as it was sent: the parcel and the invoice go by it. Something in it is "
    "wrong?",
    "payments": "These are the bank’s answers, and nobody can change them. One of them cannot be right?",
    "mails": "What was written cannot be unwritten. Something in it was wrong?",
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
        "mending": MENDING,
        "onward": onward,
        "ask_url": "/privacy/contact",
        "remove_url": _url("my_data.erase"),
        "remains": [],
        "how_to_complain": HOW_TO_COMPLAIN,
    }


def edit_url(row: Any, column: str) -> str | None:
    """The page on which its own person changes this value; None where they cannot."""
    if isinstance(row, CheckoutDraft):
        return _url("checkout.show")
    if isinstance(row, StoredCard):
        return _url("account.cards")
    found = edit_of(row, column)
    return _url(found.endpoint, found.values) if found else None


def onward(name: str, cursor: str | None, section: str) -> str | None:
    """The page's address with one list turned to where `cursor` says."""
    if cursor is None:
        return None
    state = {**request.args.to_dict(), name: cursor}
    return f"{url_for('my_data.show')}?{urlencode(state)}#{section}"


def _url(endpoint: str, values: Mapping[str, Any] | None = None) -> str | None:
    return url_for(endpoint, **(values or {})) if endpoint in current_app.view_functions else None
