"""Starting the whole shop as its keeper does, and closing it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.config import ROOT, settings
from tests.support.shops import DEMO, Shops, disconnect, environment_of

START = [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "start"]
pytestmark = [pytest.mark.once, pytest.mark.timeout(200)]


def two_free_ports() -> int:
    """A port that is free together with the one its practice gateway takes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 801))
            except (OSError, OverflowError):
                continue
            return port


@pytest.fixture
def environment(shops: Shops, tmp_path: Path) -> Iterator[dict[str, str]]:
    shops.new(tmp_path / "instance", stock=DEMO)
    disconnect()
    port = two_free_ports()
    own = {"PORT": str(port), "SHOP_URL": f"http://127.0.0.1:{port}", "WEB_WORKERS": "1"}
    yield {**environment_of(settings()), **own, "PRACTICE_GATEWAY_URL": f"http://127.0.0.1:{port + 801}"}


def start(environment: dict[str, str], **more: object) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **more}
    return subprocess.Popen(START, cwd=ROOT, env=environment, text=True, **pipes)  # type: ignore[call-overload, no-any-return]


def wait_until_open(shop: subprocess.Popen[str], environment: dict[str, str]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and shop.poll() is None:
        try:
            with urllib.request.urlopen(f"{environment['SHOP_URL']}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the shop did not open")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until_closed(environment: dict[str, str]) -> bool:
    """Whether neither the shop nor its gateway can be reached any more; the two ends may take a moment."""
    ports = [int(environment["PORT"]), int(environment["PORT"]) + 801]
    end = time.monotonic() + 40
    while time.monotonic() < end and any(listens(port) for port in ports):
        time.sleep(0.1)
    return not any(listens(port) for port in ports)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_closing_the_shop_leaves_nothing_running(environment: dict[str, str], how: signal.Signals) -> None:
    shop = start(environment)
    wait_until_open(shop, environment)
    shop.send_signal(how)
    said, _ = shop.communicate(timeout=60)
    assert shop.returncode == 0, said
    assert wait_until_closed(environment)
    assert f"open: {environment['SHOP_URL']}/" in said
    assert "no money moves" in said
    assert said.count("owner: ") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_killed_shop_leaves_nothing_running(environment: dict[str, str]) -> None:
    shop = start(environment, stdout=subprocess.DEVNULL)
    wait_until_open(shop, environment)
    shop.kill()
    shop.wait(60)
    assert wait_until_closed(environment)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_killed_web_server_takes_its_workers_along(environment: dict[str, str]) -> None:
    shop = start(environment, stdout=subprocess.DEVNULL)
    wait_until_open(shop, environment)
    found = subprocess.run(["pgrep", "-f", f"granian .*--port {environment['PORT']} "], capture_output=True, check=True)
    os.kill(min(map(int, found.stdout.split())), signal.SIGKILL)
    shop.wait(60)
    assert wait_until_closed(environment)


def test_the_shop_closes_even_when_nobody_reads_what_it_says(environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    shop = start(environment, stdout=writing)
    os.close(writing)
    wait_until_open(shop, environment)
    os.close(reading)
    with urllib.request.urlopen(f"{environment['SHOP_URL']}/healthz", timeout=5):
        shop.terminate()
    assert shop.wait(60) == 0
    assert wait_until_closed(environment)


def test_a_port_in_use_is_said_plainly(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        shop = start(environment)
        said, _ = shop.communicate(timeout=60)
    assert shop.returncode == 1
    assert environment["PORT"] in said
    assert "Traceback" not in said


def test_the_owners_password_is_shown_at_the_first_start_alone(environment: dict[str, str]) -> None:
    prepare = [*START[:-1], "prepare"]
    first, second = (
        subprocess.run(prepare, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert first.count("owner: owner@") == 1
    assert "  password: " in first
    assert "password" not in second
