"""Pictures are checked before they are opened, and kept upright, small and without what the camera wrote."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from shop.catalogue import pictures, queries
from shop.catalogue.models import Picture, Product
from shop.catalogue.pictures import WrongPicture, path_of, store_picture
from shop.config import settings
from tests.support.client import ShopClient

pytestmark = pytest.mark.once


def drawn(kind: str = "JPEG", size: tuple[int, int] = (1600, 800), mode: str = "RGB", **options: object) -> bytes:
    """Its left half red, the rest blue."""
    image = Image.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def colour_at(picture: Picture, width: int, x: float, y: float) -> str:
    with Image.open(path_of(picture.file, width)) as image:
        red, _, blue = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    return "red" if red > blue else "blue"


def test_a_picture_is_made_in_several_widths(bag: Product) -> None:
    picture = store_picture(product=bag, source=drawn(), alt="A flag")
    assert (picture.widths, picture.width, picture.height) == ("320 480 640 960 1200", 1200, 600)
    for width in (320, 480, 640, 960, 1200):
        with Image.open(path_of(picture.file, width)) as image:
            assert (image.format, image.size) == ("WEBP", (width, width // 2))


def test_a_small_picture_is_never_made_larger(bag: Product) -> None:
    assert store_picture(product=bag, source=drawn(size=(400, 300)), alt="").widths == "320 400"
    assert store_picture(product=bag, source=drawn(size=(1, 1)), alt="").widths == "1"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_is_known_by_its_content(bag: Product, kind: str) -> None:
    picture = store_picture(product=bag, source=drawn(kind, (640, 320)), alt="")
    assert colour_at(picture, 640, 0.2, 0.5) == "red"
    assert colour_at(picture, 640, 0.8, 0.5) == "blue"


def test_a_sideways_picture_is_turned_and_its_place_forgotten(bag: Product) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    picture = store_picture(product=bag, source=drawn(size=(800, 400), exif=exif), alt="")
    assert (picture.width, picture.height) == (400, 800)
    assert colour_at(picture, 400, 0.5, 0.2) == "red"
    assert colour_at(picture, 400, 0.5, 0.8) == "blue"
    with Image.open(path_of(picture.file, 400)) as image:
        assert not image.getexif()


def test_what_is_see_through_stands_on_white(bag: Product) -> None:
    file = BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(file, "PNG")
    picture = store_picture(product=bag, source=file.getvalue(), alt="")
    with Image.open(path_of(picture.file, 400)) as image:
        assert min(image.convert("RGB").getpixel((200, 200))) > 250


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    body = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"hello", "not a JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a drawing"),
        (b"%PDF-1.7", "not a JPEG"),
        (b"GIF89a", "not a JPEG"),
        (drawn()[:2000], "damaged"),
        (drawn("PNG")[:400], "damaged"),
        (claiming(20_000, 20_000), "million pixels"),
        (claiming(2_000_000, 30), "million pixels"),
        (drawn("PNG", (10, 17_000)), "too tall"),
        (b"\xff\xd8" + b"x" * pictures.BYTES_AT_MOST, "larger than 12 MB"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(bag: Product, data: bytes, why: str) -> None:
    with pytest.raises(WrongPicture, match=why):
        store_picture(product=bag, source=data, alt="")
    assert Picture.select().count() == 0
    assert not settings().media_root.exists() or not list(settings().media_root.iterdir())


def test_the_same_picture_is_made_once(bag: Product, tmp_path: Path) -> None:
    source = tmp_path / "flag.txt"
    source.write_bytes(drawn())
    first = store_picture(product=bag, source=source, alt="one")
    made = path_of(first.file, 640).stat().st_ino
    second = store_picture(product=bag, source=source, alt="two")
    assert second.file == first.file
    assert path_of(first.file, 640).stat().st_ino == made
    assert second.position == first.position + 1


def test_a_missing_rendition_is_made_again(bag: Product) -> None:
    picture = store_picture(product=bag, source=drawn(), alt="")
    path_of(picture.file, 480).unlink()
    pictures.render(drawn())
    assert path_of(picture.file, 480).exists()


def test_renditions_are_served_to_be_kept_for_ever(client: ShopClient, bag: Product) -> None:
    picture = store_picture(product=bag, source=drawn(), alt="")
    answer = client.get(f"/media/{picture.file}-640.webp")
    assert answer.mimetype == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    answer.close()


@pytest.mark.parametrize(
    "name",
    ["../shop.db", "..%2fshop.db", "%2e%2e/shop.db", "x.webp", "a" * 24 + "-640.webp", "a" * 24 + "-640.webp%00"],
)
def test_nothing_else_is_served(client: ShopClient, bag: Product, name: str) -> None:
    assert client.get(f"/media/{name}").status_code == 404


def test_a_page_offers_all_widths_and_loads_the_first_picture_at_once(client: ShopClient, bag: Product) -> None:
    first = store_picture(product=bag, source=drawn(), alt="A flag")
    store_picture(product=bag, source=drawn(size=(640, 640)), alt="A square")
    page = client.get("/p/alder-backpack").text
    assert f"/media/{first.file}-320.webp 320w" in page and f"/media/{first.file}-1200.webp 1200w" in page
    assert 'alt="A flag" fetchpriority="high"' in page
    assert 'alt="A square" loading="lazy"' in page
    assert 'width="1200" height="600"' in page


def test_a_variant_is_shown_by_its_own_picture_or_one_of_its_colour(bag: Product) -> None:
    variants = {f"{v.option1} {v.option2}": v for v in bag.variants}
    store_picture(product=bag, source=drawn(), alt="any")
    store_picture(product=bag, source=drawn(size=(900, 900)), alt="moss", variant=variants["Moss Small"])
    shown = queries.variants_for_sale(variant.id for variant in variants.values())
    alts = {name: shown[variant.id].picture.alt for name, variant in variants.items()}
    assert alts == {"Moss Small": "moss", "Moss Large": "moss", "Teal Small": "any"}
