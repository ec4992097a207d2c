"""Sign-ins: begun, kept alive and ended."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ... import clock
from ...audit.services import record
from ...db import db
from ..models import Customer, CustomerSession, SignInStep
from ..queries import IDLE_FOR, IN_ALL, token_hash

TOKEN_BYTES = 32
# A visit is noted this often and no more, so that reading pages hardly ever writes.
NOTED_EVERY = timedelta(minutes=30)


def begin_session(*, customer: Customer) -> str:
    """A new session's token, for the cookie alone. Whoever calls it knows that this is the customer."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    with db.atomic():
        CustomerSession.delete().where(
            (CustomerSession.seen_at < now - IDLE_FOR) | (CustomerSession.created_at < now - IN_ALL)
        ).execute()
        CustomerSession.create(customer=customer.id, token_hash=token_hash(token), created_at=now, seen_at=now)
        Customer.update(seen_at=now).where(Customer.id == customer.id).execute()
        record("customer-signed-in", actor=f"customer:{customer.id}", about=("customer", customer.id))
    return token


def note_visit(*, session: CustomerSession) -> None:
    """Keep a session alive."""
    now = clock.now()
    if session.seen_at < now - NOTED_EVERY:
        with db.atomic():
            CustomerSession.update(seen_at=now).where(CustomerSession.id == session.id).execute()
            Customer.update(seen_at=now).where(Customer.id == session.customer_id).execute()


def end_session(*, session: CustomerSession) -> None:
    """Its token opens nothing any more, wherever a copy of it may be."""
    with db.atomic():
        if CustomerSession.delete().where(CustomerSession.id == session.id).execute():
            about = ("customer", session.customer_id)
            record("customer-signed-out", actor=f"customer:{session.customer_id}", about=about)


def end_other_sessions(*, customer: Customer, but: CustomerSession | None) -> int:
    """End all but one, or all, and whatever sign-in is half done; how many there were."""
    kept = 0 if but is None else but.id
    with db.atomic():
        others = (CustomerSession.customer == customer.id) & (CustomerSession.id != kept)
        SignInStep.delete().where(SignInStep.customer == customer.id).execute()
        ended = int(CustomerSession.delete().where(others).execute())
        if ended:
            actor = f"customer:{customer.id}"
            record("customer-sessions-ended", actor=actor, about=("customer", customer.id), count=ended)
    return ended
