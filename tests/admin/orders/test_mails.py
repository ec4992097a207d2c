"""An order's mails at the desk: a message of one's own, one sent again, and a corrected address that is told."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.orders.models import Order, OrderContact, OrderEvent, OrderState
from shop.outbox.models import Mail, MailKind, MailState
from shop.outbox.services import send_due
from shop.vault import Source, rows_with_name

from ...support.client import ShopClient
from ...support.till import BUYER

pytestmark = pytest.mark.once

HOSTILE = '<script>alert(1)</script> {{ 7*7 }}\n\n"Quoted" & <b>bold</b>'


@pytest.fixture
def page(order: Order) -> str:
    return f"/admin/orders/{order.number}"


def newest() -> Mail:
    mail: Mail = Mail.select().order_by(Mail.id.desc()).get()
    return mail


@pytest.mark.promise("P12")
def test_a_message_goes_to_the_customer_once_and_hostile_text_does_nothing(
    app: Flask, sam: ShopClient, order: Order, page: str
) -> None:
    there = f"{page}/message"
    form = sam.get(there)
    for _ in range(2):
        answer = sam.submit(form, action=there, subject_line="About\u202e <i>your</i> order", text=HOSTILE)
        assert answer.status_code == 422
        assert "signs that cannot be printed" in answer.text
    for _ in range(2):
        sent = sam.submit(form, action=there, subject_line="About <i>your</i> order", text=HOSTILE)
        assert (sent.status_code, sent.location) == (303, page)
    with app.app_context():
        mail = newest()
        assert Mail.select().count() == 2
        assert (mail.kind, str(mail.recipient)) == (MailKind.CORRESPONDENCE, BUYER["email"])
        assert str(mail.subject_line) == "About <i>your</i> order"
        assert HOSTILE in str(mail.text)
        html = str(mail.html)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in html
    text = sam.get(page).text
    assert "About &lt;i&gt;your&lt;/i&gt; order" in text
    assert "<script>alert" not in text


def test_what_is_missing_in_a_message_is_said_and_the_rest_kept(robin_htmx: ShopClient, page: str) -> None:
    there = f"{page}/message"
    answer = robin_htmx.submit(there, action=there, text="Only a text")
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<section id="order-task"')
    for shown in ("Say what it is about.", "Only a text"):
        assert shown in answer.text


def test_a_mail_is_sent_again_to_where_the_customer_is_now(
    app: Flask, robin: ShopClient, order: Order, page: str
) -> None:
    with app.app_context():
        send_due()
        first = newest()
        contact = OrderContact.get()
        contact.email = "ada@new.example"
        contact.save()
    form, again = robin.get(page), f"{page}/mails/{first.id}/again"
    for _ in range(2):
        assert robin.submit(form, action=again).status_code == 303
    with app.app_context():
        assert Mail.select().count() == 2
        copy = newest()
        assert (str(copy.recipient), str(copy.text)) == ("ada@new.example", str(first.text))
    assert "sent again once already" in robin.get(page).text
    assert robin.submit(page, action=again).status_code == 303
    assert Mail.select().count() == 3


def test_one_that_bounced_says_so_and_is_tried_again_itself(
    app: Flask, robin: ShopClient, order: Order, page: str
) -> None:
    Mail.update(state=MailState.FAILED, error="SMTPRecipientsRefused", attempts=3).execute()
    text = robin.get(page).text
    assert "Bounced" in text
    robin.submit(page, action=f"{page}/mails/{Mail.get().id}/again")
    assert (Mail.get().state, Mail.get().attempts, Mail.select().count()) == (MailState.QUEUED, 0, 1)
    assert robin.get(f"{page}/mails/999/again").status_code in {404, 405}


@pytest.mark.promise("P12")
def test_nobody_who_was_forgotten_is_written_to(app: Flask, robin: ShopClient, order: Order, page: str) -> None:
    form = robin.get(f"{page}/message")
    OrderContact.delete().execute()
    answer = robin.submit(form, action=f"{page}/message", subject_line="Hello", text="Hello")
    assert answer.status_code == 422
    assert "nobody can be written to" in answer.text
    assert Mail.select().count() == 1


def test_an_address_is_corrected_with_its_source_and_the_customer_told(
    app: Flask, robin: ShopClient, order: Order, page: str
) -> None:
    there = f"{page}/address"
    form = robin.get(there)
    missing = robin.submit(form, action=there, street="", name="Ada King")
    assert missing.status_code == 422
    for shown in ("is missing", "Choose one: it is kept with the address.", 'value="Ada King"'):
        assert shown in missing.text
    for _ in range(2):
        answer = robin.submit(form, action=there, street="14 Analytical Way", name="Ada King", told="staff_by_phone")
        assert answer.status_code == 303
    contact = OrderContact.get()
    with app.app_context():
        assert (contact.delivery_street, contact.billing_street) == ("14 Analytical Way", BUYER["delivery_street"])
        assert contact.source == Source.STAFF_BY_PHONE
        assert list(rows_with_name(OrderContact, "King"))
        assert "14 Analytical Way" in str(newest().text)
    assert Mail.select().count() == 2
    said = OrderEvent.get(OrderEvent.kind == "address corrected")
    assert "Analytical" not in said.details
    assert "as the customer said by phone" in robin.get(page).text


def test_where_it_would_cost_something_else_it_is_not_sent(robin: ShopClient, order: Order, page: str) -> None:
    there = f"{page}/address"
    elsewhere = {"street": "1 Main Street", "city": "New York", "region": "NY", "postcode": "10001", "told": "letter"}
    answer = robin.submit(there, action=there, **elsewhere)
    assert answer.status_code == 422
    assert "Other taxes are due there" in answer.text
    assert 'value="New York"' in answer.text
    Order.update(state=OrderState.SHIPPED).execute()
    assert robin.get(there).status_code in {303, 404}
