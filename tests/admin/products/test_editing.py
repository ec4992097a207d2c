"""One product's form: made, multiplied into variants, saved with what was typed, and over nobody's work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from shop.catalogue import lifecycle
from shop.catalogue.drafts import draft_of
from shop.catalogue.models import Product, ProductState, StockMovement, Variant
from shop.catalogue.saving import save_product
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods

NEW = "/admin/products/new"
HOSTILE = "<script>alert(1)</script> \"quoted\" 'and' &amp; \u202edlog \0"


def create(owner: ShopClient, **typed: str) -> TestResponse:
    return owner.submit(NEW, action="/admin/products", **{"name": "Alder Tote", "price-0": "12.50", **typed})


def page_of(product: Product) -> str:
    return f"/admin/products/{product.id}"


def save(client: ShopClient, product: Product, *, button: str | None = None, **typed: str | None) -> TestResponse:
    return client.submit(page_of(product), action=page_of(product), button=button, **typed)


def test_a_product_is_made_seen_by_nobody_and_then_put_on_show(owner: ShopClient, goods: Goods) -> None:
    backpacks = goods.collections["backpacks"]
    made = create(owner, **{"stock-0": "4", "collections": str(backpacks.id), "summary": "A bag."})
    product = Product.get()
    assert (made.status_code, made.location) == (303, page_of(product))
    assert (product.slug, product.state, product.price_from_cents, product.available) == (
        "alder-tote",
        "draft",
        1250,
        4,
    )
    visitor = ShopClient(owner.application, use_cookies=False)
    assert visitor.get("/p/alder-tote").status_code == 404
    preview = owner.get(f"{page_of(product)}/preview")
    assert (
        "A bag." in preview.text
        and preview.headers["X-Robots-Tag"] == "noindex"
        and 'content="noindex"' in preview.text
    )
    shown = owner.submit(page_of(product), action=f"{page_of(product)}/state/active")
    assert shown.status_code == 303
    assert "Alder Tote" in visitor.get("/s/bags/backpacks/").text
    assert "Alder Tote" in visitor.get("/search?q=alder").text
    assert "/p/alder-tote" in visitor.get("/sitemap.xml").text and "ALDER-TOTE" in visitor.get("/feed.xml").text


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owner: ShopClient, goods: Goods) -> None:
    typed = {
        "name": "x" * 200,
        "summary": "Kept.",
        "price-0": "12,345",
        "weight-0": "heavy",
        "featured": "first",
        "slug": "A b",
    }
    answer = create(owner, **typed)
    assert answer.status_code == 422 and not Product.select().exists()
    for said in ("120 letters fit", "small letters", "not a whole number", 'value="heavy"', 'value="first"', "Kept."):
        assert said in answer.text, said
    again = owner.submit(
        answer, action="/admin/products", name="Short", **{"weight-0": "5", "featured": "", "slug": "", "price-0": "7"}
    )
    assert again.status_code == 303 and Product.get().summary == "Kept."
    assert Product.get().price_from_cents == 700


def test_prices_are_refused_in_words(owner: ShopClient, goods: Goods) -> None:
    for typed, said in (("", "A price is missing"), ("12.345", "2 digits after the point"), ("-1", "not an amount")):
        answer = create(owner, **{"price-0": typed})
        assert answer.status_code == 422 and said in answer.text
    answer = create(owner, **{"before-0": "12.50"})
    assert "must be higher than the price now" in answer.text


def test_combinations_are_made_filled_and_saved(owner: ShopClient, goods: Goods) -> None:
    create(owner)
    product = Product.get()
    options = {
        "option1_name": "Colour",
        "option1_values": "Moss, Teal",
        "option2_name": "Size",
        "option2_values": "S; M, wide",
    }
    many = save(owner, product, button="do=combine", **options)
    assert many.status_code == 200 and Variant.select().count() == 1
    names = [f"option{option}-{row}" for row in range(4) for option in (1, 2)]
    assert all(f'name="{name}"' in many.text for name in names) and 'value="M, wide"' in many.text
    filled = owner.submit(many, action=page_of(product), button="do=fill", **{"fill-price": "20", "fill-weight": "900"})
    saved = owner.submit(filled, action=page_of(product), **{"price-3": "25", "removed-2": "1", "stock-1": "6"})
    assert saved.status_code == 303, saved.text
    rows = list(Variant.select().order_by(Variant.position))
    assert [(row.option1, row.option2, row.price_cents, row.weight_grams, row.on_hand) for row in rows] == [
        ("Moss", "S", 2000, 900, 0),
        ("Moss", "M, wide", 2000, 900, 6),
        ("Teal", "M, wide", 2500, 900, 0),
    ]
    assert rows[0].id == 1 and rows[0].sku == "ALDER-TOTE" and rows[1].sku == "ALDER-TOTE-MOSS-M-WIDE"
    assert StockMovement.get().by.startswith("staff:")


def test_a_variant_that_was_on_show_is_archived_and_brought_back(owner: ShopClient, bag: Product) -> None:
    assert save(owner, bag, **{"removed-2": "1"}).status_code == 303
    gone = Variant.get(Variant.option1 == "Teal")
    assert gone.is_archived
    page = owner.get(page_of(bag))
    assert "1 in the archive" in page.text
    back = owner.submit(page, action=page_of(bag), button=f"do=back-{gone.id}")
    assert owner.submit(back, action=page_of(bag)).status_code == 303
    assert not Variant.get_by_id(gone.id).is_archived


def test_the_second_editor_is_told_what_the_first_changed(owner: ShopClient, bag: Product) -> None:
    page = owner.get(page_of(bag))
    draft = draft_of(bag)
    rows = tuple(replace(row, price_cents=9900 + at, compare_at_cents=None) for at, row in enumerate(draft.variants))
    theirs = replace(draft, name="Theirs & co", variants=rows)
    save_product(draft=theirs, staff_id=1, product_id=bag.id)
    answer = owner.submit(page, action=page_of(bag), name="Mine", summary="Also mine.")
    assert answer.status_code == 422 and Product.get_by_id(bag.id).name == "Theirs & co"
    for said in (
        "Nothing was overwritten",
        "Robin Fern changed the name",
        "The name is now “Theirs &amp; co”.",
        "Moss / Small is now $99.00.",
        'value="Mine"',
        "Also mine.",
    ):
        assert said in answer.text, said
    assert owner.submit(answer, action=page_of(bag)).status_code == 303
    assert Product.get_by_id(bag.id).name == "Mine"


def test_more_combinations_than_a_product_may_have_are_refused_before_they_are_made(
    owner_htmx: HtmxClient, bag: Product
) -> None:
    many = ", ".join(f"C{number}" for number in range(251))
    told = owner_htmx.submit(page_of(bag), action=page_of(bag), button="do=combine", option1_values=many)
    assert (told.status_code, "would be 502 variants, and a product has at most 250" in told.text) == (422, True)
    assert told.text.count('name="price-') == bag.variants.count()


def test_htmx_saves_in_place(owner_htmx: HtmxClient, bag: Product) -> None:
    owner_htmx.checks = False
    whole = ShopClient.open(owner_htmx, page_of(bag))
    saved = owner_htmx.submit(whole, action=page_of(bag), name="Renamed")
    assert saved.status_code == 200 and saved.text.lstrip().startswith("<form")
    assert 'hx-target="#admin-product-head"' in saved.text and "Renamed" in saved.text
    wrong = owner_htmx.submit(saved, action=page_of(bag), name="")
    assert wrong.status_code == 422 and "needs a name" in wrong.text
    rows = owner_htmx.submit(saved, action=page_of(bag), button="do=combine", option1_values="Teal, Rust, Moss")
    assert rows.status_code == 200 and rows.text.lstrip().startswith("<fieldset")
    assert rows.text.index('value="Teal"') < rows.text.index('value="Rust"') < rows.text.index('value="Moss"')


def test_states_copies_and_the_end_of_a_draft(owner: ShopClient, bag: Product) -> None:
    page = page_of(bag)
    assert owner.submit(page, action=f"{page}/state/archived").status_code == 303
    assert owner.get("/p/alder-backpack").status_code == 410
    assert owner.submit(page, action=f"{page}/state/active").status_code == 303
    assert owner.get("/p/alder-backpack").status_code == 200
    copied = owner.submit(page, action=f"{page}/copies")
    copy = Product.get(Product.state == ProductState.DRAFT)
    assert copied.location == page_of(copy)
    assert owner.submit(page_of(copy), action=f"{page_of(copy)}/remove").status_code == 303
    assert not Product.select().where(Product.id == copy.id).exists()
    with pytest.raises(LookupError):
        owner.submit(page, action=f"{page}/remove")
    refused = owner.post(f"{page}/remove", data={"csrf_token": token_in(owner.get(page))})
    assert refused.status_code == 422 and "archived, not deleted" in refused.text
    assert owner.get("/admin/products/999").status_code == 404


def test_what_an_import_has_let_in_and_no_form_would_is_not_copied(owner: ShopClient, bag: Product) -> None:
    Variant.update(compare_at_cents=0).where(Variant.product == bag.id).execute()
    refused = owner.submit(page_of(bag), action=f"{page_of(bag)}/copies")
    assert refused.status_code == 422 and "The price before must be higher" in refused.text


def token_in(page: TestResponse) -> str:
    return page.text.split('name="csrf_token" value="')[1].split('"')[0]


def test_hostile_words_do_nothing_anywhere(owner: ShopClient, goods: Goods) -> None:
    words = dict.fromkeys(("name", "summary", "maker", "description", "care"), HOSTILE)
    create(owner, **words, **{"sku-0": "<b>'\""})
    product = Product.get()
    options = {"option1_name": HOSTILE[:20], "option1_values": HOSTILE[:40]}
    many = save(owner, product, button="do=combine", **options)
    assert owner.submit(many, action=page_of(product)).status_code == 303
    lifecycle.change_state(product_id=product.id, state=ProductState.ACTIVE, staff_id=1)
    variant = Variant.get()
    desk = ["", "?q=%3Cscript%3E%00%22%27", *(f"/{product.id}{page}" for page in ("", "/stock", "/preview"))]
    paths = [f"/admin/products{each}" for each in desk] + [f"/admin/stock/{variant.id}", "/admin/stock?q=%3Cscript"]
    paths += [f"/p/{product.slug}", "/search?q=script", "/"]
    for path in paths:
        answer = owner.get(path)
        assert answer.status_code == 200 and "<script>alert" not in answer.text and "\u202e" not in answer.text, path


def test_packers_see_goods_and_change_none(packer: ShopClient, bag: Product) -> None:
    seen = [
        packer.get(path).status_code for path in ("/admin/products", f"{page_of(bag)}/stock", f"{page_of(bag)}/preview")
    ]
    assert seen == [200, 200, 200]
    closed = (page_of(bag), NEW, "/admin/shelves", f"{page_of(bag)}/pictures")
    assert [packer.get(path).status_code for path in closed] == [403] * 4
    assert packer.post(page_of(bag), data={"name": "Mine"}).status_code in {400, 403}
