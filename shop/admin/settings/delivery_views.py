"""The ways of delivery: which there are, in which order they are offered, and what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...meanwhile import ChangedMeanwhile
from ...money import typed_amount
from ...pricing.editing import Taken, move_method, save_method
from ...pricing.models import DeliveryBand, DeliveryKind, DeliveryMethod
from ...web import changed, page_or_fragment, see_other
from ..blueprint import blueprint
from ..forms import StepForm
from ..roles import OWNING
from .pricing_forms import KINDS, MethodForm, blank_rows
from .seen import begun_with

HERE = "settings-delivery"


@blueprint.get("/settings/delivery")
@staff(*OWNING)
def delivery_methods() -> ResponseReturnValue:
    return page_or_fragment("admin/settings/methods.html", "admin/settings/_methods.html", **_listed())


@blueprint.post("/settings/delivery/<id:method_id>/move")
@staff(*OWNING)
def shift_method(method_id: int) -> ResponseReturnValue:
    method = _method_or_404(method_id)
    steps = -1 if request.form.get("way") == "up" else 1
    move_method(method=method, steps=steps, staff_id=current_user.person.id)
    return changed("admin/settings/_methods.html", location=url_for("admin.delivery_methods"), **_listed())


@blueprint.get("/settings/delivery/new")
@staff(*OWNING)
def new_method() -> ResponseReturnValue:
    first = {
        "bands": blank_rows([]),
        "is_active": True,
        "tax_class": "delivery",
        "lead_days": 1,
        "price": typed_amount(0),
    }
    return _page(None, MethodForm(data=first))


@blueprint.get("/settings/delivery/<id:method_id>")
@staff(*OWNING)
def one_method(method_id: int) -> ResponseReturnValue:
    method = _method_or_404(method_id)
    return _page(method, MethodForm(data=begun_with(_typed(method))))


@blueprint.post("/settings/delivery/new")
@staff(*OWNING)
def add_method() -> ResponseReturnValue:
    return _save(None)


@blueprint.post("/settings/delivery/<id:method_id>")
@staff(*OWNING)
def change_method(method_id: int) -> ResponseReturnValue:
    return _save(_method_or_404(method_id))


def _save(method: DeliveryMethod | None) -> ResponseReturnValue:
    form = MethodForm()
    if not form.validate():
        return _page(method, form, 422)
    try:
        save_method(
            method=method,
            values=_columns(form),
            bands=form.steps,
            staff_id=current_user.person.id,
            is_as_seen=lambda: method is None or form.is_of(_typed(_method_or_404(method.id))),
        )
    except ChangedMeanwhile:
        assert method is not None
        now = _method_or_404(method.id)
        return _page(now, form, 422, form.say_what_changed(_typed(now)))
    except Taken:
        form.code.errors = ["Another way of delivery has this code."]
        return _page(method, form, 422)
    flash(f"{form.name.data} is saved.")
    return see_other(url_for("admin.delivery_methods"))


def _columns(form: MethodForm) -> dict[str, Any]:
    same = ("name", "code", "promise", "kind", "countries", "postcodes", "tax_class", "is_active")
    days = {"weekdays": " ".join(form.weekdays.data or []), "lead_days": form.lead_days.data}
    prices = {"price_cents": form.price.cents or 0, "free_over_cents": form.free_over.cents}
    return {**{name: form[name].data for name in same}, **prices, **days}


def _typed(method: DeliveryMethod) -> dict[str, Any]:
    """The method as its form shows it."""
    by_weight = method.kind == DeliveryKind.BY_WEIGHT
    bands = [
        {"upto": _end(band.upto, by_weight), "price": typed_amount(band.price_cents)} for band in _bands_of(method)
    ]
    same = ("name", "code", "promise", "kind", "countries", "postcodes", "tax_class", "is_active")
    return {
        **{name: getattr(method, name) for name in same},
        "weekdays": method.weekdays.split(),
        "lead_days": method.lead_days,
        "price": typed_amount(method.price_cents),
        "free_over": "" if method.free_over_cents is None else typed_amount(method.free_over_cents),
        "bands": blank_rows(bands),
    }


def _bands_of(method: DeliveryMethod) -> list[DeliveryBand]:
    bands = DeliveryBand.select().where(DeliveryBand.method == method.id)
    return sorted(bands, key=lambda band: (band.upto is None, band.upto or 0))


def _end(upto: int | None, by_weight: bool) -> str:
    if upto is None:
        return ""
    return str(upto) if by_weight else typed_amount(upto)


def _method_or_404(method_id: int) -> DeliveryMethod:
    return DeliveryMethod.get_or_none(DeliveryMethod.id == method_id) or abort(404)


def _listed() -> dict[str, Any]:
    methods = list(DeliveryMethod.select().order_by(DeliveryMethod.position, DeliveryMethod.id))
    return {"methods": methods, "kinds": KINDS, "step": StepForm(formdata=None), "desk_page": HERE}


def _page(method: DeliveryMethod | None, form: MethodForm, status: int = 200, also: Sequence[str] = ()) -> Response:
    return page_or_fragment(
        "admin/settings/method.html",
        "admin/settings/_method.html",
        status=status,
        method=method,
        form=form,
        also=also,
        desk_page=HERE,
    )
