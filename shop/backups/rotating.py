"""A new master key: what was copied of the key store before opens with no key that is still kept."""

from __future__ import annotations

from .. import clock
from ..audit import services as audit
from ..db import db
from ..vault import rotate_master_key
from .models import Backup, BackupKind
from .queries import existing
from .services import make_backup, prune


def rotate(new: bytes | None = None) -> int:
    """Rotate the master key, delete the copies of the key store that this ended, and make a new one; how many ended.

    `new` is needed where SHOP_MASTER_KEY holds it. Raises UnusableMasterKey.
    """
    rotate_master_key(new)
    ended = [backup.id for backup in existing(BackupKind.KEYS)]
    with db.atomic():
        Backup.update(expires_at=clock.now()).where(Backup.id.in_(ended)).execute()
        audit.record("master-key-rotated", actor="shop", about=("vault", 0))
    make_backup(BackupKind.KEYS)
    prune()
    return len(ended)
