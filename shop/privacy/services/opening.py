"""Opening My data by a mailed link: asked for, opened in one browser, closed again."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ... import clock
from ...cart.models import Cart
from ...config import settings
from ...customers.models import Customer, LinkPurpose
from ...customers.queries import customer_with, token_hash
from ...customers.services.links import link_with, make_link, use_link
from ...db import db
from ...outbox.models import MailKind
from ...outbox.services import queue_mail, render_mail
from ...vault import REMOVED, Source, destroy_subject, new_subject
from ..models import DataKey
from ..person import Person

TOKEN_BYTES = 32
OPEN_FOR = timedelta(hours=1)


def mail_link(*, email: str) -> None:
    """Mail a link to whoever reads this mailbox; to a customer with an account, the way to sign in.

    For an address that we hold nothing about as well: that nothing is held is an answer too.
    """
    customer = customer_with(email)
    with db.atomic():
        if customer is not None:
            where = f"{settings().shop_url}/sign-in?next=/my-data"
            _mail(email, "my-data-sign-in", ("customer", customer.id), where)
            return
        token = make_link(purpose=LinkPurpose.MY_DATA, email=email)
        _mail(email, "my-data-link", ("guest", 0), _address(token))


def mail_link_from_desk(*, email: str, customer: Customer | None) -> None:
    """Mail a link that opens the account too, for somebody whose identity the desk has made sure of; in the caller's
    transaction."""
    token = make_link(purpose=LinkPurpose.MY_DATA, email=email, customer=customer)
    _mail(email, "my-data-link", ("customer", customer.id) if customer else ("guest", 0), _address(token))


def _address(token: str) -> str:
    return f"{settings().shop_url}/my-data/open/{token}"


def _mail(email: str, template: str, about: tuple[str, int], where: str) -> None:
    mail = render_mail(template, where=where, minutes=int(OPEN_FOR.total_seconds() // 60))
    key = f"{template}:{secrets.token_hex(8)}"
    queue_mail(key=key, kind=MailKind.CORRESPONDENCE, to=email, about=about, **mail.parts)


def open_my_data(*, link_token: str) -> str:
    """Use the link up; the token of a key for this browser alone, good for an hour. Raises LinkGone."""
    link = link_with(link_token, purpose=LinkPurpose.MY_DATA)
    email, token, expires_at = str(link.email), secrets.token_urlsafe(TOKEN_BYTES), clock.now() + OPEN_FOR
    with db.atomic():
        use_link(link)
        DataKey.create(
            subject=new_subject("link", expires_at),
            source=Source.SELF,
            token_hash=token_hash(token),
            customer=link.customer_id,
            email=email,
            expires_at=expires_at,
        )
    return token


def person_with(token: str, cart: Cart | None = None) -> Person | None:
    """Whose data the browser with this token may see; None when the hour is over."""
    key: DataKey | None = DataKey.get_or_none(DataKey.token_hash == token_hash(token), DataKey.expires_at > clock.now())
    if key is None or key.email is None or key.email is REMOVED:
        return None
    customer: Customer | None = Customer.get_or_none(Customer.id == key.customer_id) if key.customer_id else None
    return Person(customer, str(key.email), cart)


def close_my_data(*, token: str) -> None:
    """Nothing opens with it any more."""
    with db.atomic():
        key = DataKey.get_or_none(DataKey.token_hash == token_hash(token))
        if key is not None:
            key.delete_instance()
            destroy_subject(key.subject)


def forget_old_keys() -> int:
    """Delete the rows of keys that are over; how many there were."""
    with db.atomic():
        return int(DataKey.delete().where(DataKey.expires_at <= clock.now()).execute())
