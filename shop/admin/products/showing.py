"""What the pages of one product show besides their form."""

from __future__ import annotations

from typing import Any

from flask import abort

from ...catalogue.desk import LOW_STOCK, stock_of
from ...catalogue.gallery import pictures_of
from ...catalogue.models import Picture, PictureUpload, Product, UploadState, Variant
from ...catalogue.queries import picture_shown
from ..forms import StepForm
from .meanwhile import edited


def product_or_404(product_id: int) -> Product:
    return Product.get_or_none(Product.id == product_id) or abort(404)


def shown(product: Product) -> dict[str, Any]:
    """For the page of one product."""
    stock = stock_of(product.id)
    return {
        "product": product,
        "stock": {row.id: row for row in stock},
        "archived": [row for row in stock if row.is_archived],
        "edits": edited(product.id),
        "low_stock": LOW_STOCK,
        "step": StepForm(formdata=None),
        **pictures_shown(product),
    }


def pictures_shown(product: Product) -> dict[str, Any]:
    """For its pictures alone: those that are made, and those on their way."""
    pictures = pictures_of(product.id)
    uploads = list(PictureUpload.select().where(PictureUpload.product == product.id).order_by(PictureUpload.id))
    return {
        "product": product,
        "problems": [],
        "wrong": {},
        "pictures": [(picture, _drawn(picture)) for picture in pictures],
        "uploads": uploads,
        "is_waiting": any(upload.state == UploadState.WAITING for upload in uploads),
        "nameless": sum(picture.needs_alt for picture in pictures),
        "variants": list(
            Variant.select()
            .where(Variant.product == product.id, ~Variant.is_archived)
            .order_by(Variant.position, Variant.id)
        ),
        "step": StepForm(formdata=None),
    }


def _drawn(picture: Picture) -> Any:
    return picture_shown(picture.file, picture.widths, picture.alt, picture.width, picture.height)
