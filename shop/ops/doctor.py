"""A look at everything around the shop that can be wrong without anybody noticing."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import apsw
import redis

from .. import clock
from ..audit.queries import last_event, verify
from ..backups.queries import standing
from ..config import settings
from ..db import db, is_sqlite
from ..health.services import keep_findings
from ..payments import gateway
from ..preferences.overlay import chosen_names
from .checks import Finding, guarded, readiness
from .folders import open_to_others

SAFE_SQLITE = (3, 51, 3)
CLOCK_SECONDS = 5
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)


def examine() -> list[Finding]:
    """Everything, slow questions to other machines included. Call it in an app context."""
    others: dict[str, Callable[[], Finding]] = {
        "sqlite": _sqlite,
        "files": _files,
        "trail": _trail,
        "clock": _clock,
        "proxies": _proxies,
        "mail": _mail,
        "jobs": _jobs,
        "backups": _backups,
        "payments": _payments,
    }
    return [_configuration(), *readiness(), *(guarded(name, check) for name, check in others.items())]


def look() -> int:
    """Examine, and keep what was found for the desk's first page; how much is not well."""
    return keep_findings(examine())


def _configuration() -> Finding:
    # Wrong settings stop the start, so whoever reads this has right ones.
    kind = "SQLite" if is_sqlite() else "PostgreSQL"
    says = f"{settings().shop_mode} shop at {settings().shop_url}, on {kind}, in {settings().shop_instance}"
    if chosen := chosen_names():
        says += f"; chosen at the desk: {', '.join(name.upper() for name in chosen)}"
    return Finding("settings", True, says)


def _sqlite() -> Finding:
    version = apsw.sqlitelibversion()
    is_safe = tuple(int(part) for part in version.split(".")) >= SAFE_SQLITE
    return Finding(
        "sqlite", is_safe, version, "Versions before 3.51.3 can damage the database: install requirements.txt."
    )


def _files() -> Finding:
    exposed = open_to_others(settings())
    if exposed:
        names = ", ".join(path.name for path in exposed)
        return Finding("files", False, f"others on this machine can read {names}", "Run: flask --app wsgi shop prepare")
    return Finding("files", True, "only the shop can read its data and keys")


def _trail() -> Finding:
    broken, last = verify(), last_event()
    if broken is None:
        return Finding("trail", True, f"the audit trail is whole up to number {last.number if last else 0}")
    says = f"the audit trail does not hold: row {broken.number} is {broken.what}"
    return Finding("trail", False, says, "Ask who could write to the database, and compare with a backup from before.")


def _clock() -> Finding:
    advice = "Set the clock and keep it set (NTP): tax, retention and payments depend on it."
    if is_sqlite():
        return Finding("clock", clock.now() > RELEASED, f"{clock.now():%Y-%m-%d %H:%M:%S} UTC", advice)
    theirs = db.execute_sql("SELECT extract(epoch FROM now())").fetchone()[0]
    apart = abs(float(theirs) - clock.now().timestamp())
    return Finding("clock", apart < CLOCK_SECONDS, f"{apart:.1f} s apart from the database's", advice)


def _proxies() -> Finding:
    """The shop itself speaks plain http: whoever has https has something in front that ends it."""
    hops = settings().trusted_proxies
    if hops:
        return Finding("proxies", True, f"visitors are told apart behind {hops} of them")
    says = "none is trusted, so whatever connects counts as the visitor"
    advice = "Set TRUSTED_PROXIES to their number: until then rate limits cannot tell visitors apart."
    return Finding("proxies", not settings().is_https, says, advice)


def _mail() -> Finding:
    if not settings().smtp_url:
        return Finding("mail", True, f"written to {settings().shop_instance / 'mail'}; set SMTP_URL to send it")
    parts = urlsplit(settings().smtp_url or "")
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587), timeout=10) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        code, _ = server.noop()
    return Finding("mail", code == 250, f"{parts.hostname} answers", "Look at SMTP_URL.")


def _jobs() -> Finding:
    url = settings().redis_url
    if not url:
        return Finding("jobs", True, "queued in the data folder")
    redis.Redis.from_url(url, socket_timeout=5).ping()
    return Finding("jobs", True, "queued in Redis, which answers")


def _backups() -> Finding:
    now = standing()
    made = f"the last was made {now.newest:%Y-%m-%d %H:%M} UTC" if now.newest else "none was made yet"
    says = "; ".join(now.problems) or made
    return Finding(
        "backups", not now.problems, says, "Look at BACKUP_ROOT and KEY_BACKUP_ROOT: room, and who may write."
    )


def _payments() -> Finding:
    where = settings().braintree_environment
    if gateway.client_token() is not None:
        return Finding("payments", True, f"{where}: the gateway takes our keys")
    advice = "Look at BRAINTREE_MERCHANT_ID, BRAINTREE_PUBLIC_KEY and BRAINTREE_PRIVATE_KEY."
    if settings().runs_own_gateway:
        advice = "The practice gateway runs only while the shop does: make shop"
    return Finding("payments", False, f"{where}: the gateway gives no client token", advice)
