"""A throw-away PostgreSQL for the tests: a cluster in a temporary folder that asks for no durability."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from .memory import in_memory

DEBIAN = Path("/usr/lib/postgresql")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB")

INITDB = ("-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")


class NoPostgres(Exception):
    """PostgreSQL's programs are not on this machine."""


def programs() -> Path:
    """The folder of initdb and postgres, the newest there is. Raises NoPostgres."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise NoPostgres("PostgreSQL is not installed: no initdb in PATH nor below /usr/lib/postgresql.")
    return versions[-1].parent


@contextmanager
def cluster(kept: Path | None = None) -> Iterator[str]:
    """Run a server while the block lasts; yields the URL of its database `postgres`, whose user may make others. What
    is in it is gone afterwards, unless it is `kept` in a folder."""
    folder = kept or Path(tempfile.mkdtemp(prefix="shop-postgres-", dir=in_memory()))
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        if not (folder / "data").exists():
            _run(programs() / "initdb", "-D", folder / "data", *INITDB)
        options = " ".join([f"-p {port}", "-h 127.0.0.1", f"-k {folder}", *(f"-c {setting}" for setting in FAST)])
        _run(programs() / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://shop@127.0.0.1:{port}/postgres"
        finally:
            how = "fast" if kept else "immediate"
            _run(programs() / "pg_ctl", "-D", folder / "data", "-m", how, "-w", "stop")
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> None:
    """PostgreSQL refuses to run as root, so root runs it as nobody."""
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    # A file, for a pipe would be held open by the server for as long as it runs.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run([*as_nobody, *map(str, command)], stdout=said, stderr=said, cwd="/", check=False)
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{Path(command[0]).name} failed: {said.read().decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def create_database(server: str, name: str, *, template: str = "template1") -> str:
    """Make the database `name` anew, as a copy of `template`; returns its URL."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return server.rsplit("/", 1)[0] + f"/{name}"


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
