"""Pictures of products: checked, turned upright, stripped of what the camera wrote, and kept as WebP in several widths.

Renditions are named by the content they were made from, so they are made once and may be cached for ever.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from ..config import settings
from .models import Picture, Product, Variant
from .services import bump_version, changing

BYTES_AT_MOST = 12 * 1024 * 1024
PIXELS_AT_MOST = 40_000_000
WIDTHS = (320, 480, 640, 960, 1200)
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
QUALITY = 80
# What a WebP can hold.
TALLEST = 16_383
# Twice as large as pages show it.
LOGO_WITHIN = (960, 160)
# Of WebP's efforts 0 to 6 the least that does not grow the files: 2 costs 0.15 s a picture, 4 twice that for 5 %.
EFFORT = 2
ORIENTATION = 0x0112
HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
# How many times larger than the largest rendition a picture may be while its colours are worked on.
SPARE = 2


class WrongPicture(Exception):
    """The file cannot be used; the message says why in words for whoever sent it."""


@dataclass(frozen=True)
class Rendered:
    """What was made of a file: the name its renditions share, their widths, and the size of the largest."""

    file: str
    widths: tuple[int, ...]
    width: int
    height: int


def store_picture(
    *, product: Product, source: bytes | Path, alt: str, variant: Variant | None = None, position: int | None = None
) -> Picture:
    """Add a picture to a product, last if no position is given; raises WrongPicture."""
    made = render(source)
    with changing():
        if position is None:
            position = Picture.select().where(Picture.product == product).count()
        picture = Picture.create(
            product=product,
            variant=variant,
            file=made.file,
            alt=alt,
            width=made.width,
            height=made.height,
            widths=" ".join(map(str, made.widths)),
            position=position,
        )
        bump_version()
    return picture


def render(source: bytes | Path) -> Rendered:
    """Make the renditions that are not there yet. Slow (half a second): never inside a transaction."""
    data = _read(source)
    image = _opened(data)
    width, height = _size(image)
    largest = min(width, WIDTHS[-1])
    widths = (*(each for each in WIDTHS if each < largest), largest)
    made = Rendered(hashlib.sha256(data).hexdigest()[:24], widths, largest, max(1, round(height * largest / width)))
    missing = [each for each in reversed(widths) if not path_of(made.file, each).exists()]
    if missing:
        _write(_upright(image), made, missing)
    for each in widths:
        # Whoever sweeps what nobody uses sees that somebody does.
        os.utime(path_of(made.file, each))
    return made


def render_logo(source: bytes) -> Rendered:
    """The one rendition of a shop's logo, see-through where it was. Raises WrongPicture."""
    data = _read(source)
    image = _opened(data)
    with _decoding():
        clear = ImageOps.exif_transpose(_in_eight_bits(image)).convert("RGBA")
        clear.thumbnail(LOGO_WITHIN)
    made = Rendered(f"logo-{hashlib.sha256(data).hexdigest()[:24]}", (clear.width,), clear.width, clear.height)
    _write(clear, made, [clear.width])
    return made


def check_head(data: bytes) -> None:
    """Whether this can be a picture we take, by its first bytes; cheap. Raises WrongPicture."""
    _size(_opened(data))


def path_of(file: str, width: int) -> Path:
    return settings().media_root / f"{file}-{width}.webp"


def _read(source: bytes | Path) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > BYTES_AT_MOST:
        raise WrongPicture(f"The picture is larger than {BYTES_AT_MOST // 1024 // 1024} MB.")
    return source if isinstance(source, bytes) else source.read_bytes()


def _opened(data: bytes) -> Image.Image:
    """The picture by its content, whatever its name says; only its head is read yet."""
    try:
        with warnings.catch_warnings():
            # Pillow's own, milder limit; ours is asked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # Whatever it is that Pillow raises over them.
        raise WrongPicture(_what_it_is(data)) from error
    if image.width * image.height > PIXELS_AT_MOST:
        raise _too_large()
    return image


def _what_it_is(data: bytes) -> str:
    """Why a file is not taken, for the kinds that people send in good faith."""
    head = data[:1024].lstrip().lower()
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        return "This is a HEIC picture, which browsers cannot show. Export it as a JPEG, or set the camera to that."
    if b"<svg" in head or head.startswith((b"<?xml", b"<!doctype")):
        return "This is a drawing or a page, not a photograph: save it as a PNG or a JPEG."
    if not data:
        return "This file is empty."
    return "This is not a JPEG, PNG, WebP, AVIF or GIF picture that we can read."


def _too_large() -> WrongPicture:
    return WrongPicture(f"The picture has more than {PIXELS_AT_MOST // 1_000_000} million pixels.")


def _size(image: Image.Image) -> tuple[int, int]:
    """Width and height once it stands upright."""
    with _decoding():
        is_on_its_side = image.getexif().get(ORIENTATION, 1) >= 5
    width, height = (image.height, image.width) if is_on_its_side else image.size
    if height * min(width, WIDTHS[-1]) > TALLEST * width:
        raise WrongPicture("The picture is far too tall for its width: cut it into several.")
    return width, height


def _upright(image: Image.Image) -> Image.Image:
    """The decoded first frame, turned as the camera meant it, on white where it was see-through."""
    with _decoding():
        image.draft("RGB", (SPARE * WIDTHS[-1], SPARE * WIDTHS[-1]))
        upright = _in_eight_bits(ImageOps.exif_transpose(image))
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            ground = Image.new("RGBA", upright.size, "white")
            return Image.alpha_composite(ground, upright).convert("RGB")
        return _in_srgb(upright)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Greys of 16 bits, which Pillow would cut off rather than scale."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as the picture's own profile means them, since the renditions carry none."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image.convert("RGB")
    image.thumbnail((SPARE * WIDTHS[-1], SPARE * WIDTHS[-1] * 10))
    try:
        own, common = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, own, common, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        converted = None
    return converted or image.convert("RGB")


@contextmanager
def _decoding() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # Pillow raises all kinds of things over damaged bytes.
        raise WrongPicture("The picture is damaged: it could not be read to its end.") from error


def _write(image: Image.Image, made: Rendered, widths: list[int]) -> None:
    """From the largest down, each made from the one before: faster, and as sharp."""
    settings().media_root.mkdir(parents=True, exist_ok=True)
    for width in widths:
        image = image.resize((width, max(1, round(made.height * width / made.width))), Image.Resampling.BICUBIC)
        path = path_of(made.file, width)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        image.save(draft, "WEBP", quality=QUALITY, method=EFFORT)
        draft.chmod(0o644)
        draft.replace(path)
