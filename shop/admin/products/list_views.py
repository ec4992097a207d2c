"""The list of products."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import staff
from ...card_guard import may_hold_barcodes
from ...catalogue.desk import product_rows, shelves, state_counts
from ...catalogue.models import ProductState
from ...catalogue.search import readable
from ...web import number_in, page_or_fragment
from ..blueprint import blueprint
from ..roles import PACKING

TABS = {"": "All", ProductState.ACTIVE: "On show", ProductState.DRAFT: "Drafts", ProductState.ARCHIVED: "Archived"}


@blueprint.get("/products")
@staff(*PACKING, shows_customers=False)
@may_hold_barcodes("q")
def products() -> ResponseReturnValue:
    asked = _asked()
    collection = asked["collection"]
    counts = state_counts()
    return page_or_fragment(
        "admin/products/list.html",
        "admin/products/_list.html",
        found=product_rows(
            search=asked["q"],
            state=asked["state"],
            collection_id=int(collection) if collection else None,
            is_low=bool(asked["low"]),
            cursor=request.args.get("after"),
        ),
        tabs=[(state, words, counts.get(state, 0) if state else sum(counts.values())) for state, words in TABS.items()],
        sections=shelves(),
        asked=asked,
        link=lambda **changes: _link({**asked, **changes}),
        desk_page="products",
    )


def _asked() -> dict[str, str]:
    """What the address asks for; nonsense is left out."""
    state = request.args.get("state", "")
    return {
        "q": readable(request.args.get("q", "")),
        "state": state if state in set(ProductState) else "",
        "collection": str(number_in(request.args.get("collection")) or ""),
        "low": "1" if request.args.get("low") else "",
    }


def _link(state: dict[str, Any]) -> str:
    """The list's address with all its state, a page's place aside."""
    query = urlencode({name: value for name, value in state.items() if value})
    return url_for("admin.products") + (f"?{query}" if query else "")
