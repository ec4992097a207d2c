"""The owner's reasoned request to see the name on a locked invoice."""

from __future__ import annotations

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.models import Order
from ...orders.queries import order_with
from ...orders.services.unlocking import UnlockReason, locked_invoice, unlock_invoice, unlocked
from ...web import changed, page_or_fragment
from ..blueprint import blueprint
from ..roles import PRIVACY
from .forms import UnlockForm


@blueprint.get("/orders/<number>/unlock")
@staff(*PRIVACY)
def unlock(number: str) -> ResponseReturnValue:
    return _page(_locked_or_404(number), UnlockForm())


@blueprint.post("/orders/<number>/unlock")
@staff(*PRIVACY)
def give_reason(number: str) -> ResponseReturnValue:
    order, form = _locked_or_404(number), UnlockForm()
    if not form.validate():
        return _page(order, form, 422)
    unlock_invoice(order=order, reason=UnlockReason(form.reason.data), staff_id=current_user.person.id)
    return changed("admin/orders/_unlock.html", location=url_for(".unlock", number=order.number), **_shown(order, form))


def _locked_or_404(number: str) -> Order:
    order = order_with(number)
    if order is None or locked_invoice(order) is None:
        abort(404)
    return order


def _page(order: Order, form: UnlockForm, status: int = 200) -> Response:
    return page_or_fragment(
        "admin/orders/unlock.html", "admin/orders/_unlock.html", status=status, **_shown(order, form)
    )


def _shown(order: Order, form: UnlockForm) -> dict[str, object]:
    return {
        "order": order,
        "locked": locked_invoice(order),
        "unlocked": unlocked(order, staff_id=current_user.person.id),
        "form": form,
        "desk_page": "orders",
    }
