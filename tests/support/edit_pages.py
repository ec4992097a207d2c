"""Changing what was ordered, in its states: worked out, with something wrong, asked, and as its customer sees it."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from shop.orders.models import Order

from .client import ShopClient

KEPT = re.compile(r'<input type="hidden" name="(csrf_token|seen|digest)" value="([^"]*)"')


def edit_pages(robin: ShopClient, visitor: ShopClient, order: Order, key: str) -> dict[str, TestResponse]:
    """`robin` is the owner's browser, `visitor` nobody's, `order` one that is placed and `key` what opens it."""
    page = f"/admin/orders/{order.number}/edit"
    line = order.lines.get()
    found = {"edit": robin.get(page)}
    typed = {f"quantity_{line.id}": str(line.quantity - 1), "q": line.sku[:4]}
    found["edit-less"] = robin.post(f"{page}/preview", data={**_kept(found["edit"]), **typed})
    found["edit-wrong"] = robin.post(f"{page}/preview", data={**_kept(found["edit"]), f"quantity_{line.id}": "-1"})
    typed[f"quantity_{line.id}"] = str(line.quantity + 1)
    found["edit-more"] = robin.post(f"{page}/preview", data={**_kept(found["edit"]), **typed})
    found["edit-unpaid"] = robin.post(page, data={**_kept(found["edit-more"]), **typed})
    robin.post(page, data={**_kept(found["edit-more"]), **typed, "way": "ask"})
    found["edit-open"] = robin.get(page)
    found["edit-asked"] = robin.get(f"/admin/orders/{order.number}")
    # Beside the checkout it is the one page that loads the card form.
    found["checkout-change"] = visitor.get(f"/orders/{order.number}/change?key={key}")
    found["order-change-asked"] = visitor.get(f"/orders/{order.number}?key={key}")
    asked = visitor.submit(found["checkout-change"], action=f"/orders/{order.number}/change/decline")
    found["order-change-declined"] = visitor.get(asked.location)
    found["order-change-over"] = visitor.get(f"/orders/{order.number}/change?key={key}")
    return {f"admin-order-{name}" if name.startswith("edit") else name: each for name, each in found.items()}


def _kept(shown: TestResponse) -> dict[str, str]:
    return dict(KEPT.findall(shown.text[shown.text.index('class="edit-order"') :]))
