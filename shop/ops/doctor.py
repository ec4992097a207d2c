"""A look at everything around the shop that can be wrong without anybody noticing."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import apsw
import redis

from .. import clock
from ..audit.queries import last_event, verify
from ..backups.models import BackupKind
from ..backups.queries import newest, standing
from ..backups.writing import folder_of
from ..config import settings
from ..db import Sqlite, db, is_sqlite
from ..health.services import keep_findings
from ..outbox.transport import connected as mail_server
from ..payments import gateway
from ..preferences.overlay import chosen_names
from ..vault.store import connected, keys_db
from .checks import Finding, guarded, readiness
from .folders import open_to_others

SAFE_SQLITE = (3, 51, 3)
CHECK_PAGES = "PRAGMA quick_check(1)"
CLOCK_SECONDS = 5
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
NOT_SAFE = ("cannot be spoken to safely", "Look at its certificate, and whether SMTP_URL is smtp:// or smtps://.")
NO_SAFE_SIGN_IN = ("offers no safe way to sign in, so no password is sent", "Look at the port in SMTP_URL.")


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
    if not is_safe:
        return Finding(
            "sqlite", False, version, "Versions before 3.51.3 can damage a database: install requirements.txt."
        )
    damaged = _damaged()
    if damaged:
        advice = "Stop the shop and put the newest backup back: flask --app wsgi shop restore"
        return Finding("sqlite", False, f"{' and '.join(damaged)}: pages in it are damaged", advice)
    return Finding("sqlite", True, f"{version}, and what it keeps is whole")


def _damaged() -> list[str]:
    """The files in which SQLite finds pages that make no sense; PostgreSQL looks after its own."""
    with connected():
        files = {"shop.db": db, "keys.db": keys_db}
        looked_at = {name: found for name, found in files.items() if isinstance(found.obj, Sqlite)}
        return [name for name, found in looked_at.items() if found.execute_sql(CHECK_PAGES).fetchone()[0] != "ok"]


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
    try:
        with mail_server(parts) as server:
            code, _ = server.noop()
        return Finding("mail", code == 250, f"{parts.hostname} answers", "Look at SMTP_URL.")
    except smtplib.SMTPAuthenticationError:
        says, advice = "does not take the user and the password", "Look at both in SMTP_URL."
    except ssl.SSLError:
        says, advice = NOT_SAFE
    except smtplib.SMTPNotSupportedError:
        says, advice = NO_SAFE_SIGN_IN
    except (OSError, smtplib.SMTPException) as error:
        says = f"does not answer ({type(error).__name__})"
        advice = "Is it running, and are host and port right in SMTP_URL? Mails wait, and leave once it is back."
    return Finding("mail", False, f"{parts.hostname} {says}", advice)


def _jobs() -> Finding:
    url = settings().redis_url
    if not url:
        return Finding("jobs", True, "queued in the data folder")
    redis.Redis.from_url(url, socket_timeout=5).ping()
    return Finding("jobs", True, "queued in Redis, which answers")


def _backups() -> Finding:
    now = standing()
    made = f"the last was made {now.newest:%Y-%m-%d %H:%M} UTC" if now.newest else "none was made yet"
    problems = [*now.problems, *_lost_backups()]
    says = "; ".join(problems) or made
    return Finding("backups", not problems, says, "Look at BACKUP_ROOT and KEY_BACKUP_ROOT: room, and who may write.")


def _lost_backups() -> list[str]:
    """The newest of each kind, where it is not to be found."""
    last = [found for kind in BackupKind if (found := newest(kind))]
    return [f"{row.file} is gone" for row in last if not (folder_of(BackupKind(row.kind)) / row.file).exists()]


def _payments() -> Finding:
    where = settings().braintree_environment
    answer = gateway.token_or_trouble()
    if isinstance(answer, str):
        return Finding("payments", True, f"{where}: the gateway takes our keys")
    if isinstance(answer, gateway.Refused):
        advice = "Look at BRAINTREE_MERCHANT_ID, BRAINTREE_PUBLIC_KEY and BRAINTREE_PRIVATE_KEY."
        return Finding("payments", False, f"{where}: the gateway does not take our keys ({answer.why})", advice)
    advice = "Does this machine reach the Internet? Nobody can pay until the gateway answers."
    if settings().runs_own_gateway:
        advice = "The practice gateway runs only while the shop does: make shop"
    return Finding("payments", False, f"{where}: the gateway does not answer ({answer.why})", advice)
