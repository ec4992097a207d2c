"""Pictures on their way into the shop: kept as they were sent, in a folder of their own, until the worker has made
the renditions. File first, row second, and the row goes before the file: whatever stops in between is swept."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from .. import clock, jobs
from ..audit.services import record
from ..config import settings
from ..files import make_private_file
from .models import Picture, PictureUpload, Product, UploadState
from .pictures import BYTES_AT_MOST, Rendered, WrongPicture, check_head, render
from .saving import product_with
from .services import bump_version, changing

JOB, SWEEPING = "make pictures", "sweep pictures"
PICTURES_AT_MOST = 40
TRIES, TAKES_AT_MOST = 3, timedelta(minutes=2)
# An original that no row knows, and a rendition that no picture uses, are kept for so long.
ORPHANED_FOR, UNUSED_FOR = timedelta(hours=1), timedelta(days=1)


def take_upload(*, product_id: int, data: bytes, staff_id: int) -> PictureUpload:
    """Keep a picture for the worker, if its first bytes say that it is one. Raises WrongPicture, NoSuchProduct."""
    if len(data) > BYTES_AT_MOST:
        raise WrongPicture(f"The picture is larger than {BYTES_AT_MOST // 1024 // 1024} MB.")
    check_head(data)
    name = secrets.token_hex(16)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    make_private_file(folder() / name, data)
    with changing():
        product = product_with(product_id)
        if _count(product_id) >= PICTURES_AT_MOST:
            raise WrongPicture(f"A product has at most {PICTURES_AT_MOST} pictures.")
        upload: PictureUpload = PictureUpload.create(product=product.id, file=name, by=f"staff:{staff_id}")
        jobs.kick(JOB)
    return upload


def remove_upload(*, upload_id: int) -> None:
    """Forget a picture that waits or is broken; nothing happens when it has become one, or is gone."""
    with changing():
        upload = PictureUpload.get_or_none(PictureUpload.id == upload_id)
        if upload is None:
            return
        PictureUpload.delete().where(PictureUpload.id == upload_id).execute()
    (folder() / upload.file).unlink(missing_ok=True)


def make_pictures() -> None:
    """Make a picture of every upload that waits, the oldest first; for the worker."""
    waiting = PictureUpload.state == UploadState.WAITING
    while upload := PictureUpload.select().where(waiting, _is_due()).order_by(PictureUpload.id).first():
        if _claim(upload):
            _make(upload)


def sweep_pictures() -> None:
    """Delete originals that no row knows, and renditions that no picture has used for a while; for the worker."""
    known = {upload.file for upload in PictureUpload.select(PictureUpload.file)}
    for path in _older(folder(), ORPHANED_FOR):
        if path.name not in known:
            path.unlink(missing_ok=True)
    files: Any = Picture.select(Picture.file).distinct().tuples()
    used = {file for (file,) in files} | {settings().shop_logo.partition(" ")[0]}
    for path in _older(settings().media_root, UNUSED_FOR):
        # What begins with a dot is a rendition that was never finished.
        if path.suffix == ".webp" and path.stem.rpartition("-")[0] not in used or path.name.startswith("."):
            path.unlink(missing_ok=True)


def folder() -> Path:
    """Beside the renditions, where every web and worker process of the shop finds it; no address leads there."""
    return settings().media_root / ".waiting"


def _count(product_id: int) -> int:
    made = Picture.select().where(Picture.product == product_id).count()
    return made + PictureUpload.select().where(PictureUpload.product == product_id).count()


def _is_due() -> Any:
    return PictureUpload.due_at <= clock.now()


def _claim(upload: PictureUpload) -> bool:
    """Take it on, unless another worker just did."""
    mine = {"due_at": clock.now() + TAKES_AT_MOST, "tries": PictureUpload.tries + 1}
    is_mine = PictureUpload.update(mine).where(PictureUpload.id == upload.id, _is_due()).execute()
    return bool(is_mine)


def _make(upload: PictureUpload) -> None:
    path = folder() / upload.file
    try:
        if upload.tries >= TRIES:
            raise WrongPicture("The picture could not be worked on. Save it anew in another program, and send that.")
        made = render(path)
    except FileNotFoundError:
        _break(upload, "The picture was lost on its way. Please send it again.")
    except WrongPicture as wrong:
        _break(upload, str(wrong))
        path.unlink(missing_ok=True)
    else:
        _finish(upload, made)
        path.unlink(missing_ok=True)


def _break(upload: PictureUpload, problem: str) -> None:
    broken = {"state": UploadState.BROKEN, "problem": problem}
    PictureUpload.update(broken).where(PictureUpload.id == upload.id).execute()


def _finish(upload: PictureUpload, made: Rendered) -> None:
    """Whoever deletes the row makes the picture, so that two workers make one."""
    with changing():
        if not PictureUpload.delete().where(PictureUpload.id == upload.id).execute():
            return
        product = Product.get_by_id(upload.product_id)
        last = Picture.select(Picture.position).where(Picture.product == product.id)
        last = last.order_by(Picture.position.desc()).limit(1).scalar()
        picture = Picture.create(
            product=product.id,
            file=made.file,
            alt=product.name,
            needs_alt=True,
            width=made.width,
            height=made.height,
            widths=" ".join(map(str, made.widths)),
            position=0 if last is None else last + 1,
        )
        bump_version()
        record("picture-added", actor=upload.by, about=("product", product.id), picture=picture.id)


def _older(place: Path, age: timedelta) -> Iterator[Path]:
    before = time.time() - age.total_seconds()
    for path in place.iterdir() if place.is_dir() else ():
        try:
            if path.is_file() and path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue
