"""What is in stock: what runs low, and one variant's ledger, where it is put right."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...card_guard import may_hold_barcodes
from ...catalogue.desk import StockRow, ledger, low_count, stock_of, stock_row, stock_rows
from ...catalogue.prices import price_changes
from ...catalogue.search import readable
from ...catalogue.stock import BelowHeld, Reason, correct_stock, count_stock, left_after
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..queries import staff_names
from ..roles import PACKING
from .showing import product_or_404
from .stock_forms import REASONS, StockForm

PRICES_AT_MOST = 50
WORDS = {
    "sold": "Sold",
    "cancelled": "Back from a cancelled order",
    "refund": "Back from a refund",
    "received": "Came in",
    "counted": "Counted",
    "damaged": "Damaged or lost",
    "returned": "Came back",
    "correction": "Corrected",
}


@blueprint.get("/stock")
@staff(*PACKING, shows_customers=False)
@may_hold_barcodes("q")
def stock() -> ResponseReturnValue:
    search = readable(request.args.get("q", ""))
    return page_or_fragment(
        "admin/products/stock.html",
        "admin/products/_stock.html",
        found=stock_rows(search=search, cursor=request.args.get("after")),
        search=search,
        low_count=low_count(),
        desk_page="stock",
    )


@blueprint.get("/products/<id:product_id>/stock")
@staff(*PACKING, shows_customers=False)
def product_stock(product_id: int) -> ResponseReturnValue:
    found = product_or_404(product_id)
    return page_or_fragment(
        "admin/products/product_stock.html",
        "admin/products/_product_stock.html",
        product=found,
        rows=stock_of(product_id),
        desk_page="products",
    )


@blueprint.get("/stock/<id:variant_id>")
@staff(*PACKING, shows_customers=False)
def variant(variant_id: int) -> ResponseReturnValue:
    return _page(_variant_or_404(variant_id), _new_form())


@blueprint.post("/stock/<id:variant_id>")
@staff(*PACKING, shows_customers=False)
def change_stock(variant_id: int) -> ResponseReturnValue:
    found, form = _variant_or_404(variant_id), StockForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        is_new = _change(variant_id, form)
    except BelowHeld as error:
        form.number.errors = [_below(error)]
        return _page(found, form, 422)
    now = _variant_or_404(variant_id)
    said = f"There are {now.on_hand} now." if is_new else "That was noted already."
    if not is_htmx():
        flash(said)
    location = url_for("admin.variant", variant_id=variant_id)
    return changed("admin/products/_variant_changed.html", location=location, said=said, **_shown(now, _new_form()))


def _change(variant_id: int, form: StockForm) -> bool:
    reason, number = Reason(form.reason.data), form.read
    told: dict[str, Any] = {"variant_id": variant_id, "ref": form.ref.data, "staff_id": current_user.person.id}
    if reason == Reason.COUNTED:
        return count_stock(counted=number, **told)
    return correct_stock(quantity=-number if reason == Reason.DAMAGED else number, reason=reason, **told)


def _below(error: BelowHeld) -> str:
    if not error.held:
        return f"There are only {error.on_hand}."
    return (
        f"There are {error.on_hand}, and {error.held} of them are promised to payments under way just now. "
        "Those cannot be taken away: wait some minutes, or take fewer."
    )


def _new_form() -> StockForm:
    return StockForm(formdata=None, ref=secrets.token_hex(8))


def _variant_or_404(variant_id: int) -> StockRow:
    return stock_row(variant_id) or abort(404)


def _page(row: StockRow, form: StockForm, status: int = 200) -> Response:
    return page_or_fragment(
        "admin/products/variant.html", "admin/products/_variant.html", status=status, **_shown(row, form)
    )


def _shown(row: StockRow, form: StockForm) -> dict[str, Any]:
    found = ledger(row.id, cursor=request.args.get("after"))
    prices = list(price_changes(row.id).limit(PRICES_AT_MOST))
    by = {each.by for each in [*found.rows, *prices] if each.by.startswith("staff:")}
    names = staff_names({int(each.partition(":")[2]) for each in by})
    return {
        "row": row,
        "form": form,
        "found": found,
        "left_after": left_after(row.id, found.rows, row.on_hand),
        "prices": prices,
        "who": {each: names.get(int(each.partition(":")[2]), each) for each in by},
        "words": WORDS,
        "reasons": [(reason.value, *words) for reason, words in REASONS.items()],
        "desk_page": "stock",
    }
