"""Pictures as the desk sends and arranges them, and the shelves that the goods stand on."""

from __future__ import annotations

from io import BytesIO

from werkzeug.test import TestResponse

from shop.catalogue import gallery, uploads
from shop.catalogue.desk import products_in
from shop.catalogue.models import Collection, Picture, PictureUpload, Product, Section, Variant
from tests.catalogue.test_pictures import drawn
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods


def send(client: ShopClient, product: Product, *files: tuple[bytes, str]) -> TestResponse:
    page = f"/admin/products/{product.id}"
    pictures = [(BytesIO(data), name) for data, name in files]
    return client.submit(page, action=f"{page}/pictures", pictures=pictures)


def test_several_pictures_are_sent_made_and_described(owner: ShopClient, bag: Product) -> None:
    page = f"/admin/products/{bag.id}"
    assert send(owner, bag, (drawn(), "one.txt"), (drawn(size=(700, 500)), "two.jpg")).status_code == 303
    assert owner.get(page).text.count("Being made ready") == 2
    uploads.make_pictures()
    one, two = gallery.pictures_of(bag.id)
    shown = owner.get(page).text
    assert "2 pictures need words" in shown and "Being made ready" not in shown
    moss = Variant.get(Variant.option1 == "Moss", Variant.option2 == "Small")
    described = owner.submit(page, action=f"/admin/pictures/{two.id}", alt='A "flag" <b>', variant=str(moss.id))
    assert described.status_code == 303
    empty = owner.submit(page, action=f"/admin/pictures/{one.id}", alt=" ")
    assert empty.status_code == 422 and "or that it only decorates" in empty.text
    assert owner.submit(page, action=f"/admin/pictures/{one.id}", decoration="1").status_code == 303
    public = ShopClient(owner.application, use_cookies=False).get("/p/alder-backpack").text
    assert 'alt="A &#34;flag&#34; &lt;b&gt;"' in public and 'alt=""' in public
    assert owner.submit(page, action=f"{page}/pictures/order", button=f"move=later-{one.id}").status_code == 303
    assert [each.id for each in gallery.pictures_of(bag.id)] == [two.id, one.id]
    assert owner.submit(page, action=f"/admin/pictures/{two.id}/remove").status_code == 303
    assert owner.post(f"/admin/pictures/{two.id}", data={"csrf_token": ""}).status_code in {400, 404}


def test_what_is_refused_is_said_by_its_name_and_the_rest_is_taken(owner: ShopClient, bag: Product) -> None:
    answer = send(owner, bag, (drawn(), "good.jpg"), (b"<svg/>", "<b>bad</b>.svg"), (b"PK\x03\x04", "bomb.zip"))
    assert answer.status_code == 422 and PictureUpload.select().count() == 1
    assert (
        "&lt;b&gt;bad&lt;/b&gt;.svg: This is a drawing" in answer.text and "bomb.zip: This is not a JPEG" in answer.text
    )
    assert send(owner, bag).status_code == 422


def test_a_picture_may_be_large_and_no_other_form_may(owner: ShopClient, bag: Product) -> None:
    big = drawn("JPEG", (64, 64)) + bytes(5 * 1024 * 1024)
    assert send_whole(owner, bag, big).status_code == 303
    assert send_whole(owner, bag, bytes(12 * 1024 * 1024 + 1)).status_code == 422
    page = f"/admin/products/{bag.id}"
    assert owner.post(page, data={"description": "x" * 3 * 1024 * 1024}).status_code == 413


def send_whole(client: ShopClient, product: Product, picture: bytes) -> TestResponse:
    """As one piece: the test client would write a large form into a file that it leaves open."""
    page = f"/admin/products/{product.id}"
    token = csrf(client.get(page))
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    start = head.format("csrf_token", "") + token + "\r\n" + head.format("pictures", '; filename="big.jpg"')
    body = start.encode() + picture + b"\r\n--x--\r\n"
    return client.post(f"{page}/pictures", data=body, content_type="multipart/form-data; boundary=x")


def test_a_broken_picture_says_so_and_is_removed(owner_htmx: HtmxClient, bag: Product) -> None:
    page = f"/admin/products/{bag.id}/pictures"
    waiting = owner_htmx.submit(owner_htmx.get(page), action=page, pictures=(BytesIO(drawn()[:3000]), "half.jpg"))
    assert waiting.status_code == 200 and 'hx-trigger="load delay:1500ms"' in waiting.text
    uploads.make_pictures()
    broken = owner_htmx.get(page)
    assert "could not be read to its end" in broken.text and "hx-trigger" not in broken.text
    upload = PictureUpload.get()
    gone = owner_htmx.submit(broken, action=f"/admin/uploads/{upload.id}/remove")
    assert gone.status_code == 200 and not PictureUpload.select().exists() and not Picture.select().exists()


def test_sections_and_collections_are_made_changed_ordered_and_removed(owner: ShopClient, goods: Goods) -> None:
    made = owner.submit("/admin/sections/new", action="/admin/sections", name="Hats & <b>caps</b>", intro="All.")
    section = Section.get(Section.slug == "hats-b-caps-b")
    assert made.status_code == 303 and "Hats &amp; &lt;b&gt;" in owner.get("/").text
    new = owner.submit(f"/admin/collections/new?section={section.id}", action="/admin/collections", name="Straw")
    assert new.status_code == 303 and owner.get("/s/hats-b-caps-b/straw/").status_code == 200
    page = f"/admin/sections/{section.id}"
    assert owner.submit(page, action=page, name="Hats", slug="hats").status_code == 303
    assert owner.get("/s/hats-b-caps-b/straw/").location == "/s/hats/straw/"
    refused = owner.submit(page, action=f"{page}/remove")
    assert refused.status_code == 422 and "still has 1 collection" in refused.text
    straw = Collection.get(Collection.slug == "straw")
    inner = f"/admin/collections/{straw.id}"
    wrong = owner.submit(inner, action=inner, name="", slug="not so")
    assert wrong.status_code == 422 and "A name is needed" in wrong.text and "not so" in wrong.text
    assert owner.submit(inner, action=f"{inner}/remove").status_code == 303
    assert (
        owner.submit("/admin/shelves", action="/admin/shelves/order", button=f"move=earlier-{section.id}").status_code
        == 303
    )
    assert [row.slug for row in Section.select().order_by(Section.position)] == ["bags", "hats", "produce"]
    assert owner.submit(page, action=f"{page}/remove").status_code == 303


def test_products_are_put_in_order_where_shoppers_see_it(owner_htmx: HtmxClient, goods: Goods) -> None:
    one, two, three = (goods.add(name) for name in ("One", "Two", "Three"))
    page = f"/admin/collections/{goods.collections['backpacks'].id}"
    moved = owner_htmx.submit(owner_htmx.get(page), action=f"{page}/order", button=f"move=earlier-{one.id}")
    assert moved.status_code == 200 and moved.text.index(">Three<") < moved.text.index(">One<") < moved.text.index(
        ">Two<"
    )
    shop = ShopClient(owner_htmx.application, use_cookies=False).get("/s/bags/backpacks/").text
    assert shop.index(">Three<") < shop.index(">One<") < shop.index(">Two<")
    assert (two.id, three.id) == (2, 3)


def test_a_long_collection_is_ordered_by_numbers_and_page_by_page(owner: ShopClient, goods: Goods) -> None:
    ids = [goods.add(f"Bag {number}").id for number in range(60)]
    page = f"/admin/collections/{goods.collections['backpacks'].id}"

    def shown() -> list[int]:
        return [row.id for row in products_in(goods.collections["backpacks"].id, start=0, most=100)]

    newest = ids[::-1]
    assert shown() == newest
    second = owner.get(f"{page}?page=2")
    assert "51 to 60 of 60" in second.text and "Later ones" not in second.text
    last = newest[59]
    moved = owner.submit(second, action=f"{page}/order", **{f"place-{last}-60": "2"})
    assert moved.location == f"{page}?page=2#admin-collection-order"
    newest.insert(1, newest.pop())
    assert shown() == newest
    assert owner.submit(second, action=f"{page}/order", button=f"move=earlier-{newest[50]}").status_code == 303
    newest[49], newest[50] = newest[50], newest[49]
    assert shown() == newest
    dragged = {"order": [str(newest[2]), str(newest[0])], "csrf_token": csrf(second)}
    assert owner.post(f"{page}/order", data=dragged).status_code == 303
    newest[0], newest[2] = newest[2], newest[0]
    assert shown() == newest
    nonsense = {"place-1-1": "-3", "place-x-2": "4", "order": "9" * 30, "csrf_token": csrf(second)}
    assert owner.post(f"{page}/order", data=nonsense).status_code == 303
    assert shown() == newest


def csrf(page: TestResponse) -> str:
    return page.text.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_reduction_shows_the_lowest_price_before(owner: ShopClient, bag: Product) -> None:
    page = f"/admin/products/{bag.id}"
    assert owner.submit(page, action=page, **{"price-2": "70", "before-2": "95"}).status_code == 303
    teal = Variant.get(Variant.option1 == "Teal")
    assert "Lowest price in the 30 days before: $90.00" in owner.get(f"/p/alder-backpack?v={teal.id}").text
    assert "$90.00" in owner.get(f"/admin/stock/{teal.id}").text
