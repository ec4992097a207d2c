"""Discount codes: what each gives, when, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import clock
from ...access_rules import staff
from ...days import begin_of, day_of, end_of_day
from ...meanwhile import ChangedMeanwhile
from ...money import typed_amount
from ...pricing.discounts import name_of
from ...pricing.editing import Taken, UsedMoreOften, save_discount
from ...pricing.models import Discount, DiscountKind
from ...web import page_or_fragment, see_other
from ..blueprint import blueprint
from ..roles import OWNING
from .pricing_forms import DiscountForm, typed_rate
from .seen import begun_with

HERE = "settings-discounts"


@blueprint.get("/settings/discounts")
@staff(*OWNING)
def discounts() -> ResponseReturnValue:
    found = list(Discount.select().order_by(Discount.is_active.desc(), Discount.code))
    return page_or_fragment(
        "admin/settings/discounts.html",
        "admin/settings/_discounts.html",
        discounts=found,
        name_of=name_of,
        now=clock.now(),
        desk_page=HERE,
    )


@blueprint.get("/settings/discounts/new")
@staff(*OWNING)
def new_discount() -> ResponseReturnValue:
    return _page(None, DiscountForm(data={"is_active": True}))


@blueprint.get("/settings/discounts/<id:discount_id>")
@staff(*OWNING)
def one_discount(discount_id: int) -> ResponseReturnValue:
    discount = _discount_or_404(discount_id)
    return _page(discount, DiscountForm(data=begun_with(_typed(discount))))


@blueprint.post("/settings/discounts/new")
@staff(*OWNING)
def add_discount() -> ResponseReturnValue:
    return _save(None)


@blueprint.post("/settings/discounts/<id:discount_id>")
@staff(*OWNING)
def change_discount(discount_id: int) -> ResponseReturnValue:
    return _save(_discount_or_404(discount_id))


def _save(discount: Discount | None) -> ResponseReturnValue:
    form = DiscountForm()
    if not form.validate():
        return _page(discount, form, 422)
    try:
        save_discount(
            discount=discount,
            values=_columns(form),
            staff_id=current_user.person.id,
            is_as_seen=lambda: discount is None or form.is_of(_typed(_discount_or_404(discount.id))),
        )
    except ChangedMeanwhile:
        assert discount is not None
        now = _discount_or_404(discount.id)
        return _page(now, form, 422, form.say_what_changed(_typed(now)))
    except Taken:
        form.code.errors = ["There is such a code already."]
        return _page(discount, form, 422)
    except UsedMoreOften as error:
        form.use_limit.errors = [f"It was used {error.used} times already."]
        return _page(discount, form, 422)
    flash(f"The code {form.code.data} is saved.")
    return see_other(url_for("admin.discounts"))


def _columns(form: DiscountForm) -> dict[str, Any]:
    return {
        "code": form.code.data,
        "kind": form.kind.data,
        "value": form.worth,
        "minimum_cents": form.minimum.cents or 0,
        "starts_at": form.starts_on.data and begin_of(form.starts_on.data),
        "ends_at": form.ends_on.data and end_of_day(form.ends_on.data),
        "use_limit": form.use_limit.data,
        "use_limit_each": form.use_limit_each.data,
        "is_active": form.is_active.data,
    }


def _typed(discount: Discount) -> dict[str, Any]:
    same = ("code", "kind", "use_limit", "use_limit_each", "is_active")
    return {
        **{name: getattr(discount, name) for name in same},
        "value": _worth(discount),
        "minimum": typed_amount(discount.minimum_cents) if discount.minimum_cents else "",
        "starts_on": discount.starts_at and day_of(discount.starts_at),
        "ends_on": discount.ends_at and day_of(discount.ends_at),
    }


def _worth(discount: Discount) -> str:
    if discount.kind == DiscountKind.PERCENT:
        return typed_rate(discount.value)
    return typed_amount(discount.value) if discount.kind == DiscountKind.AMOUNT else ""


def _discount_or_404(discount_id: int) -> Discount:
    return Discount.get_or_none(Discount.id == discount_id) or abort(404)


def _page(discount: Discount | None, form: DiscountForm, status: int = 200, also: Sequence[str] = ()) -> Response:
    return page_or_fragment(
        "admin/settings/discount.html",
        "admin/settings/_discount.html",
        status=status,
        discount=discount,
        form=form,
        also=also,
        desk_page=HERE,
    )
