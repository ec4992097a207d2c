"""The list of orders: which stand in it, in which order, how they are found, and what a row says."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from shop import clock
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.catalogue.models import Product, Variant
from shop.catalogue.services import product_changed
from shop.days import today
from shop.orders.cancelling import Reason
from shop.orders.desk.counting import counts
from shop.orders.desk.goods import FEW
from shop.orders.desk.listing import orders_page
from shop.orders.desk.models import OrderTally
from shop.orders.desk.state import ListState
from shop.orders.models import Order, OrderContact, OrderEvent, OrderLine, OrderState, Refund, RefundState
from shop.orders.services.alarms import raise_alarm
from shop.orders.services.finishing import see_to
from shop.orders.services.fulfilment import cancel_order, pack_order
from shop.orders.services.tallies import FOLD_FROM, fold_tallies, keep_tallies
from shop.outbox.models import MailKind, MailState
from shop.outbox.services import queue_mail
from shop.pricing.models import DeliveryMethod
from shop.pricing.rounds import promised_day

from ...support.client import HtmxClient, ShopClient
from ...support.desk import ROBIN, bought, say_why
from ...support.listed import listed
from ...support.queries import count_queries
from ...support.till import BUYER, Shelf

LIST = "/admin/orders"


def numbers_on(page: str) -> list[str]:
    return re.findall(r"data-row-link>([^<]+)<", page)


def search(client: ShopClient, text: str) -> list[str]:
    return numbers_on(client.get(LIST, query_string={"q": text}).text)


def tab_counts(page: str) -> dict[str, int]:
    found = re.findall(r'<a class="tabs__tab"[^>]*>([^<]+) <span class="tabs__count">(\d+)<', page)
    return {words: int(count) for words, count in found}


def link(text: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    return unescape(found[1]) if found else None


def test_an_order_that_was_bought_stands_there_with_who_what_and_how_far(
    app: Flask, robin: ShopClient, shelf: Shelf
) -> None:
    first, second = bought(app, shelf), bought(app, shelf)
    page = robin.get(LIST).text
    assert numbers_on(page) == [second.number, first.number]
    for shown in (BUYER["delivery_name"], "Paid", "To pack", "$105.12", "2 items"):
        assert shown in page
    with app.app_context():
        cancel_order(order=first, reason=Reason.OTHER, staff_id=1)
    page = robin.get(LIST).text
    assert "Being released" in page
    assert "Cancelled" in page


def test_empty_tabs_say_so_in_words(robin: ShopClient) -> None:
    said = {"": "No orders yet", "pack": "Nothing to pack", "send": "Nothing to send", "days": "No day to keep",
            "problem": "All is well", "done": "No orders here"}  # fmt: skip
    for tab, words in said.items():
        assert words in robin.get(f"{LIST}?tab={tab}").text
    assert "No order is like that" in robin.get(f"{LIST}?country=DE").text


def test_each_tab_counts_and_holds_the_orders_that_wait_there(app: Flask, robin: ShopClient) -> None:
    soon, later = today(), today() + timedelta(days=2)
    with app.app_context():
        made = {
            "due": listed(),
            "due by day": listed(deliver_on=soon),
            "later": listed(deliver_on=later),
            "packed": listed(state=OrderState.PACKED),
            "out": listed(state=OrderState.SHIPPED, deliver_on=soon - timedelta(days=1)),
            "sent": listed(state=OrderState.SHIPPED),
            "done": listed(state=OrderState.DONE, deliver_on=soon),
            "unpaid": listed(state=OrderState.PENDING),
            "failed": listed(state=OrderState.PAYMENT_FAILED),
            "odd": listed(state=OrderState.DONE, needs_look=True),
            "cancelled": listed(state=OrderState.CANCELLED),
        }
    wanted = {
        "To pack today": ("pack", ["due", "due by day"]),
        "To send": ("send", ["packed"]),
        "By day": ("days", ["out", "due by day", "later"]),
        "Unpaid or problem": ("problem", ["unpaid", "failed", "odd"]),
        "Sent": ("sent", ["sent", "out"]),
        "Done": ("done", ["odd", "done"]),
        "All": ("", list(made)[::-1]),
    }
    shown = tab_counts(robin.get(LIST).text)
    assert shown == {words: len(names) for words, (_, names) in wanted.items()}
    for _, (tab, names) in wanted.items():
        assert numbers_on(robin.get(f"{LIST}?tab={tab}").text) == [made[name].number for name in names]
    days = robin.get(f"{LIST}?tab=days").text
    assert 'Late <span class="tabs__count">1<' in days
    assert numbers_on(robin.get(f"{LIST}?tab=days&late=1").text) == [made["out"].number]
    assert "Today" in days
    assert numbers_on(robin.get(f"{LIST}?tab=days&day={later}").text) == [made["later"].number]


def test_the_tallies_are_right_whatever_happens_to_the_orders(app: Flask) -> None:
    with app.app_context():
        orders = [listed() for _ in range(3)]
        Order.update(state=OrderState.PACKED).where(Order.id == orders[0].id).execute()
        Order.update(has_note=True).execute()
        for _ in range(FOLD_FROM // 2):
            Order.update(deliver_on=today()).where(Order.id == orders[1].id).execute()
            Order.update(deliver_on=None).where(Order.id == orders[1].id).execute()
        before = {tab.name: tab.count for tab in counts().tabs}
        assert fold_tallies() > FOLD_FROM
        assert OrderTally.select().count() == 2
        assert {tab.name: tab.count for tab in counts().tabs} == before
        assert (before["pack"], before["send"], before[""]) == (2, 1, 3)


def test_tallies_that_a_new_table_has_lost_are_counted_afresh(app: Flask) -> None:
    from shop.db import db, is_sqlite

    with app.app_context():
        db.execute_sql("DROP TRIGGER order_tally_move" + ("" if is_sqlite() else ' ON "order"'))
        order = listed()
        Order.update(state=OrderState.SHIPPED).where(Order.id == order.id).execute()
        keep_tallies()
        assert {tab.name: tab.count for tab in counts().tabs if tab.count} == {"sent": 1, "": 1}


def test_a_day_is_promised_where_the_delivery_goes_on_fixed_days_and_nowhere_else(app: Flask, shelf: Shelf) -> None:
    """The local round goes on Tuesdays and Fridays, with what was ordered the day before."""
    monday, tuesday = clock.now().replace(2026, 11, 23, 20), clock.now().replace(2026, 11, 24, 20)
    assert [str(promised_day("local", at)) for at in (monday, tuesday)] == ["2026-11-24", "2026-11-27"]
    assert [str(promised_day("pick-up", at)) for at in (monday, tuesday)] == ["2026-11-24", "2026-11-24"]
    assert promised_day("parcel", monday) is None
    DeliveryMethod.update(weekdays="mon tue wed thu fri sat sun", lead_days=0).execute()
    assert bought(app, shelf).deliver_on == today()


@pytest.mark.parametrize("written", ["K7QM-3RTX", "k7qm3rtx", " K7QM 3RTX ", "3RTX", "3rtx", "k7qm"])
def test_a_number_or_half_of_it_is_found_however_it_is_written(app: Flask, robin: ShopClient, written: str) -> None:
    with app.app_context():
        listed(number="K7QM-3RTX")
        listed(number="ZZZZ-ZZZZ")
    assert search(robin, written) == ["K7QM-3RTX"]


def test_a_person_is_found_by_a_whole_word_an_exact_e_mail_or_a_phone_and_by_no_part(
    app: Flask, robin: ShopClient
) -> None:
    with app.app_context():
        wanted = listed("Zoë Ångström", email="zoe@customers.example", phone="+1 213 555 0134")
        other = listed("Zo Angstromer", email="zo@customers.example")
    for text in ("zoe", "ANGSTROM", "Ångström Zoë", "Zoe@Customers.example", "(213) 555-0134", "+12135550134"):
        assert search(robin, text) == [wanted.number], text
    for text in ("angst", "@customers.example", "customers", "5550134", "zoe angstromer"):
        assert search(robin, text) == [], text
    assert search(robin, "zo") == [other.number]


def test_a_product_is_found_by_its_name_or_sku_as_bought_or_as_it_is_now(
    app: Flask, robin: ShopClient, shelf: Shelf
) -> None:
    with app.app_context():
        tote, kale = listed(sku="tote"), listed(sku="old-kale", goods="Kale")
        OrderLine.update(variant=shelf.tote).where(OrderLine.order == tote.id).execute()
        OrderLine.update(variant=shelf.kale).where(OrderLine.order == kale.id).execute()
        product_changed(Variant.get_by_id(shelf.tote).product_id)
        Product.update(state="archived").where(Product.id == Variant.get_by_id(shelf.kale).product_id).execute()
    before = AuditEvent.select().count()
    assert search(robin, "TOTE") == search(robin, "alder tote") == [tote.number]
    assert search(robin, "old-kale") == search(robin, "curly kale") == [kale.number]
    product = Variant.get_by_id(shelf.tote).product_id
    assert numbers_on(robin.get(f"{LIST}?product={product}").text) == [tote.number]
    with app.app_context():
        packed = listed(sku="tote", state=OrderState.PACKED)
    page = robin.get(f"{LIST}?tab=pack&item=alder+tote").text
    assert numbers_on(page) == [tote.number], "of the orders to pack alone"
    assert "With “alder tote”" in page
    assert set(numbers_on(robin.get(f"{LIST}?item=TOTE").text)) == {tote.number, packed.number}
    assert numbers_on(robin.get(f"{LIST}?item=nothing+like+it").text) == []
    found = [event.kind for event in AuditEvent.select().order_by(AuditEvent.id).offset(before)]
    assert "order-found" not in found, "who bought it was not looked for"


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "*", "<script>", "a\x00b", "é" * 300, "@", "0" * 5000, '"', "-"])
def test_an_odd_search_finds_nothing(app: Flask, robin: ShopClient, text: str) -> None:
    with app.app_context():
        listed()
    answer = robin.get(LIST, query_string={"q": text})
    assert answer.status_code == 200
    assert "No order for that" in answer.text


def test_a_search_for_somebody_is_written_down_without_its_words(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        orders = [listed("Bo Reed", email="bo@customers.example") for _ in range(2)]
    search(robin, "bo@customers.example")
    found, searched = AuditEvent.select().order_by(AuditEvent.id.desc()).limit(2)
    assert (searched.kind, searched.details) == ("orders-searched", '{"by":"email","found":2}')
    assert (found.kind, found.about_id, found.details) == ("order-found", orders[1].id, '{"by":"email"}')
    search(robin, "reed")
    *found, searched = AuditEvent.select().order_by(AuditEvent.id.desc()).limit(3)
    assert searched.details == '{"by":"name","found":2}'
    assert {event.about_id for event in found} == {order.id for order in orders}


FILTERS = {
    "money=refunded": {"refunded_cents": 100},
    "money=released": {"state": OrderState.CANCELLED},
    "money=unpaid": {"state": OrderState.PENDING},
    "goods=packed": {"state": OrderState.PACKED},
    "method=local": {"delivery_code": "local"},
    "note=1": {"note": "Knock."},
    "look=1": {"needs_look": True},
    "code=welcome10": {"discount_code": "WELCOME10"},
    "country=de": {"tax_country": "DE"},
}


@pytest.mark.parametrize("filtered", FILTERS)
def test_a_filter_holds_its_orders_alone_and_is_a_chip_that_can_be_taken_away(
    app: Flask, robin: ShopClient, filtered: str
) -> None:
    with app.app_context():
        other, wanted = listed(), listed(**FILTERS[filtered])
    page = robin.get(f"{LIST}?{filtered}").text
    assert numbers_on(page) == [wanted.number]
    chip = re.search(r'<a class="filter-chip" href="([^"]+)"', page)
    assert chip is not None
    assert numbers_on(robin.get(unescape(chip[1])).text) == [wanted.number, other.number]


def test_refunds_and_periods_are_filters_too(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        plain, coming, stuck = listed(), listed(), listed(created_at=clock.now() - timedelta(days=9))
        for order, state in ((coming, RefundState.SENT), (stuck, RefundState.FAILED)):
            payment = order.payments.get()
            Refund.create(order=order, payment=payment, ref=order.number, amount_cents=100, state=state)
    day = today() - timedelta(days=9)
    for query, wanted in {
        "money=refunding": [coming],
        "money=refund-failed": [stuck],
        "money=paid": [plain, stuck],
        f"until={today() - timedelta(days=1)}": [stuck],
        f"since={day}&until={day}": [stuck],
        f"since={today()}": [coming, plain],
        f"since={today()}&money=refunding&note=": [coming],
    }.items():
        assert numbers_on(robin.get(f"{LIST}?{query}").text) == [order.number for order in wanted], query


def test_orders_are_sorted_as_the_address_says(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        old, small = listed(created_at=clock.now() - timedelta(days=3)), listed(total_cents=100)
    newest = [small.number, old.number]
    assert numbers_on(robin.get(f"{LIST}?sort=newest").text) == newest
    assert numbers_on(robin.get(f"{LIST}?sort=oldest").text) == newest[::-1]
    assert numbers_on(robin.get(f"{LIST}?sort=total").text) == newest[::-1]
    assert numbers_on(robin.get(f"{LIST}?tab=pack").text) == newest[::-1], "what waits longest is packed first"


def test_a_row_shows_its_flags_and_the_next_step(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        order = listed(note="Knock, please.")
        raise_alarm(order, "The gateway refused to be asked.")
        OrderEvent.create(order=order.id, kind="address corrected", actor="staff:1")
        mail = queue_mail(
            key="x", kind=MailKind.ORDER_SHIPPED, to="a@b.example", subject_line="x", text="x", html="x",
            about=("order", order.id),
        )  # fmt: skip
        type(mail).update(state=MailState.FAILED, error="SMTPRecipientsRefused").execute()
    page = robin.get(LIST).text
    for shown in ("Needs a look", "Mail bounced", "Address changed", ">Note<", ">Packed<"):
        assert shown in page
    assert "Knock" not in page
    with app.app_context():
        assert see_to(order=order, staff_id=1)
        assert not see_to(order=order, staff_id=1)
        pack_order(order=order, staff_id=1)
    page = robin.get(LIST).text
    assert "Needs a look" not in page.split("<tbody>")[1]
    assert "Send…" in page


def test_an_order_whose_money_all_went_back_is_looked_at_and_not_just_packed(
    app: Flask, robin: ShopClient, staff: dict[str, Staff]
) -> None:
    with app.app_context():
        order = listed()
        say_why(staff[ROBIN], order)
        refund = {"order": order.id, "payment": order.payments.get(), "ref": order.number, "amount_cents": 4800}
        refund = Refund.create(**refund, state=RefundState.SENT)
    assert "Look…" in robin.get(LIST).text
    page = robin.get(f"{LIST}/{order.number}").text
    assert "Next: look again" in page
    assert "All of its money was given back" in page
    Refund.update(state=RefundState.FAILED).where(Refund.id == refund.id).execute()
    assert "Next: pack it" in robin.get(f"{LIST}/{order.number}").text


def test_hostile_names_and_goods_are_shown_as_text(app: Flask, robin: ShopClient) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    with app.app_context():
        order = listed(evil, goods=evil, note=evil, delivery_name=evil)
    for path in (LIST, f"{LIST}/{order.number}/glance", f"{LIST}?q={order.number}"):
        page = robin.get(path, headers={"HX-Request": "true"} if "glance" in path else {}).text
        assert "<img src=x" not in page
        assert "<script>alert" not in page
    assert "alert(1)" in robin.get(LIST).text
    assert "<b>" not in robin.get(LIST, query_string={"q": "<b>no</b>"}).text


def test_a_glance_shows_what_is_in_an_order_and_nothing_of_its_customer(app: Flask, robin_htmx: HtmxClient) -> None:
    with app.app_context():
        order = listed("Ada Lovelace", goods="Alder Tote", note="Knock")
    glance = robin_htmx.get(f"{LIST}/{order.number}/glance").text
    assert glance.lstrip().startswith("<div")
    assert "2 × Alder Tote" in glance
    for hidden in ("Ada", "Alder Row", "customers.example", "Knock"):
        assert hidden not in glance
    assert robin_htmx.get(f"{LIST}/AAAA-AAAA/glance").status_code == 404


def test_htmx_gets_the_list_alone(app: Flask, robin_htmx: HtmxClient) -> None:
    with app.app_context():
        order = listed()
    answer = robin_htmx.get(f"{LIST}?q={order.number}")
    assert answer.text.lstrip().startswith('<section id="admin-orders"')
    assert "HX-Request" in answer.headers["Vary"]
    assert numbers_on(answer.text) == [order.number]


@pytest.mark.parametrize("state", ["", "sort=oldest", "sort=total", "tab=pack", "tab=days", "note=1"])
def test_pages_hold_every_order_once_and_lead_both_ways(app: Flask, robin: ShopClient, state: str) -> None:
    with app.app_context():
        for place in range(53):
            listed(total_cents=1 + place // 3, deliver_on=today() - timedelta(days=place // 3), note="x")
    pages, url = [], f"{LIST}?{state}"
    while url:
        pages.append(robin.get(url).text)
        url = link(pages[-1], "next")  # type: ignore[assignment]
    seen = [number for page in pages for number in numbers_on(page)]
    assert len(pages) == 3
    assert len(set(seen)) == len(seen) == 53
    back = link(pages[2], "prev")
    assert back is not None
    assert numbers_on(robin.get(back).text) == seen[25:50]
    assert state in back or not state, "the whole state stands in the address"


@pytest.mark.parametrize(
    "address",
    ["page=x", "page=²", "tab=nonsense", "sort=up", "since=yesterday", "until=0000-00-00", "product=²",
     "day=9999-12-31x", "product=99999999999999", "country=%00", "money=all", "goods=%F0%9F%98%80",
     "method=' OR 1=1"],
)  # fmt: skip
def test_a_nonsense_address_is_no_error(app: Flask, robin: ShopClient, address: str) -> None:
    with app.app_context():
        listed()
    assert robin.get(f"{LIST}?{address}").status_code == 200


def test_the_list_asks_as_much_of_three_orders_as_of_sixty(app: Flask, robin: ShopClient) -> None:
    asked: dict[str, set[int]] = {}
    with app.app_context():
        for _ in range(3):
            listed("Ada Lovelace")
    for more in (0, 57):
        with app.app_context():
            for _ in range(more):
                listed("Ada Lovelace", deliver_on=today())
        for query in ("", "tab=pack", "tab=days", "q=alder+tote", "item=tote&tab=pack", "money=paid&sort=total"):
            robin.get(f"{LIST}?{query}")
            with count_queries() as sent:
                robin.get(f"{LIST}?{query}")
            asked.setdefault(query, set()).add(len([sql for sql in sent if "audit_event" not in sql]))
    assert {query: len(found) for query, found in asked.items()} == dict.fromkeys(asked, 1), asked
    assert max(max(found) for found in asked.values()) <= 19, asked


def test_goods_that_everybody_buys_are_found_like_those_that_one_bought(app: Flask) -> None:
    """The one by going through the orders, the other by its own index: one query for which, and one for the page."""
    with app.app_context():
        popular, last, rare = listed(sku="tote"), listed(sku="tote"), listed(sku="rare")
        line = OrderLine.select().where(OrderLine.order == popular.id).dicts().get()
        del line["id"]
        OrderLine.insert_many([{**line, "position": at} for at in range(1, FEW + 1)]).execute()
        for sku, wanted, walks in (("tote", [last, popular], True), ("rare", [rare], False)):
            with count_queries() as sent:
                page, _ = orders_page(ListState(item=sku))
            assert [order.id for order in page.rows] == [order.id for order in wanted]
            assert ("EXISTS" in sent[-1]) == walks


def test_a_forgotten_customers_order_stands_there_without_a_name(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        order = listed("Ada Lovelace")
        OrderContact.delete().where(OrderContact.order == order.id).execute()
    page = robin.get(LIST).text
    assert order.number in page
    assert "removed" in page
