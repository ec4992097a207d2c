"""The list of orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock, jobs
from shop.audit.models import AuditEvent
from shop.db import db
from shop.jobs import JobRun
from shop.orders.cancelling import Reason
from shop.orders.models import Order, OrderContact, OrderLine, OrderState, Payment, PaymentState
from shop.orders.services.fulfilment import cancel_order, pack_order
from shop.outbox.models import Mail, MailState
from shop.vault import Source, new_subject

from ...support.client import HtmxClient, ShopClient
from ...support.desk import bought
from ...support.queries import count_queries
from ...support.till import BUYER, Shelf

LIST = "/admin/orders"


def make_orders(app: Flask, count: int, *, start: int = 0) -> list[str]:
    """Orders as rows, oldest first: enough of them to fill pages."""
    numbers = [f"{position:04d}-TEST" for position in range(start, start + count)]
    quote = Order.select(Order.quote).scalar()
    with app.app_context(), db.atomic():
        for position, number in enumerate(numbers):
            made = Order.create(
                number=number,
                idem=number,
                fingerprint="",
                state=OrderState.PLACED if position % 2 else OrderState.SHIPPED,
                currency="USD",
                subtotal_cents=1000,
                total_cents=1000,
                quote=quote,
                delivery_code="parcel",
                delivery_name="Parcel",
            )
            OrderContact.create(
                order=made.id,
                subject=new_subject("order"),
                source=Source.SELF,
                email=f"buyer{position}@example.com",
                delivery_name=f"Buyer Number {position}",
            )
            OrderLine.create(
                order=made.id,
                position=0,
                name="Tote",
                sku="tote",
                quantity=3,
                unit_price_cents=300,
                subtotal_cents=900,
                total_cents=1000,
            )
            Payment.create(order=made.id, ref=number, amount_cents=1000, state=PaymentState.SETTLED)
    return numbers


def test_the_newest_order_stands_first_with_who_what_and_how_far(app: Flask, robin: ShopClient, shelf: Shelf) -> None:
    first, second = bought(app, shelf), bought(app, shelf)
    page = robin.get(LIST).text
    assert page.index(second.number) < page.index(first.number)
    for shown in (BUYER["delivery_name"], "Paid", "To pack", "$105.12", "2 items"):
        assert shown in page


def test_an_empty_list_says_so(robin: ShopClient) -> None:
    assert "No orders yet" in robin.get(LIST).text
    assert "Nothing to pack" in robin.get(f"{LIST}?state=placed").text


def test_tabs_count_and_hold_the_orders_of_their_state(app: Flask, robin: ShopClient, shelf: Shelf) -> None:
    placed, packed = bought(app, shelf), bought(app, shelf)
    with app.app_context():
        pack_order(order=packed, staff_id=1)
    page = robin.get(f"{LIST}?state=packed").text
    assert packed.number in page
    assert placed.number not in page
    assert 'To pack <span class="tabs__count">1</span>' in page
    assert 'All <span class="tabs__count">2</span>' in page


def test_money_and_goods_are_two_things(app: Flask, robin: ShopClient, order: Order) -> None:
    with app.app_context():
        cancel_order(order=order, reason=Reason.OTHER, staff_id=1)
    page = robin.get(LIST).text
    assert "Being released" in page
    assert "Cancelled" in page


@pytest.mark.parametrize("written", ["{0}", "{1}", " {2} "])
def test_a_number_is_found_however_it_is_written(app: Flask, robin: ShopClient, shelf: Shelf, written: str) -> None:
    wanted, other = bought(app, shelf), bought(app, shelf)
    search = written.format(wanted.number, wanted.number.lower(), wanted.number.replace("-", ""))
    page = robin.get(LIST, query_string={"q": search}).text
    assert wanted.number in page
    assert other.number not in page


def test_an_exact_mail_address_finds_its_orders_and_no_others(app: Flask, robin: ShopClient, order: Order) -> None:
    make_orders(app, 3)
    page = robin.get(LIST, query_string={"q": BUYER["email"].upper()}).text
    assert order.number in page
    assert "-TEST" not in page
    for part in ("ada", "ada.lovelace", "example.com", "@example.com"):
        assert "No order for that" in robin.get(LIST, query_string={"q": part}).text


@pytest.mark.parametrize("search", ["' OR 1=1 --", "%", "*", "<script>", "a\x00b", "é" * 300, "@", "0" * 5000])
def test_an_odd_search_finds_nothing(robin: ShopClient, order: Order, search: str) -> None:
    answer = robin.get(LIST, query_string={"q": search})
    assert answer.status_code == 200
    assert "No order for that" in answer.text


def test_a_search_is_written_down_without_its_words(robin: ShopClient, order: Order) -> None:
    robin.get(LIST, query_string={"q": BUYER["email"]})
    found, searched = AuditEvent.select().order_by(AuditEvent.id.desc()).limit(2)
    assert (searched.kind, searched.details) == ("orders-searched", '{"by":"email","found":1}')
    assert (found.kind, found.about_id, found.details) == ("order-found", order.id, '{"by":"email"}')


def test_htmx_gets_the_list_alone(robin_htmx: HtmxClient, order: Order) -> None:
    answer = robin_htmx.get(f"{LIST}?q={order.number}")
    assert answer.text.lstrip().startswith('<section id="admin-orders"')
    assert "HX-Request" in answer.headers["Vary"]
    assert order.number in answer.text


def test_pages_hold_every_order_once_and_lead_both_ways(app: Flask, robin: ShopClient, order: Order) -> None:
    numbers = [order.number, *make_orders(app, 60)]
    seen: list[str] = []
    page = robin.get(LIST)
    while True:
        seen += in_order(page.text, numbers)
        older = link(page.text, "next")
        if older is None:
            break
        page = robin.get(older)
    assert seen == numbers[::-1]
    newer = link(page.text, "prev")
    assert newer is not None
    assert in_order(robin.get(newer).text, numbers) == seen[25:50]


def in_order(text: str, numbers: list[str]) -> list[str]:
    return sorted((number for number in numbers if number in text), key=text.index)


def link(text: str, rel: str) -> str | None:
    _, found, rest = text.partition(f'rel="{rel}" href="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("place", ["before=x", "before=-1", "after=99999999999999999999", "before=²", "state=nonsense"])
def test_a_nonsense_address_shows_the_beginning(robin: ShopClient, order: Order, place: str) -> None:
    answer = robin.get(f"{LIST}?{place}")
    assert answer.status_code == 200
    assert order.number in answer.text


def test_the_list_asks_as_much_of_ten_orders_as_of_a_thousand(app: Flask, robin: ShopClient, order: Order) -> None:
    make_orders(app, 10)
    robin.get(LIST)
    with count_queries() as few:
        robin.get(LIST)
    make_orders(app, 990, start=10)
    with count_queries() as many:
        robin.get(LIST)
    assert len(many) == len(few) <= 15


def test_the_first_page_says_when_jobs_last_ran(robin: ShopClient) -> None:
    now = clock.now()
    for job in jobs.all_jobs():
        JobRun.create(name=job.name, started_at=now, finished_at=now, ok=True)
    assert "All jobs ran" in robin.get(LIST).text
    clock.travel(timedelta(minutes=30))
    assert "Late: " in robin.get(LIST).text


def test_mail_that_does_not_get_through_is_counted(robin: ShopClient, order: Order) -> None:
    Mail.update(state=MailState.FAILED, attempts=14, error="SMTPRecipientsRefused").execute()
    assert "1 mail does" in robin.get(LIST).text
