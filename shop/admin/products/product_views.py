"""One product: made, changed, and never saved over what somebody else changed meanwhile."""

from __future__ import annotations

from math import prod
from typing import Any

from flask import Response, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...card_guard import may_hold_barcodes
from ...catalogue.checking import VARIANTS_AT_MOST, problems_of
from ...catalogue.desk import shelves
from ...catalogue.drafts import PLAIN, ProductDraft, draft_of, variant_draft
from ...catalogue.models import Product, Variant
from ...catalogue.saving import NoSuchProduct, Overtaken, WrongProduct, save_product
from ...pricing.queries import tax_classes
from ...web import changed, is_htmx, number_in, page_or_fragment, see_other
from ..blueprint import blueprint
from ..roles import OWNING
from . import matrix
from .forms import OPTION_NUMBERS, ProductForm
from .meanwhile import meanwhile
from .showing import product_or_404, shown


@blueprint.get("/products/new")
@staff(*OWNING, shows_customers=False)
def new_product() -> ResponseReturnValue:
    form = _offered(ProductForm(formdata=None, tax_class="standard", featured="0"))
    form.show_rows(ProductDraft())
    return _page(form, None)


@blueprint.post("/products")
@staff(*OWNING, shows_customers=False)
@may_hold_barcodes("sku-")
def create_product() -> ResponseReturnValue:
    form = _typed()
    if request.form.get("do"):
        return _reworked(form, None)
    if (draft := _checked(form)) is None:
        return _page(form, None, 422)
    try:
        product = save_product(draft=draft, staff_id=current_user.person.id)
    except WrongProduct as wrong:
        form.put_problems(wrong.problems)
        return _page(form, None, 422)
    flash("Saved as a draft. Add pictures, look at the preview, then put it on show.")
    return see_other(url_for("admin.product", product_id=product.id))


@blueprint.get("/products/<id:product_id>")
@staff(*OWNING, shows_customers=False)
def product(product_id: int) -> ResponseReturnValue:
    found = product_or_404(product_id)
    return _page(_saved(found), found)


@blueprint.post("/products/<id:product_id>")
@staff(*OWNING, shows_customers=False)
@may_hold_barcodes("sku-")
def change_product(product_id: int) -> ResponseReturnValue:
    found = product_or_404(product_id)
    form = _typed(found.tax_class)
    if request.form.get("do"):
        return _reworked(form, found)
    if (draft := _checked(form)) is None:
        return _page(form, found, 422)
    try:
        saved = save_product(
            draft=draft, staff_id=current_user.person.id, product_id=product_id, version=_version(form)
        )
    except WrongProduct as wrong:
        form.put_problems(wrong.problems)
        return _page(form, found, 422)
    except Overtaken as overtaken:
        return _overtaken(form, draft, overtaken)
    except NoSuchProduct:
        abort(404)
    if not is_htmx():
        flash("Saved.")
    location = url_for("admin.product", product_id=product_id)
    return changed("admin/products/_saved.html", location=location, said="Saved.", **_shown(_saved(saved), saved))


def _typed(own_class: str = "standard") -> ProductForm:
    form = _offered(ProductForm(), own_class)
    form.read_rows(request.form)
    return form


def _offered(form: ProductForm, own_class: str = "standard") -> ProductForm:
    return form.offer(tax_classes=list(dict.fromkeys([*tax_classes(), own_class])), sections=shelves())


def _saved(product: Product) -> ProductForm:
    """The form of a product as it is."""
    draft = draft_of(product)
    names = {f"option{number}_name": getattr(product, f"option{number}_name") for number in OPTION_NUMBERS}
    values: dict[str, Any] = {name: getattr(draft, name) for name in PLAIN}
    values |= {"featured": str(draft.featured), "low_at": "" if draft.low_at is None else str(draft.low_at)}
    values |= {"collections": list(draft.collections), "main_collection": next(iter(draft.collections), 0)}
    form = _offered(ProductForm(formdata=None, version=str(product.version), **values, **names), product.tax_class)
    form.show_rows(draft)
    return form


def _checked(form: ProductForm) -> ProductDraft | None:
    """What was typed, or None when something about it is wrong, which the form says."""
    form.validate()
    draft = form.draft()
    form.put_problems(problems_of(draft))
    return None if form.has_errors else draft


def _version(form: ProductForm) -> int:
    """The one that whoever typed has seen; nonsense is none that there is."""
    return number_in(form.version.data) or 0


def _reworked(form: ProductForm, product: Product | None) -> Response:
    """The form with more rows or fuller columns; nothing is saved."""
    do = request.form["do"]
    if do == "combine":
        _combine(form)
    elif do == "fill":
        form.rows = matrix.filled(form.rows, request.form)
    elif do.startswith("back-") and product is not None:
        form.rows += _brought_back(do.removeprefix("back-"), product)
    status = 422 if form.option1_values.errors else 200
    if is_htmx():
        return Response(render_template("admin/products/_variants.html", **_shown(form, product)), status)
    return _page(form, product, status)


def _combine(form: ProductForm) -> None:
    values = [_values(form, number) for number in OPTION_NUMBERS]
    count = prod(len(each) or 1 for each in values)
    if count > VARIANTS_AT_MOST:
        said = f"These would be {count:,} variants, and a product has at most {VARIANTS_AT_MOST}: give fewer values."
        form.option1_values.errors = [said]
    else:
        form.rows = matrix.combined(form.rows, values)


def _values(form: ProductForm, number: int) -> list[str]:
    has_name = form[f"option{number}_name"].data
    return matrix.values_in(form[f"option{number}_values"].data) if has_name else []


def _brought_back(variant_id: str, product: Product) -> list[matrix.Row]:
    variant = Variant.get_or_none(Variant.id == (number_in(variant_id) or 0), Variant.product == product.id)
    return [matrix.row_of(variant_draft(variant))] if variant else []


def _overtaken(form: ProductForm, draft: ProductDraft, overtaken: Overtaken) -> Response:
    """What was typed stays; saving it once more is done with open eyes."""
    now = overtaken.product
    form.version.data = str(now.version)
    told = meanwhile(now, since=overtaken.version, typed=draft)
    return _page(form, now, 422, told=told)


def _page(form: ProductForm, product: Product | None, status: int = 200, **more: Any) -> Response:
    page = "admin/products/product.html" if product else "admin/products/new.html"
    return page_or_fragment(page, "admin/products/_form.html", status=status, **_shown(form, product), **more)


def _shown(form: ProductForm, product: Product | None) -> dict[str, Any]:
    return {"form": form, "product": product, "desk_page": "products", **(shown(product) if product else {})}
