"""Staff who forgot their password get a link by mail, and nobody learns from asking who works here; whatever changes in
a sign-in is told to its owner and to the shop's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.access.passwords import set_password
from shop.admin.access.people import deactivate
from shop.admin.access.second_factor import remove_second_factor
from shop.admin.models import Staff, StaffSession
from shop.audit.models import AuditEvent
from shop.outbox.models import Mail
from shop.passwords import verify_password
from shop.vault import preload

from ...support.client import ShopClient
from ...support.desk import PASSWORD, ROBIN, SAM, code_of, give_app, sign_in

pytestmark = pytest.mark.once

ASK, NEW, BETTER = "/admin/password/forgotten", "/admin/password/new", "herons stand on one leg"


def mails() -> list[tuple[str, str]]:
    """To whom and what about, in order."""
    found = list(Mail.select().order_by(Mail.id))
    preload(mail.subject for mail in found)
    return [(str(mail.recipient), str(mail.subject_line)) for mail in found]


def ask(app: Flask, email: str) -> str:
    """What the asker sees."""
    client = ShopClient(app, use_cookies=True)
    answer = client.submit(ASK, action=ASK, email=email)
    return client.get(str(answer.location)).text.split("<main", 1)[1]


def mailed_link() -> str:
    mail = Mail.select().order_by(Mail.id.desc()).first()
    preload([mail.subject])
    found = re.search(r"/admin/password/new\?key=\S+", str(mail.text))
    assert found is not None
    return found[0]


def test_a_link_by_mail_leads_to_a_new_password_and_the_code_is_asked_for_as_ever(
    app: Flask, client: ShopClient, staff: dict[str, Staff]
) -> None:
    sam, phone = staff[SAM], give_app(staff[SAM])
    sign_in(ShopClient(app, use_cookies=True), SAM)
    ask(app, "SAM@fern.example")
    link = mailed_link()
    assert client.get(link).status_code == client.get(link).status_code == 200
    weak = client.submit(link, action=NEW, password="kale")
    assert weak.status_code == 422
    assert client.submit(weak, action=NEW, password=BETTER).location == "/admin/sign-in/code"
    assert StaffSession.select().count() == 0
    done = client.submit("/admin/sign-in/code", action="/admin/sign-in/code", code=code_of(phone))
    assert done.location == "/admin/"
    assert verify_password(Staff.get_by_id(sam.id).password_hash, BETTER)
    assert client.get(link).status_code == 410
    assert mails()[1:] == [
        (SAM, "Your password for the desk was changed"),
        (ROBIN, "The sign-in of Sam Oak was changed"),
    ]
    changed = AuditEvent.get(kind="staff-password-changed")
    assert (changed.actor, changed.details) == (f"staff:{sam.id}", '{"by":"link"}')


def test_asking_tells_nobody_who_works_here(app: Flask, staff: dict[str, Staff]) -> None:
    deactivate(staff_id=staff[SAM].id, by_staff_id=staff[ROBIN].id)
    known, gone, unknown = (ask(app, email) for email in (ROBIN, SAM, "nobody@fern.example"))
    assert known == gone == unknown
    nobody = "Nobody signs in to the desk with this address"
    assert mails() == [
        (ROBIN, "Choose a new password for the desk"),
        (SAM, nobody),
        ("nobody@fern.example", nobody),
    ]


@pytest.mark.parametrize("key", ["", "1", "1.2.3", "x.9999999999.00", f"1.9999999999.{'0' * 64}", "9" * 500])
def test_a_link_that_nobody_was_mailed_leads_nowhere(client: ShopClient, staff: dict[str, Staff], key: str) -> None:
    assert client.get(NEW, query_string={"key": key}).status_code == 410


def test_a_link_ends_with_its_hour_with_the_job_and_with_the_password(
    app: Flask, client: ShopClient, staff: dict[str, Staff]
) -> None:
    robin, sam = staff[ROBIN], staff[SAM]
    ask(app, SAM)
    link = mailed_link()
    clock.travel(timedelta(minutes=61))
    assert client.get(link).status_code == 410
    clock.travel(timedelta(0))
    assert client.get(link).status_code == 200
    with app.app_context():
        set_password(staff=Staff.get_by_id(sam.id), new=BETTER, by="self")
    assert client.get(link).status_code == 410
    ask(app, SAM)
    link = mailed_link()
    with app.app_context():
        deactivate(staff_id=sam.id, by_staff_id=robin.id)
    assert client.get(link).status_code == 410
    assert PASSWORD != BETTER


def test_a_second_factor_that_changes_is_told_to_whose_it_is_and_to_the_owner(
    app: Flask, staff: dict[str, Staff]
) -> None:
    give_app(staff[SAM])
    with app.app_context():
        remove_second_factor(staff=staff[SAM], by=f"staff:{staff[ROBIN].id}")
        set_password(staff=Staff.get_by_id(staff[ROBIN].id), new=BETTER, by="self")
    assert mails() == [
        (SAM, "Your second factor for the desk was taken away"),
        (ROBIN, "The sign-in of Sam Oak was changed"),
        (ROBIN, "Your password for the desk was changed"),
    ]
