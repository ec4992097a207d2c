"""A product's pictures: sent, watched while they are made, described, put in order, taken away."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue.gallery import (
    NoSuchPicture,
    WrongWords,
    describe_picture,
    order_pictures,
    pictures_of,
    remove_picture,
)
from ...catalogue.models import Picture, PictureUpload, Product
from ...catalogue.pictures import BYTES_AT_MOST, WrongPicture
from ...catalogue.saving import NoSuchProduct
from ...catalogue.uploads import remove_upload, take_upload
from ...web import changed, is_htmx, number_in, page_or_fragment, takes_up_to
from ..blueprint import blueprint
from ..roles import OWNING
from .ids import ids_in
from .showing import pictures_shown, product_or_404
from .typed import printable

# Several at once, for browsers without JavaScript; with it each is sent by itself.
AT_ONCE = 8
NOT_ONE = "Choose one picture or more first."
LETTERS_OF_A_NAME = 60


@blueprint.get("/products/<id:product_id>/pictures")
@staff(*OWNING, shows_customers=False)
def pictures(product_id: int) -> ResponseReturnValue:
    """Asked again while some are being made."""
    return _page(product_or_404(product_id))


def refuse_so_much(product_id: int) -> ResponseReturnValue:
    most = (AT_ONCE + 1) * BYTES_AT_MOST // 1024 // 1024
    return _page(product_or_404(product_id), [f"Together these are larger than {most} MB: send fewer at once."])


@blueprint.post("/products/<id:product_id>/pictures")
@staff(*OWNING, shows_customers=False)
@takes_up_to((AT_ONCE + 1) * BYTES_AT_MOST, instead=refuse_so_much)
def add_pictures(product_id: int) -> ResponseReturnValue:
    found = product_or_404(product_id)
    files = [file for file in request.files.getlist("pictures") if file.filename]
    refused = [] if files else [NOT_ONE]
    for file in files:
        try:
            data = file.stream.read(BYTES_AT_MOST + 1)
            take_upload(product_id=product_id, data=data, staff_id=current_user.person.id)
        except WrongPicture as wrong:
            refused.append(f"{printable(file.filename)[:LETTERS_OF_A_NAME]}: {wrong}")
        except NoSuchProduct:
            abort(404)
    return _page(found, refused) if refused else _done(found, "The pictures are being made.")


@blueprint.post("/pictures/<id:picture_id>")
@staff(*OWNING, shows_customers=False)
def describe(picture_id: int) -> ResponseReturnValue:
    picture, product = _picture_or_404(picture_id)
    typed = printable(request.form.get("alt"))
    try:
        describe_picture(
            picture_id=picture_id,
            alt=typed,
            is_decoration=bool(request.form.get("decoration")),
            variant_id=number_in(request.form.get("variant")),
        )
    except WrongWords as wrong:
        return _page(product, [], {"picture": picture.id, "alt": typed, "error": str(wrong)})
    except NoSuchPicture:
        abort(404)
    return _done(product, "Saved.")


@blueprint.post("/products/<id:product_id>/pictures/order")
@staff(*OWNING, shows_customers=False)
def put_pictures_in_order(product_id: int) -> ResponseReturnValue:
    product = product_or_404(product_id)
    present = [picture.id for picture in pictures_of(product_id)]
    order_pictures(product_id=product_id, ids=ids_in(request.form, present))
    return _done(product, "The order is saved.")


@blueprint.post("/pictures/<id:picture_id>/remove")
@staff(*OWNING, shows_customers=False)
def take_picture_away(picture_id: int) -> ResponseReturnValue:
    _, product = _picture_or_404(picture_id)
    try:
        remove_picture(picture_id=picture_id, staff_id=current_user.person.id)
    except NoSuchPicture:
        abort(404)
    return _done(product, "The picture is gone.")


@blueprint.post("/uploads/<id:upload_id>/remove")
@staff(*OWNING, shows_customers=False)
def forget_upload(upload_id: int) -> ResponseReturnValue:
    upload = PictureUpload.get_or_none(PictureUpload.id == upload_id) or abort(404)
    product = product_or_404(upload.product_id)
    remove_upload(upload_id=upload_id)
    return _done(product, "The picture is gone.")


def _picture_or_404(picture_id: int) -> tuple[Picture, Product]:
    picture = Picture.get_or_none(Picture.id == picture_id) or abort(404)
    return picture, product_or_404(picture.product_id)


def _page(product: Product, problems: list[str] | None = None, wrong: dict[str, Any] | None = None) -> Response:
    """The pictures, as a 422 when something was refused."""
    return page_or_fragment(
        "admin/products/pictures.html",
        "admin/products/_pictures.html",
        status=422 if problems or wrong else 200,
        **{**pictures_shown(product), "problems": problems or [], "wrong": wrong or {}, "desk_page": "products"},
    )


def _done(product: Product, said: str) -> ResponseReturnValue:
    location = url_for("admin.product", product_id=product.id, _anchor="admin-pictures")
    if not is_htmx():
        flash(said)
    return changed("admin/products/_pictures_changed.html", location=location, said=said, **pictures_shown(product))
