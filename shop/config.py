"""Settings: from the environment, then `instance/config.toml`, then a default. Wrong ones stop the start, named."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, is_currency
from click import ClickException

from .files import make_private_file

PRACTICE, SANDBOX, PRODUCTION = "practice", "sandbox", "production"
LAST_PORT, GATEWAY_APART = 65535, 801
ROOT = Path(__file__).resolve().parent.parent


class WrongSettings(ClickException):
    """Raised at start; `problems` holds one sentence for each setting that is missing or wrong.

    Flask's commands print it without a traceback, as they do with any ClickException.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The shop cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the shop. Its name in capitals is its name in the environment and in config.toml."""

    shop_instance: Path
    shop_mode: str = "demo"
    shop_name: str = "Fern & Strap"
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
    smtp_url: str | None = None
    mail_from: str = "shop@fern-and-strap.example"
    currency: str = "USD"
    locale: str = "en_US"
    time_zone: str = "America/Los_Angeles"
    country: str = "US"
    region: str = "CA"
    shop_address: str = "Fern & Strap\n18 Alder Lane\nLos Angeles, CA 90013"
    privacy_name: str = "Robin Fern"
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
    keep_order_days: int = 2557
    keep_cart_days: int = 30
    keep_mail_days: int = 30
    keep_survey_days: int = 365
    keep_case_days: int = 1096

    @property
    def currency_exponent(self) -> int:
        """How many digits follow the point in the shop's currency: JPY 0, USD 2, KWD 3."""
        return int(get_currency_precision(self.currency))

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
    problems += _problems(settings)
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


def _problems(settings: Settings) -> list[str]:
    found = [*_wrong_values(settings), *_wrong_numbers(settings), *_wrong_urls(settings), *_wrong_payments(settings)]
    return found + _not_ready_for_production(settings) if settings.shop_mode == PRODUCTION else found


def _wrong_values(settings: Settings) -> list[str]:
    found = []
    if settings.shop_mode not in {"demo", PRODUCTION}:
        found.append(f"SHOP_MODE must be demo or production, not {settings.shop_mode!r}.")
    if not is_currency(settings.currency):
        found.append(f"CURRENCY must be a code such as USD or EUR, not {settings.currency!r}.")
    if settings.country not in Locale("en").territories or len(settings.country) != 2:
        found.append(f"COUNTRY must be a code such as US or FR, not {settings.country!r}.")
    try:
        Locale.parse(settings.locale)
    except (UnknownLocaleError, ValueError):
        found.append(f"LOCALE must be one such as en_US or fr_FR, not {settings.locale!r}.")
    try:
        ZoneInfo(settings.time_zone)
    except (KeyError, ValueError, OSError):
        found.append(f"TIME_ZONE must be one such as Europe/Paris, not {settings.time_zone!r}.")
    return found


def _wrong_numbers(settings: Settings) -> list[str]:
    found = []
    if not 0 < settings.port <= LAST_PORT:
        found.append(f"PORT must be between 1 and {LAST_PORT}, not {settings.port}.")
    if not 0 <= settings.trusted_proxies <= 10:
        found.append(f"TRUSTED_PROXIES must be between 0 and 10, not {settings.trusted_proxies}.")
    if not 1 <= settings.web_workers <= 64 or not 1 <= settings.web_threads <= 512:
        found.append("WEB_WORKERS must be between 1 and 64, WEB_THREADS between 1 and 512.")
    for name in ("keep_order_days", "keep_cart_days", "keep_mail_days", "keep_survey_days", "keep_case_days"):
        if getattr(settings, name) < 1:
            found.append(f"{name.upper()} must be at least 1 day, not {getattr(settings, name)}.")
    if settings.disk_megabytes_needed < 0:
        found.append(f"DISK_MEGABYTES_NEEDED must be 0 or more, not {settings.disk_megabytes_needed}.")
    if not 1 <= settings.order_link_days <= 3650:
        found.append(f"ORDER_LINK_DAYS must be between 1 and 3650, not {settings.order_link_days}.")
    return found


def _wrong_urls(settings: Settings) -> list[str]:
    found = []
    if not _is_web_address(settings.shop_url):
        found.append(f"SHOP_URL must start with http:// or https:// and name a host, not {settings.shop_url!r}.")
    for name, schemes in {
        "database_url": {"postgresql", "postgres"},
        "keys_url": {"postgresql", "postgres"},
        "redis_url": {"redis", "rediss"},
        "smtp_url": {"smtp", "smtps"},
    }.items():
        value = getattr(settings, name)
        if value and urlsplit(value).scheme not in schemes:
            found.append(f"{name.upper()} must start with {' or '.join(f'{s}://' for s in sorted(schemes))}.")
    if settings.keys_url and settings.keys_url == settings.database_url:
        found.append("KEYS_URL must be another database than DATABASE_URL: keys beside the data protect nothing.")
    return found


def _is_web_address(url: str) -> bool:
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    return False


def _wrong_payments(settings: Settings) -> list[str]:
    found = []
    if settings.braintree_environment not in {PRACTICE, SANDBOX, PRODUCTION}:
        given = settings.braintree_environment
        found.append(f"BRAINTREE_ENVIRONMENT must be practice, sandbox or production, not {given!r}.")
    if settings.card_entry not in {"drop-in", "hosted-fields"}:
        found.append(f"CARD_ENTRY must be drop-in or hosted-fields, not {settings.card_entry!r}.")
    if not 1 <= settings.braintree_timeout <= 60:
        found.append("BRAINTREE_TIMEOUT must be between 1 and 60 seconds.")
    if not _is_web_address(settings.practice_gateway_url):
        found.append(f"PRACTICE_GATEWAY_URL must be like http://127.0.0.1:8801, not {settings.practice_gateway_url!r}.")
    for name in ("braintree_merchant_id", "braintree_public_key", "braintree_private_key"):
        value = getattr(settings, name)
        if settings.braintree_environment in {SANDBOX, PRODUCTION} and value == getattr(Settings, name):
            found.append(f"{name.upper()} is missing: payments in {settings.braintree_environment} need it.")
    return found


def _not_ready_for_production(settings: Settings) -> list[str]:
    found = []
    if not settings.is_https:
        found.append("SHOP_URL must start with https:// in production.")
    if settings.braintree_environment == PRACTICE:
        found.append("BRAINTREE_ENVIRONMENT is practice: production would take no money.")
    if not settings.smtp_url:
        found.append("SMTP_URL is missing: order mails would only land in a folder.")
    if settings.database_url and not settings.keys_url:
        found.append("KEYS_URL is missing: with DATABASE_URL the keys need a database of their own.")
    for name in ("privacy_name", "privacy_email", "mail_from", "shop_address"):
        if not getattr(settings, name) or getattr(settings, name) == getattr(Settings, name):
            found.append(f"{name.upper()} is missing: it is printed where customers were promised it.")
    return found


_active: Settings | None = None


def activate(settings: Settings) -> None:
    """Make `settings` the ones this process runs with; called by create_app."""
    global _active
    _active = settings


def settings() -> Settings:
    """The settings this process runs with."""
    if _active is None:
        raise RuntimeError("create_app() has not run in this process")
    return _active
