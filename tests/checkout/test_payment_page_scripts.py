"""The payment page of the shop itself: it runs what the inventory has a reason for, and nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from shop.payments.card_entry import INVENTORY

from ..practice import PracticeGateway
from ..support.till import Buyer, Shelf

pytestmark = pytest.mark.once


class Scripts(HTMLParser):
    """The script elements of a page, as their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append(dict(attrs))


@pytest.mark.promise("P15")
def test_the_payment_page_runs_only_what_the_inventory_gives_a_reason_for(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    sources = [one.get("src") or "" for one in Scripts(ada.reach_payment(shelf.tote)).found]

    own = [re.sub(r"^/static/[0-9a-f]+/", "", src) for src in sources if not src.startswith(practice_gateway.url)]
    assert [src for src in own if src not in INVENTORY] == []
    assert "js/card-entry.js" in own
