"""The worker's part: carry out what was shown, one step after the other.

Each step may be cut off anywhere and is done again by the next run; doing it twice changes nothing. Keys are noted as
rows before anything that leads to them goes, and those rows go last.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ... import clock
from ...audit.services import record
from ...customers.models import Customer, CustomerSession
from ...db import db
from ...in_turn import in_turn
from ...orders.models import LockedInvoice, Order, OrderContact
from ...orders.services.deactivating import deactivate, finish_deactivating
from ...orders.unfinished import unfinished
from ...outbox.models import MailKind
from ...outbox.services import (
    forget_mails_about,
    forget_mails_sealed_for,
    forget_mails_to,
    keep_no_copy,
    queue_mail,
    render_mail,
)
from ...paper.services import hasten
from ...payments.models import StoredCard
from ...payments.services.cards import forget_cards
from ...vault import REMOVED, destroy_subjects, expiry_of
from ...vault.fields import sealed_models
from ..cases.models import Case
from ..person import Person
from .backups import remains_now
from .belongings import APART, belongings_of, plain_tables
from .dormancy import came_back
from .models import Cause, Erasure, ErasureKey, ErasureState
from .plan import plan_for
from .queries import due_erasures, ended_with_address
from .services import forget_address, undo_erasure, write
from .telling import note_recipients
from .wishes import KEPT, note_wish


def run_due_erasures() -> int:
    """Carry out every erasure that is due, as far as it goes; how many were finished."""
    finish_deactivating()
    for ended in list(ended_with_address()):
        forget_address(ended)
    return in_turn(_run, list(due_erasures()))


def _run(erasure: Erasure) -> bool:
    if erasure.state == ErasureState.REQUESTED and not _begin(erasure):
        return False
    for number, step in enumerate(STEPS):
        if number >= erasure.step:
            step(erasure)
            Erasure.update(step=number + 1).where(Erasure.id == erasure.id).execute()
    return _complete(erasure)


def _begin(erasure: Erasure) -> bool:
    """Close the account and note all that goes. False when it was begun already, or something new must be shown."""
    person = person_of_erasure(erasure)
    plan, found = plan_for(person), belongings_of(person)
    if not _has_address(erasure):
        if _is_taken_back(erasure):
            _note_taken_back(erasure)
            return False
    elif erasure.cause == Cause.ASKED and plan.things - erasure.things:
        _stop(erasure)
        return False
    if erasure.cause == Cause.DORMANT and erasure.customer and came_back(erasure.customer):
        undo_erasure(erasure=erasure)
        return False
    waiting = (Erasure.id == erasure.id) & (Erasure.state == ErasureState.REQUESTED)
    begun = {"state": ErasureState.RUNNING, "started_at": clock.now(), "shown": json.dumps(sorted(plan.things))}
    with db.atomic():
        if not Erasure.update(**begun).where(waiting).execute():
            return False
        for key in sorted(found.subjects()):
            ErasureKey.insert(erasure=erasure.id, key=key).on_conflict_ignore().execute()
        if erasure.customer_id is not None:
            Customer.update(closed_at=clock.now()).where(Customer.id == erasure.customer_id).execute()
            CustomerSession.delete().where(CustomerSession.customer == erasure.customer_id).execute()
        record("erasure-begun", actor="shop", about=("erasure", erasure.id))
    for name, value in begun.items():
        setattr(erasure, name, value)
    return True


def person_of_erasure(erasure: Erasure) -> Person:
    """Whose it is, though their account may know its address no more."""
    return Person(erasure.customer, str(erasure.email))


def _has_address(erasure: Erasure) -> bool:
    """False for one that came to its end after the backup was made that these data are restored from."""
    return erasure.email is not None and erasure.email is not REMOVED


def _is_taken_back(erasure: Erasure) -> bool:
    """Of one without an address: had it been carried out, nothing of theirs could be read any more."""
    rows: list[Any] = list(OrderContact.select().where(OrderContact.order.in_(erasure.ids_of("order"))))
    rows += [erasure.customer] if erasure.customer_id is not None else []
    return any(row.email is not None and row.email is not REMOVED for row in rows)


def _note_taken_back(erasure: Erasure) -> None:
    Erasure.update(state=ErasureState.UNDONE, ended_at=clock.now()).where(Erasure.id == erasure.id).execute()


def _stop(erasure: Erasure) -> None:
    """Nothing goes that was not shown: they are told, and may look and confirm again."""
    waiting = (Erasure.id == erasure.id) & (Erasure.state == ErasureState.REQUESTED)
    with db.atomic():
        if not Erasure.update(state=ErasureState.STOPPED, ended_at=clock.now()).where(waiting).execute():
            return
        write(erasure, "erasure-stopped")
        note_wish(KEPT, person_of_erasure(erasure))
        record("erasure-stopped", actor="shop", about=("erasure", erasure.id))
    forget_address(erasure)


def _withdraw_mails(erasure: Erasure) -> None:
    held = [("order", order_id) for order_id in unfinished(_orders(erasure))]
    open_cases = [("case", case.id) for case in _cases(erasure) if case.is_open]
    forget_mails_to(str(erasure.email), but_about=[*held, *open_cases])
    forget_mails_sealed_for(_keys(erasure))


def _forget_cards(erasure: Erasure) -> None:
    if erasure.customer_id is not None:
        forget_cards(customer_id=erasure.customer_id)


def _destroy_keys(erasure: Erasure) -> None:
    destroy_subjects(_keys(erasure))


def _clear_rows(erasure: Erasure) -> None:
    """What can be read no more leaves the tables too; of the account its number and dates stay."""
    keys = _keys(erasure)
    with db.atomic():
        for model in reversed(sealed_models()):
            if model in (Customer, StoredCard, *APART) or model._meta.table_name == "mail":
                continue
            for start in range(0, len(keys), AT_A_TIME):
                model.delete().where(model.subject.in_(keys[start : start + AT_A_TIME])).execute()
        if erasure.customer_id is not None:
            for plain, key in plain_tables():
                plain.delete().where(getattr(plain, key) == erasure.customer_id).execute()
            blank = {"email": None, "name": None, "phone": None, "password_hash": ""}
            Customer.update(**blank).where(Customer.id == erasure.customer_id).execute()


STEPS = (_withdraw_mails, _forget_cards, _destroy_keys, _clear_rows)
AT_A_TIME = 500


def _complete(erasure: Erasure) -> bool:
    """What an open order or card still holds back goes as soon as it can; then the receipt, and then the address."""
    if not all([_forget_orders(erasure), _forget_cases(erasure), not _cards_left(erasure)]):
        return False
    destroy_subjects(_keys(erasure))
    running = (Erasure.id == erasure.id) & (Erasure.state == ErasureState.RUNNING)
    with db.atomic():
        if not Erasure.update(state=ErasureState.DONE, ended_at=clock.now()).where(running).execute():
            return False
        _receipt(erasure)
        ErasureKey.delete().where(ErasureKey.erasure == erasure.id).execute()
        record("erasure-done", actor="shop", about=("erasure", erasure.id))
    forget_address(erasure)
    return True


def _forget_orders(erasure: Erasure) -> bool:
    """Whether all of them are."""
    orders = _orders(erasure)
    open_still = unfinished([order for order in orders if order.deactivated_at is None])
    for order in orders:
        if order.id in open_still:
            continue
        if order.deactivated_at is None:
            note_recipients(erasure, order)
            deactivate(order)
            hasten(kind="order", row_ids=[order.id])
        Order.update(customer=None).where(Order.id == order.id, Order.customer.is_null(False)).execute()
    return not open_still


def _orders(erasure: Erasure) -> Sequence[Order]:
    return list(Order.select().where(Order.id.in_(erasure.ids_of("order"))).order_by(Order.id))


def _forget_cases(erasure: Erasure) -> bool:
    """Whether all of them are."""
    cases = _cases(erasure)
    for case in cases:
        if not case.is_open:
            forget_mails_about("case", case.id)
            destroy_subjects([case.subject])
            Case.delete().where(Case.id == case.id).execute()
    return not any(case.is_open for case in cases)


def _cases(erasure: Erasure) -> list[Case]:
    return list(Case.select().where(Case.id.in_(erasure.ids_of("case"))))


def _cards_left(erasure: Erasure) -> bool:
    if erasure.customer_id is None:
        return False
    return bool(StoredCard.select().where(StoredCard.customer == erasure.customer_id).exists())


def _keys(erasure: Erasure) -> list[str]:
    rows = ErasureKey.select(ErasureKey.key).where(ErasureKey.erasure == erasure.id)
    return [row.key for row in rows]


def _receipt(erasure: Erasure) -> None:
    """Whose address is gone has had it."""
    if not _has_address(erasure):
        return
    kept = [order for order in _orders(erasure) if order.placed_at is not None]
    rendered = render_mail(
        "erasure-done", erasure=erasure, orders=kept, locked_until=_locked_until(erasure), remains=remains_now()
    )
    mail = queue_mail(
        key=f"erasure-done:{erasure.id}",
        kind=MailKind.CORRESPONDENCE,
        to=str(erasure.email),
        about=("erasure", erasure.id),
        **rendered.parts,
    )
    keep_no_copy(mail)


def _locked_until(erasure: Erasure) -> datetime | None:
    rows = LockedInvoice.select(LockedInvoice.subject).where(LockedInvoice.order.in_(erasure.ids_of("order")))
    return max((until for row in rows if (until := expiry_of(row.subject))), default=None)
