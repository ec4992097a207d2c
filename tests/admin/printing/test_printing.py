"""Slips, labels, route sheets and pick lists: looked at first, noted with one button, and only then printed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.admin.orders.labels import fit_of
from shop.audit.models import AuditEvent
from shop.config import settings
from shop.disclosures.models import Disclosure
from shop.orders.models import Order, OrderContact, OrderEvent, OrderState
from shop.orders.prints import PRINTABLES
from shop.orders.services.access import order_key
from shop.paper.models import PaperRecord
from shop.vault import destroy_subject
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of
from tests.support.waiting import made, waiting_order

PRINT = "/admin/orders/print"


def shown(answer: TestResponse) -> str:
    return text_of(parsed(answer.text, fragment=False)[0])


def printed(client: ShopClient, what: str, *orders: Order, **typed: str) -> TestResponse:
    """Look at it, press the button, and follow to what is printed."""
    numbers = [order.number for order in orders]
    page = client.get(f"{PRINT}/{what}?numbers={','.join(numbers)}")
    answer = client.submit(page, action=f"{PRINT}/{what}", numbers=numbers, **typed)
    return client.get(answer.location) if answer.status_code == 303 else answer


@pytest.mark.promise("P49")
def test_looking_writes_nothing_and_printing_writes_everything_down(sam: ShopClient) -> None:
    first = waiting_order("Wren Oakes", goods=[(made("Alder Tote", option1="Moss"), 2)], note="The bell is broken.")
    second = waiting_order("Ada Byron")
    page = sam.get(f"{PRINT}/packing-slip")
    assert "Print 2 packing slips" in shown(page)
    assert "Wren Oakes" not in page.text
    assert (Disclosure.select().count(), PaperRecord.select().count()) == (0, 0)
    slips = printed(sam, "packing-slip", first, second)
    text = shown(slips)
    assert text.index("Wren Oakes") < text.index("Ada Byron")
    for seen in (first.number, "4 Alder Row", "Alder Tote", "Moss", "The bell is broken."):
        assert seen in text
    assert "wren@customers.example" not in text
    assert "555-0134" not in text
    papers = list(PaperRecord.select().order_by(PaperRecord.id))
    assert [(each.about_id, each.document, each.location) for each in papers] == [
        (first.id, "packing-slip", "Packing table"),
        (second.id, "packing-slip", "Packing table"),
    ]
    assert len({each.batch for each in papers}) == 1
    days = (papers[0].destroy_by - clock.now()) / timedelta(days=1)
    assert settings().keep_paper_days - 1 < days < settings().keep_paper_days + 1
    rows = list(Disclosure.select().order_by(Disclosure.id))
    assert [(row.about_id, row.recipient, row.who, row.purpose) for row in rows] == [
        (first.id, "paper", "packing-slip", "delivery"),
        (second.id, "paper", "packing-slip", "delivery"),
    ]
    assert {"order_number", "delivery_name", "delivery_street", "note"} <= set(rows[0].field_names)
    assert "phone" not in rows[0].field_names
    assert OrderEvent.select().where(OrderEvent.kind == "printed").count() == 2
    timeline = shown(sam.get(f"/admin/orders/{first.number}")).partition("Timeline")[2]
    assert "Printed: packing slip." in timeline
    assert "On the packing slip stood the order's number, full name" in timeline


def test_a_reload_prints_nothing_again(sam: ShopClient) -> None:
    slips = printed(sam, "packing-slip", waiting_order())
    assert sam.get(slips.request.path).status_code == 200
    assert PaperRecord.select().count() == 1


def test_what_was_printed_is_shown_to_whoever_printed_it_and_for_an_hour(sam: ShopClient, robin: ShopClient) -> None:
    path = printed(sam, "packing-slip", waiting_order()).request.path
    assert robin.get(path).status_code == 410
    clock.travel(timedelta(minutes=61))
    over = sam.get(path)
    assert over.status_code == 410
    assert "Wren Oakes" not in over.text


def test_an_order_that_was_forgotten_meanwhile_is_on_no_paper(sam: ShopClient) -> None:
    kept, gone = waiting_order("Ada Byron"), waiting_order("Wren Oakes")
    path = printed(sam, "packing-slip", kept, gone).request.path
    destroy_subject(OrderContact.get(OrderContact.order == gone.id).subject)
    Order.update(deactivated_at=clock.now()).where(Order.id == gone.id).execute()
    text = shown(sam.get(path))
    assert "Ada Byron" in text
    assert "Wren Oakes" not in text
    assert "1 left out" in text


@pytest.mark.promise("P49")
def test_an_invoice_is_paper_too_wherever_staff_print_it(sam: ShopClient, client: ShopClient) -> None:
    sent = waiting_order("Wren Oakes", state=OrderState.SHIPPED, goods=[(made("Alder Tote"), 2)])
    public = f"/orders/{sent.number}/invoice?key={order_key(sent)}"
    assert f"Invoice {sent.number}" in client.get(public).text, "its customer reads it"
    there = sam.get(public)
    assert (there.status_code, there.location) == (303, f"{PRINT}/invoice?numbers={sent.number}")
    text = shown(printed(sam, "invoice", sent))
    for seen in (f"Invoice {sent.number}", "Alder Tote", "Wren Oakes"):
        assert seen in text
    assert [(paper.about_id, paper.document) for paper in PaperRecord.select()] == [(sent.id, "invoice")]
    assert Disclosure.get().who == "invoice"
    Order.update(deactivated_at=clock.now()).where(Order.id == sent.id).execute()
    assert "was forgotten" in shown(sam.get(f"{PRINT}/invoice?numbers={sent.number}"))


@pytest.mark.promise("P11")
@pytest.mark.parametrize("what", ["packing-slip", "label", "route-sheet"])
def test_nothing_is_printed_of_an_order_that_needs_it_no_more(sam: ShopClient, what: str) -> None:
    wanted, orders = waiting_order(), {}
    for state in (OrderState.CANCELLED, OrderState.SHIPPED, OrderState.PENDING):
        orders[state] = waiting_order(state=state)
    orders["unpaid"] = waiting_order(is_paid=False)
    orders["forgotten"] = waiting_order()
    Order.update(deactivated_at=clock.now()).where(Order.id == orders["forgotten"].id).execute()
    page = sam.get(f"{PRINT}/{what}?numbers={','.join(each.number for each in [wanted, *orders.values()])}")
    text = shown(page)
    assert "1 order" in text
    for reason in ("was cancelled", "has left already", "is not paid yet", "is not paid: look", "was forgotten"):
        assert reason in text
    for order in orders.values():
        refused = sam.submit(page, action=f"{PRINT}/{what}", numbers=[wanted.number, order.number])
        assert refused.status_code == 422
        assert "Nothing was printed." in shown(refused)
        assert PaperRecord.select().where(PaperRecord.about_id == order.id).count() == 0


def test_a_label_holds_the_address_alone(sam: ShopClient) -> None:
    order = waiting_order("Wren Oakes", note="The bell is broken.", goods=[(made("Alder Tote"), 1)])
    for size, block in (("a4", "labels--a4"), ("4x6", "labels--4x6")):
        page = printed(sam, "label", order, size=size)
        text = shown(page)
        assert block in page.text
        assert "4 Alder Row" in text
        assert not [word for word in ("bell", "Alder Tote", "555-0134", "@customers") if word in text]


def test_what_is_collected_needs_no_label(sam: ShopClient) -> None:
    order = waiting_order(method="pick-up")
    assert "is collected from the shop" in shown(sam.get(f"{PRINT}/label?numbers={order.number}"))
    assert "Wren Oakes" in shown(printed(sam, "packing-slip", order))


def test_the_route_sheet_goes_from_door_to_door_with_no_more_than_the_driver_needs(sam: ShopClient) -> None:
    far = waiting_order("Zoe Far", method="local", delivery_postcode="90090", note="Leave it with the neighbour.")
    near = waiting_order("Wren Oakes", method="local")
    waiting_order("Ada Byron", method="parcel")
    page = sam.get(f"{PRINT}/route-sheet")
    assert "2 orders" in shown(page)
    text = shown(printed(sam, "route-sheet", far, near))
    assert text.index("Wren Oakes") < text.index("Zoe Far")
    assert "(213) 555-0134" in text
    assert "Leave it with the neighbour." in text
    assert "United States" not in text
    assert set(Disclosure.get(Disclosure.about_id == near.id).field_names) == {
        "order_number", "delivery_name", "delivery_street", "delivery_city", "delivery_postcode", "phone",
    }  # fmt: skip


def test_the_pick_list_counts_the_shelf_and_names_nobody(sam: ShopClient) -> None:
    tote, kale = made("Alder Tote", option1="Moss", on_hand=3), made("Curly Kale", on_hand=1)
    orders = [waiting_order(goods=[(tote, 2), (kale, 1)]), waiting_order(goods=[(tote, 1)])]
    page = sam.get(f"{PRINT}/pick-list")
    cells = [
        [text_of(cell).strip() for cell in row.iter("td")] for row in parsed(page.text, fragment=False)[0].iter("tr")
    ]
    taken = [row[1:5] for row in cells if row]
    # What is sold has left the count, and still lies on the shelf.
    assert taken == [["3", "Alder ToteMoss", tote.sku, "6"], ["1", "Curly Kale", kale.sku, "2"]]
    assert all(order.number in page.text for order in orders)
    assert not [word for word in ("Wren", "Alder Row", "555") if word in page.text]
    assert AuditEvent.select().where(AuditEvent.kind == "paper-registered").count() == 0


@pytest.mark.promise("P49")
def test_paper_without_a_place_or_an_end_is_not_printed(sam: ShopClient) -> None:
    order = waiting_order()
    for typed, said in (
        ({"location": " "}, "a paper without a place is lost"),
        ({"destroy_by": ""}, "no paper is kept for ever"),
        ({"destroy_by": "2001-01-01"}, "That day is over"),
    ):
        answer = printed(sam, "packing-slip", order, **typed)
        assert answer.status_code == 422
        assert said in shown(answer)
    assert (PaperRecord.select().count(), Disclosure.select().count()) == (0, 0)


def test_a_list_sends_its_selection(sam: ShopClient) -> None:
    orders = [waiting_order(), waiting_order()]
    page = sam.get(PRINT)
    numbers = [each.number for each in orders]
    answer = sam.submit(page, action=PRINT, button="what=label", numbers=numbers)
    assert answer.status_code == 303
    assert "2 orders" in shown(sam.get(answer.location))
    assert sam.submit(page, action=PRINT, button="what=invitations", numbers=numbers).status_code == 404
    assert sam.get(f"{PRINT}/invitations").status_code == 404


def test_no_paper_shows_an_e_mail(app: Flask) -> None:
    assert not [name for printable in PRINTABLES.values() for name in printable.fields if "email" in name]


def test_hostile_words_do_nothing_on_paper(sam: ShopClient) -> None:
    bad = '<script>alert(1)</script>"><img src=x>'
    order = waiting_order(bad, method="local", note=bad, goods=[(made(bad), 1)])
    for what in PRINTABLES:
        page = printed(sam, what, order)
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert bad in shown(page)


def test_a_sheet_of_which_some_labels_are_used_goes_on_where_it_is_free(app: Flask, sam: ShopClient) -> None:
    number = waiting_order("Wren Oakes").number
    page = f"{PRINT}/label?numbers={number}"
    wrong = sam.submit(page, action=f"{PRINT}/label", size="a4", first="25")
    assert wrong.status_code == 422
    assert "Type a number from 1 to 24" in wrong.text
    printed = sam.get(sam.submit(page, action=f"{PRINT}/label", size="a4", first="3").location).text
    assert printed.count('<div class="label"></div>') == 2
    assert printed.index('<div class="label"></div>') < printed.index("Wren Oakes")


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (("Wren Oakes", "12 Alder Row", "Los Angeles, CA 90013", "United States"), "normal"),
        (("Wren Oakes", "c/o Reed", "12 Alder Row", "3rd floor", "Los Angeles", "United States"), "small"),
        (("Wren Oakes", "W" * 190, "Los Angeles", "United States"), "smaller"),
        (("日本" * 60, "W" * 200, "X" * 100, "United States"), "smallest"),
    ],
)
def test_a_long_address_is_set_smaller_until_it_fits_its_label(lines: tuple[str, ...], size: str) -> None:
    assert fit_of(lines) == size
