"""Removing one thing: what follows is said first, it goes by a button, and nobody else's can be reached."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.customers.models import Address, Customer
from shop.orders.models import Order, OrderContact, OrderState
from shop.outbox.models import Mail, MailState
from shop.privacy.cases.models import Case, Topic
from shop.privacy.cases.services import close_case, open_case
from shop.vault import destroyed_at

from ..support.client import ShopClient
from ..support.customers import CARO
from ..support.past import address_of, past_order

PHONE = "+12135550134"


def path(row: Address | Case | Customer | Mail | Order | OrderContact, column: str = "") -> str:
    return f"/my-data/remove/{row._meta.table_name}/{row.id}" + (f"/{column}" if column else "")


def follow(client: ShopClient, page: str, *, says: str) -> None:
    """Read what follows, and press the button."""
    shown = client.get(page)
    assert says in shown.text
    answer = client.submit(shown, action=page)
    assert (answer.status_code, answer.location) == (303, "/my-data")


@pytest.mark.promise("P19")
def test_without_a_phone_number_the_driver_cannot_call_about_two_deliveries(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    with app.app_context():
        caro.phone = PHONE
        caro.save()
        orders = [past_order(CARO, customer=caro) for _ in range(3)]
        Order.update(state=OrderState.PACKED).where(Order.id.in_([orders[0].id, orders[1].id])).execute()
    follow(caros, path(caro, "phone"), says="Without a phone number the driver cannot call you about 2 deliveries.")
    with app.app_context():
        assert Customer.get_by_id(caro.id).phone is None
        assert [contact.phone for contact in OrderContact.select().order_by(OrderContact.id)] == [None, None, PHONE]
        assert OrderContact.get().delivery_name == "Wren Oakes"
    assert caros.get(path(caro, "phone")).status_code == 404


@pytest.mark.promise("P19")
def test_one_optional_value_of_an_order_goes(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        past_order(CARO, customer=caro)
        contact = OrderContact.get()
    follow(caros, path(contact, "phone"), says="the driver cannot call you about the delivery")
    with app.app_context():
        assert (OrderContact.get().phone, OrderContact.get().phone_index) == (None, None)
        assert OrderContact.get().email == CARO
    assert caros.get(path(contact, "email")).status_code == 404
    assert caros.get(path(contact, "subject")).status_code == 404


def test_an_address_goes(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        address = address_of(caro)
    follow(caros, path(address), says="You type it again")
    assert Address.select().count() == 0


def test_our_copy_of_a_mail_goes(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        past_order(CARO, customer=caro)
        mail = Mail.get()
    follow(caros, path(mail), says="It was not sent yet, and then never will be.")
    assert Mail.get_by_id(mail.id).state == MailState.WITHDRAWN
    assert caros.get(path(mail)).status_code == 404


@pytest.mark.promise("P20")
def test_whose_order_it_was_goes_and_the_order_stays(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        order = past_order(CARO)
    follow(caros, path(order), says="stay locked away until")
    assert Order.get_by_id(order.id).deactivated_at is not None
    assert OrderContact.select().count() == 0


def test_an_order_on_its_way_says_why_it_stays(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        order = past_order(CARO)
        Order.update(state=OrderState.PLACED).execute()
    page = caros.get(path(order))
    assert "It is not with you yet" in page.text
    assert "Remove it" not in page.text
    with pytest.raises(LookupError):
        caros.submit(page, action=path(order))


def test_a_case_goes_once_it_is_closed(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        case = open_case(topic=Topic.QUESTION, email=CARO, text="?", acknowledge=False)
    assert "It is open" in caros.get(path(case)).text
    with app.app_context():
        close_case(case=case, staff_id=1)
    follow(caros, path(case), says="Our answer goes with it")
    assert destroyed_at(case.subject) is not None


def test_nobody_reaches_anothers(
    app: Flask, client: ShopClient, dans: ShopClient, caros: ShopClient, caro: Customer, dan: Customer
) -> None:
    with app.app_context():
        caro.phone = PHONE
        caro.save()
        order, address = past_order(CARO, customer=caro), address_of(caro)
        rows = [path(order), path(address), path(Mail.get()), path(caro, "phone"), path(OrderContact.get(), "phone")]
    for page in rows:
        assert caros.get(page).status_code == 200
        for stranger in (client, dans):
            assert stranger.get(page).status_code == 404
            assert stranger.post(page).status_code in {400, 404}
    assert caros.get("/my-data/remove/staff/1").status_code == 404
    assert caros.get(f"/my-data/remove/order/{10**30}").status_code == 404
    with app.app_context():
        assert (Customer.get_by_id(caro.id).phone, Address.select().count()) == (PHONE, 1)
