"""Making an account, by whoever was mailed the link to it."""

from __future__ import annotations

from peewee import IntegrityError

from ...audit.services import record
from ...db import db
from ...passwords import hash_password
from ...vault import Source, index_name, new_subject
from ..models import Customer, LinkPurpose, MailedLink
from .links import link_with, use_link
from .passwords import refuse_weak
from .ways_in import mail_way_in


class AccountExists(Exception):
    """Somebody who reads this mailbox made an account since the link was mailed, or one is being removed."""


def mail_sign_up_link(*, email: str) -> None:
    """The link that leads to a new account; for an address that has one, word of that and a way back into it."""
    mail_way_in(email=email, asked_for=LinkPurpose.SIGN_UP)


def sign_up_link(token: str) -> MailedLink:
    """The link that somebody followed. Raises LinkGone."""
    return link_with(token, purpose=LinkPurpose.SIGN_UP)


def sign_up(*, token: str, name: str | None, password: str) -> Customer:
    """The account of whoever reads the mailbox that the link was mailed to; the link is used up with it.

    Raises LinkGone, PasswordTooWeak, AccountExists.
    """
    link = sign_up_link(token)
    email = link.email
    refuse_weak(password, about=(email, name or ""))
    hashed = hash_password(password)
    try:
        with db.atomic():
            use_link(link)
            customer: Customer = Customer.create(
                subject=new_subject("profile"), source=Source.SELF, email=email, name=name or None, password_hash=hashed
            )
            index_name(customer, name)
            record("customer-signed-up", actor=f"customer:{customer.id}", about=("customer", customer.id))
    except IntegrityError as error:
        raise AccountExists from error
    return customer
