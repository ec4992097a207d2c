"""Looking for a customer. Without a search there is nothing here."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import OPENING
from .finding import AT_MOST, find_people, note_search

LONGEST_SEARCH = 254


@blueprint.get("/customers")
@staff(*OPENING)
def customers() -> ResponseReturnValue:
    search, finding = _search(), None
    if search:
        finding = find_people(search)
        note_search(staff_id=current_user.person.id, finding=finding)
    return page_or_fragment(
        "admin/customers/list.html",
        "admin/customers/_list.html",
        search=search,
        finding=finding,
        at_most=AT_MOST,
        desk_page="customers",
    )


def _search() -> str:
    typed = request.args.get("q", "")[:LONGEST_SEARCH]
    return "".join(letter for letter in typed if letter.isprintable()).strip()
