"""Runs the programs of this folder in which real shop code is killed at one line after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from shop.config import settings

from ..practice import ROOT
from ..support.shops import disconnect, environment_of


def die(driver: str, *words: object) -> list[dict[str, Any]]:
    """Run `tests.crash.<driver>` with these words on this test's shop; what it has reported, one after the other."""
    disconnect()
    done = subprocess.run(
        [sys.executable, "-m", f"tests.crash.{driver}", *map(str, words)],
        cwd=ROOT,
        env={**environment_of(settings()), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
