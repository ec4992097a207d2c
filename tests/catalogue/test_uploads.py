"""A picture that somebody sends is looked at before it is opened, made by the worker, and leaves nothing behind."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from shop import clock
from shop.catalogue import gallery, queries, uploads
from shop.catalogue.models import Picture, PictureUpload, Product, UploadState, Variant
from shop.catalogue.pictures import WrongPicture, path_of
from shop.catalogue.saving import NoSuchProduct
from shop.config import settings

from .test_pictures import drawn

ROBIN = 1
DAYS_AGO = time.time() - 3 * 24 * 3600


def send(product: Product, data: bytes) -> PictureUpload:
    return uploads.take_upload(product_id=product.id, data=data, staff_id=ROBIN)


def waiting_files() -> list[str]:
    return sorted(path.name for path in uploads.folder().iterdir())


def renditions() -> set[str]:
    return {path.name for path in settings().media_root.glob("*.webp")}


def test_the_worker_makes_a_picture_of_what_was_sent(bag: Product) -> None:
    before = queries.version()
    upload = send(bag, drawn())
    assert waiting_files() == [upload.file] and not Picture.select().exists() and not renditions()
    assert (uploads.folder() / upload.file).stat().st_mode & 0o077 == 0
    uploads.make_pictures()
    picture = Picture.get()
    assert (picture.alt, picture.needs_alt, picture.position) == ("Alder Backpack", True, 0)
    assert not PictureUpload.select().exists() and waiting_files() == []
    assert queries.version() > before and path_of(picture.file, 1200).exists()


def grey(mode: str) -> bytes:
    """From black to white, in 16 bits."""
    image = Image.new("I;16", (64, 64))
    image.putdata([at % 64 * 1024 for at in range(64 * 64)])
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def animated() -> bytes:
    file = BytesIO()
    frames = [Image.new("P", (90, 60), colour) for colour in (3, 90, 200)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [drawn("JPEG", (1, 1)), drawn("JPEG", (90, 60), "CMYK"), grey("I;16"), animated(), drawn("PNG", (90, 60), "LA")],
    ids=["one pixel", "CMYK", "16 bits", "animated", "see-through"],
)
def test_odd_pictures_are_made_all_the_same(bag: Product, data: bytes) -> None:
    send(bag, data)
    uploads.make_pictures()
    assert Picture.get().width >= 1 and not PictureUpload.select().exists()


def test_greys_of_sixteen_bits_keep_their_middle(bag: Product) -> None:
    send(bag, grey("I;16"))
    uploads.make_pictures()
    with Image.open(path_of(Picture.get().file, 64)) as image:
        assert 100 < image.convert("L").getpixel((32, 32)) < 156


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "drawing"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "HEIC"),
        (b"PK\x03\x04" + bytes(64), "not a JPEG"),
        (b"GIF89a", "not a JPEG"),
        (b"x" * (12 * 1024 * 1024 + 1), "12 MB"),
    ],
    ids=["empty", "svg", "heic", "zip", "only a head", "large"],
)
def test_what_is_no_picture_is_refused_in_words_and_not_kept(bag: Product, data: bytes, said: str) -> None:
    with pytest.raises(WrongPicture, match=said):
        send(bag, data)
    assert not PictureUpload.select().exists() and not uploads.folder().exists()


def test_a_damaged_picture_says_so_and_can_be_removed(bag: Product) -> None:
    upload = send(bag, drawn()[:3000])
    uploads.make_pictures()
    broken = PictureUpload.get()
    assert (broken.state, broken.problem) == (
        UploadState.BROKEN,
        "The picture is damaged: it could not be read to its end.",
    )
    assert waiting_files() == [] and not Picture.select().exists()
    uploads.remove_upload(upload_id=upload.id)
    uploads.remove_upload(upload_id=upload.id)
    assert not PictureUpload.select().exists()


def test_a_picture_that_kills_its_worker_is_given_up(bag: Product) -> None:
    send(bag, drawn())
    PictureUpload.update(tries=uploads.TRIES).execute()
    uploads.make_pictures()
    assert "could not be worked on" in PictureUpload.get().problem


def test_a_worker_leaves_alone_what_another_is_at_until_that_one_must_be_dead(bag: Product) -> None:
    send(bag, drawn())
    PictureUpload.update(due_at=clock.now() + uploads.TAKES_AT_MOST, tries=1).execute()
    uploads.make_pictures()
    assert not Picture.select().exists()
    clock.travel(timedelta(minutes=3))
    uploads.make_pictures()
    assert Picture.select().count() == 1


def test_what_a_death_leaves_behind_is_swept(bag: Product) -> None:
    """A file without its row, a row without its file, a rendition without its picture."""
    lost = send(bag, drawn(size=(300, 300)))
    (uploads.folder() / lost.file).unlink()
    (uploads.folder() / "orphan").write_bytes(b"x")
    send(bag, drawn())
    uploads.make_pictures()
    picture = Picture.get()
    for name in (f"{'0' * 24}-320.webp", f".{'0' * 24}-320.webp.ab12"):
        (settings().media_root / name).write_bytes(b"x")
    uploads.sweep_pictures()
    assert waiting_files() == ["orphan"]
    for path in [*settings().media_root.iterdir(), *uploads.folder().iterdir()]:
        os.utime(path, (DAYS_AGO, DAYS_AGO))
    uploads.sweep_pictures()
    assert waiting_files() == []
    assert renditions() == {f"{picture.file}-{width}.webp" for width in picture.widths.split()}
    assert not list(settings().media_root.glob(".0*"))
    assert "lost on its way" in PictureUpload.get().problem


def test_renditions_stay_while_any_picture_uses_them(bag: Product, goods: object) -> None:
    for _ in range(2):
        send(bag, drawn())
    uploads.make_pictures()
    one, other = gallery.pictures_of(bag.id)
    assert one.file == other.file
    gallery.remove_picture(picture_id=one.id, staff_id=ROBIN)
    age_all()
    uploads.sweep_pictures()
    assert renditions()
    gallery.remove_picture(picture_id=other.id, staff_id=ROBIN)
    uploads.sweep_pictures()
    assert renditions()
    age_all()
    uploads.sweep_pictures()
    assert not renditions()


def age_all() -> None:
    for path in settings().media_root.glob("*.webp"):
        os.utime(path, (DAYS_AGO, DAYS_AGO))


def test_a_product_has_so_many_pictures_and_no_more(bag: Product) -> None:
    rows = [
        {"product": bag, "file": "a" * 24, "width": 1, "height": 1, "widths": "1"}
        for _ in range(uploads.PICTURES_AT_MOST)
    ]
    Picture.insert_many(rows).execute()
    with pytest.raises(WrongPicture, match="at most 40"):
        send(bag, drawn())
    with pytest.raises(NoSuchProduct):
        uploads.take_upload(product_id=999, data=drawn(), staff_id=ROBIN)


def test_words_variant_and_order_are_the_desks(bag: Product) -> None:
    for size in ((300, 200), (301, 200), (302, 200)):
        send(bag, drawn(size=size))
    uploads.make_pictures()
    one, two, three = gallery.pictures_of(bag.id)
    moss = Variant.get(Variant.option1 == "Moss", Variant.option2 == "Small")
    gallery.describe_picture(picture_id=one.id, alt=" A red flag ", is_decoration=False, variant_id=moss.id)
    gallery.describe_picture(picture_id=two.id, alt="ignored", is_decoration=True, variant_id=10**6)
    for words in ("", "x" * 400, "a\0b"):
        with pytest.raises(gallery.WrongWords):
            gallery.describe_picture(picture_id=three.id, alt=words, is_decoration=False, variant_id=None)
    gallery.order_pictures(product_id=bag.id, ids=[three.id, one.id, 999])
    found = gallery.pictures_of(bag.id)
    assert [(each.id, each.alt, each.needs_alt, each.variant_id) for each in found] == [
        (three.id, "Alder Backpack", True, None),
        (one.id, "A red flag", False, moss.id),
        (two.id, "", False, None),
    ]
