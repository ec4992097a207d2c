"""Customers and their sign-ins, looked up."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from peewee import ModelSelect, fn

from .. import clock
from ..policies.models import PolicyVersion
from ..vault import blind
from .consents import ConsentPurpose
from .models import (
    Address,
    AddressUse,
    Authenticator,
    Consent,
    Customer,
    CustomerSession,
    MailedLink,
    Passkey,
    RecoveryCode,
)

IDLE_FOR, IN_ALL = timedelta(days=14), timedelta(days=90)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def session_of(token: str) -> CustomerSession | None:
    """The sign-in that `token` stands for, with its `customer`; None when it ended, or the account was closed."""
    now = clock.now()
    found: CustomerSession | None = (
        CustomerSession.select(CustomerSession, Customer)
        .join(Customer)
        .where(
            CustomerSession.token_hash == token_hash(token),
            CustomerSession.seen_at > now - IDLE_FOR,
            CustomerSession.created_at > now - IN_ALL,
            Customer.closed_at.is_null(),
        )
        .first()
    )
    return found


def customer_with(email: str) -> Customer | None:
    """The account that is signed in to with this e-mail, unless it was closed."""
    is_it = (Customer.email_index == blind("email", email)) & Customer.closed_at.is_null()
    found: Customer | None = Customer.get_or_none(is_it)
    return found


def addresses_of(customer: Customer) -> ModelSelect[Any]:
    """A customer's addresses, in the order in which they came."""
    found: ModelSelect[Any] = Address.select().where(Address.customer == customer.id).order_by(Address.id)
    return found


def address_of(customer: Customer, address_id: int) -> Address | None:
    """One of this customer's own addresses; None for anybody else's, and for none."""
    is_theirs = (Address.id == address_id) & (Address.customer == customer.id)
    found: Address | None = Address.get_or_none(is_theirs)
    return found


def default_address(customer: Customer, use: AddressUse) -> Address | None:
    """The one that orders begin with; None when there is no address at all."""
    is_it = (Address.customer == customer.id) & getattr(Address, use.column)
    found: Address | None = Address.get_or_none(is_it)
    return found


def newest_consent(customer_id: int, purpose: ConsentPurpose) -> Consent | None:
    """The answer that holds; None when the question was never answered."""
    is_it = (Consent.customer == customer_id) & (Consent.purpose == purpose)
    found: Consent | None = Consent.select().where(is_it).order_by(Consent.id.desc()).first()
    return found


def newest_consents(customer_id: int) -> dict[str, Consent]:
    """By purpose, each with its `policy`'s number; a purpose that was never asked is not in it."""
    newest = Consent.select(fn.MAX(Consent.id)).where(Consent.customer == customer_id).group_by(Consent.purpose)
    found = Consent.select(Consent, PolicyVersion.id, PolicyVersion.number).join(PolicyVersion)
    return {consent.purpose: consent for consent in found.where(Consent.id.in_(newest))}


def customers_with_consent(purpose: ConsentPurpose) -> ModelSelect[Any]:
    """The ids of all who agreed to this and did not take it back, for `Order.customer.in_(…)`; no closed accounts."""
    newest = Consent.select(fn.MAX(Consent.id)).where(Consent.purpose == purpose).group_by(Consent.customer)
    found: ModelSelect[Any] = (
        Consent.select(Consent.customer)
        .join(Customer)
        .where(Consent.id.in_(newest), Consent.is_given, Customer.closed_at.is_null())
    )
    return found


def password_mark(customer: Customer) -> bytes:
    """Changes whenever the password does, and tells nothing of it: what a link for a new password is bound to."""
    return hashlib.sha256(customer.password_hash.encode()).digest()


def customer_behind(token: str) -> Customer | None:
    """Whose account a mailed link is for; None when it is for nobody's, or the account was closed."""
    found: Customer | None = (
        Customer.select()
        .join(MailedLink)
        .where(MailedLink.token_hash == token_hash(token), Customer.closed_at.is_null())
        .first()
    )
    return found


def sessions_of(customer_id: int) -> ModelSelect[CustomerSession]:
    """The sign-ins that still count, the one used last first."""
    now = clock.now()
    found: ModelSelect[CustomerSession] = (
        CustomerSession.select()
        .where(
            CustomerSession.customer == customer_id,
            CustomerSession.seen_at > now - IDLE_FOR,
            CustomerSession.created_at > now - IN_ALL,
        )
        .order_by(CustomerSession.seen_at.desc(), CustomerSession.id.desc())
    )
    return found


def authenticator_of(customer_id: int) -> Authenticator | None:
    """The app that shows codes for this account, whether it was confirmed yet or not."""
    found: Authenticator | None = Authenticator.get_or_none(Authenticator.customer == customer_id)
    return found


def has_second_factor(customer_id: int) -> bool:
    is_on = (Authenticator.customer == customer_id) & Authenticator.confirmed_at.is_null(False)
    return bool(Authenticator.select().where(is_on).exists())


def recovery_codes_left(customer_id: int) -> int:
    unused = (RecoveryCode.customer == customer_id) & RecoveryCode.used_at.is_null()
    return int(RecoveryCode.select().where(unused).count())


def passkeys_of(customer_id: int) -> ModelSelect[Passkey]:
    """Oldest first."""
    found: ModelSelect[Passkey] = Passkey.select().where(Passkey.customer == customer_id).order_by(Passkey.id)
    return found
