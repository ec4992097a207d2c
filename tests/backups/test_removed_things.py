"""What was taken away one by one, or taken back, since a backup was made does not come back with it; nor do mails leave
a second time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.addresses import Address as Postal
from shop.admin.access import people
from shop.admin.access.passwords import set_password
from shop.admin.access.second_factor import authenticator_of, remove_second_factor
from shop.admin.access.sessions import begin_session
from shop.admin.models import Role, Staff, StaffSession
from shop.backups import running
from shop.backups.models import BackupKind
from shop.customers.consents import ConsentPurpose
from shop.customers.models import Address, AddressUse, Consent, Customer, CustomerNote
from shop.customers.queries import default_address
from shop.customers.services.addresses import add_address, remove_address
from shop.customers.services.consents import give, has_consent, withdraw
from shop.customers.services.notes import remove_note, write_note
from shop.customers.services.passwords import change_password
from shop.customers.services.profile import change_field
from shop.db import open_connection
from shop.ops import settling
from shop.orders.models import OrderContact
from shop.outbox.models import Mail, MailState
from shop.outbox.services import send_again, send_due
from shop.payments.models import StoredCard
from shop.payments.services.cards import forget_cards, keep_card, remove_card
from shop.privacy.erasing.models import OPEN, Erasure, ErasureState
from shop.privacy.erasing.one_thing import one_thing
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import request_erasure, undo_erasure
from shop.privacy.person import Person, person_of
from shop.privacy.retention import forget_expired
from shop.vault import Source, keep_up, ledger, note_removal, rows_with_name
from shop.vault.models import Removal

from ..support.customers import CARO, PASSWORD, make_customer
from ..support.desk import give_app, make_staff
from ..support.past import past_order
from .test_restoring import back_up_both, put_back, start, wipe

HOME = Postal(name="Caro Reed", street="9 Heron Row", city="Los Angeles", region="CA", postcode="90012", country="US")
WORK = Postal(name="Caro Reed", street="1 Quay", city="Los Angeles", region="CA", postcode="90012", country="US")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    open_connection()
    with app.app_context():
        yield
    running.release()


@pytest.fixture
def customer(app: Flask) -> Customer:
    found = make_customer(CARO, "Caro Reed", password=PASSWORD)
    change_field(customer=found, column="phone", value="+12135550134", source=Source.SELF, by=f"customer:{found.id}")
    return Customer.get_by_id(found.id)


def by(customer: Customer) -> str:
    return f"customer:{customer.id}"


def card_of(customer: Customer) -> StoredCard:
    give(customer=customer, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    return keep_card(
        customer_id=customer.id, gateway_customer="c1", token="t1", brand="Visa", last4="1111", expiry="12/2031"
    )


@pytest.mark.promise("P13")
@pytest.mark.promise("P22")
def test_what_was_removed_since_stays_removed(customer: Customer) -> None:
    home = add_address(customer=customer, postal=HOME, source=Source.SELF, by=by(customer))
    work = add_address(customer=customer, postal=WORK, source=Source.SELF, by=by(customer))
    note = write_note(customer=customer, text="Calls after six", staff_id=1)
    order = past_order(CARO, customer=customer)
    give(customer=customer, purpose=ConsentPurpose.NEWS, source=Source.SELF)
    card = card_of(customer)
    data, _ = back_up_both()

    contact = OrderContact.get(OrderContact.order == order.id)
    remove_address(address=home, by=by(customer))
    remove_note(note=note, staff_id=1)
    for column in ("phone", "name"):
        change_field(customer=customer, column=column, value=None, source=Source.SELF, by=by(customer))
    taken = one_thing(person_of(customer), "order_contact", contact.id, "phone")
    assert taken is not None
    assert taken.remove is not None
    taken.remove()
    withdraw(customer=customer, purpose=ConsentPurpose.NEWS, source=Source.SELF)
    remove_card(card=card)

    wipe(BackupKind.DATA)
    done = put_back(data)
    assert (done.settled.problem, done.settled.again) == ("", 7)
    start()
    after = Customer.get_by_id(customer.id)
    assert (after.name, after.phone, after.phone_index, after.email) == (None, None, None, CARO)
    assert not rows_with_name(Customer, "caro").exists()
    assert [row.id for row in Address.select()] == [work.id]
    assert all(default_address(after, use).id == work.id for use in AddressUse)  # type: ignore[union-attr]
    assert CustomerNote.select().count() == 0
    assert OrderContact.get_by_id(contact.id).phone is None
    assert not has_consent(customer.id, ConsentPurpose.NEWS)
    assert has_consent(customer.id, ConsentPurpose.SAVED_CARD)
    assert Consent.select().order_by(Consent.id.desc()).get().source == Source.SHOP
    assert StoredCard.get_by_id(card.id).removed_at is not None


def test_a_consent_to_keep_cards_that_was_taken_back_takes_the_cards_along(customer: Customer) -> None:
    card = card_of(customer)
    data, _ = back_up_both()
    forget_cards(customer_id=customer.id)
    withdraw(customer=customer, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    wipe(BackupKind.DATA)
    put_back(data)
    start()
    assert not has_consent(customer.id, ConsentPurpose.SAVED_CARD)
    assert StoredCard.get_by_id(card.id).removed_at is not None


def test_a_password_that_was_replaced_opens_nothing(customer: Customer) -> None:
    data, _ = back_up_both()
    change_password(customer=customer, current=PASSWORD, new="otters like cold rivers", session=None)
    wipe(BackupKind.DATA)
    put_back(data)
    start()
    assert Customer.get_by_id(customer.id).password_hash == ""


def test_what_was_given_anew_before_the_backup_is_left_alone(customer: Customer) -> None:
    for purpose in (ConsentPurpose.NEWS, ConsentPurpose.REMINDERS):
        give(customer=customer, purpose=purpose, source=Source.SELF)
        withdraw(customer=customer, purpose=purpose, source=Source.SELF)
    give(customer=customer, purpose=ConsentPurpose.NEWS, source=Source.SELF)
    change_field(customer=customer, column="phone", value=None, source=Source.SELF, by=by(customer))
    change_field(customer=customer, column="phone", value="+12135550199", source=Source.SELF, by=by(customer))
    data, _ = back_up_both()
    wipe(BackupKind.DATA)
    assert put_back(data).settled.again == 0
    start()
    assert has_consent(customer.id, ConsentPurpose.NEWS)
    assert not has_consent(customer.id, ConsentPurpose.REMINDERS)
    assert Customer.get_by_id(customer.id).phone == "+12135550199"


def test_starting_again_removes_nothing_twice(customer: Customer) -> None:
    data, _ = back_up_both()
    change_field(customer=customer, column="phone", value=None, source=Source.SELF, by=by(customer))
    wipe(BackupKind.DATA)
    put_back(data)
    start()
    change_field(customer=customer, column="phone", value="+12135550199", source=Source.SELF, by=by(customer))
    running.release()
    start()
    assert Customer.get_by_id(customer.id).phone == "+12135550199"


def test_the_ledger_holds_ids_and_codes_alone_and_the_worker_writes_what_it_lacks(customer: Customer) -> None:
    with ledger.opened() as file:
        before = file.path.read_bytes() if file.exists() else b""
    note_removal("customer", customer.id, "phone")
    with ledger.opened() as file:
        noted = file.path.read_bytes().removeprefix(before).decode()
        assert f"=customer:{customer.id}:phone " in noted
        file.path.unlink()
        file.start(before=ledger.Mark(), since=clock.now() - timedelta(days=400))
    keep_up()
    with ledger.opened() as file:
        assert f"=customer:{customer.id}:phone " in file.path.read_text()
    assert Removal.select().count() == 1
    with pytest.raises(KeyError):
        note_removal("no-such-thing", 1)


@pytest.mark.promise("P13")
def test_mails_that_waited_in_the_backup_do_not_leave_a_second_time(customer: Customer) -> None:
    order = past_order(CARO, customer=customer)
    data, _ = back_up_both()
    assert send_due() > 0
    wipe(BackupKind.DATA)
    done = put_back(data)
    said = "\n".join(settling.in_words(done.settled))
    assert f"order shipped, order {order.number}" in said
    assert CARO not in said
    start()
    assert send_due() == 0
    mail = Mail.get(Mail.about_kind == "order")
    assert (mail.state, mail.error) == (MailState.FAILED, "Restored")
    send_again(mail=mail)
    assert send_due() == 1


@pytest.mark.promise("P23")
def test_a_wish_to_be_forgotten_is_not_lost_and_one_that_was_taken_back_is(customer: Customer) -> None:
    guests_order, another = past_order("wren@guests.example"), make_customer("dan@customers.example", "Dan Moss")
    data, _ = back_up_both()
    people = [person_of(customer), Person(None, "wren@guests.example"), person_of(another)]
    wished = [request_erasure(person=each, plan_hash=plan_for(each).hash) for each in people]
    undo_erasure(erasure=wished[2])
    wipe(BackupKind.DATA)
    put_back(data)
    start()
    open_now = list(Erasure.select().where(Erasure.state == ErasureState.REQUESTED).order_by(Erasure.id))
    assert [(each.customer_id, each.email) for each in open_now] == [(customer.id, CARO), (None, "wren@guests.example")]
    assert all(each.due_at > clock.now() + timedelta(hours=1) for each in open_now)
    assert f"order:{guests_order.id}" in open_now[1].things
    Erasure.update(due_at=clock.now() - timedelta(minutes=1)).where(Erasure.state == ErasureState.REQUESTED).execute()
    assert run_due_erasures() == 2
    assert Customer.get_by_id(customer.id).email is None
    assert Customer.get_by_id(another.id).email == "dan@customers.example"


@pytest.mark.promise("P23")
def test_an_erasure_that_was_carried_out_since_is_not_begun_again_for_nobody(customer: Customer) -> None:
    past_order(CARO, customer=customer)
    person = person_of(customer)
    request_erasure(person=person, plan_hash=plan_for(person).hash)
    data, _ = back_up_both()
    Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
    assert run_due_erasures() == 1
    wipe(BackupKind.DATA)
    put_back(data)
    start()
    Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
    forget_expired()
    run_due_erasures()
    assert Erasure.select().where(Erasure.state.in_(OPEN)).count() == 0
    assert OrderContact.select().count() == 0
    assert Customer.get_by_id(customer.id).closed_at is not None
    assert Mail.select().where(Mail.state == MailState.QUEUED).count() == 0


def test_nor_is_one_that_was_taken_back(customer: Customer) -> None:
    past_order("wren@guests.example")
    people = [person_of(customer), Person(None, "wren@guests.example")]
    wished = [request_erasure(person=each, plan_hash=plan_for(each).hash) for each in people]
    data, _ = back_up_both()
    for erasure in wished:
        undo_erasure(erasure=erasure)
    wipe(BackupKind.DATA)
    put_back(data)
    start()
    Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
    forget_expired()
    assert run_due_erasures() == 0
    assert {each.state for each in Erasure.select()} == {ErasureState.UNDONE}
    assert Customer.get_by_id(customer.id).email == CARO
    assert OrderContact.get().email == "wren@guests.example"


def test_who_was_let_go_since_stays_out_and_what_they_knew_opens_nothing() -> None:
    owner, gone, back, less, careful = (
        make_staff(f"{name}@fern.example", name, Role.OWNER if name == "robin" else Role.STAFF)
        for name in ("robin", "gone", "back", "less", "careful")
    )
    give_app(careful)
    begin_session(staff=gone, is_proven=True)
    data, _ = back_up_both()
    people.deactivate(staff_id=gone.id, by_staff_id=owner.id)
    people.deactivate(staff_id=back.id, by_staff_id=owner.id)
    people.reactivate(staff_id=back.id, by_staff_id=owner.id)
    people.change_role(staff_id=less.id, role=Role.AUDITOR, since=None, until=None, by_staff_id=owner.id)
    set_password(staff=careful, new="herons stand on one leg", by="self")
    remove_second_factor(staff=careful, by=f"staff:{owner.id}")
    wipe(BackupKind.DATA)
    assert put_back(data).settled.problem == ""
    start()
    assert {row.id: row.is_active for row in Staff.select()} == {
        each.id: each.id != gone.id for each in (owner, gone, back, less, careful)
    }
    assert Staff.get_by_id(less.id).role == Role.AUDITOR
    assert Staff.get_by_id(careful.id).password_hash == ""
    assert authenticator_of(careful.id) is None
    assert StaffSession.select().count() == 0
