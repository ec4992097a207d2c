"""A product's way to the shelf and off it: states, copies, the end of a draft, and how shoppers will see it."""

from __future__ import annotations

from flask import Response, abort, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue.lifecycle import NotReady, WasSold, change_state, duplicate, remove_product
from ...catalogue.models import Product, ProductState
from ...catalogue.products import product_with
from ...catalogue.saving import NoSuchProduct, WrongProduct
from ...catalogue.structured import whole_url
from ...web import changed, is_htmx, page_or_fragment, see_other
from ..blueprint import blueprint
from ..roles import OWNING, PACKING
from .showing import product_or_404, shown

SAID = {
    ProductState.ACTIVE: "It is on show. Shoppers see it from now on.",
    ProductState.DRAFT: "It is a draft again: shoppers do not see it.",
    ProductState.ARCHIVED: "It is archived. Its page says that it is gone, and nothing about it is lost.",
}
NO_STATE = "There is no such state."


@blueprint.post("/products/<id:product_id>/state/<state>")
@staff(*OWNING, shows_customers=False)
def change_product_state(product_id: int, state: str) -> ResponseReturnValue:
    found = product_or_404(product_id)
    if state not in set(ProductState):
        abort(404)
    try:
        change_state(product_id=product_id, state=ProductState(state), staff_id=current_user.person.id)
    except NoSuchProduct:
        abort(404)
    except NotReady as error:
        return _refused(found, str(error))
    said = SAID[ProductState(state)]
    if not is_htmx():
        flash(said)
    found = product_or_404(product_id)
    location = url_for("admin.product", product_id=product_id)
    return changed("admin/products/_state_changed.html", location=location, said=said, **shown(found))


@blueprint.post("/products/<id:product_id>/copies")
@staff(*OWNING, shows_customers=False)
def copy_product(product_id: int) -> ResponseReturnValue:
    found = product_or_404(product_id)
    try:
        copy = duplicate(product_id=product_id, staff_id=current_user.person.id)
    except WrongProduct as error:
        return _refused(found, f"It cannot be copied as it is. {error}")
    except NoSuchProduct:
        abort(404)
    flash(f"This is a copy of {found.name}, as a draft. Give it a name of its own.")
    return see_other(url_for("admin.product", product_id=copy.id))


@blueprint.post("/products/<id:product_id>/remove")
@staff(*OWNING, shows_customers=False)
def delete_product(product_id: int) -> ResponseReturnValue:
    found = product_or_404(product_id)
    try:
        remove_product(product_id=product_id, staff_id=current_user.person.id)
    except NoSuchProduct:
        abort(404)
    except WasSold as error:
        return _refused(found, str(error))
    flash(f"{found.name} is deleted. Nobody had seen it.")
    return see_other(url_for("admin.products"))


@blueprint.get("/products/<id:product_id>/preview")
@staff(*PACKING, shows_customers=False)
def preview_product(product_id: int) -> ResponseReturnValue:
    """As shoppers will see it; for nobody else, and for no search engine."""
    found = product_with(product_id) or abort(404)
    chosen = found.chosen(None)
    response = make_response(
        render_template(
            "admin/products/preview.html",
            product=found,
            chosen=chosen,
            pictures=found.gallery(chosen),
            crumbs=[("Shop", "/"), (found.name, None)],
            cards=[],
            canonical=None,
            structured=[],
            whole_url=whole_url,
            cart_count=0,
        )
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _refused(product: Product, problem: str) -> Response:
    return page_or_fragment(
        "admin/products/refused.html",
        "admin/products/_side.html",
        status=422,
        problem=problem,
        desk_page="products",
        **shown(product),
    )
