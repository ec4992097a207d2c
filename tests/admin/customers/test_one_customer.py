"""One customer's page at the desk: behind a reason, whole, and changed only at the customer's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.customers.consents import QUESTIONS, ConsentPurpose
from shop.customers.models import Address, Consent, Customer, CustomerNote
from shop.customers.services.consents import give, has_consent
from shop.outbox.models import Mail
from shop.privacy.cases.models import Topic
from shop.privacy.cases.services import open_case
from shop.privacy.person import person_of, rows_about
from shop.vault import Source
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, as_customer
from tests.support.desk import ROBIN, SAM
from tests.support.past import past_order
from tests.support.queries import count_queries

pytestmark = pytest.mark.once

NEW_ADDRESS = {"name": "Caro Reed", "street": "1 New Row", "city": "Los Angeles", "postcode": "90012", "region": "CA"}


def page_of(customer: Customer) -> str:
    return f"/admin/customers/{customer.id}"


def mails() -> list[Mail]:
    return list(Mail.select().where(Mail.about_kind == "customer").order_by(Mail.id))


def newest_event(kind: str) -> AuditEvent:
    found: AuditEvent = AuditEvent.select().where(AuditEvent.kind == kind).order_by(AuditEvent.number.desc()).get()
    return found


@pytest.mark.promise("P46")
def test_it_opens_with_a_reason_alone(sam: ShopClient, caro: Customer) -> None:
    answer = sam.get(page_of(caro))
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, f"/admin/reason/customer/{caro.id}")
    for change in ("/profile/name", "/email", "/addresses/new", "/consents/news"):
        assert sam.get(page_of(caro) + change).location.startswith("/admin/reason/customer/")


def test_all_of_it_stands_on_one_page(app: Flask, robin: ShopClient, known: Customer) -> None:
    with app.app_context():
        open_case(topic=Topic.SEE, email=CARO, text="What do you hold?")
        give(customer=known, purpose=ConsentPurpose.NEWS, source=Source.SELF)
    page = robin.get(page_of(known)).text
    for said in ("Caro Reed", CARO, "9 Heron Row", "News by e-mail", "Agreed", "See what you hold about me"):
        assert said in page
    assert "Opened their page" in page or "opened" in page.lower()
    assert "Remove everything" in page or "remove everything" in page


def test_it_costs_as_many_queries_with_many_orders_as_with_one(app: Flask, robin: ShopClient, known: Customer) -> None:
    def count() -> int:
        with count_queries() as sent:
            assert robin.get(page_of(known)).status_code == 200
        return len(sent)

    count()
    before = count()
    with app.app_context():
        for _ in range(12):
            past_order(CARO, customer=known)
    assert count() == before
    page = robin.get(page_of(known)).text
    assert page.count('class="table__main"') == 10
    assert "?orders=" in page


@pytest.mark.promise("P36")
def test_a_value_told_by_phone_says_so_everywhere_and_the_mail_holds_neither_value(
    app: Flask, sam: ShopClient, known: Customer, staff: dict[str, Staff]
) -> None:
    path = f"{page_of(known)}/profile/name"
    refused = sam.submit(path, action=path, name="Caro Rushes")
    assert refused.status_code == 422
    assert "Choose how you were told" in refused.text
    answer = sam.submit(path, action=path, name="Caro Rushes", told="phone")
    assert (answer.status_code, answer.location) == (303, page_of(known))
    with app.app_context():
        changed = Customer.get_by_id(known.id)
        assert (changed.name, changed.source) == ("Caro Rushes", Source.STAFF_BY_PHONE)
        event = newest_event("customer-changed")
        assert (event.actor, event.details) == (f"staff:{staff[SAM].id}", '{"field":"name","source":"staff_by_phone"}')
        (mail,) = mails()
        assert mail.recipient == CARO
        assert "your name" in str(mail.text)
        assert "Rushes" not in f"{mail.text}{mail.html}"
        assert "Reed" not in f"{mail.text}{mail.html}"
        client = as_customer(ShopClient(app, use_cookies=True), changed)
    assert "You told it to our staff by phone." in client.get("/my-data").text


def test_saving_what_stood_there_already_tells_nobody(app: Flask, sam: ShopClient, known: Customer) -> None:
    path = f"{page_of(known)}/profile/name"
    sam.submit(path, action=path, told="letter")
    with app.app_context():
        assert mails() == []


def test_a_value_that_was_changed_meanwhile_is_not_written_over(app: Flask, sam: ShopClient, known: Customer) -> None:
    path = f"{page_of(known)}/profile/phone"
    shown = sam.get(path)
    known.phone = "+12135550177"
    known.save()
    answer = sam.submit(shown, action=path, phone="213 555 0188", told="phone")
    assert answer.status_code == 409
    assert "5550188" in answer.text
    with app.app_context():
        assert Customer.get_by_id(known.id).phone == "+12135550177"


def test_addresses_are_added_changed_and_removed_at_the_customers_word(
    app: Flask, sam: ShopClient, known: Customer
) -> None:
    new = f"{page_of(known)}/addresses/new"
    assert sam.submit(new, action=new, **NEW_ADDRESS).status_code == 422
    assert sam.submit(new, action=new, told="in-shop", **NEW_ADDRESS).status_code == 303
    with app.app_context():
        added = Address.select().order_by(Address.id.desc()).get()
        assert (added.street, added.source) == ("1 New Row", Source.IN_SHOP)
    one = f"{page_of(known)}/addresses/{added.id}"
    assert sam.submit(one, action=one, street="2 New Row", told="letter").status_code == 303
    away = f"{one}/removal"
    assert sam.submit(away, action=away).status_code == 422
    with app.app_context():
        assert (Address.get_by_id(added.id).street, Address.get_by_id(added.id).source) == ("2 New Row", Source.LETTER)
    assert sam.submit(away, action=away, told="phone").status_code == 303
    with app.app_context():
        assert Address.get_or_none(Address.id == added.id) is None
        assert len(mails()) == 3
        assert "New Row" not in "".join(str(mail.text) for mail in mails())


def test_another_customers_address_is_not_to_be_had_through_this_one(
    sam: ShopClient, known: Customer, dan: Customer
) -> None:
    foreign = Address.create(
        subject=dan.subject, source=Source.SELF, customer=dan.id, name="Dan Moss", street="1 Otter Lane"
    )
    for path in ("", "/removal"):
        assert sam.get(f"{page_of(known)}/addresses/{foreign.id}{path}").status_code == 404


def test_another_e_mail_counts_once_its_mailbox_has_answered(app: Flask, sam: ShopClient, known: Customer) -> None:
    path = f"{page_of(known)}/email"
    assert sam.submit(path, action=path, email=CARO, told="phone").status_code == 422
    assert sam.submit(path, action=path, email="caro@elsewhere.example", told="phone").status_code == 303
    with app.app_context():
        assert Customer.get_by_id(known.id).email == CARO
        assert [mail.recipient for mail in mails()] == ["caro@elsewhere.example", CARO]
        assert newest_event("customer-link-mailed").actor.startswith("staff:")


@pytest.mark.promise("P36")
def test_a_consent_is_given_only_to_words_that_were_read_out(app: Flask, sam: ShopClient, known: Customer) -> None:
    path = f"{page_of(known)}/consents/news"
    assert QUESTIONS[ConsentPurpose.NEWS].text in sam.get(path).text
    assert sam.submit(path, action=path, told="phone").status_code == 422
    assert sam.submit(path, action=path, read_out="y").status_code == 422
    with app.app_context():
        assert Consent.select().count() == 0
    assert sam.submit(path, action=path, told="phone", read_out="y").status_code == 303
    with app.app_context():
        consent = Consent.get()
        assert (consent.is_given, consent.source) == (True, Source.STAFF_BY_PHONE)
        assert consent.text == QUESTIONS[ConsentPurpose.NEWS].text
        (receipt,) = mails()
        assert "told us so by phone" in " ".join(str(receipt.text).split())
    assert sam.submit(path, action=path, told="letter").status_code == 303
    with app.app_context():
        assert not has_consent(known.id, ConsentPurpose.NEWS)
        assert newest_event("consent-withdrawn").details == '{"purpose":"news","source":"letter"}'


@pytest.mark.promise("P44")
def test_still_correct_is_noted_by_phone_and_sets_the_date_alone(app: Flask, sam: ShopClient, known: Customer) -> None:
    long_ago = clock.now() - timedelta(days=400)
    Customer.update(confirmed_at=long_ago).where(Customer.id == known.id).execute()
    path = f"{page_of(known)}/confirmation"
    assert sam.submit(page_of(known), action=path).status_code == 422
    assert sam.submit(page_of(known), action=path, told="phone").status_code == 303
    with app.app_context():
        after = Customer.get_by_id(known.id)
        assert after.confirmed_at > long_ago
        assert (after.name, after.source) == ("Caro Reed", Source.SELF)
        assert mails() == []


def test_a_note_is_read_by_whom_it_is_about_and_goes_with_them(
    app: Flask, robin: ShopClient, robin_htmx: HtmxClient, known: Customer, staff: dict[str, Staff]
) -> None:
    path = f"{page_of(known)}/notes"
    assert robin.submit(page_of(known), action=path, text=" ").status_code == 422
    assert robin.submit(page_of(known), action=path, text="Prefers <b>calls</b> after six.").status_code == 303
    with app.app_context():
        note = CustomerNote.get()
        assert (note.staff_id, note.subject) == (staff[ROBIN].id, known.subject)
        assert note in rows_about(person_of(known))[CustomerNote]
        client = as_customer(ShopClient(app, use_cookies=True), known)
    assert "Prefers &lt;b&gt;calls&lt;/b&gt; after six." in client.get("/my-data").text
    page = robin_htmx.get(page_of(known))
    away = f"{path}/{note.id}/remove"
    answer = robin_htmx.submit(page, action=away)
    assert answer.status_code == 200
    assert "Prefers" not in answer.text
    with app.app_context():
        assert CustomerNote.select().count() == 0


def test_nothing_is_changed_for_whom_the_account_was_closed(app: Flask, robin: ShopClient, known: Customer) -> None:
    gone = {"closed_at": clock.now(), "email": None, "name": None, "phone": None}
    Customer.update(gone).where(Customer.id == known.id).execute()
    page = robin.get(page_of(known))
    assert page.status_code == 200
    assert "This account was removed" in page.text
    assert robin.get(f"{page_of(known)}/profile/name").status_code == 404
    assert robin.get(f"{page_of(known)}/erasure").status_code == 404
