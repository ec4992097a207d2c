"""Passkeys: added to an account, signed in with, removed. They are never the only way in: the password stays.

`webauthn` checks what the browser says. It takes a second to load, so it is loaded by the first who needs it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from peewee import IntegrityError

from ... import clock
from ...audit.services import record
from ...config import settings
from ...db import db
from ...vault import note_removal
from ..models import Customer, Passkey, StepKind
from ..queries import passkeys_of
from .notices import PASSKEY_ADDED, PASSKEY_REMOVED, tell_customer
from .sessions import begin_session
from .steps import begin_step, finish_step, step_with

CHALLENGE_BYTES = HANDLE_BYTES = 32
AT_MOST = 10
LONGEST_ANSWER = 20_000


class PasskeyRefused(Exception):
    """The browser's answer does not hold, or the passkey is none of the shop's."""


class TooManyPasskeys(Exception):
    """The account has as many as it may have."""


def are_possible() -> bool:
    """Browsers offer passkeys only to a site with a name of its own, over https, or to localhost."""
    host = urlsplit(settings().shop_url).hostname or ""
    is_name = not host.replace(".", "").isdecimal() and ":" not in host
    return host == "localhost" or (settings().is_https and is_name)


def begin_adding(*, customer: Customer) -> tuple[str, dict[str, Any]]:
    """A step's token for the cookie, and what the browser needs to make a passkey. Raises TooManyPasskeys."""
    import webauthn
    from webauthn.helpers import structs

    known = list(passkeys_of(customer.id))
    if len(known) >= AT_MOST:
        raise TooManyPasskeys
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name=settings().shop_name,
        user_name=customer.email,
        user_display_name=customer.name or customer.email,
        user_id=bytes(known[0].user_handle) if known else secrets.token_bytes(HANDLE_BYTES),
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in known],
    )
    token = begin_step(StepKind.PASSKEY_ADDED, customer=customer, challenge=challenge + options.user.id)
    return token, json.loads(webauthn.options_to_json(options))


def add_passkey(*, customer: Customer, token: str, answer: str) -> Passkey:
    """Raises StepGone, PasskeyRefused."""
    import webauthn

    step = step_with(token, kind=StepKind.PASSKEY_ADDED)
    if step.customer_id != customer.id:
        raise PasskeyRefused
    challenge, handle = bytes(step.challenge)[:CHALLENGE_BYTES], bytes(step.challenge)[CHALLENGE_BYTES:]
    with db.atomic():
        finish_step(step)
    with _refusing():
        found = webauthn.verify_registration_response(
            credential=_readable(answer),
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    try:
        with db.atomic():
            made: Passkey = Passkey.create(
                customer=customer.id,
                credential_id=found.credential_id,
                public_key=found.credential_public_key,
                user_handle=handle,
                sign_count=found.sign_count,
                is_synced=found.credential_backed_up,
            )
            tell_customer(PASSKEY_ADDED, customer=customer)
            _record("customer-passkey-added", customer.id, made)
    except IntegrityError as error:
        raise PasskeyRefused from error
    return made


def begin_sign_in() -> tuple[str, dict[str, Any]]:
    """A step's token for the cookie, and what the browser needs to offer its passkeys; nobody is named."""
    import webauthn
    from webauthn.helpers import structs

    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = webauthn.generate_authentication_options(
        rp_id=_site(), challenge=challenge, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    return begin_step(StepKind.PASSKEY_SIGN_IN, challenge=challenge), json.loads(webauthn.options_to_json(options))


def sign_in_with_passkey(*, token: str, answer: str) -> str:
    """A session's token. The device asked for a finger, a face or a PIN, so this is two factors in one.

    Raises StepGone, PasskeyRefused.
    """
    import webauthn

    step = step_with(token, kind=StepKind.PASSKEY_SIGN_IN)
    with db.atomic():
        finish_step(step)
    credential = _readable(answer)
    passkey = _passkey_of(credential)
    with _refusing():
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=bytes(step.challenge),
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    with db.atomic():
        is_as_it_was = (Passkey.id == passkey.id) & (Passkey.sign_count == passkey.sign_count)
        noted = {"sign_count": found.new_sign_count, "is_synced": found.credential_backed_up, "used_at": clock.now()}
        if not Passkey.update(noted).where(is_as_it_was).execute():
            raise PasskeyRefused
        return begin_session(customer=passkey.customer)


def remove_passkey(*, customer: Customer, passkey_id: int) -> None:
    """Raises PasskeyRefused when it is not theirs."""
    is_theirs = (Passkey.id == passkey_id) & (Passkey.customer == customer.id)
    passkey = Passkey.get_or_none(is_theirs)
    with db.atomic():
        if passkey is None or not Passkey.delete().where(is_theirs).execute():
            raise PasskeyRefused
        note_removal("passkey", passkey_id)
        tell_customer(PASSKEY_REMOVED, customer=customer)
        _record("customer-passkey-removed", customer.id, passkey)


def _passkey_of(credential: dict[str, Any]) -> Passkey:
    from webauthn.helpers import base64url_to_bytes

    with _refusing():
        handle = base64url_to_bytes(credential["response"]["userHandle"])
        is_it = Passkey.credential_id == base64url_to_bytes(credential["id"])
    found: Passkey | None = (
        Passkey.select(Passkey, Customer).join(Customer).where(is_it, Customer.closed_at.is_null()).first()
    )
    if found is None or bytes(found.user_handle) != handle:
        raise PasskeyRefused
    return found


def _readable(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    with _refusing():
        found = json.loads(answer)
        if not isinstance(found, dict):
            raise PasskeyRefused
    return found


@contextmanager
def _refusing() -> Iterator[None]:
    """What comes from a browser may be anything: whatever the check stumbles over is a refusal."""
    try:
        yield
    except Exception as error:
        raise PasskeyRefused from error


def _site() -> str:
    return urlsplit(settings().shop_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(settings().shop_url)
    return f"{parts.scheme}://{parts.netloc}"


def _record(event: str, customer_id: int, passkey: Passkey) -> None:
    record(event, actor=f"customer:{customer_id}", about=("customer", customer_id), passkey=passkey.id)
