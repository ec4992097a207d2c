"""Somebody is forgotten: what was shown goes, what is needed stays with its reason, and the address goes last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shop import clock, vault
from shop.audit.queries import verify
from shop.config import settings
from shop.customers.models import Address, Consent, Customer, CustomerSession, MailedLink
from shop.customers.queries import customer_with
from shop.customers.services.consents import ConsentPurpose, give
from shop.customers.services.sessions import begin_session
from shop.db import open_connection
from shop.orders.models import LockedInvoice, Order, OrderContact, OrderState, Payment, PaymentState
from shop.orders.services.fulfilment import pack_order
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail, MailState
from shop.outbox.services import send_due
from shop.privacy.cases.models import Topic
from shop.privacy.cases.services import close_case, open_case
from shop.privacy.erasing.models import Erasure, ErasureKey, ErasureState, ToldRecipient
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import PlanChanged, TooLate, request_erasure, undo_erasure
from shop.privacy.person import Person, person_of, rows_about, subjects_of
from shop.vault import REMOVED, Source, blind, destroyed_at, rows_with_name

from ..support.customers import CARO
from ..support.mailbox import mails_to, subjects_to
from ..support.till import BUYER


@pytest.fixture
def shop(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        open_connection()
        yield app


@pytest.fixture
def settled(shop: Flask, order: Order) -> Order:
    """A guest's order that was sent long ago."""
    pack_order(order=order, staff_id=1)
    ship_order(order=order, carrier="usps", tracking="9400100000000000000000", staff_id=1)
    finish(order)
    return Order.get_by_id(order.id)


def finish(order: Order) -> None:
    Payment.update(state=PaymentState.SETTLED).where(Payment.order == order.id).execute()
    long_ago = clock.now() - timedelta(days=settings().return_days + 1)
    Order.update(state=OrderState.SHIPPED, shipped_at=long_ago).where(Order.id == order.id).execute()


def fill(customer: Customer) -> None:
    Address.create(
        subject=customer.subject, source=Source.SELF, customer=customer.id, name="Caro Reed", street="9 Heron Row"
    )
    give(customer=customer, purpose=ConsentPurpose.NEWS, source=Source.SELF)
    begin_session(customer=customer)


def ask(person: Person, **more: Any) -> Erasure:
    return request_erasure(person=person, plan_hash=plan_for(person).hash, **more)


def erase(person: Person) -> Erasure:
    """Asked for, and the time to undo it is over."""
    erasure = ask(person)
    clock.travel(timedelta(hours=settings().erase_undo_hours, minutes=1))
    run_due_erasures()
    return Erasure.get_by_id(erasure.id)


def guest(order: Order) -> Person:
    return Person(None, BUYER["email"])


@pytest.mark.promise("P23")
def test_a_customer_is_forgotten_and_only_a_number_and_dates_stay(shop: Flask, caro: Customer) -> None:
    fill(caro)
    person = person_of(caro)
    subjects = subjects_of(person)
    assert erase(person).state == ErasureState.DONE
    left = Customer.get_by_id(caro.id)
    assert (left.email, left.name, left.phone, left.email_index, left.password_hash) == (None, None, None, None, "")
    assert left.closed_at is not None
    assert customer_with(CARO) is None
    assert list(rows_with_name(Customer, "Reed")) == []
    for model in (Address, Consent, CustomerSession, MailedLink, ErasureKey):
        assert model.select().count() == 0, model
    assert [subject for subject in subjects if destroyed_at(subject) is None] == []
    assert verify() is None


@pytest.mark.promise("P12", "P23")
def test_the_receipt_is_the_last_mail_and_the_shop_keeps_no_copy_of_it(shop: Flask, caro: Customer) -> None:
    fill(caro)
    send_due()
    erasure = erase(person_of(caro))
    assert subjects_to(CARO) == ["Your data is removed"]
    (receipt,) = mails_to(CARO)
    assert "1 order" not in receipt.text
    assert send_due() == 1
    assert [mail for mail in Mail.select() if mail.recipient not in (None, REMOVED)] == []
    assert {mail.state for mail in Mail.select()} <= {MailState.SENT, MailState.WITHDRAWN}
    assert Erasure.get_by_id(erasure.id).email is None
    assert destroyed_at(erasure.subject) is not None


@pytest.mark.promise("P23")
def test_a_second_run_does_nothing(shop: Flask, caro: Customer, settled: Order) -> None:
    Order.update(customer=caro.id).execute()
    erase(person_of(caro))
    before = {model: list(model.select().dicts()) for model in (Order, Erasure, Mail, Customer, LockedInvoice)}
    assert run_due_erasures() == 0
    assert {model: list(model.select().dicts()) for model in before} == before


@pytest.mark.promise("P23")
def test_nothing_goes_before_the_time_to_undo_is_over(shop: Flask, caro: Customer) -> None:
    fill(caro)
    erasure = ask(person_of(caro))
    clock.travel(timedelta(hours=settings().erase_undo_hours, minutes=-1))
    assert run_due_erasures() == 0
    assert Customer.get_by_id(caro.id).email == CARO
    assert undo_erasure(erasure=erasure)
    assert not undo_erasure(erasure=erasure)
    clock.travel(timedelta(days=30))
    assert run_due_erasures() == 0
    assert Address.get().street == "9 Heron Row"
    assert subjects_to(CARO)[-1] == "Your data stays"
    assert Erasure.get().email is None


def test_once_it_has_begun_it_cannot_be_undone(shop: Flask, caro: Customer) -> None:
    erasure = erase(person_of(caro))
    with pytest.raises(TooLate):
        undo_erasure(erasure=erasure)


@pytest.mark.promise("P23")
def test_only_the_plan_that_was_shown_is_taken(shop: Flask, caro: Customer) -> None:
    shown = plan_for(person_of(caro)).hash
    fill(caro)
    with pytest.raises(PlanChanged) as changed:
        request_erasure(person=person_of(caro), plan_hash=shown)
    assert "1 address" in [entry.what for entry in changed.value.plan.goes]
    assert Erasure.select().count() == 0


def test_the_plan_is_the_same_after_a_sign_in_or_a_mail(shop: Flask, caro: Customer) -> None:
    before = plan_for(person_of(caro)).hash
    begin_session(customer=caro)
    give(customer=caro, purpose=ConsentPurpose.NEWS, source=Source.SELF)
    assert plan_for(person_of(caro)).hash == before


@pytest.mark.promise("P23")
def test_something_new_stops_the_run_and_the_person_is_told(shop: Flask, caro: Customer) -> None:
    erasure = ask(person_of(caro))
    fill(caro)
    clock.travel(timedelta(hours=settings().erase_undo_hours, minutes=1))
    assert run_due_erasures() == 0
    assert Erasure.get_by_id(erasure.id).state == ErasureState.STOPPED
    assert Address.get().street == "9 Heron Row"
    assert Customer.get_by_id(caro.id).closed_at is None
    assert subjects_to(CARO)[-1] == "We have not removed your data yet"


def test_asking_twice_asks_once(shop: Flask, caro: Customer) -> None:
    assert ask(person_of(caro)) == ask(person_of(caro))
    assert Erasure.select().count() == 1


@pytest.mark.promise("P20", "P23")
def test_past_orders_are_deactivated_and_their_figures_stay(shop: Flask, settled: Order) -> None:
    person = guest(settled)
    plan = plan_for(person)
    assert [entry.what[:17] for entry in plan.goes][-1] == "Who placed order "
    assert plan.stays[-1].until == settled.placed_at + timedelta(days=settings().keep_order_days)
    assert erase(person).state == ErasureState.DONE
    left = Order.get_by_id(settled.id)
    assert (left.total_cents, left.state) == (settled.total_cents, OrderState.SHIPPED)
    assert left.deactivated_at is not None
    assert OrderContact.select().count() == 0
    assert {model.__name__: len(rows) for model, rows in rows_about(person).items() if rows} == {"Mail": 1}


def test_an_open_order_keeps_what_it_needs_and_the_rest_goes_at_once(shop: Flask, caro: Customer, order: Order) -> None:
    fill(caro)
    Order.update(customer=caro.id).execute()
    OrderContact.update(email_index=blind("email", CARO)).execute()
    plan = plan_for(person_of(caro))
    assert "not with you yet" in plan.stays[0].why
    erasure = erase(person_of(caro))
    assert erasure.state == ErasureState.RUNNING
    assert (OrderContact.get().delivery_name, Address.select().count()) == ("Ada Lovelace", 0)
    assert Customer.get_by_id(caro.id).email is None
    assert subjects_to(CARO) == []
    assert [mail.state for mail in Mail.select().where(Mail.about_kind == "order")] == [MailState.QUEUED]
    assert ToldRecipient.select().count() == 0
    finish(order)
    assert run_due_erasures() == 1
    assert Erasure.get_by_id(erasure.id).state == ErasureState.DONE
    assert OrderContact.select().count() == 0
    assert subjects_to(CARO) == ["Your data is removed"]


def test_an_open_case_holds_what_it_needs_until_it_is_closed(shop: Flask, caro: Customer) -> None:
    fill(caro)
    case = open_case(topic=Topic.COMPLAINT, email=CARO, text="The herons were late.")
    assert "It is open" in plan_for(person_of(caro)).stays[0].why
    erasure = erase(person_of(caro))
    assert (erasure.state, type(case).get_by_id(case.id).text) == (ErasureState.RUNNING, "The herons were late.")
    close_case(case=case, staff_id=1)
    assert run_due_erasures() == 1
    assert type(case).select().count() == 0
    assert destroyed_at(case.subject) is not None


def test_whoever_got_the_address_must_be_told(shop: Flask, settled: Order) -> None:
    erase(guest(settled))
    (task,) = ToldRecipient.select()
    assert (task.recipient, task.who, task.reference) == ("carrier", "usps", "9400100000000000000000")


def test_two_people_are_not_mixed_up(shop: Flask, caro: Customer, dan: Customer, settled: Order) -> None:
    fill(caro)
    fill(dan)
    erase(person_of(caro))
    assert customer_with(str(dan.email)) == dan
    assert (Address.get().customer_id, OrderContact.get().email) == (dan.id, BUYER["email"])
    assert vault.expiry_of(OrderContact.get().subject) is not None
