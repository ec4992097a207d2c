"""The shop and the bare application, each under granian with the same options, one process each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPTIONS = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "error")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(application: str, environment: dict[str, str], ready: str) -> Iterator[str]:
    """Yields the address once `ready` answers."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "granian"), *OPTIONS, "--port", str(port), application]
    with running(command, {**environment, "SHOP_URL": f"http://127.0.0.1:{port}"}):
        wait_for(f"http://127.0.0.1:{port}{ready}")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, **quiet)  # type: ignore[call-overload]
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")
