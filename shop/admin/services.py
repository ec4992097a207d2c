"""Staff: their accounts and their sign-ins."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from peewee import IntegrityError

from .. import clock
from ..audit.services import record
from ..db import db
from ..orders.models import Order
from ..passwords import hash_password, needs_rehash, objection, verify_password
from ..vault import Source, blind, new_subject
from .models import Role, Staff, StaffSession
from .queries import IDLE_FOR, IN_ALL, token_hash

TOKEN_BYTES = 32
# A visit is noted this often and no more, so that reading pages hardly ever writes.
NOTED_EVERY = timedelta(minutes=5)


class EmailTaken(Exception):
    """Somebody signs in with this e-mail already."""

    def __init__(self) -> None:
        super().__init__("Somebody signs in with this e-mail already.")


class PasswordTooWeak(Exception):
    """The message says why, for whoever chose it."""


class WrongCredentials(Exception):
    """E-mail or password are wrong; which of them is not said."""


class UnknownRole(Exception):
    """There is no such role; the message names those there are."""


def create_staff(*, email: str, name: str, password: str, role: str) -> Staff:
    """Raises UnknownRole, PasswordTooWeak, EmailTaken."""
    if role not in set(Role):
        raise UnknownRole(f"A role is one of {', '.join(Role)}.")
    if problem := objection(password, about=(email, name)):
        raise PasswordTooWeak(problem)
    try:
        with db.atomic():
            staff: Staff = Staff.create(
                subject=new_subject("staff"),
                source=Source.SHOP,
                email=email,
                name=name,
                password_hash=hash_password(password),
                role=Role(role),
            )
            record("staff-created", actor="shop", about=("staff", staff.id), role=staff.role)
    except IntegrityError as error:
        raise EmailTaken() from error
    return staff


def sign_in(*, email: str, password: str) -> str:
    """A new session's token, for the cookie alone. Takes as long for an unknown account. Raises WrongCredentials."""
    staff = Staff.get_or_none(Staff.email_index == blind("email", email), Staff.is_active)
    if not verify_password(staff.password_hash if staff else None, password) or staff is None:
        record("staff-sign-in-refused", actor="guest", about=("staff", staff.id if staff else 0), reason="password")
        raise WrongCredentials
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    with db.atomic():
        StaffSession.delete().where(
            (StaffSession.seen_at < now - IDLE_FOR) | (StaffSession.created_at < now - IN_ALL)
        ).execute()
        StaffSession.create(staff=staff.id, token_hash=token_hash(token), created_at=now, seen_at=now)
        if needs_rehash(staff.password_hash):
            Staff.update(password_hash=hash_password(password)).where(Staff.id == staff.id).execute()
        record("staff-signed-in", actor=f"staff:{staff.id}", about=("staff", staff.id))
    return token


def note_visit(*, session: StaffSession) -> None:
    """Keep a session alive."""
    now = clock.now()
    if session.seen_at < now - NOTED_EVERY:
        with db.atomic():
            StaffSession.update(seen_at=now).where(StaffSession.id == session.id).execute()


def sign_out(*, session: StaffSession) -> None:
    """End the session; its token opens nothing any more, wherever a copy of it may be."""
    with db.atomic():
        if StaffSession.delete().where(StaffSession.id == session.id).execute():
            record("staff-signed-out", actor=f"staff:{session.staff_id}", about=("staff", session.staff_id))


def note_search(*, staff_id: int, by: str, found: Sequence[Order]) -> None:
    """That somebody looked for a customer, not for whom; and, with one order of each whom they found, that they did.

    Guests have no account to be told apart by: each of their orders counts, unless all were found by one e-mail.
    """
    actor = f"staff:{staff_id}"
    with db.atomic():
        record("orders-searched", actor=actor, about=("staff", staff_id), by=by, found=len(found))
        guests = {None: 0} if by == "email" else {}
        people = {order.customer_id or guests.get(None, -order.id): order for order in reversed(found)}
        for order in people.values():
            record("order-found", actor=actor, about=("order", order.id), by=by)
