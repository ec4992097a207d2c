"""Several people at one order: they are told of each other, leave notes, and no old page does the wrong thing."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from shop import clock
from shop.admin.orders.models import OrderVisit
from shop.orders.models import Order, OrderContact, OrderState, Payment, PaymentState, Shipment
from shop.orders.notes.models import OrderNote
from shop.orders.services.deactivating import deactivate
from shop.outbox.services import send_due
from shop.privacy.person import Person
from shop.privacy.sections import Held
from shop.vault import REMOVED

from ...support.client import HtmxClient, ShopClient
from ...support.queries import count_queries
from ...support.till import BUYER

HOSTILE = "</textarea><script>alert(1)</script> {{ 7*7 }} ${x} <b>Call back"


@pytest.fixture
def page(order: Order) -> str:
    return f"/admin/orders/{order.number}"


def test_two_people_are_told_of_each_other_until_one_leaves(
    robin: ShopClient, sam: ShopClient, robin_htmx: HtmxClient, order: Order, page: str
) -> None:
    assert "has had this order open" not in sam.get(page).text
    assert "Sam Oak has had this order open since" in robin.get(page).text
    seen_by_sam = sam.get(f"{page}/now", headers={"HX-Request": "true"}).text
    assert seen_by_sam.lstrip().startswith('<div id="order-now"')
    assert "Robin Fern has had this order open since" in seen_by_sam
    clock.travel(timedelta(minutes=2))
    sam.get(f"{page}/now", headers={"HX-Request": "true"})
    clock.travel(timedelta(minutes=4))
    assert "Sam Oak has had" in robin_htmx.get(f"{page}/now").text
    clock.travel(timedelta(minutes=20))
    assert "Sam Oak has had" not in robin_htmx.get(f"{page}/now").text
    clock.travel(timedelta(minutes=100))
    robin.get(page)
    assert OrderVisit.select().count() == 1


def test_an_open_page_asks_little_as_long_as_nothing_has_changed(
    robin: ShopClient, sam: ShopClient, order: Order, page: str
) -> None:
    def asked(shown: str) -> str:
        return unescape(shown.partition(f'hx-get="{page}/now')[2].partition('"')[0])

    whole = robin.get(page)
    now = f"{page}/now{asked(whole.text)}"
    robin.get(now, headers={"HX-Request": "true"})
    with count_queries() as sent:
        same = robin.get(now, headers={"HX-Request": "true"})
    assert (same.status_code, same.text) == (204, "")
    assert len(sent) <= 13
    sam.submit(page, action=f"{page}/notes", text="Ring twice")
    changed = robin.get(now, headers={"HX-Request": "true"})
    assert "Ring twice" in changed.text
    assert "Sam Oak has had this order open" in changed.text
    again = robin.get(f"{page}/now{asked(changed.text)}", headers={"HX-Request": "true"})
    assert again.status_code == 204
    send_due()
    assert robin.get(f"{page}/now{asked(changed.text)}", headers={"HX-Request": "true"}).status_code == 200


def test_an_open_page_says_that_it_is_old_and_does_nothing_by_its_forms(
    robin: ShopClient, sam: ShopClient, order: Order, page: str
) -> None:
    old = robin.get(page)
    now = f"{page}/now?revision={Order.get().revision}"
    assert "This order was changed" not in robin.get(now, headers={"HX-Request": "true"}).text
    sam.submit(page, action=f"{page}/pack")
    assert "This order was changed since you opened this page" in robin.get(now, headers={"HX-Request": "true"}).text
    refused = robin.submit(old, action=f"{page}/cancel", reason="other")
    assert refused.status_code == 409
    assert "Somebody changed this order since you opened it" in refused.text
    assert Order.get().state == OrderState.PACKED


def test_a_part_is_sent_by_the_pages_form_and_the_rest_afterwards(robin: ShopClient, order: Order, page: str) -> None:
    robin.submit(page, action=f"{page}/pack")
    line = order.lines.get().id
    sending = {"carrier": "ups", "tracking": "1Z999AA10123456784"}
    wrong = robin.submit(page, action=f"{page}/ship", **sending, **{f"pieces_{line}": "3"})
    assert wrong.status_code == 422
    assert "Alder Tote: type a number from 0 to 2." in wrong.text
    assert robin.submit(page, action=f"{page}/ship", **sending, **{f"pieces_{line}": "1"}).status_code == 303
    text = robin.get(page).text
    for shown in ("Partly sent", "Next: send the rest", "1 of 2 sent", "1 × Alder Tote, Moss"):
        assert shown in text
    robin.submit(page, action=f"{page}/ship", **sending)
    assert Order.get().state == OrderState.SHIPPED
    first = Shipment.select().order_by(Shipment.id).get()
    edit = f"{page}/parcels/{first.id}"
    assert "A tracking number has" in robin.submit(edit, action=edit, tracking="<b>").text
    robin.submit(edit, action=edit, tracking="1Z999AA10123456799")
    assert "1Z999AA10123456799" in robin.get(page).text
    for parcel in Shipment.select():
        robin.submit(page, action=f"{page}/parcels/{parcel.id}/delivered")
    assert Order.get().state == OrderState.DONE
    assert robin.get(f"{page}/parcels/999").status_code == 404


def test_a_note_is_text_wherever_it_is_shown_and_goes_with_its_customer(
    app: Flask, robin: ShopClient, sam: ShopClient, order: Order, page: str
) -> None:
    for _ in range(2):
        assert sam.submit(page, action=f"{page}/notes", text=HOSTILE).status_code == 303
    note = OrderNote.get()
    shown = robin.get(page).text
    assert "Sam Oak noted" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in shown
    assert f"{page}/notes/{note.id}/remove" not in shown
    with app.app_context():
        person = Person(None, BUYER["email"])
        records = next(part for part in Held(person).page({}) if part.section.name == "orders").blocks[0].records
        (child,) = records[0].children["Note by our staff"]
        assert [value.text for value in child.values] == [HOSTILE]
        Order.update(state=OrderState.CANCELLED).execute()
        Payment.update(state=PaymentState.VOIDED).execute()
        deactivate(Order.get())
        assert OrderNote.select().count() == 0
        assert note.text is REMOVED


def test_a_note_is_taken_back_by_its_writer_and_soon(
    robin: ShopClient, sam: ShopClient, order: Order, page: str
) -> None:
    sam.submit(page, action=f"{page}/notes", text="To be taken back")
    remove = f"{page}/notes/{OrderNote.get().id}/remove"
    form = sam.get(page)
    clock.travel(timedelta(minutes=11))
    late = sam.submit(form, action=remove)
    assert late.status_code == 422
    assert "After that it stands" in late.text
    clock.travel(timedelta(0))
    assert sam.submit(form, action=remove).status_code == 303
    assert OrderNote.select().count() == 0
    empty = sam.submit(page, action=f"{page}/notes", text="  ")
    assert (empty.status_code, "Write something first." in empty.text) == (422, True)


def test_the_page_asks_no_more_with_parcels_refunds_and_notes(
    app: Flask, robin: ShopClient, order: Order, page: str
) -> None:
    robin.submit(page, action=f"{page}/pack")
    line = order.lines.get().id
    one = {"carrier": "own-round", f"pieces_{line}": "1"}
    robin.submit(page, action=f"{page}/ship", **one)
    robin.submit(page, action=f"{page}/notes", text="One")
    refund = f"{page}/refund"
    robin.submit(refund, action=refund, amount="1.00", reason="goodwill")
    robin.get(page)
    with count_queries() as few:
        robin.get(page)
    robin.submit(page, action=f"{page}/ship", carrier="own-round")
    robin.submit(page, action=f"{page}/notes", text="Two")
    robin.submit(refund, action=refund, amount="2.00", reason="goodwill")
    robin.get(page)
    with count_queries() as many:
        robin.get(page)
    assert len(many) <= len(few) <= 30
    assert OrderContact.select().count() == 1
