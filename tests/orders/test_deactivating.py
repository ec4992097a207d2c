"""Past purchases stay in the books and forget whose they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from peewee import fn

from shop import clock, vault
from shop.config import settings
from shop.orders.desk.listing import orders_page
from shop.orders.desk.state import ListState
from shop.orders.models import LockedInvoice, NeverDeleted, Order, OrderContact, OrderLine, Payment, PaymentState
from shop.orders.queries import order_file
from shop.orders.services.access import order_key
from shop.orders.services.deactivating import (
    NotFinished,
    deactivate,
    deactivate_unreadable,
    finish_deactivating,
    locked_until,
)
from shop.orders.services.fulfilment import pack_order
from shop.orders.services.mails import mail_fresh_link
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail
from shop.pricing.models import DiscountUse
from shop.vault import REMOVED, destroyed_at, rows_with_name

from ..support.client import ShopClient
from ..support.till import BUYER, DECLINED, Buyer, Shelf, order_of
from ..support.worker import work


@pytest.fixture
def sent(app: Flask, order: Order) -> Order:
    """An order that was paid, sent, and is not coming back."""
    with app.app_context():
        pack_order(order=order, staff_id=1)
        ship_order(order=order, carrier="usps", tracking="9400100000000000000000", staff_id=1)
        work(app, after=timedelta(minutes=2))
        Payment.update(state=PaymentState.SETTLED).where(Payment.order == order.id).execute()
    clock.travel(timedelta(days=settings().return_days, minutes=5))
    return Order.get_by_id(order.id)


def sums() -> tuple[int, ...]:
    figures = (Order.subtotal_cents, Order.tax_cents, Order.delivery_cents, Order.total_cents, Order.refunded_cents)
    return tuple(Order.select(*map(fn.SUM, figures)).tuples().get()) + (
        int(OrderLine.select(fn.SUM(OrderLine.total_cents)).scalar()),
    )


@pytest.mark.promise("P20")
def test_figures_stay_and_nothing_says_whose_it_was(app: Flask, sent: Order) -> None:
    before, contact = sums(), OrderContact.get()
    quote, lines = sent.quote, list(OrderLine.select().dicts())
    with app.app_context():
        assert deactivate(sent)
        assert not deactivate(sent)
        file = order_file(Order.get_by_id(sent.id))
        assert (file.contact, file.delivery_address, file.order.quote, file.order.tax_region) == (None, (), quote, "CA")
        assert list(rows_with_name(OrderContact, "Lovelace")) == []
        assert orders_page(ListState(q=BUYER["email"]))[0].rows == []
        assert destroyed_at(contact.subject) is not None
    assert sums() == before
    assert list(OrderLine.select().dicts()) == lines
    assert file.shipments[0].tracking == ""
    assert "9400" not in " ".join(event.details for event in file.events)


@pytest.mark.promise("P20")
def test_the_name_on_the_invoice_is_locked_until_the_books_may_forget_it(app: Flask, sent: Order) -> None:
    with app.app_context():
        deactivate(sent)
        locked = LockedInvoice.get()
        assert "Ada Lovelace" in locked.invoiced_to
        assert vault.expiry_of(locked.subject) == locked_until(sent)
    clock.travel(timedelta(days=settings().keep_order_days + 1))
    with app.app_context():
        vault.destroy_expired()
        assert LockedInvoice.get().invoiced_to is REMOVED


@pytest.mark.promise("P20")
def test_an_order_cannot_be_deleted(app: Flask, order: Order) -> None:
    for delete in (Order.delete, order.delete_instance, lambda: Order.delete_by_id(order.id)):
        with pytest.raises(NeverDeleted):
            delete()
    assert not any("DELETE" in (rule.methods or ()) for rule in app.url_map.iter_rules())


def test_an_order_that_is_not_finished_keeps_what_it_needs_and_says_why(app: Flask, order: Order) -> None:
    with app.app_context():
        with pytest.raises(NotFinished, match="not with you yet"):
            deactivate(order)
        pack_order(order=order, staff_id=1)
        ship_order(order=order, carrier="usps", tracking="9400100000000000000000", staff_id=1)
        with pytest.raises(NotFinished, match="sent a short while ago") as held:
            deactivate(order)
        shipped = Order.get_by_id(order.id)
        assert held.value.why.until == shipped.shipped_at + timedelta(days=settings().return_days)
        clock.travel(timedelta(days=settings().return_days, minutes=1))
        with pytest.raises(NotFinished, match="bank has not finished"):
            deactivate(order)
        assert OrderContact.get().email == BUYER["email"]
        assert Order.get_by_id(order.id).deactivated_at is None


def test_an_order_that_was_never_paid_leaves_no_locked_name(app: Flask, ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    ada.pay(DECLINED)
    with app.app_context():
        assert deactivate(Order.get())
        assert (LockedInvoice.select().count(), OrderContact.select().count()) == (0, 0)


def test_the_guests_link_says_that_the_order_was_forgotten(app: Flask, client: ShopClient, sent: Order) -> None:
    page = f"/orders/{sent.number}?key={order_key(sent)}"
    assert client.get(page).status_code == 200
    with app.app_context():
        deactivate(sent)
    answer = client.get(page)
    assert answer.status_code == 410
    assert "This order was forgotten" in answer.text
    assert client.get(f"/orders/{sent.number}/invoice?key={order_key(sent)}").status_code == 410
    with app.app_context():
        written = Mail.select().count()
        mail_fresh_link(sent)
        assert Mail.select().count() == written
    assert client.get(f"/orders/{sent.number}?key=wrong").status_code == 404


def test_whose_discount_it_was_is_forgotten_and_the_use_still_counts(app: Flask, ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote, 2)
    ada.client.post("/cart/discount", data={"code": "WELCOME10"})
    ada.give_contact()
    ada.give_delivery()
    bought = order_of(ada.pay())
    Order.update(state="cancelled").where(Order.id == bought.id).execute()
    Payment.update(state=PaymentState.VOIDED).execute()
    assert DiscountUse.get().customer is not None
    with app.app_context():
        deactivate(bought)
    assert DiscountUse.get().customer is None


def test_what_a_killed_process_began_is_finished(app: Flask, sent: Order) -> None:
    contact = OrderContact.get()
    Order.update(deactivated_at=clock.now()).where(Order.id == sent.id).execute()
    with app.app_context():
        assert finish_deactivating() == 1
        assert destroyed_at(contact.subject) is not None
        assert OrderContact.select().count() == 0
        assert finish_deactivating() == 0


def test_an_order_whose_time_is_over_is_deactivated_by_itself(app: Flask, sent: Order) -> None:
    key = OrderContact.get().subject
    with app.app_context():
        clock.travel(timedelta(days=settings().keep_order_days + 1))
        vault.destroy_expired()
        assert deactivate_unreadable(["nobody's"]) == 0
        assert deactivate_unreadable([key]) == 1
        assert deactivate_unreadable([key]) == 0
    assert Order.get_by_id(sent.id).deactivated_at is not None
    assert LockedInvoice.select().count() == 0
