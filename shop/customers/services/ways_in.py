"""Links into an account, to make one or to choose a new password: mailed to whoever asks, whatever there is."""

from __future__ import annotations

from ...audit.services import record
from ...db import db
from ...outbox.services import absolute_link
from ..models import LinkPurpose
from ..queries import customer_with, password_mark
from . import notices
from .links import make_link
from .notices import mail_about_account

# By what was asked for, and whether there is an account.
NOTICES = {
    (LinkPurpose.SIGN_UP, False): notices.SIGN_UP,
    (LinkPurpose.SIGN_UP, True): notices.SIGN_UP_KNOWN,
    (LinkPurpose.RESET_PASSWORD, True): notices.RESET,
    (LinkPurpose.RESET_PASSWORD, False): notices.RESET_UNKNOWN,
}
PAGES = {LinkPurpose.SIGN_UP: "account.choose_password", LinkPurpose.RESET_PASSWORD: "account.new_password"}


def mail_way_in(*, email: str, asked_for: LinkPurpose) -> None:
    """Mail a link that fits what there is: for a new account, or for a new password of the one there is.

    It does the same work for both, and what it does shows in that mailbox alone.
    """
    customer = customer_with(email)
    purpose = LinkPurpose.SIGN_UP if customer is None else LinkPurpose.RESET_PASSWORD
    # Not to what was typed: two spellings that are one to us may be two to a mail server.
    to = email if customer is None else customer.email
    mark = None if customer is None else password_mark(customer)
    with db.atomic():
        token = make_link(purpose=purpose, email=to, customer=customer, bound_to=mark)
        link = absolute_link(PAGES[purpose], key=token)
        mail_about_account(NOTICES[asked_for, customer is not None], to=to, customer=customer, link=link)
        about = ("customer", customer.id if customer else 0)
        record("customer-link-mailed", actor="guest", about=about, purpose=purpose.value)
