"""The reports' pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Flask

from shop import clock
from shop.admin.models import Role, Staff
from shop.catalogue.models import Product, Variant
from shop.orders.models import Order
from shop.reports.services import sum_up

from ...support.client import HtmxClient, ShopClient
from ...support.histories import cancelled, every_day, gave_back, goods, quote_of, sold
from ...support.queries import count_queries

REPORTS = "/admin/reports"
NAMES = ("best-sellers", "tax", "discounts", "given-back", "delivery", "carts", "stock", "agreement")
PAGES = (REPORTS, *(f"{REPORTS}/{name}" for name in NAMES))
# How many queries each page takes while some of its days have changed since they were summed up.
QUERIES = {
    REPORTS: 13,
    f"{REPORTS}/best-sellers": 16,
    f"{REPORTS}/tax": 12,
    f"{REPORTS}/discounts": 12,
    f"{REPORTS}/given-back": 12,
    f"{REPORTS}/delivery": 12,
    f"{REPORTS}/carts": 19,
    f"{REPORTS}/stock": 3,
    f"{REPORTS}/agreement": 20,
    f"{REPORTS}/carts/left": 2,
    f"{REPORTS}/orders?figure=sales": 21,
    f"{REPORTS}/orders?figure=sales&side=back": 21,
    f"{REPORTS}/orders?figure=sales&side=net": 22,
    f"{REPORTS}/orders?figure=tax&name=Sales tax&place=US-CA&rate=95000": 21,
    f"{REPORTS}/orders?figure=goods&name=alder-tote": 21,
    f"{REPORTS}/orders?figure=held&name=taken": 21,
    f"{REPORTS}/sales.csv": 13,
    f"{REPORTS}/best-sellers.csv": 13,
    f"{REPORTS}/tax.csv": 12,
    f"{REPORTS}/carts.csv": 3,
    f"{REPORTS}/conversion.csv": 15,
    f"{REPORTS}/stock.csv": 3,
}
OF_NOW = tuple(f"{REPORTS}/{name}" for name in ("stock", "stock.csv", "carts.csv", "carts/left"))
NOON = datetime(2026, 6, 10, 19, 0, tzinfo=UTC)
JUNE = "?from=2026-06-01&to=2026-06-30"


def test_sales_are_shown_by_day_with_what_went_back_and_their_sum(robin: ShopClient) -> None:
    for order in every_day(3, until=NOON, quotes=[quote_of(goods(10_000), delivery=None)]):
        gave_back(order, 950, at=NOON)
    page = robin.get(REPORTS + JUNE).text
    assert "Wed, Jun 10" in page
    assert "$328.50" in page
    assert "-$28.50" in page
    assert "$300.00" in page
    opened = robin.get(f"{REPORTS}/orders{JUNE}&figure=sales").text.partition("Together")[2]
    assert re.findall(r"-?\$[\d.]+", opened) == ["$300.00", "$0.00", "$0.00", "$28.50", "$328.50"]


def test_the_days_are_the_shops_own(robin: ShopClient) -> None:
    sold(quote_of(goods(10_000), delivery=None), at=datetime(2026, 6, 11, 6, 59, tzinfo=UTC))
    file = robin.get(f"{REPORTS}/sales.csv?from=2026-06-10&to=2026-06-11").text.splitlines()
    assert file[1].startswith('"Wed, Jun 10",1,109.50')
    assert file[2].startswith('"Thu, Jun 11",0,0.00')


def test_weeks_begin_as_the_shops_locale_begins_them(robin: ShopClient) -> None:
    page = robin.get(f"{REPORTS}{JUNE}&by=week").text
    assert "Jun 1 – Jun 6" in page
    assert "Jun 7 – Jun 13" in page
    assert "Jun 28 – Jun 30" in page


def test_the_chart_is_a_picture_with_words_and_has_no_style_of_its_own(robin: ShopClient) -> None:
    every_day(5, until=NOON, quotes=[quote_of(goods(10_000))])
    page = robin.get(REPORTS + JUNE).text
    drawings = re.findall(r"<svg[^>]*chart__drawing.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 3
    for drawing in drawings:
        assert 'role="img"' in drawing
        assert "Sales by day, Jun 1, 2026 – Jun 30, 2026" in drawing
        assert drawing.count('class="chart__sold"') == 5
        assert "style" not in drawing


def test_two_days_typed_wrong_are_refused_beside_the_field_and_kept(robin: ShopClient) -> None:
    answer = robin.get(f"{REPORTS}?from=2026-02-30&to=soon")
    assert answer.status_code == 422
    assert answer.text.count("Type a day as year, month and day") == 4
    assert 'value="2026-02-30"' in answer.text
    assert 'value="soon"' in answer.text
    turned = robin.get(f"{REPORTS}?from=2026-03-02&to=2026-03-01")
    assert turned.status_code == 422
    assert "The last day comes before the first." in turned.text


def test_nonsense_in_the_address_is_answered_with_a_page(robin: ShopClient) -> None:
    for query in ("?from=0001-01-01&to=9999-12-31", "?period=nonsense&by=x&currency=%00", "?currency=EUR"):
        for page in PAGES:
            assert robin.get(page + query).status_code in (200, 422)


def test_htmx_is_given_the_report_alone(robin_htmx: HtmxClient) -> None:
    answer = robin_htmx.get(f"{REPORTS}?period=month")
    assert answer.text.lstrip().startswith('<section id="admin-report"')
    assert "HX-Request" in answer.headers["Vary"]


def test_reports_are_for_who_reads_the_books(robin: ShopClient, staff: dict[str, Staff]) -> None:
    robin.checks = False
    for role in Role:
        Staff.update(role=role).execute()
        expected = 200 if role in (Role.OWNER, Role.AUDITOR) else 403
        assert {robin.get(page).status_code for page in PAGES} == {expected}


def test_each_figure_opens_to_the_orders_that_sum_to_it(robin: ShopClient) -> None:
    quote = quote_of(goods(10_000), goods(350, 2, name="Curly Kale"))
    orders = list(every_day(4, until=NOON, quotes=[quote]))
    gave_back(orders[0], 500, at=NOON)
    gave_back(orders[0], 700, at=NOON)
    cancelled(orders[1], at=NOON)
    for page in (REPORTS, *(f"{REPORTS}/{name}" for name in ("best-sellers", "tax", "given-back", "delivery"))):
        links = re.findall(r'href="(/admin/reports/orders[^"]+)">([^<]+)</a>', robin.get(page + JUNE).text)
        assert links, page
        for link, shown in links:
            behind = robin.get(link.replace("&amp;", "&")).text
            assert behind.count("/admin/orders/T") == len(orders_in(behind)) > 0, (link, shown)


def orders_in(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/admin/orders/(T\d+)">', page)


def test_the_orders_behind_a_figure_are_paged_and_each_stands_there_once(robin: ShopClient) -> None:
    made = {order.number for order in every_day(60, until=NOON, quotes=[quote_of(goods(100))])}
    url, seen = f"{REPORTS}/orders?figure=sales&from=2026-04-01&to=2026-06-30", []
    while url:
        page = robin.get(url).text
        seen += orders_in(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 60
    assert set(seen) == made


def test_the_auditor_sees_the_orders_behind_a_figure_without_a_way_to_their_customers(
    robin: ShopClient, staff: dict[str, Staff]
) -> None:
    order = sold(at=NOON)
    Staff.update(role=Role.AUDITOR).execute()
    page = robin.get(f"{REPORTS}/orders?figure=sales&from=2026-06-01&to=2026-06-30").text
    assert order.number in page
    assert f"/admin/orders/{order.number}" not in page


def test_what_no_figure_is_called_is_not_there(robin: ShopClient) -> None:
    assert robin.get(f"{REPORTS}/orders?figure=people").status_code == 404
    assert robin.get(f"{REPORTS}/people.csv").status_code == 404


def test_a_file_holds_the_rows_of_its_page_with_bare_numbers(robin: ShopClient) -> None:
    sold(quote_of(goods(10_000), delivery=None), at=NOON)
    answer = robin.get(f"{REPORTS}/sales.csv?from=2026-06-10&to=2026-06-10")
    assert answer.mimetype == "text/csv"
    assert "sales-2026-06-10-2026-06-10.csv" in answer.headers["Content-Disposition"]
    heads, row = answer.text.splitlines()
    assert heads == "Day,Orders,Sold,Given back,Net,Goods,Discounts,Delivery,Tax"
    assert row.startswith('"Wed, Jun 10",1,109.50,')


def test_a_file_has_what_went_back_below_nothing_and_amounts_in_their_own_currency(robin: ShopClient) -> None:
    order = sold(quote_of(goods(10_000), delivery=None), at=NOON, currency="JPY")
    gave_back(order, 450, at=NOON)
    file = robin.get(f"{REPORTS}/sales.csv?from=2026-06-10&to=2026-06-10&currency=JPY").text.splitlines()
    assert file[1].startswith('"Wed, Jun 10",1,10950,-450,10500,')


def test_goods_named_like_a_formula_are_defused_in_the_file(robin: ShopClient) -> None:
    sold(quote_of(goods(100, name="=HYPERLINK(1)", sku="@sku"), delivery=None), at=NOON)
    lines = robin.get(f"{REPORTS}/best-sellers.csv{JUNE}").text.splitlines()
    assert lines[1] == "'=HYPERLINK(1),1,1.00,1,1,0,'@sku"


def test_every_report_has_its_file(robin: ShopClient) -> None:
    for page in PAGES[:-1]:
        name = "sales" if page == REPORTS else page.rpartition("/")[2]
        assert f"{REPORTS}/{name}.csv" in robin.get(page).text
        assert robin.get(f"{REPORTS}/{name}.csv").status_code == 200


def test_an_order_whose_payment_holds_another_amount_is_named(robin: ShopClient) -> None:
    fine, odd = sold(at=NOON), sold(at=NOON)
    assert "They agree to the cent." in robin.get(f"{REPORTS}/agreement{JUNE}").text
    Order.update(total_cents=Order.total_cents + 5).where(Order.id == odd.id).execute()
    page = robin.get(f"{REPORTS}/agreement{JUNE}").text
    assert "They are $0.05 apart." in page
    assert odd.number in page
    assert fine.number not in page


def test_a_report_asks_as_much_of_many_orders_as_of_few(app: Flask, robin: ShopClient) -> None:
    for order in every_day(3, until=NOON, quotes=[quote_of(goods(10_000))]):
        gave_back(order, 100, at=NOON)
    sum_up()
    for days in (0, 30):
        gave_back(sold(at=NOON - timedelta(days=days)), 100, at=NOON - timedelta(days=days))
    few = asked_for(robin)
    for order in every_day(40, until=NOON, quotes=[quote_of(goods(10_000)), quote_of(goods(350, name="Curly Kale"))]):
        gave_back(order, 100, at=NOON)
    assert asked_for(robin) == few
    assert few == QUERIES
    sum_up()
    assert all(count < QUERIES[page] for page, count in asked_for(robin).items() if page not in OF_NOW)


def asked_for(robin: ShopClient) -> dict[str, int]:
    """How many queries each page takes."""
    found = {}
    for page in QUERIES:
        with count_queries() as sent:
            robin.get(f"{page}{'&' if '?' in page else '?'}{JUNE[1:]}")
        found[page] = len(sent)
    return found


def test_a_first_look_at_an_empty_shop_is_calm(robin: ShopClient) -> None:
    for page in PAGES:
        assert robin.get(page).status_code == 200
    assert "Nothing was sold in this period." in robin.get(f"{REPORTS}/best-sellers").text


def test_the_period_before_a_month_is_the_same_days_of_the_month_before(robin: ShopClient) -> None:
    clock.travel(NOON - datetime.now(UTC))
    page = robin.get(f"{REPORTS}?period=month").text
    assert "Jun 1, 2026 – Jun 10, 2026, beside May 1, 2026 – May 10, 2026" in page


def test_stock_and_carts_open_to_the_shelf_and_to_days(robin: ShopClient) -> None:
    product = Product.create(name="Alder Tote", slug="alder-tote", state="active")
    Variant.create(product=product, sku="tote-1", option1="Moss", price_cents=4800, on_hand=3)
    (shelf,) = {link for link in re.findall(r'href="([^"]+)"', robin.get(f"{REPORTS}/stock").text) if "/stock/" in link}
    page = robin.get(shelf).text
    assert "Moss" in page
    assert "$144.00" in page
    assert robin.get(f"{REPORTS}/stock/{product.id + 1}").status_code == 404
    assert "No such cart is left behind now." in robin.get(f"{REPORTS}/carts/left?goods=1").text
    assert "#report-conversion" in robin.get(f"{REPORTS}/carts").text
