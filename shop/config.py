"""Settings: from the environment, then `instance/config.toml`, then a default. Wrong ones stop the start, named."""

from __future__ import annotations

import os
import secrets
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from click import ClickException

from .config_checks import LAST_PORT as LAST_PORT
from .config_checks import PRACTICE as PRACTICE
from .config_checks import PRODUCTION as PRODUCTION
from .config_checks import problems_of
from .files import make_private_file

GATEWAY_APART = 801
# Less, and not even the databases open.
ROOM_TO_START = 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent


class WrongSettings(ClickException):
    """Raised at start; `problems` holds one sentence for each setting that is missing or wrong.

    Flask's commands print it without a traceback, as they do with any ClickException.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The shop cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


class Logo(NamedTuple):
    """Its address, and its size in pixels."""

    src: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the shop. Its name in capitals is its name in the environment and in config.toml."""

    shop_instance: Path
    shop_mode: str = "demo"
    shop_name: str = "Fern & Strap"
    shop_logo: str = ""
    shop_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    web_threads: int = 16
    trusted_proxies: int = 0
    secret_key: str = ""
    shop_master_key: str | None = None
    database_url: str | None = None
    keys_url: str | None = None
    redis_url: str | None = None
    media_root: Path = Path()
    backup_root: Path = Path()
    key_backup_root: Path = Path()
    erasure_ledger: Path = Path()
    backup_every_days: int = 1
    smtp_url: str | None = None
    mail_from: str = "shop@fern-and-strap.example"
    currency: str = "USD"
    locale: str = "en_US"
    time_zone: str = "America/Los_Angeles"
    country: str = "US"
    region: str = "CA"
    shop_address: str = "Fern & Strap\n18 Alder Lane\nLos Angeles, CA 90013"
    privacy_name: str = "Robin Fern"
    privacy_title: str = "Owner"
    privacy_address: str = ""
    privacy_email: str = "privacy@fern-and-strap.example"
    braintree_environment: str = PRACTICE
    braintree_merchant_id: str = "practice"
    braintree_public_key: str = "practice_public"
    braintree_private_key: str = "practice_private"
    practice_gateway_url: str = ""
    braintree_timeout: int = 20
    card_entry: str = "drop-in"
    disk_megabytes_needed: int = 50
    order_link_days: int = 60
    return_days: int = 14
    remind_after_days: int = 365
    erase_undo_hours: int = 48
    dormant_after_days: int = 1096
    dormant_notice_days: int = 30
    keep_order_days: int = 2557
    keep_cart_days: int = 30
    keep_mail_days: int = 30
    keep_survey_days: int = 365
    keep_case_days: int = 1096
    keep_paper_days: int = 30
    paper_place: str = "Packing table"
    label_sheet: str = "a4"
    keep_backup_days: int = 35
    keep_key_backup_days: int = 7

    @property
    def currency_exponent(self) -> int:
        """How many digits follow the point in the shop's currency: JPY 0, USD 2, KWD 3."""
        return int(get_currency_precision(self.currency))

    @property
    def logo(self) -> Logo | None:
        """What stands in the shop's name's place; None when the name itself does."""
        if not self.shop_logo:
            return None
        file, width, height = self.shop_logo.split()
        return Logo(f"/media/{file}-{width}.webp", int(width), int(height))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_https(self) -> bool:
        return self.shop_url.startswith("https://")

    @property
    def is_practice(self) -> bool:
        return self.braintree_environment == PRACTICE

    @property
    def runs_own_gateway(self) -> bool:
        """Whether this shop starts its own practice gateway, rather than calling somebody else's."""
        return self.is_practice and self.practice_gateway_url == own_gateway_url(self.port)


def own_gateway_url(port: int) -> str:
    """Where the practice gateway of a shop on `port` listens, so that two shops on one machine keep apart."""
    return f"http://127.0.0.1:{port + GATEWAY_APART if port + GATEWAY_APART <= LAST_PORT else port - GATEWAY_APART}"


def load(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Read every setting; raises WrongSettings with all that is wrong at once."""
    instance = Path(overrides.pop("shop_instance", None) or environ.get("SHOP_INSTANCE") or ROOT / "instance").resolve()
    given: dict[str, Any] = {"shop_instance": instance}
    problems: list[str] = []
    given.update(_from_file(instance / "config.toml", problems))
    given.update(_from_environment(environ, problems))
    given.update(overrides)
    _fill_in(given, problems)
    settings = Settings(**given)
    problems += [*problems_of(settings), *_wrong_folder(instance, problems)]
    if problems:
        raise WrongSettings(problems)
    return settings


def _from_file(path: Path, problems: list[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path} is not TOML: {error}.")
        return {}
    known = _converters()
    for name in found.keys() - known.keys():
        problems.append(f"{path} sets {name}, which is no setting of the shop.")
    return _converted({name: str(value) for name, value in found.items() if name in known}, problems)


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    named = {name: environ.get(name.upper(), "") for name in _converters() if name != "shop_instance"}
    return _converted({name: text for name, text in named.items() if text}, problems)


def _converters() -> dict[str, Callable[[str], Any]]:
    by_type: dict[str, Callable[[str], Any]] = {"int": int, "Path": lambda text: Path(text).resolve()}
    return {field.name: by_type.get(str(field.type), str) for field in fields(Settings)}


def _converted(found: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """What cannot be converted is left at its default, so that the other settings are still looked at."""
    given = {}
    for name, text in found.items():
        try:
            given[name] = _converters()[name](text)
        except ValueError:
            problems.append(f"{name.upper()} must be a whole number, not {text!r}.")
    return given


def _fill_in(given: dict[str, Any], problems: list[str]) -> None:
    """Defaults that depend on other settings."""
    port = given.get("port") or Settings.port
    host = given.get("host") or Settings.host
    given.setdefault("media_root", given["shop_instance"] / "media")
    given["privacy_address"] = given.get("privacy_address") or given.get("shop_address") or Settings.shop_address
    backups = given["shop_instance"] / "backups"
    for name, place in {"backup_root": "data", "key_backup_root": "keys", "erasure_ledger": "erasures.log"}.items():
        given.setdefault(name, backups / place)
    given["shop_url"] = (given.get("shop_url") or f"http://{_visible(host)}:{port}").rstrip("/")
    given["practice_gateway_url"] = (given.get("practice_gateway_url") or own_gateway_url(port)).rstrip("/")
    if not given.get("secret_key") and not problems:
        given["secret_key"] = _kept_secret(given["shop_instance"] / "secret.key", problems)


def _visible(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", "[::]"} else host  # noqa: S104


def _kept_secret(path: Path, problems: list[str]) -> str:
    """The session-signing secret, made at the first start and kept in a file that only the shop may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            make_private_file(path, secrets.token_urlsafe(48).encode())
        return path.read_text()
    except OSError as error:
        problems.append(f"SHOP_INSTANCE={path.parent} cannot be written: {error.strerror}.")
        return ""


def _wrong_folder(instance: Path, known: list[str]) -> list[str]:
    """Databases, locks and keys are written there from the first moment on."""
    if known or not instance.is_dir():
        return []
    if not os.access(instance, os.W_OK | os.X_OK):
        return [f"SHOP_INSTANCE={instance} cannot be written: it is read-only, or belongs to another user."]
    free = shutil.disk_usage(instance).free
    return [f"The disk is full: SHOP_INSTANCE={instance} has no room left. Make some."] if free < ROOM_TO_START else []


_started: Settings | None = None
_active: Settings | None = None


def activate(settings: Settings) -> None:
    """Make `settings` the ones this process runs with; called by create_app."""
    global _started, _active
    _started = _active = settings


def choose(**values: Any) -> None:
    """Let these hold over what this process was started with, and nothing else any more."""
    global _active
    _active = replace(started_with(), **values)


def started_with() -> Settings:
    """What environment, config.toml and defaults say."""
    if _started is None:
        raise RuntimeError("create_app() has not run in this process")
    return _started


def settings() -> Settings:
    """The settings this process runs with."""
    if _active is None:
        raise RuntimeError("create_app() has not run in this process")
    return _active
