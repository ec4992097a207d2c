"""The second factor: an app that shows codes, and recovery codes for the day the app is gone."""

from __future__ import annotations

from datetime import datetime

from ... import clock
from ...audit.services import record
from ...db import db
from ...second_factor import WrongCode, is_app_code, new_recovery_codes, new_secret, recovery_hash, step_of
from ...vault import Source, note_removal
from ..models import Authenticator, Customer, Passkey, RecoveryCode
from ..queries import authenticator_of
from . import notices
from .notices import tell_customer


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
            subject=customer.subject, source=Source.SHOP, customer=customer.id, secret=new_secret()
        )
    return made


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
    return _use_app_code(found, code) if is_app_code(code) else _use_recovery_code(customer, code)


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
    """A code counts once, and not after a later one."""
    step = step_of(str(authenticator.secret), code)
    if step is None:
        return False
    is_newer = (Authenticator.id == authenticator.id) & (Authenticator.last_step < step)
    return bool(Authenticator.update(last_step=step).where(is_newer).execute())


def _use_recovery_code(customer: Customer, typed: str) -> bool:
    unused = (
        (RecoveryCode.customer == customer.id)
        & (RecoveryCode.code_hash == recovery_hash(str(customer.id), typed))
        & RecoveryCode.used_at.is_null()
    )
    if not RecoveryCode.update(used_at=clock.now()).where(unused).execute():
        return False
    tell_customer(notices.RECOVERY_CODE_USED, customer=customer)
    _record("customer-recovery-code-used", customer)
    return True


def _new_codes(customer: Customer) -> list[str]:
    RecoveryCode.delete().where(RecoveryCode.customer == customer.id).execute()
    codes = new_recovery_codes()
    for code in codes:
        RecoveryCode.create(customer=customer.id, code_hash=recovery_hash(str(customer.id), code))
    return codes


def _record(event: str, customer: Customer, **details: int) -> None:
    record(event, actor=f"customer:{customer.id}", about=("customer", customer.id), **details)
