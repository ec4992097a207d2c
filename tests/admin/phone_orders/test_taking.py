"""Staff take an order: how it reached us, what is in it, whom it is for, where it goes, and what it comes to."""

from __future__ import annotations

import peewee
import pytest
from flask import Flask

from shop.admin.looks import give_reason
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.catalogue.models import Variant
from shop.checkout.models import CheckoutDraft
from shop.customers.models import Customer
from shop.db import db
from shop.pricing.models import DeliveryKind, DeliveryMethod
from shop.privacy.look_reasons import LookReason
from shop.vault import Source

from ...support.client import HtmxClient, ShopClient
from ...support.customers import CARO, caro
from ...support.desk import ROBIN, SAM, say_why
from ...support.past import past_order
from ...support.taking import ADDRESS, NEW, Taker
from ...support.till import BUYER, Buyer, Shelf, ada

__all__ = ["ada", "caro"]

GUEST = "wren@guests.example"


@pytest.mark.promise("P36")
def test_no_order_is_begun_without_saying_how_it_reached_us(app: Flask, shelf: Shelf, sam: ShopClient) -> None:
    refused = sam.submit(NEW, action=NEW)
    assert refused.status_code == 422
    assert "it is kept with the order, and the customer reads it" in refused.text
    assert CheckoutDraft.select().count() == 0
    for told in ("staff_by_phone", "email", "letter", "in_shop"):
        assert Taker(sam, told=told).draft.told == told
    with pytest.raises(peewee.IntegrityError), db.atomic():
        CheckoutDraft.update(told="hearsay").execute()
    with pytest.raises(peewee.IntegrityError), db.atomic():
        db.execute_sql("UPDATE checkout_draft SET source = NULL")


def test_goods_are_found_by_words_and_sku_with_what_is_left_of_them(shelf: Shelf, sam: ShopClient) -> None:
    taker = Taker(sam)
    for words in ("tote moss", "ALDER-TOTE", "der tot"):
        page = sam.get(f"{taker.page}?goods={words}").text
        assert "alder-tote · $48.00 · 20 left" in page
        assert "Curly Kale" not in page
    assert "Nothing on show is called" in sam.get(f"{taker.page}?goods=nothing+such").text
    Variant.update(is_archived=True).where(Variant.id == shelf.tote).execute()
    assert "Nothing on show is called" in sam.get(f"{taker.page}?goods=alder").text


@pytest.mark.parametrize(("quantity", "said"), [("many", "from 1 to 999"), ("0", "from 1 to 999"), ("21", "Only 20")])
def test_a_quantity_that_cannot_be_is_refused_where_it_was_typed(
    shelf: Shelf, sam: ShopClient, quantity: str, said: str
) -> None:
    taker = Taker(sam)
    refused = taker.add("tote", quantity)
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{quantity}"' in refused.text
    taker.add("tote", 2)
    line = sam.get(taker.page).text.partition('id="line-')[2].partition('"')[0]
    refused = taker.send(f"lines/{line}", quantity=quantity)
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{quantity}"' in refused.text
    taker.send(f"lines/{line}", button="remove=1")
    assert "Nothing yet." in sam.get(taker.page).text


def test_what_it_comes_to_is_what_the_checkout_would_say(app: Flask, shelf: Shelf, sam: ShopClient, ada: Buyer) -> None:
    taker = Taker(sam)
    taker.take_all("tote", 2)
    assert taker.send("discount", code="NOSUCH").status_code == 422
    taker.send("discount", code="welcome10")
    taker.send("method", method="express")
    ada.fill_cart(shelf.tote, 2)
    ada.client.post("/cart/discount", data={"code": "WELCOME10"})
    ada.give_contact()
    ada.give_delivery()
    ada.choose("express")
    theirs = ada.payment_page().partition('name="seen_total" value="')[2].partition('"')[0]
    total = f"${int(theirs) / 100:.2f}"
    assert total in ada.payment_page()
    assert f'totals__amount">{total}</dd>' in sam.get(taker.page).text


def test_an_address_that_is_wrong_is_said_by_its_field_and_kept_as_typed(shelf: Shelf, sam: ShopClient) -> None:
    taker = Taker(sam)
    taker.add("tote", 1)
    refused = taker.send("delivery", **{**ADDRESS, "delivery_postcode": "7", "phone": "12"})
    assert refused.status_code == 422
    assert "This is not a ZIP code of that country." in refused.text
    assert ADDRESS["delivery_street"] in refused.text
    assert taker.send("email", email="ada@").status_code == 422
    early = taker.client.post(f"{taker.page}/link", data=_token(sam, taker))
    assert early.status_code == 422
    assert "still to be answered" in early.text


def test_where_nothing_goes_the_page_says_so(shelf: Shelf, sam: ShopClient) -> None:
    taker = Taker(sam)
    taker.take_all()
    DeliveryMethod.delete().where(DeliveryMethod.kind != DeliveryKind.PICK_UP).execute()
    page = sam.get(taker.page).text
    assert "We have no way to bring these goods to that address." in page
    assert "Mail a link to pay" not in page


def test_what_is_sold_out_meanwhile_is_asked_to_be_taken_out_first(shelf: Shelf, sam: ShopClient) -> None:
    taker = Taker(sam)
    taker.take_all()
    Variant.update(on_hand=0).where(Variant.id == shelf.tote).execute()
    page = sam.get(taker.page).text
    assert "Sold out: take it out." in page
    assert "Mail a link to pay" not in page
    assert sam.post(f"{taker.page}/link", data=_token(sam, taker)).status_code == 422


@pytest.mark.promise("P46")
def test_for_a_known_customer_a_reason_is_asked_and_what_they_keep_with_us_is_filled_in(
    app: Flask, shelf: Shelf, sam: ShopClient, caro: Customer, staff: dict[str, Staff]
) -> None:
    with app.app_context():
        caro.phone = "+12135550134"
        caro.save()
    taker = Taker(sam)
    found = sam.get(f"{taker.page}?who={CARO}")
    assert "Caro Reed" in found.text
    here = f"{taker.page}/customer"
    asked = sam.submit(found, action=here)
    assert f"/admin/reason/customer/{caro.id}" in asked.location
    assert taker.draft.customer_id is None
    with app.app_context():
        reason = LookReason.ASKED
        give_reason(staff_id=staff[SAM].id, about=("customer", caro.id), customer_id=caro.id, reason=reason)
    assert sam.submit(found, action=here).status_code == 303
    page = sam.get(taker.page).text
    assert CARO in page
    assert 'value="Caro Reed"' in page
    assert "Collect it yourself" in page
    taker.send("somebody-else")
    assert (taker.draft.customer_id, taker.draft.email, taker.draft.delivery_name) == (None, None, None)
    begun = Taker(sam, begun_from=f"{NEW}?customer={caro.id}", told="letter")
    assert (begun.draft.customer_id, begun.draft.email, begun.draft.source) == (caro.id, CARO, Source.LETTER)


def test_a_guest_is_found_by_their_orders_and_what_they_said_then_is_filled_in(
    app: Flask, shelf: Shelf, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    with app.app_context():
        order = past_order(GUEST)
        say_why(staff[SAM], order)
    taker = Taker(sam)
    found = sam.get(f"{taker.page}?who={GUEST}")
    assert sam.submit(found, action=f"{taker.page}/guest").status_code == 303
    assert (taker.draft.email, taker.draft.delivery_street) == (GUEST, "4 Alder Row")
    assert not taker.draft.is_delivery_done


@pytest.mark.promise("P46")
def test_what_a_colleague_takes_is_opened_with_a_note_in_the_trail(
    app: Flask, shelf: Shelf, sam: ShopClient, robin: ShopClient, staff: dict[str, Staff]
) -> None:
    taker = Taker(sam)
    taker.send("email", email=BUYER["email"])
    assert BUYER["email"] in robin.get(taker.page).text
    with app.app_context():
        opened = AuditEvent.select().where(AuditEvent.kind == "draft-opened")
        assert [(event.actor, event.about_id) for event in opened] == [(f"staff:{staff[ROBIN].id}", taker.draft.id)]


def test_with_htmx_each_section_comes_alone_and_what_it_comes_to_with_it(shelf: Shelf, robin_htmx: HtmxClient) -> None:
    taker = Taker(robin_htmx)
    found = robin_htmx.get(f"{taker.page}?goods=tote&section=goods")
    assert found.text.lstrip().startswith('<section id="taken-goods"')
    added = taker.add("tote", 2)
    assert added.text.lstrip().startswith('<section id="taken-goods"')
    assert 'hx-target="#taken-side"' in added.text
    assert "$96.00" in added.text
    other = robin_htmx.submit(
        robin_htmx.get(taker.page, headers={"HX-History-Restore-Request": "true"}),
        action=f"{taker.page}/delivery",
        button="update=delivery",
        delivery_country="DE",
    )
    assert other.text.lstrip().startswith('<section id="taken-delivery"')


def test_another_carts_line_and_a_shoppers_own_checkout_are_not_there(
    shelf: Shelf, sam: ShopClient, ada: Buyer
) -> None:
    taker = Taker(sam)
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    theirs = CheckoutDraft.get(CheckoutDraft.taken_by.is_null())
    line = theirs.cart.lines.get()
    assert sam.get(f"{NEW}/{theirs.id}").status_code == 404
    assert sam.post(f"{taker.page}/lines/{line.id}", data=_token(sam, taker)).status_code == 404


def _token(client: ShopClient, taker: Taker) -> dict[str, str]:
    page = client.get(taker.page).text
    return {"csrf_token": page.partition('name="csrf_token" value="')[2].partition('"')[0]}
