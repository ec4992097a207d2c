"""What an order's customer is told by mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import html5lib
import pytest
from flask import Flask

from shop.db import db
from shop.orders.cancelling import Reason
from shop.orders.models import Order, OrderContact
from shop.orders.services.access import order_for_key
from shop.orders.services.fulfilment import cancel_order, pack_order
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail, MailKind
from shop.vault import destroy_subject

from ..support.till import BUYER, Buyer, Shelf, order_of

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def kinds() -> list[str]:
    return [mail.kind for mail in Mail.select().order_by(Mail.id)]


def last() -> Mail:
    return Mail.select().order_by(Mail.id.desc()).get()


CHANGES: list[tuple[Callable[[Order], object], list[str]]] = [
    (lambda order: pack_order(order=order, staff_id=1), []),
    (lambda order: ship_order(order=order, carrier="other", tracking="", staff_id=1), [MailKind.ORDER_SHIPPED]),
    (
        lambda order: cancel_order(order=order, reason=Reason.CUSTOMER_ASKED, staff_id=1),
        [MailKind.ORDER_CANCELLED],
    ),
    (lambda order: cancel_order(order=order, reason=Reason.NO_DELIVERY, staff_id=1), [MailKind.ORDER_PROBLEM]),
]


@pytest.mark.promise("P12")
@pytest.mark.parametrize(("change", "told"), CHANGES)
def test_each_change_the_customer_should_know_of_is_told_once(
    order: Order, change: Callable[[Order], object], told: list[str]
) -> None:
    assert kinds() == [MailKind.ORDER_CONFIRMED]
    for _ in range(3):
        change(order)
    assert kinds() == [MailKind.ORDER_CONFIRMED, *told]


@pytest.mark.promise("P12")
@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.is_refusal])
def test_an_order_that_cannot_be_processed_is_told_with_the_reason(order: Order, reason: Reason) -> None:
    cancel_order(order=order, reason=reason, staff_id=1)
    mail = last()
    assert mail.subject_line == f"We cannot process your order {order.number}"
    assert reason.sentence in mail.text
    assert reason.sentence.replace("'", "&#39;") in mail.html


@pytest.mark.promise("P12")
def test_nobody_who_was_erased_is_written_to(order: Order) -> None:
    destroy_subject(OrderContact.get(OrderContact.order == order.id).subject)
    ship_order(order=order, carrier="ups", tracking="1Z999AA10123456784", staff_id=1)
    assert kinds() == [MailKind.ORDER_CONFIRMED]


def test_a_mail_that_is_not_committed_is_never_sent(order: Order) -> None:
    with pytest.raises(ZeroDivisionError), db.atomic():
        ship_order(order=order, carrier="other", tracking="", staff_id=1)
        raise ZeroDivisionError
    assert kinds() == [MailKind.ORDER_CONFIRMED]


def test_the_confirmation_says_what_it_costs_where_it_goes_and_how_to_look_again(order: Order) -> None:
    mail = last()
    assert mail.recipient == BUYER["email"]
    for text in (mail.text, mail.html):
        for shown in (order.number, "Alder Tote", "Moss", "$96.00", "Sales tax 9.5%", "$105.12", "12 Analytical Way"):
            assert shown in text
        link = re.search(r"http://127\.0\.0\.1:8000/orders/([\w-]+)\?key=([\w.-]+)", text)
        assert link is not None
        assert order_for_key(link[1], link[2]) == order


def test_what_is_collected_is_told_with_the_shops_address(app: Flask, shelf: Shelf, ada: Buyer) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    ada.collect()
    order = order_of(ada.pay())
    assert "WHERE YOU COLLECT IT" in last().text
    ship_order(order=order, carrier="pick-up", tracking="", staff_id=1)
    assert last().subject_line == f"Ready to collect: your order {order.number}"
    assert "18 Alder Lane" in last().text


def test_a_name_is_text_and_never_markup(app: Flask, shelf: Shelf, ada: Buyer) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    ada.give_delivery(delivery_name="<img src=x> O'Brien")
    ada.pay()
    assert "<img" not in last().html
    assert "<img src=x> O'Brien" in last().text


@pytest.mark.parametrize(("change", "told"), CHANGES)
def test_mails_are_valid_html_that_loads_nothing(order: Order, change: Any, told: list[str]) -> None:
    change(order)
    for mail in Mail.select():
        html5lib.HTMLParser(strict=True).parse(mail.html)
        assert not re.search(r"<(img|script|link|iframe)\b", mail.html)
        assert "{{" not in mail.html + mail.text
        assert "None" not in mail.text
        assert "\n\n\n\n" not in mail.text
