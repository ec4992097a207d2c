"""The second factor of staff: an app that shows codes, and recovery codes for the day the app is gone."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...config import PRODUCTION, settings
from ...db import db
from ...second_factor import WrongCode, code_after, is_app_code, new_recovery_codes, new_secret, recovery_hash, step_of
from ...vault import Source, note_removal
from ..models import Staff, StaffAuthenticator, StaffRecoveryCode, StaffSession
from .notices import CODE_USED, CODES_MADE, SECOND_FACTOR_OFF, SECOND_FACTOR_ON, tell
from .sessions import end_sessions


def is_for_practice() -> bool:
    """Whether the shop may show a code that it made itself: it takes no money, and nobody's data but the demo's."""
    return settings().is_practice and settings().shop_mode != PRODUCTION


def authenticator_of(staff_id: int) -> StaffAuthenticator | None:
    """The app that counts. One that the demo made counts no more once the shop is for real."""
    is_theirs = (StaffAuthenticator.staff == staff_id) & StaffAuthenticator.confirmed_at.is_null(False)
    if not is_for_practice():
        is_theirs &= ~StaffAuthenticator.is_demo
    found: StaffAuthenticator | None = StaffAuthenticator.get_or_none(is_theirs)
    return found


def app_to_confirm(staff_id: int) -> StaffAuthenticator | None:
    """One that is being set up."""
    found: StaffAuthenticator | None = StaffAuthenticator.get_or_none(
        StaffAuthenticator.staff == staff_id, StaffAuthenticator.confirmed_at.is_null()
    )
    return found


def recovery_codes_left(staff_id: int) -> int:
    unused = (StaffRecoveryCode.staff == staff_id) & StaffRecoveryCode.used_at.is_null()
    return int(StaffRecoveryCode.select().where(unused).count())


def has_demo_app(staff_id: int) -> bool:
    found = authenticator_of(staff_id)
    return found is not None and found.is_demo


def code_shown(staff_id: int) -> str | None:
    """The code that the demo shows in place of a phone; never one of an app that somebody set up."""
    found = authenticator_of(staff_id)
    return code_after(str(found.secret), found.last_step) if found is not None and found.is_demo else None


def begin_app(*, staff: Staff) -> StaffAuthenticator:
    """A fresh secret for an app; it counts once a code from the app has confirmed it."""
    with db.atomic():
        _forget((StaffAuthenticator.staff == staff.id) & StaffAuthenticator.confirmed_at.is_null())
        made: StaffAuthenticator = StaffAuthenticator.create(
            subject=staff.subject, source=Source.SHOP, staff=staff.id, secret=new_secret()
        )
    return made


def confirm_app(*, staff: Staff, code: str, session: StaffSession) -> list[str]:
    """Let it count in place of the one before; the recovery codes, to be shown this once.

    `session` is proven by it, every other ends. Raises WrongCode.
    """
    with db.atomic():
        found = app_to_confirm(staff.id)
        if found is None or not _use_app_code(found, code):
            raise WrongCode
        now = clock.now()
        if _forget((StaffAuthenticator.staff == staff.id) & (StaffAuthenticator.id != found.id)):
            note_removal("staff-second-factor", staff.id)
        StaffAuthenticator.update(confirmed_at=now).where(StaffAuthenticator.id == found.id).execute()
        StaffSession.update(proven_at=now).where(StaffSession.id == session.id).execute()
        codes = _new_codes(staff)
        end_sessions(staff=staff, by=f"staff:{staff.id}", but=session)
        tell(SECOND_FACTOR_ON, staff=staff)
        record("staff-second-factor-added", actor=f"staff:{staff.id}", about=("staff", staff.id))
    return codes


def use_code(*, staff: Staff, code: str) -> bool:
    """Whether it is a right code of the app or an unused recovery code; in the caller's transaction it is used up."""
    found = authenticator_of(staff.id)
    if found is None:
        return False
    return _use_app_code(found, code) if is_app_code(code) else _use_recovery_code(staff, code)


def prove(*, staff: Staff, code: str) -> bool:
    """The same in a transaction of its own, before something else is done."""
    with db.atomic():
        return use_code(staff=staff, code=code)


def renew_recovery_codes(*, staff: Staff, code: str) -> list[str]:
    """Ten new ones, to be shown this once; the old ones are worth nothing. Raises WrongCode."""
    with db.atomic():
        if not use_code(staff=staff, code=code):
            raise WrongCode
        codes = _new_codes(staff)
        tell(CODES_MADE, staff=staff)
        actor = f"staff:{staff.id}"
        record("staff-recovery-codes-made", actor=actor, about=("staff", staff.id), count=len(codes))
    return codes


def remove_second_factor(*, staff: Staff, by: str) -> None:
    """For somebody whose phone and codes are gone: they sign in by their password, and set another up first."""
    with db.atomic():
        _forget(StaffAuthenticator.staff == staff.id)
        StaffRecoveryCode.delete().where(StaffRecoveryCode.staff == staff.id).execute()
        end_sessions(staff=staff, by=by)
        note_removal("staff-second-factor", staff.id)
        tell(SECOND_FACTOR_OFF, staff=staff)
        record("staff-second-factor-removed", actor=by, about=("staff", staff.id), by=by.partition(":")[0])


def give_demo_app(*, staff: Staff) -> None:
    """A second factor whose codes the shop shows itself, so that the demo needs no phone."""
    if not is_for_practice():
        return
    with db.atomic():
        StaffAuthenticator.create(
            subject=staff.subject,
            source=Source.SHOP,
            staff=staff.id,
            secret=new_secret(),
            is_demo=True,
            confirmed_at=clock.now(),
        )
        record("staff-second-factor-added", actor="shop", about=("staff", staff.id))


def _forget(which: object) -> bool:
    return bool(StaffAuthenticator.delete().where(which).execute())


def _use_app_code(authenticator: StaffAuthenticator, code: str) -> bool:
    """A code counts once, and not after a later one."""
    step = step_of(str(authenticator.secret), code)
    if step is None:
        return False
    is_newer = (StaffAuthenticator.id == authenticator.id) & (StaffAuthenticator.last_step < step)
    return bool(StaffAuthenticator.update(last_step=step).where(is_newer).execute())


def _use_recovery_code(staff: Staff, code: str) -> bool:
    unused = (
        (StaffRecoveryCode.staff == staff.id)
        & (StaffRecoveryCode.code_hash == recovery_hash(f"staff:{staff.id}", code))
        & StaffRecoveryCode.used_at.is_null()
    )
    if not StaffRecoveryCode.update(used_at=clock.now()).where(unused).execute():
        return False
    tell(CODE_USED, staff=staff)
    record("staff-recovery-code-used", actor=f"staff:{staff.id}", about=("staff", staff.id))
    return True


def _new_codes(staff: Staff) -> list[str]:
    StaffRecoveryCode.delete().where(StaffRecoveryCode.staff == staff.id).execute()
    codes = new_recovery_codes()
    for code in codes:
        StaffRecoveryCode.create(staff=staff.id, code_hash=recovery_hash(f"staff:{staff.id}", code))
    return codes
