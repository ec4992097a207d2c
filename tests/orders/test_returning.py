"""A parcel that came back: noted once, told to whoever ordered, and asked about where they look after their account."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.audit.models import AuditEvent
from shop.customers.models import Customer
from shop.customers.services.profile import confirm_profile
from shop.orders.carriers import PICK_UP
from shop.orders.models import Order, OrderEvent, Shipment
from shop.orders.services.deactivating import deactivate
from shop.orders.services.returning import NotReturnable, parcel_returned
from shop.outbox.models import Mail, MailKind
from tests.support.client import ShopClient
from tests.support.customers import CARO, as_customer, make_customer
from tests.support.past import past_order


def came_back(order: Order) -> bool:
    return parcel_returned(shipment=Shipment.get(Shipment.order == order.id), staff_id=3)


def mails() -> list[Mail]:
    return list(Mail.select().where(Mail.kind == MailKind.ORDER_RETURNED))


@pytest.mark.promise("P45")
def test_its_customer_is_asked_to_look_at_the_address_until_they_say_it_is_right(app: Flask) -> None:
    with app.app_context():
        caro = make_customer(CARO, "Caro Reed")
        order = past_order(CARO, customer=caro)
        assert came_back(order)
        assert not came_back(order)
        (mail,) = mails()
        assert (mail.recipient, mail.about_id) == (CARO, order.id)
        assert "Wren Oakes" in str(mail.text)
        assert OrderEvent.get(OrderEvent.kind == "returned").actor == "staff:3"
        assert AuditEvent.select().where(AuditEvent.kind == "parcel-returned").count() == 1
        client = as_customer(ShopClient(app, use_cookies=True), caro)
    assert "a parcel to you came back to us" in client.get("/account").text
    with app.app_context():
        confirm_profile(customer=Customer.get_by_id(caro.id), by=f"customer:{caro.id}")
    assert "came back to us" not in client.get("/account").text


def test_a_guest_gets_the_mail_and_somebody_who_was_forgotten_gets_nothing(app: Flask) -> None:
    with app.app_context():
        assert came_back(past_order("wren@guests.example"))
        assert [mail.recipient for mail in mails()] == ["wren@guests.example"]
        forgotten = past_order("gone@guests.example")
        deactivate(forgotten)
        assert came_back(forgotten)
        assert len(mails()) == 1


def test_what_was_to_be_collected_never_comes_back(app: Flask) -> None:
    with app.app_context():
        order = past_order("wren@guests.example")
        Shipment.update(carrier=PICK_UP).where(Shipment.order == order.id).execute()
        with pytest.raises(NotReturnable):
            came_back(order)
        assert mails() == []
