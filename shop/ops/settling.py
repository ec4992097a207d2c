"""After a restore: data and key store are brought together, and what was erased since is erased again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import OperationalError, ProgrammingError

from ..audit import services as audit
from ..audit.queries import Broken, verify
from ..backups.models import BackupKind
from ..backups.services import adopt_unknown
from ..backups.writing import Manifest
from ..config import Settings
from ..db import database_for, db
from ..orders.models import Order
from ..outbox.models import Mail, MailKind, MailState
from ..vault import Parted, UnusableMasterKey, bond, erasures
from ..vault.ledger import BrokenLedger, LedgerNotWritten
from . import replaying, schema
from .models import all_models
from .reviving import HELD_BACK

HELD_SHOWN = 20


@dataclass(frozen=True)
class Settled:
    """`again`: subjects destroyed and single things removed once more; `held`: mails that waited in the backup, in
    words; `lost`: subjects whose keys no copy has; `broken`: of the audit trail.

    `problem` says why the shop cannot start yet, if it cannot.
    """

    again: int = 0
    held: Sequence[str] = ()
    lost: int = 0
    broken: Broken | None = None
    problem: str = ""


def settle(
    settings: Settings,
    *,
    restored: Manifest | None = None,
    accept_older_keys: bool = False,
    make_new_ledger: bool = False,
) -> Settled:
    """Bring data and key store together again. Killed halfway, the next start follows the ledger by itself."""
    all_models()
    replaying.install()
    db.initialize(database_for(settings.database_url, settings.shop_instance / "shop.db"))
    try:
        bond.open_bonded(settings)
        with db.connection_context():
            schema.migrate_here()
            if make_new_ledger:
                erasures.write_anew()
            lost = erasures.forget_lost() if accept_older_keys else 0
            again = bond.catch_up(settings)
            adopt_unknown()
            broken = _note(restored)
            held = list(_held()) if restored is not None and restored.kind == BackupKind.DATA else []
    except (Parted, UnusableMasterKey, BrokenLedger, LedgerNotWritten) as error:
        return Settled(problem=str(error))
    except (OperationalError, ProgrammingError) as error:
        return Settled(problem=str(error).partition("\n")[0])
    return Settled(again=again, held=held, lost=lost, broken=broken)


def in_words(settled: Settled) -> Iterator[str]:
    """What the keeper is told afterwards."""
    if settled.again:
        yield f"Erased again: {settled.again} that were erased, removed or taken back after the backup was made."
    if settled.held:
        yield (
            f"Held back: {len(settled.held)} mails that waited in the backup and may have left before. The desk says "
            "so where each belongs, and sends it again if you want it to:"
        )
        yield from (f"  {line}" for line in settled.held[:HELD_SHOWN])
        if len(settled.held) > HELD_SHOWN:
            yield f"  … and {len(settled.held) - HELD_SHOWN} more."
    if settled.lost:
        yield f"Lost for good: what was sealed for {settled.lost} subjects whose keys no copy has."
    if settled.broken:
        yield f"The audit trail does not hold: row {settled.broken.number} is {settled.broken.what}."
    yield f"The shop cannot start yet: {settled.problem}" if settled.problem else "The shop can start."


def _held() -> Iterator[str]:
    """Each mail that was held back by its number, kind and what it is about; nobody's address."""
    rows = Mail.select(Mail.id, Mail.kind, Mail.about_kind, Mail.about_id, Mail.created_at).where(
        Mail.state == MailState.FAILED, Mail.error == HELD_BACK
    )
    orders = Order.select(Order.id, Order.number).where(
        Order.id.in_([row.about_id for row in rows if row.about_kind == "order"])
    )
    numbers = {order.id: order.number for order in orders}
    for row in rows.order_by(Mail.id):
        name = numbers.get(row.about_id, row.about_id) if row.about_kind == "order" else row.about_id
        yield f"mail {row.id} of {row.created_at:%Y-%m-%d %H:%M}: {MailKind(row.kind).words}, {row.about_kind} {name}"


def _note(restored: Manifest | None) -> Broken | None:
    """Say in the audit trail what was done; an end that older data lacks is accepted, an alteration is not."""
    broken = verify()
    if broken is not None and broken.what != "cut off":
        return broken
    if broken is not None:
        audit.accept_tail(actor="shop")
    if restored is not None:
        told = f"{restored.kind}-{datetime.fromisoformat(restored.made_at):%Y%m%dT%H%M%SZ}"
        with db.atomic():
            audit.record("backup-restored", actor="shop", about=("backup", 0), backup=told)
        audit.mark_tail()
    return None
