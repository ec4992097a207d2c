"""What can be wrong with the settings, each in a sentence that names them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency

if TYPE_CHECKING:
    from .config import Settings

PRACTICE, SANDBOX, PRODUCTION = "practice", "sandbox", "production"
LAST_PORT = 65535
LOGO = re.compile(r"logo-[0-9a-f]{24} [1-9][0-9]{0,3} [1-9][0-9]{0,3}")
MAIL_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
LABEL_SHEETS = ("a4", "4x6")
# What CLDR names like a country and nobody writes an address in: groups, parts of others, test codes.
AREAS = {"CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ"}


def problems_of(settings: Settings) -> list[str]:
    """One sentence for each setting that is missing or wrong."""
    found = [*_wrong_values(settings), *_wrong_numbers(settings), *_wrong_backups(settings)]
    found += [*_wrong_urls(settings), *_wrong_payments(settings)]
    return found + _not_ready_for_production(settings) if settings.shop_mode == PRODUCTION else found


def _wrong_values(settings: Settings) -> list[str]:
    found = []
    if settings.shop_mode not in {"demo", PRODUCTION}:
        found.append(f"SHOP_MODE must be demo or production, not {settings.shop_mode!r}.")
    if not is_currency(settings.currency):
        found.append(f"CURRENCY must be a code such as USD or EUR, not {settings.currency!r}.")
    for name in ("mail_from", "privacy_email"):
        if not MAIL_ADDRESS.fullmatch(getattr(settings, name)):
            found.append(f"{name.upper()} must be an e-mail address alone, not {getattr(settings, name)!r}.")
    if settings.shop_logo and not LOGO.fullmatch(settings.shop_logo):
        found.append("SHOP_LOGO is written by the desk, where a logo is chosen; leave it empty for none.")
    if not settings.paper_place.strip():
        found.append("PAPER_PLACE is empty: say where printed slips lie, such as Packing table.")
    if settings.label_sheet not in LABEL_SHEETS:
        found.append(f"LABEL_SHEET must be {' or '.join(LABEL_SHEETS)}, not {settings.label_sheet!r}.")
    if settings.country not in Locale("en").territories or len(settings.country) != 2 or settings.country in AREAS:
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
    for name in (field.name for field in fields(settings) if field.name.startswith("keep_")):
        if getattr(settings, name) < 1:
            found.append(f"{name.upper()} must be at least 1 day, not {getattr(settings, name)}.")
    if settings.disk_megabytes_needed < 0:
        found.append(f"DISK_MEGABYTES_NEEDED must be 0 or more, not {settings.disk_megabytes_needed}.")
    if not 0 <= settings.return_days <= 365:
        found.append(f"RETURN_DAYS must be between 0 and 365, not {settings.return_days}.")
    if not 1 <= settings.remind_after_days <= 3650:
        found.append(f"REMIND_AFTER_DAYS must be between 1 and 3650, not {settings.remind_after_days}.")
    if not 1 <= settings.erase_undo_hours <= 720:
        found.append(f"ERASE_UNDO_HOURS must be between 1 and 720, not {settings.erase_undo_hours}.")
    for name in ("dormant_after_days", "dormant_notice_days"):
        if getattr(settings, name) < 7:
            found.append(f"{name.upper()} must be at least 7 days, not {getattr(settings, name)}.")
    if not 1 <= settings.order_link_days <= 3650:
        found.append(f"ORDER_LINK_DAYS must be between 1 and 3650, not {settings.order_link_days}.")
    return found


def _wrong_backups(settings: Settings) -> list[str]:
    found = []
    if not 0 <= settings.backup_every_days <= settings.keep_backup_days:
        found.append("BACKUP_EVERY_DAYS must be between 0 (never) and KEEP_BACKUP_DAYS.")
    if settings.keep_key_backup_days > settings.keep_backup_days:
        found.append("KEEP_KEY_BACKUP_DAYS must not be longer than KEEP_BACKUP_DAYS: they bring destroyed keys back.")
    if settings.key_backup_root.is_relative_to(settings.backup_root):
        found.append("KEY_BACKUP_ROOT must not lie in BACKUP_ROOT: keys beside the data protect nothing.")
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
    if settings.smtp_url and not _names_a_host(settings.smtp_url):
        found.append("SMTP_URL must name a host, and a port if it is an unusual one: smtp://mail.example.com:587.")
    if settings.keys_url and settings.keys_url == settings.database_url:
        found.append("KEYS_URL must be another database than DATABASE_URL: keys beside the data protect nothing.")
    return found


def _is_web_address(url: str) -> bool:
    return _names_a_host(url) and urlsplit(url).scheme in {"http", "https"}


def _names_a_host(url: str) -> bool:
    with suppress(ValueError):
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
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
        if settings.braintree_environment in {SANDBOX, PRODUCTION} and value == _default(settings, name):
            found.append(f"{name.upper()} is missing: payments in {settings.braintree_environment} need it.")
    return found


def _default(settings: Settings, name: str) -> object:
    return getattr(type(settings), name)


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
        value = getattr(settings, name).strip()
        if not value or value == _default(settings, name):
            found.append(f"{name.upper()} is missing: it is printed where customers were promised it.")
    if not settings.privacy_title.strip():
        found.append("PRIVACY_TITLE is missing: customers were promised to be told who the privacy administrator is.")
    return found
