"""A shop that runs as its keeper runs it: `shop start`, with granian and the worker as processes of their own."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from shop.config import ROOT, Settings, settings

from .books import on_shelf
from .shops import environment_of

START_SECONDS = 60
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class RunningShop:
    """The shop whose app was made last, served to whoever comes; this process may look into its books meanwhile.

    `shelf` is what lay on it before anything was sold.
    """

    def __init__(self) -> None:
        self.settings: Settings = settings()
        self.shelf = on_shelf()
        self.url = self.settings.shop_url
        self._log = self.settings.shop_instance / "start.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def mails(self) -> Path:
        return self.settings.shop_instance / "mail"

    def start(self) -> None:
        """Returns once it answers; raises RuntimeError with what it printed when it ends instead."""
        environment = {**environment_of(self.settings), "PYTHONDONTWRITEBYTECODE": "1", "WEB_WORKERS": "1"}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "start"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the shop did not start:\n{self._log.read_text()}")

    def _is_ready(self) -> bool:
        try:
            with _direct.open(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None
