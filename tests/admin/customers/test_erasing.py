"""Somebody asks by letter or in the shop to be forgotten: the desk shows them what goes, and the same run follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.looks import give_reason
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.customers.models import Customer
from shop.orders.models import Order, OrderContact
from shop.outbox.models import Mail
from shop.privacy.erasing.models import Erasure, ErasureState
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.look_reasons import LookReason
from shop.privacy.models import Proof
from shop.vault import Source
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO
from tests.support.desk import ROBIN
from tests.support.past import past_order

GUEST = "wren@guests.example"


def path_of(customer: Customer) -> str:
    return f"/admin/customers/{customer.id}/erasure"


@pytest.mark.promise("P54")
@pytest.mark.promise("P23")
def test_a_letter_is_answered_by_the_same_run(
    app: Flask, robin: ShopClient, known: Customer, staff: dict[str, Staff]
) -> None:
    path = path_of(known)
    shown = robin.get(path)
    for said in ("1 address", "Your account", "Cannot be removed", "Backups"):
        assert said in shown.text
    assert robin.submit(shown, action=path, told="letter").status_code == 422
    answer = robin.submit(shown, action=path, told="letter", proof="signature")
    assert (answer.status_code, answer.location) == (303, f"/admin/customers/{known.id}")
    with app.app_context():
        erasure = Erasure.get()
        assert (erasure.state, erasure.source, erasure.proof) == (
            ErasureState.REQUESTED,
            Source.LETTER,
            Proof.SIGNATURE,
        )
        event = AuditEvent.get(AuditEvent.kind == "erasure-requested")
        assert event.actor == f"staff:{staff[ROBIN].id}"
        assert event.details == '{"proof":"signature","source":"letter"}'
        mail = Mail.get(Mail.about_kind == "erasure")
        assert mail.recipient == CARO
        assert "/my-data/erase/undo?key=" in str(mail.text)
        Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
        assert run_due_erasures() == 1
        assert Customer.get_by_id(known.id).email is None
        assert Mail.get(Mail.key == f"erasure-done:{erasure.id}").is_last
    page = robin.get(f"/admin/customers/{known.id}").text
    assert "This account was removed" in page
    assert CARO not in page


def test_nothing_goes_that_was_not_shown(app: Flask, robin: ShopClient, known: Customer) -> None:
    shown = robin.get(path_of(known))
    with app.app_context():
        past_order(CARO, customer=known)
    answer = robin.submit(shown, action=path_of(known), told="in-shop", proof="document")
    assert answer.status_code == 409
    assert "Something changed" in answer.text
    assert robin.submit(answer, action=path_of(known)).status_code == 303


def test_they_may_change_their_mind_at_the_desk_too(
    app: Flask, robin: ShopClient, robin_htmx: HtmxClient, known: Customer
) -> None:
    robin_htmx.submit(path_of(known), action=path_of(known), told="in-shop", proof="document")
    assert robin.get(path_of(known)).status_code == 303
    answer = robin.submit(f"/admin/customers/{known.id}", action=f"{path_of(known)}/undo")
    assert answer.status_code == 303
    with app.app_context():
        assert Erasure.get().state == ErasureState.UNDONE
        assert AuditEvent.get(AuditEvent.kind == "erasure-undone").actor.startswith("staff:")
    assert robin.get(path_of(known)).status_code == 200


@pytest.mark.promise("P54")
def test_a_guest_is_forgotten_at_the_desk_as_well(app: Flask, robin: ShopClient, staff: dict[str, Staff]) -> None:
    with app.app_context():
        first, second = past_order(GUEST), past_order(GUEST)
        give_reason(staff_id=staff[ROBIN].id, about=("order", second.id), customer_id=None, reason=LookReason.ASKED)
    page = robin.get(f"/admin/guests/{second.number}").text
    assert GUEST in page
    assert first.number in page
    path = f"/admin/guests/{second.number}/erasure"
    assert robin.submit(path, action=path, told="letter", proof="knows-order").status_code == 303
    assert robin.submit(f"/admin/guests/{second.number}", action=f"{path}/undo").status_code == 303
    assert robin.submit(path, action=path, told="letter", proof="knows-order").status_code == 303
    with app.app_context():
        Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
        assert run_due_erasures() == 1
        assert OrderContact.select().count() == 0
        assert Order.select().where(Order.deactivated_at.is_null()).count() == 0
    assert robin.get(f"/admin/guests/{second.number}").status_code == 404


def test_who_packs_removes_nobody(sam: ShopClient, known: Customer) -> None:
    assert sam.get(path_of(known)).status_code == 403
    assert "erasure" not in sam.get(f"/admin/customers/{known.id}").text
