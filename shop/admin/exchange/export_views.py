"""Products as a file, all of them or some."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from ... import clock
from ...access_rules import staff
from ...catalogue.exchange.current import shelves
from ...catalogue.exchange.writing import export, products_to_export
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..csv_answers import csv_download
from ..roles import OWNING
from .forms import ExportForm


@blueprint.get("/products/export")
@staff(*OWNING, shows_customers=False)
def export_products() -> ResponseReturnValue:
    return _page(_form())


@blueprint.get("/products/export.csv")
@staff(*OWNING, shows_customers=False)
def exported_products() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _page(form, 422)
    products = products_to_export(state=form.state.data, collection=form.collection.data, search=form.q.data)
    return csv_download(f"products-{clock.now():%Y-%m-%d}.csv", export(products))


def _form() -> ExportForm:
    form = ExportForm(request.args)
    places = (SelectChoice(shelf.path, f"{shelf.section_name} > {shelf.collection_name}") for shelf in shelves())
    form.collection.choices = [SelectChoice("", "All"), *places]
    return form


def _page(form: ExportForm, status: int = 200) -> Response:
    form.state.data, form.collection.data = form.state.data or "", form.collection.data or ""
    return page_or_fragment(
        "admin/exchange/export.html",
        "admin/exchange/_export.html",
        status=status,
        form=form,
        count=products_to_export().count(),
        desk_page="export",
    )
