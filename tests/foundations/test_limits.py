"""Limits count every process together, keep no address, and never stand in the way of the shop."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from shop import clock
from shop.config import activate, settings
from shop.limits import EVERY_POST, UNKNOWN_PROXY, SqliteCounters, address_key, limiter, value_key
from shop.ops.doctor import examine

pytestmark = pytest.mark.once

VISITOR = {"REMOTE_ADDR": "203.0.113.77"}
MOST = int(EVERY_POST.split()[0])


@pytest.fixture
def counters(app: Flask) -> SqliteCounters:
    return SqliteCounters(f"sqlite-counters://{settings().shop_instance / 'limits.db'}")


def post(app: Flask, address: str = "203.0.113.77", **headers: str) -> int:
    """A POST that every shop refuses by itself, unless a limit did so before."""
    client = app.test_client(use_cookies=False)
    client.checks = False  # type: ignore[attr-defined]
    return client.post("/cart/lines", environ_overrides={"REMOTE_ADDR": address}, headers=headers).status_code


def use_up(app: Flask, address: str) -> None:
    with app.test_request_context("/cart/lines", method="POST", environ_overrides={"REMOTE_ADDR": address}):
        key = address_key()
    counters = SqliteCounters(f"sqlite-counters://{settings().shop_instance / 'limits.db'}")
    post(app, address)
    with counters._connection() as connection:
        (row,) = connection.execute("SELECT key FROM counter WHERE key LIKE ?", (f"%{key}%",)).fetchall()
    counters.incr(str(row[0]), 60, MOST)


def test_counting_starts_anew_when_its_time_is_over(counters: SqliteCounters) -> None:
    assert [counters.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert counters.incr("a", 60, amount=4) == 7
    assert counters.get("a") == 7
    assert counters.get("b") == 0
    assert counters.get_expiry("a") - clock.now().timestamp() == pytest.approx(60, abs=30)
    clock.travel(timedelta(seconds=61))
    assert counters.get("a") == 0
    assert counters.incr("a", 60) == 1


def test_counters_can_be_cleared(counters: SqliteCounters) -> None:
    counters.incr("a", 60)
    counters.incr("b", 60)
    counters.clear("a")
    assert (counters.get("a"), counters.get("b")) == (0, 1)
    counters.reset()
    assert counters.get("b") == 0
    assert counters.check()


def test_many_threads_lose_no_count(counters: SqliteCounters) -> None:
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda: seen.extend(counters.incr("a", 60) for _ in range(50))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 301))


def test_other_processes_count_together_with_this_one(counters: SqliteCounters) -> None:
    counters.incr("a", 600)
    count = f"SqliteCounters('sqlite-counters://{counters._path}').incr('a', 600)"
    code = f"from shop.limits import SqliteCounters; print({count})"
    root = Path(__file__).parent.parent.parent
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "2"
    assert counters.get("a") == 2


@pytest.mark.promise("P03")
def test_no_address_reaches_the_disk(app: Flask) -> None:
    post(app, "203.0.113.77")
    post(app, "2001:db8:aa:bb:1::77")
    files = list(settings().shop_instance.glob("limits.db*"))
    stored = b"".join(file.read_bytes() for file in files)
    assert b"LIMIT" in stored
    for text in (b"203.0.113", b"2001:db8", b"113.77"):
        assert text not in stored
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_too_many_posts_are_told_when_to_return(app: Flask) -> None:
    use_up(app, "203.0.113.77")
    client = app.test_client(use_cookies=False)
    client.checks = False  # type: ignore[attr-defined]
    refused = client.post("/cart/lines", environ_overrides=VISITOR)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Please wait a minute" in refused.text and "per 1 minute" not in refused.text
    assert post(app, "203.0.113.78") != 429
    assert client.get("/cart", environ_overrides=VISITOR).status_code != 429
    clock.travel(timedelta(seconds=61))
    assert post(app) != 429


def test_one_household_is_one_visitor_whatever_its_addresses(app: Flask) -> None:
    use_up(app, "2001:db8:aa:bb:1::77")
    assert post(app, "2001:db8:aa:bb:ffff::1") == 429
    assert post(app, "2001:db8:aa:cc::1") != 429


def test_a_shop_that_sees_only_its_own_machine_limits_nobody(app: Flask) -> None:
    for address in ("127.0.0.1", "::1"):
        assert post(app, address) != 429
    assert not (settings().shop_instance / "limits.db").exists()


def test_an_address_that_a_visitor_made_up_is_not_believed(app: Flask) -> None:
    use_up(app, "203.0.113.77")
    assert post(app, **{"X-Forwarded-For": "198.51.100.1"}) == 429


def test_a_broken_file_forgives_everybody_and_stops_nobody(app: Flask) -> None:
    (settings().shop_instance / "limits.db").write_bytes(b"this is no database, whatever it is called" * 100)
    assert post(app) < 500


def test_what_was_typed_is_counted_under_a_name_that_does_not_tell_it(app: Flask) -> None:
    key = value_key("sign-in", "wren@oakes.example")
    assert key == value_key("sign-in", "wren@oakes.example")
    assert key != value_key("sign-in", "robin@oakes.example")
    assert "wren" not in key
    assert limiter.enabled


class TestBehindAProxy:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, object]:
        return {"trusted_proxies": 1}

    def test_the_visitor_is_whom_the_proxy_names(self, app: Flask) -> None:
        use_up(app, "203.0.113.77")
        assert post(app, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.77"}) == 429
        assert post(app, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.78"}) != 429
        assert post(app, "127.0.0.1", **{"X-Forwarded-For": "198.51.100.1, 203.0.113.77"}) == 429


def test_a_proxy_that_nobody_has_told_of_is_noticed_once(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    for header in ({}, {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}):
        app.test_client().get("/healthz", headers=header)
    assert [record.getMessage() for record in caplog.records if record.name == "shop.limits"] == [UNKNOWN_PROXY]


@pytest.mark.parametrize(
    ("url", "hops", "is_well"),
    [("http://127.0.0.1:8000", 0, True), ("https://shop.example", 0, False), ("https://shop.example", 1, True)],
)
def test_the_doctor_looks_whether_the_proxy_is_known(app: Flask, url: str, hops: int, is_well: bool) -> None:
    activate(replace(settings(), shop_url=url, trusted_proxies=hops))
    (found,) = (finding for finding in examine() if finding.name == "proxies")
    assert found.is_well is is_well
