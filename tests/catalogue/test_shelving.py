"""Sections and collections: named, ordered, emptied, and found again where they went."""

from __future__ import annotations

import pytest

from shop.catalogue import listing, search, shelving
from shop.catalogue.drafts import draft_of
from shop.catalogue.filters import Filters
from shop.catalogue.models import Collection, Product, SearchWaiting, Section
from shop.catalogue.saving import save_product
from shop.catalogue.shelving import CollectionDraft, NotEmpty, SectionDraft, WrongShelf, save_collection, save_section
from shop.db import db
from tests.support.client import ShopClient
from tests.support.queries import count_queries

from .conftest import Goods

ROBIN = 1


def test_a_section_and_a_collection_are_made_at_the_end(goods: Goods) -> None:
    section = save_section(draft=SectionDraft("Gärten & Beete"), staff_id=ROBIN)
    collection = save_collection(draft=CollectionDraft(section.id, "Töpfe"), staff_id=ROBIN)
    assert (section.slug, section.position, collection.slug, collection.position) == ("garten-beete", 2, "topfe", 0)
    assert save_section(draft=SectionDraft("Bags"), staff_id=ROBIN).slug == "bags-2"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (SectionDraft(" "), "name"),
        (SectionDraft("x" * 10_000), "name"),
        (SectionDraft("A\0B"), "name"),
        (SectionDraft("Hats", slug="Hats!"), "slug"),
        (SectionDraft("Hats", slug="bags"), "slug"),
        (SectionDraft("Hats", intro="x" * 601), "intro"),
    ],
    ids=["no name", "long name", "null byte", "odd address", "taken address", "long intro"],
)
def test_what_a_section_cannot_be_is_said_at_its_field(goods: Goods, draft: SectionDraft, field: str) -> None:
    with pytest.raises(WrongShelf) as raised:
        save_section(draft=draft, staff_id=ROBIN)
    assert [problem.field for problem in raised.value.problems] == [field]


def test_what_is_not_empty_is_not_removed(goods: Goods) -> None:
    goods.add("Bag")
    backpacks, satchels = goods.collections["backpacks"], goods.collections["satchels"]
    with pytest.raises(NotEmpty, match="1 product"):
        shelving.remove_collection(collection_id=backpacks.id, staff_id=ROBIN)
    with pytest.raises(NotEmpty, match="2 collections"):
        shelving.remove_section(section_id=backpacks.section_id, staff_id=ROBIN)
    shelving.remove_collection(collection_id=satchels.id, staff_id=ROBIN)
    assert [row.slug for row in Collection.select().order_by(Collection.id)] == ["backpacks", "leaves"]


def test_old_addresses_lead_to_the_new_ones_at_the_next_request(client: ShopClient, goods: Goods) -> None:
    bag = goods.add("Bag")
    backpacks = goods.collections["backpacks"]
    assert client.get("/s/bags/backpacks/").status_code == 200
    save_section(draft=SectionDraft("Carried", "carried"), section_id=backpacks.section_id, staff_id=ROBIN)
    save_collection(
        draft=CollectionDraft(backpacks.section_id, "On the back", "on-the-back"),
        collection_id=backpacks.id,
        staff_id=ROBIN,
    )
    draft = draft_of(bag)
    save_product(draft=type(draft)(**{**draft.__dict__, "slug": "the-bag"}), product_id=bag.id, staff_id=ROBIN)
    asked = ["/s/bags/", "/s/bags/backpacks/?sort=price", "/s/carried/backpacks/", "/p/bag?v=1", "/p/nothing"]
    answers = [client.get(path) for path in asked]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (301, "/s/carried/"),
        (301, "/s/carried/on-the-back/?sort=price"),
        (301, "/s/carried/on-the-back/"),
        (301, "/p/the-bag?v=1"),
        (404, None),
    ]
    assert "On the back" in client.get("/s/carried/on-the-back/").text
    assert "/s/carried/on-the-back/" in client.get("/sitemap.xml").text
    assert "Bag" in client.get("/search?q=carried").text


def test_what_stands_in_a_renamed_section_is_soon_found_by_its_new_name(goods: Goods) -> None:
    for number in range(shelving.INDEXED_AT_ONCE + 1):
        goods.add(f"Bag {number}")
    bags = goods.collections["backpacks"].section_id
    with count_queries() as sent:
        save_section(draft=SectionDraft("Luggage", "bags"), section_id=bags, staff_id=ROBIN)
    assert len(sent) < 20
    assert search.matching_ids(search.understand("luggage")).count(db) == 0
    shelving.index_waiting()
    assert search.matching_ids(search.understand("luggage")).count(db) == shelving.INDEXED_AT_ONCE + 1
    assert SearchWaiting.select().count() == 0


def test_a_collection_that_moves_to_another_section_is_found_from_the_old_one(client: ShopClient, goods: Goods) -> None:
    produce = Section.get(Section.slug == "produce")
    satchels = goods.collections["satchels"]
    save_collection(draft=CollectionDraft(produce.id, "Satchels"), collection_id=satchels.id, staff_id=ROBIN)
    assert client.get("/s/bags/satchels/").location == "/s/produce/satchels/"


def test_things_stand_in_the_order_in_which_they_were_put(client: ShopClient, goods: Goods) -> None:
    one, two, three = (goods.add(name) for name in ("One", "Two", "Three"))
    backpacks = goods.collections["backpacks"]
    in_collection = listing.Scope(collection_id=backpacks.id)

    def names(cursor: str | None = None) -> list[str]:
        return [row.name for row in listing.page(in_collection, Filters(), sort="featured", cursor=cursor).rows]

    assert names() == ["Three", "Two", "One"]
    shelving.order_products(collection_id=backpacks.id, ids=[one.id, three.id, 999], staff_id=ROBIN)
    assert names() == ["One", "Three", "Two"]
    text = client.get("/s/bags/backpacks/").text
    assert text.index(">One<") < text.index(">Three<") < text.index(">Two<")
    goods.add("Four")
    assert names() == ["One", "Three", "Four", "Two"]
    assert Product.get_by_id(two.id).name == "Two"


def test_sections_and_collections_are_ordered_and_forget_nobody(goods: Goods) -> None:
    bags, produce = Section.select().order_by(Section.position)
    shelving.order_sections(ids=[produce.id, 77], staff_id=ROBIN)
    assert [row.slug for row in Section.select().order_by(Section.position)] == ["produce", "bags"]
    ids = [goods.collections["satchels"].id, goods.collections["leaves"].id]
    shelving.order_collections(section_id=bags.id, ids=ids, staff_id=ROBIN)
    inside = Collection.select().where(Collection.section == bags.id).order_by(Collection.position)
    assert [row.slug for row in inside] == ["satchels", "backpacks"]


def test_a_step_stays_within_the_list() -> None:
    assert shelving.moved_by([1, 2, 3], 3, step=-1) == [1, 3, 2]
    assert shelving.moved_by([1, 2, 3], 1, step=-1) == shelving.moved_by([1, 2, 3], 9, step=1) == [1, 2, 3]
