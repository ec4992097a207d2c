"""Customers are reminded of what may have grown old: once, and by mail only those who agreed to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from shop import clock
from shop.account.services import remind_due
from shop.customers.models import Customer, Reminder, ReminderReason
from shop.customers.services.consents import ConsentPurpose, give, withdraw
from shop.customers.services.profile import confirm_profile
from shop.outbox.models import Mail, MailKind, MailState
from shop.outbox.services import queue_mail
from shop.payments.models import StoredCard
from shop.payments.services.cards import keep_card
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.services import request_erasure, undo_erasure
from shop.privacy.person import person_of
from shop.vault import Source
from tests.support.client import ShopClient
from tests.support.queries import count_queries

YEAR = 365


def agree(*customers: Customer) -> None:
    for customer in customers:
        give(customer=customer, purpose=ConsentPurpose.REMINDERS, source=Source.SELF)


def on_day(days: int) -> int:
    """Travel there, as it is counted from today, and let the worker remind."""
    clock.travel(timedelta(days=days))
    return remind_due()


def reminders() -> list[str]:
    """The subjects of the mails that remind, oldest first."""
    return [str(mail.subject_line) for mail in Mail.select().where(Mail.kind == MailKind.REMINDER).order_by(Mail.id)]


def refuse_mail(customer: Customer, error: str = "SMTPRecipientsRefused") -> None:
    """A mail to the customer's address that its server refused for good."""
    about = ("customer", customer.id)
    key = f"test:{Mail.select().count()}"
    mail = queue_mail(
        key=key, kind=MailKind.CORRESPONDENCE, to=customer.email, subject_line="x", text="x", html="x", about=about
    )
    Mail.update(state=MailState.FAILED, error=error).where(Mail.id == mail.id).execute()


@pytest.mark.promise("P45")
def test_who_has_not_confirmed_for_long_is_asked_once_in_that_time(app: Flask, caro: Customer, dan: Customer) -> None:
    with app.app_context():
        agree(caro, dan)
        assert on_day(YEAR - 1) == 0
        confirm_profile(customer=dan, by=f"customer:{dan.id}")
        assert [on_day(YEAR + 1), on_day(YEAR + 2), on_day(2 * YEAR - 3)] == [1, 0, 0]
        assert reminders() == ["Are your details still correct?"]
        assert [reminder.customer_id for reminder in Reminder.select()] == [caro.id]
        # Nobody answered: a year after the first comes another. And by now Dan is due too.
        assert on_day(2 * YEAR + 2) == 2


@pytest.mark.promise("P45")
def test_confirming_starts_the_time_anew(app: Flask, caro: Customer) -> None:
    with app.app_context():
        agree(caro)
        on_day(YEAR + 1)
        confirm_profile(customer=caro, by=f"customer:{caro.id}")
        assert [on_day(2 * YEAR), on_day(2 * YEAR + 2)] == [0, 1]


@pytest.mark.promise("P45")
def test_the_mail_leads_to_the_account_and_says_why_it_came(app: Flask, caro: Customer) -> None:
    with app.app_context():
        agree(caro)
        on_day(YEAR + 1)
        mail = Mail.get(Mail.kind == MailKind.REMINDER)
        assert mail.recipient == caro.email
        for body in (mail.text, mail.html):
            assert "/account" in body
            assert "because you agreed to be reminded" in " ".join(body.split())
            assert "/account/consents" in body


def test_nobody_is_reminded_who_did_not_agree_or_took_it_back(app: Flask, caro: Customer, dan: Customer) -> None:
    with app.app_context():
        agree(dan)
        withdraw(customer=dan, purpose=ConsentPurpose.REMINDERS, source=Source.SELF)
        assert on_day(3 * YEAR) == 0


@pytest.mark.promise("P45")
def test_nobody_is_reminded_whose_account_was_closed(app: Flask, caro: Customer, dan: Customer) -> None:
    with app.app_context():
        agree(caro, dan)
        keep(caro)
        refuse_mail(caro)
        Customer.update(closed_at=clock.now()).where(Customer.id == caro.id).execute()
        Customer.update(email=None, email_index=None).where(Customer.id == dan.id).execute()
        assert on_day(YEAR + 1) == 0
        clock.travel(timedelta(days=20))
        assert remind_due() == 0


@pytest.mark.promise("P45")
def test_nobody_is_reminded_who_asked_to_be_forgotten_unless_they_take_it_back(app: Flask, caro: Customer) -> None:
    with app.app_context():
        agree(caro)
        clock.travel(timedelta(days=YEAR + 1))
        keep(caro)
        refuse_mail(caro)
        person = person_of(caro)
        erasure = request_erasure(person=person, plan_hash=plan_for(person).hash)
        assert remind_due() == 0
        undo_erasure(erasure=erasure)
        assert remind_due() > 0


@pytest.mark.promise("P45")
def test_an_address_that_refused_a_mail_is_asked_about_on_the_page_and_written_to_no_more(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    with app.app_context():
        agree(caro)
        refuse_mail(caro)
        assert [remind_due(), remind_due()] == [1, 0]
        assert reminders() == []
    assert "a mail to you was refused" in caros.get("/account").text
    caros.submit("/account", action="/account/confirm")
    assert "a mail to you was refused" not in caros.get("/account").text
    with app.app_context():
        assert on_day(10) == 0


def test_a_new_address_is_not_blamed_for_the_old_one(app: Flask, caros: ShopClient, caro: Customer) -> None:
    with app.app_context():
        refuse_mail(caro)
        remind_due()
    row = Customer.get_by_id(caro.id)
    row.email = "new@customers.example"
    row.save()
    assert "a mail to you was refused" not in caros.get("/account").text


def test_our_own_trouble_with_a_mail_server_is_not_the_customers(app: Flask, caro: Customer) -> None:
    with app.app_context():
        refuse_mail(caro, "SMTPAuthenticationError")
        assert remind_due() == 0


def keep(customer: Customer, expiry: str = "") -> StoredCard:
    soon = (clock.now() + timedelta(days=32)).date()
    return keep_card(
        customer_id=customer.id,
        gateway_customer=f"c{StoredCard.select().count()}{customer.id}",
        token="t",  # noqa: S106
        brand="Visa",
        last4="1111",
        expiry=expiry or f"{soon:%m/%Y}",
    )


@pytest.mark.promise("P45")
def test_a_card_that_is_about_to_expire_is_named_by_brand_and_last_digits_once(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    with app.app_context():
        agree(caro)
        keep(caro, "12/2099")
        ending = keep(caro)
        assert isinstance(ending.expires_on, date)
        clock.travel(ending.expires_on - clock.now().date() - timedelta(days=20))
        assert [remind_due(), remind_due()] == [1, 0]
        clock.travel(timedelta(0))
        mail = Mail.get(Mail.kind == MailKind.REMINDER)
        assert f"Your Visa ending in 1111 is good until {ending.ends}." in mail.text
        assert Reminder.get().reason == ReminderReason.CARD_ENDS
    assert "Your Visa ending in 1111" in caros.get("/account").text


@pytest.mark.promise("P44")
def test_the_first_page_shows_what_we_know_and_when_it_was_last_called_correct(
    caros: ShopClient, caro: Customer
) -> None:
    page = caros.get("/account").text
    for shown in ("Caro Reed", caro.email, "You last said so on", "Yes, still correct", 'href="/my-data"'):
        assert shown in page


def test_the_first_page_costs_a_fixed_number_of_queries(app: Flask, caros: ShopClient, caro: Customer) -> None:
    counts: list[int] = []
    for _ in range(2):
        keep(caro, f"12/{2090 + len(counts)}")
        caros.get("/account")
        with count_queries() as sent:
            caros.get("/account")
        counts.append(len(sent))
    assert counts == [11, 11]
