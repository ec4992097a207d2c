"""Another e-mail address for an account: proven by a link to the new one, told to the old one, which can undo it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from peewee import IntegrityError

from ...audit.services import record
from ...db import db
from ...outbox.services import absolute_link
from ..models import Customer, CustomerSession, LinkPurpose, MailedLink
from ..queries import customer_behind, customer_with, password_mark
from . import notices
from .links import LinkGone, end_links, link_with, make_link, use_link
from .notices import mail_about_account, tell_customer
from .second_factor import forget_ways_in
from .sessions import end_other_sessions

UNDO_FOR = timedelta(days=7)
# Whoever takes an account over may add a way in before changing the address.
SUSPECT_FOR = timedelta(days=1)


class EmailTaken(Exception):
    """Another account has been made with this address since the link was mailed."""


def ask_for_email(*, customer: Customer, email: str, by: str = "") -> None:
    """Mail a link to the new address and word of it to the old one; nothing changes before the link is followed.

    Call it once the password was checked, or `by` staff who were told so. Whether the new address has an account of its
    own shows in its mailbox alone.
    """
    other = customer_with(email)
    with db.atomic():
        token = make_link(
            purpose=LinkPurpose.CHANGE_EMAIL, email=email, customer=customer, bound_to=_standing_mark(customer)
        )
        if other is None:
            link = absolute_link("account.confirm_email", key=token)
            mail_about_account(notices.CONFIRM_EMAIL, to=email, customer=customer, link=link)
        else:
            tell_customer(notices.CONFIRM_EMAIL_TAKEN, customer=other)
        tell_customer(notices.EMAIL_CHANGE_TOLD if by else notices.EMAIL_CHANGE_ASKED, customer=customer)
        _record("customer-link-mailed", customer, by, purpose=LinkPurpose.CHANGE_EMAIL.value)


def change_link(token: str) -> MailedLink:
    """The link that somebody followed. Raises LinkGone."""
    customer = customer_behind(token)
    if customer is None:
        raise LinkGone
    return link_with(token, purpose=LinkPurpose.CHANGE_EMAIL, bound_to=_standing_mark(customer))


def change_email(*, token: str, session: CustomerSession | None) -> Customer:
    """Give the account the address that the link was mailed to. Every sign-in of it but `session` ends.

    Raises LinkGone, EmailTaken.
    """
    asked, customer = change_link(token), customer_behind(token)
    if customer is None:
        raise LinkGone
    before, new = customer.email, asked.email
    own = session if session is not None and session.customer_id == customer.id else None
    try:
        with db.atomic():
            use_link(asked)
            _set_email(customer, new)
            end_other_sessions(customer=customer, but=own)
            undo = make_link(purpose=LinkPurpose.UNDO_EMAIL, email=before, customer=customer, good_for=UNDO_FOR)
            link = absolute_link("account.undo_email", key=undo)
            mail_about_account(notices.EMAIL_CHANGED_OLD, to=before, customer=customer, link=link)
            tell_customer(notices.EMAIL_CHANGED, customer=customer)
            _record("customer-email-changed", customer)
    except IntegrityError as error:
        raise EmailTaken from error
    return customer


def undo_link(token: str) -> MailedLink:
    """The link that somebody followed. Raises LinkGone."""
    if customer_behind(token) is None:
        raise LinkGone
    return link_with(token, purpose=LinkPurpose.UNDO_EMAIL)


def undo_email(*, token: str) -> str:
    """Give the account its former address back, end every sign-in, and let whoever reads that mailbox choose a new
    password: the token for that. Passkeys and an app that were added around the change go. Raises LinkGone, EmailTaken.
    """
    link, customer = undo_link(token), customer_behind(token)
    if customer is None:
        raise LinkGone
    former = link.email
    try:
        with db.atomic():
            use_link(link)
            # Those to addresses that it had in between too: whoever took the account may read them.
            end_links(customer=customer, purposes=[LinkPurpose.UNDO_EMAIL])
            _set_email(customer, former)
            end_other_sessions(customer=customer, but=None)
            forget_ways_in(customer=customer, since=link.created_at - SUSPECT_FOR)
            tell_customer(notices.EMAIL_CHANGE_UNDONE, customer=customer)
            reset = make_link(
                purpose=LinkPurpose.RESET_PASSWORD, email=former, customer=customer, bound_to=password_mark(customer)
            )
            _record("customer-email-change-undone", customer)
    except IntegrityError as error:
        raise EmailTaken from error
    return reset


def _set_email(customer: Customer, email: str) -> None:
    """Links that the former address was mailed lead nowhere any more, but for the one that undoes."""
    end_links(
        customer=customer,
        purposes=[purpose for purpose in LinkPurpose if purpose != LinkPurpose.UNDO_EMAIL],
    )
    customer.email = email
    customer.save()


def _standing_mark(customer: Customer) -> bytes:
    """What the change was asked for: the account with this address and this password."""
    return hashlib.sha256(bytes(customer.email_index or b"") + password_mark(customer)).digest()


def _record(event: str, customer: Customer, by: str = "", **details: str) -> None:
    record(event, actor=by or f"customer:{customer.id}", about=("customer", customer.id), **details)
