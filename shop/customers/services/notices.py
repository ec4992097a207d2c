"""The mails about an account: links into it, and word of what was changed in it. Queued in the caller's transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ...config import settings
from ...outbox.models import MailKind
from ...outbox.services import absolute_link, queue_mail, render_mail
from ...vault import REMOVED, Source
from ..models import Customer

DO_NOTHING = "It was not you? Then do nothing: the link came to you alone, and nothing changes without it."
SECURE_IT = (
    "It was not you? Then somebody else may be in your account. Choose a new password at once, which signs everybody "
    "out: {forgotten}"
)


@dataclass(frozen=True)
class Notice:
    """A mail's words; `button` is what its link is called, if it has one."""

    title: str
    text: tuple[str, ...]
    if_not_you: str = SECURE_IT
    button: str = ""
    kind: MailKind = MailKind.ACCOUNT_NOTICE


SIGN_UP = Notice(
    "Finish making your account",
    (
        "Somebody, we hope you, asked for an account at {shop} with this address.",
        "Choose a password and it is made. The link works for an hour, and once.",
    ),
    DO_NOTHING,
    "Choose a password",
    MailKind.SIGN_UP,
)
SIGN_UP_KNOWN = Notice(
    "You have an account already",
    (
        "Somebody, we hope you, asked for an account at {shop} with this address. It has one: sign in at {sign_in}",
        "If you no longer know the password, choose a new one by this link. It works for an hour, and once.",
    ),
    DO_NOTHING,
    "Choose a new password",
    MailKind.SIGN_IN,
)
RESET = Notice(
    "Choose a new password",
    (
        "Somebody, we hope you, asked for a new password for your account at {shop}.",
        "This link leads to it. It works for an hour, and once; your old password stays as it is until then.",
    ),
    DO_NOTHING,
    "Choose a new password",
    MailKind.SIGN_IN,
)
RESET_UNKNOWN = Notice(
    "There is no account with this address",
    (
        "Somebody, we hope you, asked for a new password at {shop}. There is no account with this address: perhaps you "
        "made it with another one, or ordered as a guest.",
        "If you would like an account, make it by this link. It works for an hour, and once.",
    ),
    DO_NOTHING,
    "Make an account",
    MailKind.SIGN_UP,
)
CONFIRM_EMAIL = Notice(
    "Is this your new address?",
    (
        "Somebody, we hope you, wants to use this address for their account at {shop}.",
        "Confirm it and the account has it from then on. The link works for an hour, and once.",
    ),
    DO_NOTHING,
    "Use this address",
    MailKind.CHANGE_EMAIL,
)
CONFIRM_EMAIL_TAKEN = Notice(
    "Somebody wanted to use your address",
    (
        "Somebody asked to use this address for another account at {shop}. It has an account of its own, so nothing "
        "was changed. If that was you, sign in with it at {sign_in}",
    ),
    "It was not you? Then do nothing; nobody was told that you have an account.",
    kind=MailKind.CHANGE_EMAIL,
)
EMAIL_CHANGE_ASKED = Notice(
    "Your e-mail address is about to change",
    (
        "Somebody who knows your password asked to give your account at {shop} another e-mail address. It changes once "
        "that address was confirmed; until then everything stays as it is.",
    ),
)
EMAIL_CHANGED = Notice(
    "Your account has this address now",
    ("From now on you sign in to {shop} with this address, and our mails come here. Every other sign-in has ended.",),
)
EMAIL_CHANGED_OLD = Notice(
    "Your account has another address now",
    (
        "The account at {shop} that had this address has another one now, which was confirmed. From now on we write "
        "there. If you did that, you need do nothing.",
    ),
    "It was not you? Take the account back by the link: it gets this address again, everybody is signed out, and you "
    "choose a new password. The link works for seven days. If it fails, write to {contact}",
    "It was not me",
)
EMAIL_CHANGE_UNDONE = Notice(
    "Your account has its old address back",
    ("The change of address was undone, and every sign-in has ended. The next thing is a new password.",),
)
PASSWORD_CHANGED = Notice(
    "Your password was changed",
    ("The password of your account at {shop} was changed just now, and every other sign-in has ended.",),
)
SECOND_FACTOR_ON = Notice(
    "Your second factor is on",
    ("From now on signing in to {shop} takes a code from your app as well. Keep the recovery codes in a safe place.",),
)
SECOND_FACTOR_OFF = Notice(
    "Your second factor is off",
    ("Signing in to {shop} takes your password alone again. The recovery codes are worth nothing any more.",),
)
RECOVERY_CODES_MADE = Notice(
    "You have new recovery codes",
    ("The recovery codes of your account at {shop} were made anew. The ones before are worth nothing any more.",),
)
RECOVERY_CODE_USED = Notice(
    "A recovery code was used",
    ("A recovery code of your account at {shop} was used. Each is good once; see what is left at {security}",),
)
CODES_REFUSED = Notice(
    "Somebody with your password was stopped",
    (
        "Somebody signed in to your account at {shop} with the right password, and then gave codes that were wrong. "
        "They did not get in.",
    ),
)
PASSKEY_ADDED = Notice(
    "A passkey was added",
    ("Your account at {shop} can now be signed in to with one more passkey. See them all at {security}",),
)
PASSKEY_REMOVED = Notice(
    "A passkey was removed",
    ("One passkey opens your account at {shop} no more. You may delete it from your device as well.",),
)


EMAIL_CHANGE_TOLD = Notice(
    "Your e-mail address is about to change",
    (
        "You told our staff to give your account at {shop} another e-mail address, or somebody said so in your name. "
        "It changes once that address was confirmed; until then everything stays as it is.",
    ),
    "It was not you? Then write to {contact} at once.",
)


def tell_of_change(*, customer: Customer, what: str, source: Source, by: str) -> None:
    """Word of what staff changed on a customer's behalf: what kind of thing, never a value. Of their own doing, none.

    `what` is in the customer's words, "your phone number"; `by` as in the audit trail.
    """
    if not by.startswith("staff:"):
        return
    said = (
        f"Our staff at {{shop}} changed {what} in your account, because you {TOLD[source]}. What it is now stands in "
        "your account, and who changed it under My data.",
    )
    notice = Notice(f"We changed {what}", said, "You did not ask for that? Then write to {contact} at once.")
    tell_customer(notice, customer=customer)


TOLD = {
    Source.STAFF_BY_PHONE: "told us so by phone",
    Source.IN_SHOP: "told us so in the shop",
    Source.LETTER: "wrote so to us in a letter",
    Source.EMAIL: "wrote so to us by e-mail",
}


def mail_about_account(notice: Notice, *, to: str | None, customer: Customer | None, link: str = "") -> None:
    """Told each time it happens. Nobody is written to whose address was removed."""
    if not to or to is REMOVED:
        return
    mail = render_mail(
        "account",
        notice=notice,
        paragraphs=[_said(text) for text in notice.text],
        if_not_you=_said(notice.if_not_you),
        button_link=link,
    )
    key = f"account:{secrets.token_hex(12)}"
    queue_mail(key=key, kind=notice.kind, to=to, about=("customer", customer.id if customer else 0), **mail.parts)


def tell_customer(notice: Notice, *, customer: Customer) -> None:
    """Word of a change, to the customer's own address."""
    mail_about_account(notice, to=customer.email, customer=customer)


def _said(text: str) -> str:
    return text.format(
        shop=settings().shop_name,
        contact=settings().mail_from,
        sign_in=absolute_link("account.sign_in"),
        forgotten=absolute_link("account.forgotten"),
        security=absolute_link("account.security"),
    )
