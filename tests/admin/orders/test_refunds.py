"""Giving money back at the desk: figures, clicks, and what the shelf, the mail and the customer get of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from shop.catalogue.models import Variant
from shop.orders.models import Order, Refund, RefundState
from shop.orders.pieces.models import RefundLine
from shop.orders.services.access import order_key
from shop.orders.services.refunds import send_due_refunds
from shop.orders.services.settling import settle_due
from shop.outbox.models import Mail, MailKind

from ...practice import PracticeGateway
from ...support.client import HtmxClient, ShopClient
from ...support.till import Shelf


@pytest.fixture
def page(order: Order) -> str:
    return f"/admin/orders/{order.number}/refund"


@pytest.fixture
def settled(app: Flask, order: Order, practice_gateway: PracticeGateway) -> Order:
    with app.app_context():
        settle_due()
        practice_gateway.night()
    return order


@pytest.fixture(params=["plain", "htmx"])
def either(request: pytest.FixtureRequest, order: Order) -> Iterator[ShopClient]:
    yield request.getfixturevalue("robin" if request.param == "plain" else "robin_htmx")


def line() -> str:
    return str(RefundLine._meta.fields["line"].rel_model.get().id)


def test_the_page_works_out_the_sum_first_and_gives_it_back_then(
    app: Flask, robin: ShopClient, settled: Order, page: str, shelf: Shelf
) -> None:
    on_hand = Variant.get_by_id(shelf.tote).on_hand
    typed = {f"quantity_{line()}": "1", f"restock_{line()}": "y", "reason": "sent-back"}
    seen = robin.submit(page, action=page, **typed)
    assert seen.status_code == 200
    assert "Give $52.56 back" in seen.text
    assert "$4.56 of it is tax" in seen.text
    assert Refund.select().count() == 0
    answer = robin.submit(seen, action=page, **typed)
    assert (answer.status_code, answer.location) == (303, f"/admin/orders/{settled.number}")
    assert Variant.get_by_id(shelf.tote).on_hand == on_hand + 1
    with app.app_context():
        send_due_refunds()
    refund, told = Refund.get(), Mail.get(Mail.kind == MailKind.ORDER_REFUNDED)
    assert (refund.state, refund.amount_cents, Order.get().refunded_cents) == (RefundState.DONE, 5256, 5256)
    text = robin.get(f"/admin/orders/{settled.number}").text
    for shown in (
        "Partly refunded",
        "Given back on",
        "1 × Alder Tote, Moss: $52.56, 1 back on the shelf",
        "1 given back",
    ):
        assert shown in text
    with app.app_context():
        assert "1 x Alder Tote, Moss: $52.56" in str(Mail.get_by_id(told.id).text)


def test_twenty_clicks_and_a_second_tab_give_one_refund(
    app: Flask, robin: ShopClient, settled: Order, page: str, practice_gateway: PracticeGateway
) -> None:
    first, other_tab = robin.get(page), robin.get(page)
    typed = {"amount": "10.00", "reason": "goodwill"}
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (robin._cookies or {}).values())
    fields = {**dict(re.findall(r'<input type="hidden" name="(csrf_token|seen)" value="([^"]*)"', first.text)), **typed}

    def click(_: int) -> int:
        return ShopClient(app, use_cookies=False).post(page, data=fields, headers={"Cookie": cookies}).status_code

    with ThreadPoolExecutor(8) as clicks:
        assert set(clicks.map(click, range(20))) == {303}
    assert robin.submit(other_tab, action=page, **typed).status_code == 303
    stale = robin.submit(other_tab, action=page, **{**typed, "amount": "11.00"})
    assert stale.status_code == 409
    assert "Somebody changed this order since you opened it" in stale.text
    with app.app_context():
        send_due_refunds()
    assert (Refund.select().count(), Order.get().refunded_cents) == (1, 1000)
    assert len([one for one in practice_gateway.ledger() if one["type"] == "credit"]) == 1


def test_wrong_figures_are_said_at_their_fields_and_what_was_typed_is_kept(
    either: ShopClient, settled: Order, page: str
) -> None:
    wrong = {f"quantity_{line()}": "3", "amount": "1000000", "reason": "sent-back"}
    answer = either.submit(page, action=page, **wrong)
    assert answer.status_code == 422
    for shown in ("Alder Tote: type a number from 0 to 2.", "can go back", 'value="1000000"', 'value="3"'):
        assert shown in answer.text
    for typed, said in (
        ({"amount": "ten"}, "This is not an amount"),
        ({"amount": "-5"}, "This is not an amount"),
        ({f"quantity_{line()}": "two"}, "type a number from 0 to 2"),
        ({"amount": "5", "reason": None}, "Choose a reason"),
        ({"reason": "late"}, "Choose what is given back"),
    ):
        answer = either.submit(page, action=page, **{"reason": "late", **typed})
        assert said in answer.text
    assert Refund.select().count() == 0


def test_the_sum_is_worked_out_while_one_types(robin_htmx: HtmxClient, settled: Order, page: str) -> None:
    form = robin_htmx.get(page)
    assert form.text.lstrip().startswith('<section id="order-task"')
    seen = robin_htmx.submit(form, action=page, **{f"quantity_{line()}": "2", "reason": "late"})
    assert "Give $105.12 back" in seen.text
    assert "it is given free instead" in seen.text


def test_packers_give_no_money_back(sam: ShopClient, settled: Order, page: str) -> None:
    assert "Give money back" not in sam.get(f"/admin/orders/{settled.number}").text
    assert sam.get(page).status_code == 403
    assert sam.post(page).status_code == 403


def test_invoice_and_order_page_show_the_customer_what_went_back(
    app: Flask, robin: ShopClient, settled: Order, page: str
) -> None:
    robin.submit(page, action=page, amount="5.00", reason="goodwill")
    with app.app_context():
        send_due_refunds()
        key = order_key(settled)
    guest = ShopClient(app, use_cookies=True)
    invoice = guest.get(f"/orders/{settled.number}/invoice?key={key}").text
    assert f"Credit note {settled.number}-1" in invoice
    assert "−$5.00" in invoice
    assert "$5.00 of it went back to you" in guest.get(f"/orders/{settled.number}?key={key}").text
