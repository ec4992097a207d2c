"""Fresh shops for tests: migrated once, then copied, on SQLite or on the PostgreSQL that TEST_DATABASE_URL names."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from shop import create_app
from shop.config import Settings
from shop.db import db
from shop.ops.schema import migrate
from shop.vault.store import keys_db

from .client import ShopClient
from .postgres import create_database, drop_database

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


class Shops:
    """Makes shops that are all alike at their start. `server` is a PostgreSQL where databases may be made, or None."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self.folder, self.server = folder, server
        self.instance = folder / "instance"
        self.compiled = folder / "templates"
        self.compiled.mkdir()
        self.environment = {name: self._template(name) for name in ("database_url", "keys_url")} if server else {}
        app = create_app(shop_instance=self.instance, **self.environment)
        with app.app_context():
            migrate()
        disconnect()

    def new(self, instance: Path, **overrides: Any) -> Flask:
        """A shop with its own data in `instance`; `overrides` are settings."""
        shutil.copytree(self.instance, instance, ignore=shutil.ignore_patterns("*.turn", "*-wal", "*-shm"))
        databases = {name: self._copy(name, url) for name, url in self.environment.items()}
        app = create_app(**{"shop_instance": instance, **databases, **overrides})
        app.testing = True
        app.test_client_class = ShopClient
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(self.compiled))
        # A test asks its questions between requests, when a request's connection has gone back.
        db.obj.autoconnect = True
        return app

    def close(self) -> None:
        for name in self.environment:
            for database in (self._name(name), self._name(name, "template")):
                drop_database(str(self.server), database)

    def _template(self, name: str) -> str:
        return create_database(str(self.server), self._name(name, "template"))

    def _copy(self, name: str, _url: str) -> str:
        return create_database(str(self.server), self._name(name), template=self._name(name, "template"))

    def _name(self, name: str, kind: str = "test") -> str:
        return f"shop_{WORKER}_{name.removesuffix('_url')}_{kind}"


def disconnect() -> None:
    """Close this thread's connections, and with PostgreSQL those that wait in the pools."""
    for database in (db.obj, keys_db.obj):
        if not database.is_closed():
            database.close()
        if hasattr(database, "close_all"):
            database.close_all()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment of a process that is to run with these settings."""
    given = {name.upper(): str(value) for name, value in asdict(settings).items() if value is not None}
    return {**os.environ, **given}
