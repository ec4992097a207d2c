"""Signing in: by e-mail and password, and where a second factor was set up, by a code as well."""

from __future__ import annotations

from dataclasses import dataclass

from ... import limits
from ...audit.services import record
from ...db import db
from ...passwords import hash_password, needs_rehash, verify_password
from ...second_factor import WrongCode, is_app_code
from ..models import Customer, SignInStep, StepKind
from ..queries import customer_with, has_second_factor, password_mark
from .notices import CODES_REFUSED, tell_customer
from .passwords import TooManyTries, check_password
from .second_factor import use_code
from .sessions import begin_session
from .steps import StepGone, begin_step, count_try, finish_step, step_with

__all__ = [
    "Entry",
    "TooManyTries",
    "WrongCode",
    "WrongCredentials",
    "check_password",
    "enter",
    "sign_in",
    "sign_in_with_code",
]

# Of a million codes three are right at any moment.
APP_CODES = "30 per day"
WORTH_A_MAIL = 3


class WrongCredentials(Exception):
    """E-mail or password are wrong; which of them is not said."""


@dataclass(frozen=True)
class Entry:
    """A token for the cookie alone: of a session, or of the step that asks for a code."""

    token: str
    needs_code: bool


def sign_in(*, email: str, password: str) -> Entry:
    """Takes the same work for an unknown account. Raises WrongCredentials."""
    customer = customer_with(email)
    if not verify_password(customer.password_hash if customer else None, password) or customer is None:
        about = ("customer", customer.id if customer else 0)
        record("customer-sign-in-refused", actor="guest", about=about, reason="password")
        raise WrongCredentials
    if needs_rehash(customer.password_hash):
        _hash_again(customer, password)
    return enter(customer=customer)


def enter(*, customer: Customer) -> Entry:
    """For whoever proved to be this customer by a password or a mailed link: a session, or first the code."""
    if has_second_factor(customer.id):
        return Entry(begin_step(StepKind.SECOND_FACTOR, customer=customer), needs_code=True)
    return Entry(begin_session(customer=customer), needs_code=False)


def sign_in_with_code(*, token: str, code: str) -> str:
    """A session's token for whoever is half signed in and has the code.

    Raises WrongCode, StepGone, and TooManyTries for an app's code: a recovery code is let through even then, so that
    guessing keeps nobody out.
    """
    step = step_with(token, kind=StepKind.SECOND_FACTOR)
    customer = step.customer
    if customer is None or customer.closed_at is not None:
        raise StepGone
    # By the password too: whoever guesses knew it, and a new one ends the wait.
    app_codes = limits.value_key("app codes", f"{customer.id} {password_mark(customer).hex()}")
    if is_app_code(code) and (seconds := limits.seconds_to_wait(APP_CODES, app_codes, is_counted=False)):
        raise TooManyTries(seconds)
    count_try(step)
    with db.atomic():
        if use_code(customer=customer, code=code):
            finish_step(step)
            return begin_session(customer=customer)
    limits.seconds_to_wait(APP_CODES, app_codes)
    _note_wrong_code(customer, step)
    raise WrongCode


def _note_wrong_code(customer: Customer, step: SignInStep) -> None:
    """Whoever comes this far knows the password: after some wrong codes its owner is told, once a day."""
    with db.atomic():
        if step.tries + 1 >= WORTH_A_MAIL and not limits.seconds_to_wait(
            "1 per day", limits.value_key("codes refused", str(customer.id))
        ):
            tell_customer(CODES_REFUSED, customer=customer)
        record("customer-sign-in-refused", actor="guest", about=("customer", customer.id), reason="code")


def _hash_again(customer: Customer, password: str) -> None:
    hashed, is_as_it_was = hash_password(password), Customer.password_hash == customer.password_hash
    Customer.update(password_hash=hashed).where((Customer.id == customer.id) & is_as_it_was).execute()
