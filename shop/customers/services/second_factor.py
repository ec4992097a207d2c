"""The second factor: an app that shows codes, and recovery codes for the day the app is gone."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

from ... import clock
from ...audit.services import record
from ...config import settings
from ...db import db
from ...vault import Source, derived_key, note_removal
from ..models import Authenticator, Customer, Passkey, RecoveryCode
from ..queries import authenticator_of
from . import notices
from .notices import tell_customer

STEP_SECONDS, DRIFT = 30, 1
RECOVERY_CODES, CODE_GROUPS, GROUP_LETTERS = 10, 3, 4
# No letter or digit that is easily taken for another.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
APP_CODE_DIGITS = 6


class WrongCode(Exception):
    """The code is wrong, was used already, or belongs to another time."""


class AlreadyOn(Exception):
    """The account has a second factor: it is turned off before another is set up."""


def start_authenticator(*, customer: Customer) -> Authenticator:
    """A fresh secret for the customer's app; it counts once a code from the app has confirmed it. Raises AlreadyOn."""
    with db.atomic():
        found = authenticator_of(customer.id)
        if found is not None and found.confirmed_at is not None:
            raise AlreadyOn
        Authenticator.delete().where(
            Authenticator.customer == customer.id, Authenticator.confirmed_at.is_null()
        ).execute()
        made: Authenticator = Authenticator.create(
            subject=customer.subject, source=Source.SHOP, customer=customer.id, secret=pyotp.random_base32()
        )
    return made


def address_for_app(authenticator: Authenticator, *, customer: Customer) -> str:
    """What the QR code says: otpauth://totp/…"""
    totp = pyotp.TOTP(authenticator.secret)
    return str(totp.provisioning_uri(name=customer.email, issuer_name=settings().shop_name))


def confirm_authenticator(*, customer: Customer, code: str) -> list[str]:
    """Turn the second factor on; the recovery codes, to be shown this once. Raises WrongCode, AlreadyOn."""
    with db.atomic():
        found = authenticator_of(customer.id)
        if found is None:
            raise WrongCode
        if found.confirmed_at is not None:
            raise AlreadyOn
        if not _use_app_code(found, code):
            raise WrongCode
        Authenticator.update(confirmed_at=clock.now()).where(Authenticator.id == found.id).execute()
        codes = _new_codes(customer)
        tell_customer(notices.SECOND_FACTOR_ON, customer=customer)
        _record("customer-second-factor-added", customer)
    return codes


def use_code(*, customer: Customer, code: str) -> bool:
    """Whether it is a right code of the app or an unused recovery code; in the caller's transaction it is used up."""
    found = authenticator_of(customer.id)
    if found is None or found.confirmed_at is None:
        return False
    return _use_app_code(found, code) if is_app_code(code) else _use_recovery_code(customer, _tidy(code))


def is_app_code(code: str) -> bool:
    """Whether it looks like one of an app's codes, and not like a recovery code."""
    typed = _tidy(code)
    return len(typed) == APP_CODE_DIGITS and typed.isdecimal()


def renew_recovery_codes(*, customer: Customer, code: str) -> list[str]:
    """Ten new ones, to be shown this once; the old ones are worth nothing. Raises WrongCode."""
    with db.atomic():
        if not use_code(customer=customer, code=code):
            raise WrongCode
        codes = _new_codes(customer)
        tell_customer(notices.RECOVERY_CODES_MADE, customer=customer)
        _record("customer-recovery-codes-made", customer, count=len(codes))
    return codes


def turn_off(*, customer: Customer, code: str) -> None:
    """Back to the password alone. Raises WrongCode."""
    with db.atomic():
        if not use_code(customer=customer, code=code):
            raise WrongCode
        Authenticator.delete().where(Authenticator.customer == customer.id).execute()
        RecoveryCode.delete().where(RecoveryCode.customer == customer.id).execute()
        note_removal("second-factor", customer.id)
        tell_customer(notices.SECOND_FACTOR_OFF, customer=customer)
        _record("customer-second-factor-removed", customer)


def forget_ways_in(*, customer: Customer, since: datetime) -> None:
    """Let passkeys and an app that were added since then open nothing any more."""
    with db.atomic():
        new_keys = (Passkey.customer == customer.id) & (Passkey.created_at >= since)
        for passkey in list(Passkey.select(Passkey.id).where(new_keys)):
            note_removal("passkey", passkey.id)
        Passkey.delete().where(new_keys).execute()
        is_new = (Authenticator.customer == customer.id) & (Authenticator.created_at >= since)
        if Authenticator.delete().where(is_new).execute():
            RecoveryCode.delete().where(RecoveryCode.customer == customer.id).execute()
            note_removal("second-factor", customer.id)
            _record("customer-second-factor-removed", customer)


def _use_app_code(authenticator: Authenticator, code: str) -> bool:
    """A code counts for its half minute and the one on either side, and never twice, nor after a later one."""
    totp, now = pyotp.TOTP(authenticator.secret), int(clock.now().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), _tidy(code)):
            is_newer = (Authenticator.id == authenticator.id) & (Authenticator.last_step < step)
            return bool(Authenticator.update(last_step=step).where(is_newer).execute())
    return False


def _use_recovery_code(customer: Customer, typed: str) -> bool:
    unused = (
        (RecoveryCode.customer == customer.id)
        & (RecoveryCode.code_hash == _code_hash(customer, typed))
        & RecoveryCode.used_at.is_null()
    )
    if not RecoveryCode.update(used_at=clock.now()).where(unused).execute():
        return False
    tell_customer(notices.RECOVERY_CODE_USED, customer=customer)
    _record("customer-recovery-code-used", customer)
    return True


def _new_codes(customer: Customer) -> list[str]:
    RecoveryCode.delete().where(RecoveryCode.customer == customer.id).execute()
    codes = [
        "".join(secrets.choice(LETTERS) for _ in range(CODE_GROUPS * GROUP_LETTERS)) for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        RecoveryCode.create(customer=customer.id, code_hash=_code_hash(customer, code))
    return [
        "-".join(code[start : start + GROUP_LETTERS] for start in range(0, len(code), GROUP_LETTERS)) for code in codes
    ]


def _code_hash(customer: Customer, code: str) -> bytes:
    """Keyed, and random enough that it needs no slow hash."""
    return hmac.digest(derived_key("recovery codes"), f"{customer.id} {code}".encode(), "sha256")


def _tidy(code: str) -> str:
    """As people type or paste it: with blanks, dashes or in capitals."""
    return "".join(letter for letter in code.lower() if letter.isascii() and letter.isalnum())


def _record(event: str, customer: Customer, **details: int) -> None:
    record(event, actor=f"customer:{customer.id}", about=("customer", customer.id), **details)
