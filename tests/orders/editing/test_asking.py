"""The customer is asked by mail about a change that costs more: they pay it, decline it, or do not answer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.catalogue.models import Variant
from shop.customers.models import Customer
from shop.orders.editing.changing import ANSWER_WITHIN
from shop.orders.editing.ending import expire_changes, withdraw_change
from shop.orders.editing.planning import Change, NotEditable
from shop.orders.models import EditState, Order, OrderEdit, OrderEvent, OrderState, Payment, PaymentState
from shop.orders.services.access import order_key
from shop.orders.services.fulfilment import cancel_by_customer
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail

from ...practice import PracticeGateway
from ...support.books import wrong_in_the_books
from ...support.changed import ASKED, card_for, change_it
from ...support.client import HtmxClient, ShopClient
from ...support.customers import as_customer
from ...support.till import DECLINED, VALID, Shelf
from ...support.worker import work, work_until_decided


@pytest.fixture
def edit(order: Order, shelf: Shelf) -> OrderEdit:
    """Ada is asked for a pouch more."""
    return change_it(order, Change(added={shelf.last: 1}), settling=ASKED)


@pytest.fixture
def page(order: Order) -> str:
    return f"/orders/{order.number}/change?key={order_key(order)}"


def action(page: str, what: str) -> str:
    return page.replace("/change?", f"/change/{what}?")


def fields_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf_token|change|attempt)" value="([^"]*)"', html))


def pay(client: ShopClient, page: str, nonce: str = VALID, *, shown: str = "") -> TestResponse:
    """From the page as it is, or as it was `shown`."""
    fields = fields_of(shown or client.get(page).text)
    return client.post(action(page, "pay"), data={**fields, "payment_method_nonce": nonce})


def books(practice: PracticeGateway, shelf: Shelf) -> list[str]:
    return wrong_in_the_books(practice, {shelf.tote: 20, shelf.kale: 50, shelf.last: 10, shelf.free: 9})


def test_the_mail_leads_to_a_page_that_says_everything_and_paying_changes_the_order(
    app: Flask, client: ShopClient, order: Order, edit: OrderEdit, page: str, shelf: Shelf,
    practice_gateway: PracticeGateway,
) -> None:  # fmt: skip
    mail = Mail.get(Mail.key.startswith("order-change-asked"))
    link = re.search(r"http\S+/orders/\S+/change\?key=\S+", str(mail.text))
    assert link and "$13.14 more" in str(mail.text)
    assert Variant.get_by_id(shelf.last).held == 1
    before = order.total_cents
    shown = client.get("/" + link[0].split("/", 3)[3])
    assert shown.status_code == 200
    for words in ("Clay Pouch", "$105.12", "$118.26", "pay $13.14"):
        assert words in shown.text
    assert "frame-src" in shown.headers["Content-Security-Policy"]
    assert "May we change your order?" in client.get(page.replace("/change?", "?")).text
    answer = pay(client, page)
    assert (answer.status_code, OrderEdit.get().state) == (303, EditState.APPLIED)
    assert Order.get().total_cents == before + 1314
    assert "your order is changed" in client.get(answer.location).text
    # Sent again, from the page as it was: nothing more is charged.
    assert pay(client, page, shown=shown.text).status_code == 303
    work(app)
    assert {payment.state for payment in Payment.select()} == {PaymentState.SETTLING}
    assert books(practice_gateway, shelf) == []
    assert [event.actor for event in OrderEvent.select().where(OrderEvent.kind == "changed")] == ["customer"]
    assert client.get(page).status_code == 200
    assert ShopClient(app).get(page.split("?")[0]).status_code == 404


def test_a_declined_card_can_be_followed_by_another(
    client: ShopClient, order: Order, edit: OrderEdit, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    refused = pay(client, page, DECLINED)
    assert (refused.status_code, "You were not charged" in refused.text) == (422, True)
    assert OrderEdit.get().state == EditState.ASKED
    assert pay(client, page, "").status_code == 422
    assert pay(client, page).status_code == 303
    assert OrderEdit.get().state == EditState.APPLIED
    assert books(practice_gateway, shelf) == []


def test_a_customer_who_is_signed_in_pays_with_a_saved_card(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = card_for(order)
    change_it(order, Change(added={shelf.last: 1}), settling=ASKED)
    theirs = as_customer(HtmxClient(app, use_cookies=True), Customer.get_by_id(card.customer_id))
    page = f"/orders/{order.number}/change"
    shown = theirs.get(page)
    assert "Visa ending in 1881" in shown.text
    fields = fields_of(shown.text)
    answer = theirs.post(f"{page}/pay", data={**fields, "card": str(card.id)})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/orders/{order.number}")
    assert OrderEdit.get().state == EditState.APPLIED
    with app.app_context():
        assert ShopClient(app).get(page).status_code == 404


def test_declining_leaves_everything_as_it_was_and_tells_the_shop(
    client: ShopClient, order: Order, edit: OrderEdit, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    shown = client.get(page).text
    for _ in range(2):
        assert client.post(action(page, "decline"), data=fields_of(shown)).status_code == 303
    assert (OrderEdit.get().state, Order.get().needs_look) == (EditState.DECLINED, True)
    assert (pay(client, page, shown=shown).status_code, Payment.select().count()) == (409, 1)
    assert books(practice_gateway, shelf) == []


def test_without_an_answer_in_time_it_comes_to_nothing_and_everybody_is_told(
    client: ShopClient, order: Order, edit: OrderEdit, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    shown = client.get(page).text
    assert expire_changes() == 0
    clock.travel(ANSWER_WITHIN)
    assert pay(client, page, shown=shown).status_code == 409
    assert expire_changes() == 1
    assert (OrderEdit.get().state, Order.get().needs_look) == (EditState.EXPIRED, True)
    assert "There was no answer in time" in str(Mail.get(Mail.key.startswith("order-change-ended")).text)
    assert "This is over" in client.get(page).text
    assert books(practice_gateway, shelf) == []


def test_an_order_that_goes_on_is_not_changed_any_more(
    client: ShopClient, order: Order, edit: OrderEdit, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    with pytest.raises(NotEditable, match="waits for the customer"):
        change_it(order, Change(added={shelf.kale: 1}), settling=ASKED)
    shown = client.get(page).text
    ship_order(order=order, carrier="pick-up", tracking="", staff_id=1)
    assert pay(client, page, shown=shown).status_code == 409
    assert expire_changes() == 1
    assert books(practice_gateway, shelf) == []


def test_staff_take_it_back_and_cancelling_ends_it(
    client: ShopClient, order: Order, edit: OrderEdit, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    assert withdraw_change(edit=edit, staff_id=1)
    assert not withdraw_change(edit=edit, staff_id=1)
    assert "We have taken that back" in str(Mail.get(Mail.key.startswith("order-change-ended")).text)
    second = change_it(order, Change(added={shelf.last: 2}), settling=ASKED)
    cancel_by_customer(order=order)
    assert OrderEdit.get_by_id(second.id).state == EditState.WITHDRAWN
    assert Order.get().state == OrderState.CANCELLED
    assert Variant.get_by_id(shelf.last).held == 0


def test_twenty_presses_of_pay_charge_once_even_when_the_answer_is_lost(
    app: Flask, order: Order, edit: OrderEdit, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    client = ShopClient(app, use_cookies=True)
    fields = fields_of(client.get(page).text)
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (client._cookies or {}).values())
    practice_gateway.faults("sale", "drop_after_commit")

    def press(_: int) -> int:
        answer = ShopClient(app, use_cookies=False).post(
            action(page, "pay"), data={**fields, "payment_method_nonce": VALID}, headers={"Cookie": cookies}
        )
        return answer.status_code

    with ThreadPoolExecutor(8) as presses:
        assert set(presses.map(press, range(20))) == {303}
    assert OrderEdit.get().state == EditState.PAYING
    assert "on its way" in client.get(page).text
    work_until_decided(app, within=timedelta(minutes=2))
    assert (OrderEdit.get().state, len(practice_gateway.ledger())) == (EditState.APPLIED, 2)
    assert books(practice_gateway, shelf) == []
