"""A customer's password: asked for again, changed, and chosen anew by a mailed link."""

from __future__ import annotations

from collections.abc import Collection

from werkzeug.exceptions import TooManyRequests

from ... import limits
from ...audit.services import record
from ...config import settings
from ...db import db
from ...passwords import hash_password, objection, verify_password
from ...vault import note_removal
from ..models import Customer, CustomerSession, LinkPurpose, MailedLink
from ..queries import customer_behind, has_second_factor, password_mark
from .links import LinkGone, end_links, link_with, use_link
from .notices import PASSWORD_CHANGED, tell_customer
from .sessions import end_other_sessions
from .ways_in import mail_way_in

TRIES = "10 per 15 minutes"


class PasswordTooWeak(Exception):
    """The message says why, for whoever chose it."""


class WrongPassword(Exception):
    """It is not the account's present password."""


class TooManyTries(TooManyRequests):
    """The password was asked for again, and given wrongly too often; the answer says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"To keep your account safe we only take so many tries. Wait {limits.in_words(seconds)}.")
        self.retry_after = seconds


def refuse_weak(password: str, *, about: Collection[str], has_second_factor: bool = False) -> None:
    """Raises PasswordTooWeak. `about` is what anybody may know of the account."""
    known = (settings().shop_name, *about)
    if problem := objection(password, has_second_factor=has_second_factor, about=known):
        raise PasswordTooWeak(problem)


def check_password(*, customer: Customer, password: str) -> bool:
    """Whether somebody who is signed in knows the password too, before what must not happen by a borrowed browser.

    Raises TooManyTries. This counts by itself: it never keeps anybody from signing in.
    """
    if seconds := limits.seconds_to_wait(TRIES, _tries_of(customer), is_counted=False):
        raise TooManyTries(seconds)
    if verify_password(customer.password_hash, password):
        return True
    count_wrong(customer=customer)
    actor = f"customer:{customer.id}"
    record("customer-password-checked", actor=actor, about=("customer", customer.id), result="wrong")
    return False


def count_wrong(*, customer: Customer) -> None:
    """A wrong password, or a wrong code beside the right one: `check_password` takes only so many of them."""
    limits.seconds_to_wait(TRIES, _tries_of(customer))


def _tries_of(customer: Customer) -> str:
    return limits.value_key("password asked again", str(customer.id))


def change_password(*, customer: Customer, current: str, new: str, session: CustomerSession | None) -> None:
    """Ends every sign-in but `session`. Raises WrongPassword, PasswordTooWeak, TooManyTries."""
    if not check_password(customer=customer, password=current):
        raise WrongPassword
    _set_password(customer, new, by="customer", session=session)


def mail_reset_link(*, email: str) -> None:
    """A link to choose a new password; an address without an account is told that it has none."""
    mail_way_in(email=email, asked_for=LinkPurpose.RESET_PASSWORD)


def reset_link(token: str) -> MailedLink:
    """The link that somebody followed, as long as the password it replaces still stands. Raises LinkGone."""
    customer = customer_behind(token)
    if customer is None:
        raise LinkGone
    return link_with(token, purpose=LinkPurpose.RESET_PASSWORD, bound_to=password_mark(customer))


def reset_password(*, token: str, new: str) -> Customer:
    """The account whose password it was; every sign-in of it has ended. Raises LinkGone, PasswordTooWeak."""
    link, customer = reset_link(token), customer_behind(token)
    if customer is None:
        raise LinkGone
    _set_password(customer, new, by="link", link=link)
    return customer


def _set_password(
    customer: Customer, new: str, *, by: str, session: CustomerSession | None = None, link: MailedLink | None = None
) -> None:
    has_second = has_second_factor(customer.id)
    refuse_weak(new, about=(customer.email or "", customer.name or ""), has_second_factor=has_second)
    hashed, before = hash_password(new), customer.password_hash
    with db.atomic():
        if link is not None:
            use_link(link)
        is_as_it_was = (Customer.id == customer.id) & (Customer.password_hash == before)
        if not Customer.update(password_hash=hashed).where(is_as_it_was).execute():
            raise LinkGone if link is not None else WrongPassword
        note_removal("password", customer.id)
        end_other_sessions(customer=customer, but=session)
        end_links(customer=customer, purposes=[LinkPurpose.RESET_PASSWORD, LinkPurpose.CHANGE_EMAIL])
        tell_customer(PASSWORD_CHANGED, customer=customer)
        actor = f"customer:{customer.id}"
        record("customer-password-changed", actor=actor, about=("customer", customer.id), by=by)
    customer.password_hash = hashed
