"""How often one address may do a thing, counted together by every process; no address is ever kept."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
from flask import Flask, Response, request
from flask_limiter import Limiter
from limits import parse
from limits.storage import Storage
from werkzeug.middleware.proxy_fix import ProxyFix

from . import clock
from .config import Settings
from .db import make_sqlite_file
from .vault import derived_key

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
EVERY_POST = "300 per minute"
BUSY_MILLISECONDS = 2_000
CLEAN_EVERY = 500
ADDED_BY_PROXIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
UNKNOWN_PROXY = (
    "A request came through a proxy, as its headers say, while TRUSTED_PROXIES is 0: rate limits cannot tell visitors "
    "apart. Set TRUSTED_PROXIES to the number of proxies in front of the shop."
)

log = logging.getLogger("shop.limits")


def address_key() -> str:
    """Stands for the visitor's address: a keyed hash, of which the address cannot be had back."""
    return hmac.digest(derived_key("limits"), _neighbourhood(request.remote_addr).encode(), "sha256").hex()


def value_key(kind: str, value: str) -> str:
    """Stands for something typed, such as the e-mail of a sign-in: limits by account, whatever the address."""
    return hmac.digest(derived_key("limits"), f"{kind} {value}".encode(), "sha256").hex()


def _neighbourhood(address: str | None) -> str:
    """One household has one IPv4 address, or a /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _needs_no_limit() -> bool:
    """Reading is free, and so is an address that stands for everybody."""
    return request.method in SAFE_METHODS or is_everybody()


def is_everybody() -> bool:
    """Whether the visitor's address is a loopback one: without trusted proxies it stands for everybody at once."""
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


limiter = Limiter(
    key_func=address_key,
    default_limits=[EVERY_POST],
    default_limits_exempt_when=_needs_no_limit,
    strategy="fixed-window",
    swallow_errors=True,
)


def seconds_to_wait(limit: str, *key: str, is_counted: bool = True) -> int:
    """Count one try under `key`; 0 while the limit ("10 per 5 minutes") allows it, else how long until it does again.

    For limits that answer in words of their own, or that count what failed: those ask first, not counted. A store that
    cannot be reached counts nothing.
    """
    item = parse(limit)
    try:
        if (limiter.limiter.hit if is_counted else limiter.limiter.test)(item, *key):
            return 0
        reset_at = limiter.limiter.get_window_stats(item, *key).reset_time
    except Exception as error:
        log.warning("a limit was not counted", extra={"fields": {"error": type(error).__name__}})
        return 0
    return max(1, int(reset_at - clock.now().timestamp()))


class SqliteCounters(Storage):
    """Counters in a small file of its own, `sqlite-counters:///path`; losing it forgives everybody, and no more."""

    STORAGE_SCHEME = ["sqlite-counters"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._path = Path((uri or "").partition("://")[2])
        self._idle: list[apsw.Connection] = []
        self._process = os.getpid()
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return apsw.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = clock.now().timestamp()
        self._clean_sometimes(now)
        statement = """
            INSERT INTO counter (key, hits, expires) VALUES (:key, :amount, :now + :expiry)
            ON CONFLICT (key) DO UPDATE SET
                hits = CASE WHEN expires <= :now THEN :amount ELSE hits + :amount END,
                expires = CASE WHEN expires <= :now THEN :now + :expiry ELSE expires END
            RETURNING hits
        """
        values = {"key": key, "amount": amount, "now": now, "expiry": expiry}
        with self._connection() as connection:
            hits: Any = connection.execute(statement, values).fetchall()[0][0]
        return int(hits)

    def get(self, key: str) -> int:
        row = self._row(key)
        return 0 if row is None else row[0]

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return clock.now().timestamp() if row is None else row[1]

    def check(self) -> bool:
        try:
            with self._connection() as connection:
                connection.execute("SELECT 1 FROM counter LIMIT 1").fetchall()
        except apsw.Error:
            return False
        return True

    def reset(self) -> int:
        with self._connection() as connection:
            connection.execute("DELETE FROM counter")
            return connection.changes()

    def clear(self, key: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM counter WHERE key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float] | None:
        statement = "SELECT hits, expires FROM counter WHERE key = ? AND expires > ?"
        with self._connection() as connection:
            rows: list[Any] = connection.execute(statement, (key, clock.now().timestamp())).fetchall()
        return (int(rows[0][0]), float(rows[0][1])) if rows else None

    def _clean_sometimes(self, now: float) -> None:
        self._hits += 1
        if self._hits % CLEAN_EVERY == 1:
            with self._connection() as connection:
                connection.execute("DELETE FROM counter WHERE expires <= ?", (now,))

    @contextmanager
    def _connection(self) -> Iterator[apsw.Connection]:
        """One of this process's connections, lent: threads come and go, and those made before a fork are left alone."""
        if self._process != os.getpid():
            self._idle, self._process = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _open_counters(self._path)
        yield connection
        self._idle.append(connection)


def _open_counters(path: Path) -> apsw.Connection:
    make_sqlite_file(path)
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.execute("PRAGMA synchronous = off").fetchall()
    connection.execute(
        "CREATE TABLE IF NOT EXISTS counter (key TEXT PRIMARY KEY, hits INTEGER, expires REAL) WITHOUT ROWID"
    )
    return connection


def init_app(app: Flask, settings: Settings) -> None:
    """Count in Redis when there is one, else in a file; see visitors' addresses past the trusted proxies."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    else:
        _watch_for_a_proxy(app)
    counters = f"sqlite-counters://{settings.shop_instance / 'limits.db'}"
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or counters
    limiter.init_app(app)
    app.after_request(_say_when_to_return)


def _watch_for_a_proxy(app: Flask) -> None:
    """Say once in a process that requests seem to come through a proxy nobody has told the shop of."""
    is_said = threading.Event()

    @app.before_request
    def watch() -> None:
        if not is_said.is_set() and any(name in request.headers for name in ADDED_BY_PROXIES):
            is_said.set()
            log.warning(UNKNOWN_PROXY)


def seconds_left() -> int:
    """How long this request's visitor, who was just refused, has to wait; 0 when no limit refused anything."""
    breached = limiter.current_limit
    if breached is None:
        return 0
    return max(1, math.ceil(breached.window.reset_time - clock.now().timestamp()))


def in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"


def _say_when_to_return(response: Response) -> Response:
    if response.status_code == 429 and (seconds := seconds_left()):
        response.headers["Retry-After"] = str(seconds)
    return response
