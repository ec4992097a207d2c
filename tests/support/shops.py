"""Fresh shops for tests: migrated once, then copied, on SQLite or on the PostgreSQL that TEST_DATABASE_URL names."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from types import MethodType
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from shop import create_app
from shop.config import ROOT, Settings
from shop.db import db
from shop.ops import demo
from shop.ops.schema import migrate
from shop.vault.store import keys_db

from .client import ShopClient
from .postgres import create_database, drop_database

EMPTY, DEMO = "empty", "demo"
# Databases are made anew in turn: PostgreSQL waits with dropping one until the last who used it have gone.
TURNS = ("test1", "test2", "test3")
# The demo's pictures are named by what is in them, so every test and every run may share those once made.
MEDIA = ROOT / "build" / "tests" / "media"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


class CompiledOnce(Rule):
    """A route that is compiled for the first of this process's shops and serves all the others: compiling them all
    takes longer than everything else that a test's shop needs."""

    _compiled: dict[tuple[Any, ...], dict[str, Any]] = {}

    def compile(self) -> None:
        key = (self.host, self.subdomain, self.rule, self.merge_slashes, *(self.defaults or {}).items())
        if key not in self._compiled:
            super().compile()
            names = ("arguments", "_parts", "_trace", "_converters")
            builders = {name: getattr(self, name).__func__ for name in ("_build", "_build_unknown")}
            self._compiled[key] = {**{name: getattr(self, name) for name in names}, **builders}
        for name, made in self._compiled[key].items():
            setattr(self, name, MethodType(made, self) if callable(made) else made)


Flask.url_rule_class = CompiledOnce


class Shops:
    """Makes shops that are all alike at their start. `server` is a PostgreSQL where databases may be made, or None."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self.folder, self.server = folder, server
        self.compiled = folder / "templates"
        self.compiled.mkdir()
        self._turns = cycle(TURNS)

    def new(self, instance: Path, *, stock: str = EMPTY, **overrides: Any) -> Flask:
        """A shop with its own data in `instance`, empty or with the demo's goods; `overrides` are settings."""
        shutil.copytree(self._stocked(stock), instance, ignore=shutil.ignore_patterns("*.turn", "*-wal", "*-shm"))
        return self._app(instance, stock, self._databases(next(self._turns), template=stock), **overrides)

    def close(self) -> None:
        for stock in (*TURNS, EMPTY, DEMO):
            for name in self._names():
                drop_database(str(self.server), self._database(name, stock))

    def _app(self, instance: Path, stock: str, databases: dict[str, str], **overrides: Any) -> Flask:
        media = {"media_root": MEDIA} if stock == DEMO else {}
        app = create_app(**{"shop_instance": instance, **media, **databases, **overrides})
        app.testing = True
        app.test_client_class = ShopClient
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(self.compiled))
        # A test asks its questions between requests, when a request's connection has gone back.
        db.obj.autoconnect = True
        return app

    def _stocked(self, stock: str) -> Path:
        """The folder that shops with this stock are copied from, filled when first asked for."""
        instance = self.folder / stock
        if instance.exists():
            return instance
        if stock == DEMO:
            shutil.copytree(self._stocked(EMPTY), instance)
        app = self._app(instance, stock, self._databases(stock, template=EMPTY if stock == DEMO else "template1"))
        with app.app_context():
            if stock == DEMO:
                demo.seed()
            else:
                migrate()
        disconnect()
        return instance

    def _databases(self, stock: str, *, template: str) -> dict[str, str]:
        """New databases by the setting that names them, made after those of the stock `template`."""
        return {
            name: create_database(
                str(self.server), self._database(name, stock), template=self._database(name, template)
            )
            for name in self._names()
        }

    def _names(self) -> tuple[str, ...]:
        return ("database_url", "keys_url") if self.server else ()

    def _database(self, name: str, stock: str) -> str:
        return stock if stock == "template1" else f"shop_{WORKER}_{name.removesuffix('_url')}_{stock}"


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
