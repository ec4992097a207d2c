"""The practice gateway as a process of its own, for any test: what the shop sends really goes over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Straight to the gateway, whatever proxy this machine uses.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PracticeGateway:
    """`folder` holds its books and its log. With `tls` it also stands behind Braintree's own names, on `tls_port`."""

    def __init__(self, folder: Path, *, tls: bool = False, **environ: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_port = free_port() if tls else None
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def at(cls, url: str) -> PracticeGateway:
        """One that somebody else has started; its books and faults can be asked for, no more."""
        found = cls.__new__(cls)
        found.url, found._process = url, None
        return found

    @property
    def log(self) -> str:
        return (self.folder / "practice.log").read_text()

    def start(self) -> None:
        """Returns once it answers; raises RuntimeError with its log when it ends instead."""
        with (self.folder / "practice.log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), cwd=ROOT, env=self._environment(), stdout=log, stderr=log)
        end = time.monotonic() + 30
        while time.monotonic() < end and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the practice gateway did not start:\n{self.log}")

    def _command(self) -> list[str]:
        tls = ["--tls-port", str(self.tls_port)] if self.tls_port else []
        return [sys.executable, "-m", "shop.payments.practice", *tls]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "BRAINTREE_"))}
        own = {"SHOP_INSTANCE": str(self.folder), "PRACTICE_GATEWAY_URL": self.url}
        return {**kept, **own, "PYTHONDONTWRITEBYTECODE": "1", **self._environ}

    def _answers(self) -> bool:
        try:
            self.ask("GET", "/practice/health")
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def kill(self) -> None:
        """As when the power goes."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def faults(self, call: str, fault: str | int, *, times: int = 1, **more: Any) -> None:
        """Let the next `times` calls of this kind fail: `faults("sale", "drip")`, `faults("void", 500)`."""
        self.ask("POST", "/practice/faults", {"call": call, "fault": str(fault), "times": times, **more})

    def clear_faults(self) -> None:
        self.ask("DELETE", "/practice/faults")

    def ledger(self, order_id: str = "") -> list[dict[str, Any]]:
        """Every transaction, newest first, or those of one order_id, oldest first."""
        query = f"?order_id={order_id}" if order_id else ""
        found: list[dict[str, Any]] = self.ask("GET", f"/practice/ledger{query}")["transactions"]
        return found

    def night(self) -> None:
        """Settle whatever was submitted."""
        self.ask("POST", "/practice/night")

    def reset(self) -> None:
        self.ask("POST", "/practice/reset")

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data=data, method=method)
        try:
            with _direct.open(request, timeout=10) as answer:
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"{method} {path}: {error.code} {error.read().decode()}") from None
