"""Steps of a sign-in that takes two of them: begun, tried a few times, finished once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ... import clock
from ...db import db
from ..models import Customer, SignInStep, StepKind
from ..queries import token_hash

TOKEN_BYTES = 32
GOOD_FOR = timedelta(minutes=10)
TRIES = 5


class StepGone(LookupError):
    """It was finished, has run out, was tried too often, or never was."""


def begin_step(kind: StepKind, *, customer: Customer | None = None, challenge: bytes | None = None) -> str:
    """A new step's token, for the cookie alone."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    with db.atomic():
        SignInStep.delete().where(SignInStep.expires_at <= now).execute()
        SignInStep.create(
            kind=kind,
            token_hash=token_hash(token),
            customer=customer and customer.id,
            challenge=challenge,
            expires_at=now + GOOD_FOR,
        )
    return token


def step_with(token: str, *, kind: StepKind) -> SignInStep:
    """Raises StepGone."""
    found: SignInStep | None = SignInStep.get_or_none(
        SignInStep.token_hash == token_hash(token), SignInStep.kind == kind, SignInStep.expires_at > clock.now()
    )
    if found is None:
        raise StepGone
    return found


def finish_step(step: SignInStep) -> None:
    """In the caller's transaction: of two who finish it at once one gets StepGone."""
    if not SignInStep.delete().where(SignInStep.id == step.id).execute():
        raise StepGone


def count_try(step: SignInStep) -> None:
    """Count a try before it is looked at, so that many at once are no way around. Raises StepGone after the last."""
    may_try = (SignInStep.id == step.id) & (SignInStep.tries < TRIES)
    with db.atomic():
        is_counted = SignInStep.update(tries=SignInStep.tries + 1).where(may_try).execute()
        if not is_counted:
            SignInStep.delete().where(SignInStep.id == step.id).execute()
    if not is_counted:
        raise StepGone
