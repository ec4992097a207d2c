"""Where which taxes are due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...meanwhile import ChangedMeanwhile
from ...pricing.editing import Taken, remove_zone, save_zone
from ...pricing.models import TaxRate, TaxZone
from ...web import page_or_fragment, see_other
from ..blueprint import blueprint
from ..roles import OWNING
from .choices import countries
from .pricing_forms import ZoneForm, blank_rows, typed_rate
from .seen import begun_with

HERE = "settings-tax"


@blueprint.get("/settings/tax")
@staff(*OWNING)
def tax_zones() -> ResponseReturnValue:
    zones = list(TaxZone.select().order_by(TaxZone.country, TaxZone.region))
    names = {choice.value: choice.label for choice in countries()}
    rates: dict[int, list[TaxRate]] = {zone.id: [] for zone in zones}
    for rate in TaxRate.select().order_by(TaxRate.id):
        rates[rate.zone_id].append(rate)
    return page_or_fragment(
        "admin/settings/zones.html",
        "admin/settings/_zones.html",
        zones=zones,
        rates=rates,
        names=names,
        desk_page=HERE,
    )


@blueprint.get("/settings/tax/new")
@staff(*OWNING)
def new_zone() -> ResponseReturnValue:
    return _page(None, ZoneForm(data={"rates": blank_rows([])}))


@blueprint.get("/settings/tax/<id:zone_id>")
@staff(*OWNING)
def one_zone(zone_id: int) -> ResponseReturnValue:
    zone = _zone_or_404(zone_id)
    return _page(zone, ZoneForm(data=begun_with(_typed(zone))))


@blueprint.post("/settings/tax/new")
@staff(*OWNING)
def add_zone() -> ResponseReturnValue:
    return _save(None)


@blueprint.post("/settings/tax/<id:zone_id>")
@staff(*OWNING)
def change_zone(zone_id: int) -> ResponseReturnValue:
    return _save(_zone_or_404(zone_id))


@blueprint.post("/settings/tax/<id:zone_id>/remove")
@staff(*OWNING)
def drop_zone(zone_id: int) -> ResponseReturnValue:
    zone = _zone_or_404(zone_id)
    remove_zone(zone=zone, staff_id=current_user.person.id)
    flash("No tax is added there any more. Orders that were placed keep theirs.")
    return see_other(url_for("admin.tax_zones"))


def _save(zone: TaxZone | None) -> ResponseReturnValue:
    form = ZoneForm()
    if not form.validate():
        return _page(zone, form, 422)
    values = {"country": form.country.data, "region": form.region.data, "inclusive": form.inclusive.data}
    try:
        save_zone(
            zone=zone,
            values=values,
            rates=form.found,
            staff_id=current_user.person.id,
            is_as_seen=lambda: zone is None or form.is_of(_typed(_zone_or_404(zone.id))),
        )
    except ChangedMeanwhile:
        assert zone is not None
        now = _zone_or_404(zone.id)
        return _page(now, form, 422, also=form.say_what_changed(_typed(now)))
    except Taken:
        form.region.errors = ["There are taxes for this place already: change those."]
        return _page(zone, form, 422)
    flash("The taxes are saved. They hold for carts from now on.")
    return see_other(url_for("admin.tax_zones"))


def _typed(zone: TaxZone) -> dict[str, Any]:
    rates = [
        {
            "tax_class": rate.tax_class,
            "name": rate.name,
            "rate": typed_rate(rate.rate_ppm),
        }
        for rate in TaxRate.select().where(TaxRate.zone == zone.id).order_by(TaxRate.id)
    ]
    same = {"country": zone.country, "region": zone.region, "inclusive": zone.inclusive}
    return {**same, "rates": blank_rows(rates)}


def _zone_or_404(zone_id: int) -> TaxZone:
    return TaxZone.get_or_none(TaxZone.id == zone_id) or abort(404)


def _page(zone: TaxZone | None, form: ZoneForm, status: int = 200, also: Sequence[str] = ()) -> Response:
    return page_or_fragment(
        "admin/settings/zone.html",
        "admin/settings/_zone.html",
        status=status,
        zone=zone,
        form=form,
        also=also,
        desk_page=HERE,
    )
