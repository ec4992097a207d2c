"""One collection: its words, and the order of what stands in it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue import shelving
from ...catalogue.desk import Standing, products_in, standing_in
from ...catalogue.models import Collection, ProductCollection, Section
from ...catalogue.shelving import NoSuchShelf, NotEmpty, WrongShelf, save_collection
from ...web import changed, is_htmx, number_in, page_or_fragment, see_other
from ..blueprint import blueprint
from ..forms import StepForm
from ..roles import OWNING
from .ids import ids_in, moving_in
from .shelf_forms import CollectionForm

ON_A_PAGE = 50


@blueprint.get("/collections/new")
@staff(*OWNING, shows_customers=False)
def new_collection() -> ResponseReturnValue:
    return _form_page(_offered(CollectionForm(formdata=None, section_id=number_in(request.args.get("section")))), None)


@blueprint.post("/collections")
@staff(*OWNING, shows_customers=False)
def create_collection() -> ResponseReturnValue:
    return _save(_offered(CollectionForm()), None)


@blueprint.get("/collections/<id:collection_id>")
@staff(*OWNING, shows_customers=False)
def collection(collection_id: int) -> ResponseReturnValue:
    found = _collection_or_404(collection_id)
    return _form_page(_offered(CollectionForm(formdata=None, obj=found)), found)


@blueprint.post("/collections/<id:collection_id>")
@staff(*OWNING, shows_customers=False)
def change_collection(collection_id: int) -> ResponseReturnValue:
    return _save(_offered(CollectionForm()), _collection_or_404(collection_id))


@blueprint.post("/collections/<id:collection_id>/order")
@staff(*OWNING, shows_customers=False)
def order_products(collection_id: int) -> ResponseReturnValue:
    found = _collection_or_404(collection_id)
    ids, said = _as_wanted(standing_in(collection_id)), "The order is saved."
    shelving.order_products(collection_id=collection_id, ids=ids, staff_id=current_user.person.id)
    if not is_htmx():
        flash(said)
    location = url_for("admin.collection", collection_id=collection_id, page=_page(), _anchor="admin-collection-order")
    return changed("admin/products/_order_changed.html", location=location, said=said, **_inside(found))


def _as_wanted(present: Standing) -> list[int]:
    """Those that stand where somebody put them: up to the end of the page on which the last of them is. Whatever comes
    after them orders itself."""
    ids = ids_in(request.form, present.ids)
    put = [ids.index(each) + 1 for each in moving_in(request.form) if each in ids]
    last = max([present.by_hand, *put])
    return ids[: -(-last // ON_A_PAGE) * ON_A_PAGE]


def _page() -> int:
    return max(1, number_in(request.values.get("page")) or 1)


@blueprint.post("/collections/<id:collection_id>/remove")
@staff(*OWNING, shows_customers=False)
def delete_collection(collection_id: int) -> ResponseReturnValue:
    found = _collection_or_404(collection_id)
    try:
        shelving.remove_collection(collection_id=collection_id, staff_id=current_user.person.id)
    except (NotEmpty, NoSuchShelf) as error:
        form = _offered(CollectionForm(formdata=None, obj=found))
        return _form_page(form, found, 422, problem=str(error))
    flash(f"{found.name} is gone.")
    return see_other(url_for("admin.shelves"))


def _save(form: CollectionForm, before: Collection | None) -> ResponseReturnValue:
    if form.validate():
        try:
            save_collection(
                draft=form.draft(), staff_id=current_user.person.id, collection_id=before.id if before else None
            )
            flash("Saved.")
            return see_other(url_for("admin.shelves"))
        except WrongShelf as wrong:
            form.put_problems(wrong.problems)
    return _form_page(form, before, 422)


def _offered(form: CollectionForm) -> CollectionForm:
    return form.offer(list(Section.select().order_by(Section.position, Section.id)))


def _collection_or_404(collection_id: int) -> Collection:
    return Collection.get_or_none(Collection.id == collection_id) or abort(404)


def _form_page(form: CollectionForm, found: Collection | None, status: int = 200, problem: str = "") -> Response:
    where: dict[str, Any] = {"collection_id": found.id} if found else {}
    shown = {
        "form": form,
        "title": found.name if found else "A new collection",
        "action": url_for("admin.change_collection" if found else "admin.create_collection", **where),
        "removal": url_for("admin.delete_collection", **where) if found else None,
        "problem": problem,
        "desk_page": "shelves",
        "step": StepForm(formdata=None),
        **(_inside(found) if found else {}),
    }
    return page_or_fragment("admin/products/shelf.html", "admin/products/_shelf.html", status=status, **shown)


def _inside(found: Collection) -> dict[str, Any]:
    count = ProductCollection.select().where(ProductCollection.collection == found.id).count()
    page = min(_page(), max(1, -(-count // ON_A_PAGE)))
    return {
        "collection": found,
        "products": products_in(found.id, start=(page - 1) * ON_A_PAGE, most=ON_A_PAGE),
        "count": count,
        "before": (page - 1) * ON_A_PAGE,
        "this_page": page,
        "has_more": page * ON_A_PAGE < count,
        "step": StepForm(formdata=None),
    }
