"""A product's pictures as the desk arranges them: words, order, the variant that one shows, and their removal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from ..audit.services import record
from .checking import SUMMARY_AT_MOST, wrong_text
from .models import Picture, Variant
from .pictures import path_of
from .services import bump_version, changing


class NoSuchPicture(Exception):
    """It was removed meanwhile."""


class WrongWords(Exception):
    """What a picture shows cannot be said like this; the message says why."""


def describe_picture(*, picture_id: int, alt: str, is_decoration: bool, variant_id: int | None) -> None:
    """Say what a picture shows, to those who cannot see it, and which variant. Raises WrongWords, NoSuchPicture.

    Only a decoration has no words.
    """
    alt = "" if is_decoration else alt.strip()
    if not alt and not is_decoration:
        raise WrongWords("Say what the picture shows, or that it only decorates.")
    if message := wrong_text(alt, SUMMARY_AT_MOST):
        raise WrongWords(message)
    with changing():
        picture = _picture(picture_id)
        if variant_id is not None:
            own = Variant.select().where(Variant.id == variant_id, Variant.product == picture.product_id)
            variant_id = variant_id if own.exists() else None
        Picture.update(alt=alt, needs_alt=False, variant=variant_id).where(Picture.id == picture_id).execute()
        bump_version()


def order_pictures(*, product_id: int, ids: Sequence[int]) -> None:
    """The first one stands for the product in lists; those not named follow as they were."""
    with changing():
        present = [row.id for row in pictures_of(product_id)]
        known = [each for each in dict.fromkeys(ids) if each in present]
        for position, each in enumerate([*known, *(each for each in present if each not in known)]):
            Picture.update(position=position).where(Picture.id == each, Picture.position != position).execute()
        bump_version()


def remove_picture(*, picture_id: int, staff_id: int) -> None:
    """Take a picture off its product; its renditions are swept some time after the last one that uses them."""
    with changing():
        picture = _picture(picture_id)
        Picture.delete().where(Picture.id == picture_id).execute()
        bump_version()
        record("picture-removed", actor=f"staff:{staff_id}", about=("product", picture.product_id), picture=picture_id)
    for width in picture.widths.split():
        with suppress(OSError):
            os.utime(path_of(picture.file, int(width)))


def pictures_of(product_id: int) -> list[Picture]:
    """In their order."""
    return list(Picture.select().where(Picture.product == product_id).order_by(Picture.position, Picture.id))


def _picture(picture_id: int) -> Picture:
    found: Picture | None = Picture.get_or_none(Picture.id == picture_id)
    if found is None:
        raise NoSuchPicture(f"there is no picture {picture_id}")
    return found
