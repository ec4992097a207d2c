"""Settings that are wrong keep the shop from starting, and are named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shop.config import ROOT, Settings, WrongSettings, load

PRODUCTION = {
    "SHOP_MODE": "production",
    "SHOP_URL": "https://fern.example",
    "BRAINTREE_ENVIRONMENT": "production",
    "BRAINTREE_MERCHANT_ID": "merchant",
    "BRAINTREE_PUBLIC_KEY": "public",
    "BRAINTREE_PRIVATE_KEY": "private",
    "SMTP_URL": "smtps://mail.fern.example",
    "MAIL_FROM": "shop@fern.example",
    "PRIVACY_NAME": "Rowan Fern",
    "PRIVACY_EMAIL": "privacy@fern.example",
    "SHOP_ADDRESS": "Fern\n1 Lane",
}


def problems_of(instance: Path, **environment: str) -> list[str]:
    with pytest.raises(WrongSettings) as raised:
        load({"SHOP_INSTANCE": str(instance), **environment})
    return raised.value.problems


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_MODE", "staging"),
        ("SHOP_URL", "ftp://fern.example"),
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("WEB_WORKERS", "0"),
        ("WEB_THREADS", "0"),
        ("CURRENCY", "EURO"),
        ("COUNTRY", "EU"),
        ("LOCALE", "xx_YY"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("DATABASE_URL", "mysql://localhost/shop"),
        ("KEYS_URL", "sqlite:///keys.db"),
        ("REDIS_URL", "http://localhost"),
        ("SMTP_URL", "localhost:25"),
        ("SMTP_URL", "smtp://localhost:mail"),
        ("SMTP_URL", "smtp://"),
        ("MAIL_FROM", "the shop"),
        ("PRIVACY_EMAIL", "Robin <robin@fern.example>"),
        ("BRAINTREE_ENVIRONMENT", "live"),
        ("BRAINTREE_TIMEOUT", "600"),
        ("CARD_ENTRY", "form"),
        ("TRUSTED_PROXIES", "-1"),
        ("COUNTRY", "Atlantis"),
        ("PRACTICE_GATEWAY_URL", "localhost"),
        ("PRACTICE_GATEWAY_URL", "http://localhost:99999"),
        ("SHOP_URL", "https://"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    assert any(name in problem for problem in problems_of(tmp_path, **{name: value}))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that refuses even the superuser")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    assert any("cannot be written" in problem for problem in problems_of(Path("/proc/self"), SECRET_KEY="s" * 40))


def test_all_wrong_settings_are_named_at_once(tmp_path: Path) -> None:
    found = problems_of(tmp_path, CURRENCY="EURO", CARD_ENTRY="form", TIME_ZONE="Mars/Olympus", PORT="eighty")
    assert len(found) == 4


def test_the_practice_gateway_has_a_port_beside_the_highest_too(tmp_path: Path) -> None:
    assert load({"SHOP_INSTANCE": str(tmp_path), "PORT": "65000"}).practice_gateway_url == "http://127.0.0.1:64199"


def test_a_key_in_the_file_that_is_no_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('shop_nmae = "Typo"\n')
    assert "shop_nmae" in problems_of(tmp_path)[0]


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("shop_name: no toml")
    assert "config.toml" in problems_of(tmp_path)[0]


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('shop_name = "From the file"\ncurrency = "EUR"\n')
    settings = load({"SHOP_INSTANCE": str(tmp_path), "CURRENCY": "JPY"})
    assert (settings.shop_name, settings.currency, settings.locale) == ("From the file", "JPY", Settings.locale)


def test_sandbox_payments_need_keys(tmp_path: Path) -> None:
    found = problems_of(tmp_path, BRAINTREE_ENVIRONMENT="sandbox")
    names = ["BRAINTREE_MERCHANT_ID", "BRAINTREE_PUBLIC_KEY", "BRAINTREE_PRIVATE_KEY"]
    assert [problem.split()[0] for problem in found] == names


@pytest.mark.promise("P14")
@pytest.mark.parametrize(
    "without",
    ["SHOP_URL", "BRAINTREE_ENVIRONMENT", "SMTP_URL", "MAIL_FROM", "PRIVACY_NAME", "PRIVACY_EMAIL", "SHOP_ADDRESS"],
)
def test_production_refuses_to_start_without(tmp_path: Path, without: str) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != without}
    assert any(without in problem for problem in problems_of(tmp_path, **environment))


@pytest.mark.promise("P34")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRIVACY_NAME", "   "),
        ("PRIVACY_NAME", Settings.privacy_name),
        ("PRIVACY_EMAIL", " "),
        ("PRIVACY_EMAIL", Settings.privacy_email),
        ("PRIVACY_TITLE", " "),
    ],
)
def test_production_refuses_a_privacy_administrator_who_is_nobody(tmp_path: Path, name: str, value: str) -> None:
    assert any(name in problem for problem in problems_of(tmp_path, **{**PRODUCTION, name: value}))


@pytest.mark.promise("P34")
def test_letters_to_the_privacy_administrator_go_to_the_shop_unless_said_otherwise(tmp_path: Path) -> None:
    shops = load({"SHOP_INSTANCE": str(tmp_path), **PRODUCTION})
    own = load({"SHOP_INSTANCE": str(tmp_path), **PRODUCTION, "PRIVACY_ADDRESS": "2 Lane"})
    assert (shops.privacy_address, own.privacy_address) == (PRODUCTION["SHOP_ADDRESS"], "2 Lane")


@pytest.mark.promise("P14")
@pytest.mark.parametrize("url", ["http://fern.example", "fern.example"])
def test_production_refuses_to_start_without_https(tmp_path: Path, url: str) -> None:
    assert any("https" in problem for problem in problems_of(tmp_path, **{**PRODUCTION, "SHOP_URL": url}))


@pytest.mark.promise("P14")
def test_production_with_everything_starts_and_keeps_its_cookies_to_https(tmp_path: Path) -> None:
    settings = load({"SHOP_INSTANCE": str(tmp_path), **PRODUCTION})
    assert settings.is_https


def test_keys_must_not_lie_beside_the_data(tmp_path: Path) -> None:
    url = "postgresql://localhost/shop"
    assert any("KEYS_URL" in problem for problem in problems_of(tmp_path, DATABASE_URL=url, KEYS_URL=url))
    both = {**PRODUCTION, "DATABASE_URL": url}
    assert any("KEYS_URL" in problem for problem in problems_of(tmp_path, **both))


def test_the_session_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    first, second = (load({"SHOP_INSTANCE": str(tmp_path)}) for _ in range(2))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_a_start_with_a_wrong_setting_prints_it_and_no_traceback(tmp_path: Path) -> None:
    environment: dict[str, Any] = {**os.environ, "SHOP_INSTANCE": str(tmp_path), "CURRENCY": "EURO"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "prepare"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "CURRENCY" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DATABASE_URL": "postgresql://shop:hunter2@127.0.0.1:1/shop"}, "database of the shop does not answer"),
        ({"KEYS_URL": "postgresql://shop:hunter2@127.0.0.1:1/keys"}, "The key store does not answer"),
        ({"HOST": "999.1.1.1"}, "HOST=999.1.1.1 is no address of this machine"),
    ],
)
def test_a_start_that_cannot_be_says_why_in_a_sentence(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    start = [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "start"]
    given = {**os.environ, "SHOP_INSTANCE": str(tmp_path), "PORT": "39871", **environment}
    done = subprocess.run(start, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr and "hunter2" not in done.stderr
