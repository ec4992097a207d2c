"""Staff: their accounts, and the customers they look for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from peewee import IntegrityError

from ..audit.services import record
from ..config import settings
from ..db import db
from ..orders.models import Order
from ..passwords import hash_password, objection
from ..vault import Source, new_subject
from .models import Role, Staff


class EmailTaken(Exception):
    """Somebody signs in with this e-mail already."""

    def __init__(self) -> None:
        super().__init__("Somebody signs in with this e-mail already.")


class PasswordTooWeak(Exception):
    """The message says why, for whoever chose it."""


class UnknownRole(Exception):
    """There is no such role; the message names those there are."""


def create_staff(
    *,
    email: str,
    name: str,
    password: str,
    role: str,
    designated_from: datetime | None = None,
    designated_until: datetime | None = None,
) -> Staff:
    """Raises UnknownRole, PasswordTooWeak, EmailTaken."""
    if role not in set(Role):
        raise UnknownRole(f"A role is one of {', '.join(Role)}.")
    if problem := objection(password, about=(settings().shop_name, email, name)):
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
                designated_from=designated_from,
                designated_until=designated_until,
            )
            record("staff-created", actor="shop", about=("staff", staff.id), role=Role(role).code)
    except IntegrityError as error:
        raise EmailTaken() from error
    return staff


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
