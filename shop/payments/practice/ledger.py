"""The gateway's books: transactions, nonces and vaulted things in an SQLite file of their own, so that a restart loses
no charge. What is kept of a card is its brand, its first six and last four digits and its expiry."""

from __future__ import annotations

import json
import secrets
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

Document = dict[str, Any]
TRANSACTION, NONCE, CUSTOMER, METHOD = "transaction", "nonce", "customer", "payment_method"
SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, id TEXT NOT NULL, ref TEXT NOT NULL, created_at TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_ref ON kept (kind, ref);
CREATE INDEX IF NOT EXISTS kept_created_at ON kept (kind, created_at);
"""


def new_id(length: int = 8) -> str:
    """Lower-case letters only: no id may ever look like a card number."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(length))


class Ledger:
    """Every change happens inside `with ledger.changing():`, which is one transaction and one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = apsw.Connection(str(path))
        self._db.set_busy_timeout(5000)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(SCHEMA)
        path.chmod(0o600)

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self._lock, self._db:
            yield

    def get(self, kind: str, key: str) -> Document | None:
        return next(self._documents("kind = ? AND id = ?", (kind, key)), None)

    def put(self, kind: str, document: Document) -> None:
        """Write it under its `id`; `order_id` or `customer_id` is what `by_ref` finds."""
        ref = document.get("order_id") or document.get("customer_id") or ""
        row = (kind, document["id"], ref, document["created_at"], json.dumps(document))
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", row)

    def remove(self, kind: str, key: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM kept WHERE kind = ? AND id = ?", (kind, key))

    def by_ref(self, kind: str, ref: str) -> list[Document]:
        return list(self._documents("kind = ? AND ref = ? ORDER BY created_at, id", (kind, ref)))

    def all(self, kind: str) -> list[Document]:
        """Newest first."""
        return list(self._documents("kind = ? ORDER BY created_at DESC, id", (kind,)))

    def clear(self) -> None:
        with self._lock:
            self._db.execute("DELETE FROM kept")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _documents(self, where: str, values: tuple[str, ...]) -> Iterator[Document]:
        with self._lock:
            rows = list(self._db.execute(f"SELECT document FROM kept WHERE {where}", values))  # noqa: S608
        return (json.loads(row[0]) for row in rows)
