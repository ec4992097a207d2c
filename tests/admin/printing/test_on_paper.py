"""What comes out of the printer, as a real browser makes it: a page for each slip, and labels on paper of their own."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Browser

from tests.support.browser import served, with_pages
from tests.support.client import ShopClient
from tests.support.waiting import made, waiting_order

PRINT = "/admin/orders/print"
# In points, 72 to an inch.
A4, FOUR_BY_SIX = (595, 842), (288, 432)


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Of each page."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def test_each_slip_has_a_page_and_labels_have_paper_of_their_own(app: Flask, sam: ShopClient, browser: Browser) -> None:
    goods = [(made("Alder Tote"), 1)]
    numbers = [waiting_order(f"Wren Oakes {count}", goods=goods).number for count in range(26)]
    pages = {}
    for name, what, few, typed in (
        ("slips", "packing-slip", numbers[:3], {}),
        ("a4", "label", numbers, {"size": "a4"}),
        ("4x6", "label", numbers[:2], {"size": "4x6"}),
    ):
        page = sam.get(f"{PRINT}/{what}?numbers={','.join(few)}")
        pages[name] = sam.get(sam.submit(page, action=f"{PRINT}/{what}", numbers=few, **typed).location)
    with served(with_pages(app, pages)) as url, browser.new_context(base_url=url) as context:
        tab = context.new_page()
        found = {}
        for name in pages:
            tab.goto(f"/shown/{name}")
            found[name] = sizes(tab.pdf(prefer_css_page_size=True))
    assert len(found["slips"]) == 3
    assert found["a4"] == [A4, A4]
    assert found["4x6"] == [FOUR_BY_SIX, FOUR_BY_SIX]
