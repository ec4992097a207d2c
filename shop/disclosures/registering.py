"""The register of those outside the shop who may be given something about customers, and what."""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from peewee import IntegrityError

from .. import clock
from ..audit.services import record
from ..db import db
from ..vault import Recipient
from .allowed import allowed_fields, fields_to_choose
from .models import RegisteredRecipient
from .services import NotAllowed

FIRST_AGREEMENT = "Terms of carriage"
LONGEST_CODE = 40


class NameTaken(Exception):
    """Another entry of the register goes by this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The register has an entry for {name} already: change that one.")


class AddressForNobody(NotAllowed):
    """A maker that does not ship directly has no use for an address."""

    def __init__(self) -> None:
        super().__init__("A maker is given an address only if it ships directly: tick that, or leave the address out.")


def register_recipient(
    *,
    name: str,
    kind: Recipient,
    fields: Sequence[str],
    staff_id: int,
    agreed_at: datetime | None = None,
    agreement: str = "",
    ships_direct: bool = False,
) -> RegisteredRecipient:
    """A new entry. Raises NotAllowed, AddressForNobody, NameTaken."""
    chosen = _chosen(kind, fields, ships_direct=ships_direct)
    try:
        with db.atomic():
            made: RegisteredRecipient = RegisteredRecipient.create(
                code=_code_of(name),
                name=name,
                kind=kind,
                agreed_at=agreed_at,
                agreement=agreement,
                ships_direct=ships_direct,
                fields=chosen,
            )
            record("recipient-registered", actor=f"staff:{staff_id}", about=("recipient", made.id), code=made.code)
    except IntegrityError as error:
        raise NameTaken(name) from error
    return made


def change_recipient(
    *,
    found: RegisteredRecipient,
    fields: Sequence[str],
    staff_id: int,
    agreed_at: datetime | None,
    agreement: str,
    ships_direct: bool,
) -> bool:
    """False when nothing was changed. Raises NotAllowed, AddressForNobody."""
    wanted = {
        "agreed_at": agreed_at,
        "agreement": agreement,
        "ships_direct": ships_direct,
        "fields": _chosen(found.recipient, fields, ships_direct=ships_direct),
    }
    changes = {name: value for name, value in wanted.items() if getattr(found, name) != value}
    if not changes:
        return False
    with db.atomic():
        RegisteredRecipient.update(changes).where(RegisteredRecipient.id == found.id).execute()
        for name in sorted(changes):
            record("recipient-changed", actor=f"staff:{staff_id}", about=("recipient", found.id), field=name)
    return True


def end_recipient(*, found: RegisteredRecipient, staff_id: int) -> bool:
    """From now on it is given nothing; what it was given stays on record. False when it was ended already."""
    active = (RegisteredRecipient.id == found.id) & RegisteredRecipient.ended_at.is_null()
    with db.atomic():
        if not RegisteredRecipient.update(ended_at=clock.now()).where(active).execute():
            return False
        record("recipient-ended", actor=f"staff:{staff_id}", about=("recipient", found.id))
    return True


def resume_recipient(*, found: RegisteredRecipient, staff_id: int) -> bool:
    """It may be given something again; False when it may already."""
    ended = (RegisteredRecipient.id == found.id) & RegisteredRecipient.ended_at.is_null(False)
    with db.atomic():
        if not RegisteredRecipient.update(ended_at=None).where(ended).execute():
            return False
        record("recipient-resumed", actor=f"staff:{staff_id}", about=("recipient", found.id))
    return True


def register_known_carriers(known: Iterable[tuple[str, str]]) -> None:
    """Public carriers carry for everybody by the terms of carriage they publish: with these a shop can send from its
    first day. `known` are codes and names; an entry that is there already, even an ended one, stays as it is."""
    there = {row.code for row in RegisteredRecipient.select(RegisteredRecipient.code)}
    fields = _chosen(Recipient.CARRIER, fields_to_choose(Recipient.CARRIER), ships_direct=False)
    for code, name in known:
        if code not in there:
            RegisteredRecipient.create(
                code=code,
                name=name,
                kind=Recipient.CARRIER,
                agreed_at=clock.now(),
                agreement=FIRST_AGREEMENT,
                fields=fields,
            )


def _chosen(kind: Recipient, fields: Sequence[str], *, ships_direct: bool) -> str:
    if refused := set(fields) - allowed_fields(kind):
        raise NotAllowed(f"{kind.words} may not be given {', '.join(sorted(refused))}")
    if kind == Recipient.MANUFACTURER and not ships_direct and any(is_address(name) for name in fields):
        raise AddressForNobody
    return json.dumps([name for name in fields_to_choose(kind) if name in set(fields)])


def is_address(name: str) -> bool:
    """Whether a field is part of where a parcel goes."""
    return name.startswith("delivery_")


def _code_of(name: str) -> str:
    """ "Müller & Söhne" -> "muller-sohne"; a name without such letters gets a code made up."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_CODE].strip("-") or secrets.token_hex(4)
