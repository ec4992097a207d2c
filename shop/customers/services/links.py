"""Links that prove a mailbox: mailed to it, good once, not for long, and only while what they are bound to stands."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from datetime import timedelta

from peewee import Expression

from ... import clock
from ...db import db
from ...vault import Source, destroy_subject, destroy_subjects, new_subject
from ..models import Customer, LinkPurpose, MailedLink
from ..queries import token_hash

TOKEN_BYTES = 32
GOOD_FOR = timedelta(hours=1)
TOKEN_AT_MOST = 100


class LinkGone(LookupError):
    """The link was used, has run out, was replaced by a newer one, or never was."""


def make_link(
    *,
    purpose: LinkPurpose,
    email: str,
    customer: Customer | None = None,
    bound_to: bytes | None = None,
    good_for: timedelta = GOOD_FOR,
) -> str:
    """A new link's token, for the mail alone; older ones of this purpose to this address work no more."""
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), clock.now() + good_for
    with db.atomic():
        link = MailedLink(subject=new_subject("link", expires_at), source=Source.SELF, email=email, purpose=purpose)
        link.token_hash, link.bound_to = token_hash(token), bound_to
        link.customer_id = customer.id if customer else None
        _end_older(link)
        link.expires_at = expires_at
        link.save(force_insert=True)
    return token


def link_with(token: str, *, purpose: LinkPurpose, bound_to: bytes | None = None) -> MailedLink:
    """The link that somebody followed, without using it up. Raises LinkGone."""
    if not token or len(token) > TOKEN_AT_MOST:
        raise LinkGone
    found: MailedLink | None = MailedLink.get_or_none(
        MailedLink.token_hash == token_hash(token),
        MailedLink.purpose == purpose,
        MailedLink.used_at.is_null(),
        MailedLink.expires_at > clock.now(),
    )
    if found is None or not _still_bound(found, bound_to):
        raise LinkGone
    return found


def use_link(link: MailedLink) -> None:
    """Use it up, in the caller's transaction: of two who try at once one gets LinkGone. Its address is forgotten."""
    unused = (MailedLink.id == link.id) & MailedLink.used_at.is_null() & (MailedLink.expires_at > clock.now())
    with db.atomic():
        if not MailedLink.update(used_at=clock.now()).where(unused).execute():
            raise LinkGone
        destroy_subject(link.subject)


def end_links(*, customer: Customer, purposes: Collection[LinkPurpose]) -> None:
    """Let those that were mailed for this account lead nowhere any more."""
    with db.atomic():
        _end((MailedLink.customer == customer.id) & MailedLink.purpose.in_(purposes))


def _end_older(link: MailedLink) -> None:
    """Another account's stay: nobody ends what somebody else asked for."""
    is_same_account = (
        MailedLink.customer.is_null() if link.customer_id is None else MailedLink.customer == link.customer_id
    )
    _end((MailedLink.email_index == link.email_index) & (MailedLink.purpose == link.purpose) & is_same_account)


def _end(which: Expression) -> None:
    links = list(MailedLink.select(MailedLink.id, MailedLink.subject).where(which & MailedLink.used_at.is_null()))
    MailedLink.update(used_at=clock.now()).where(MailedLink.id.in_([link.id for link in links])).execute()
    destroy_subjects([link.subject for link in links])


def _still_bound(link: MailedLink, bound_to: bytes | None) -> bool:
    if link.bound_to is None:
        return True
    return bound_to is not None and hmac.compare_digest(bytes(link.bound_to), bound_to)
