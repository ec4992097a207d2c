"""The programs that the tests drive besides Python, fetched from Debian's packages when they are not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from .postgres import NoPostgres, programs

# The first is Chromium without its windows, which draws the same pages with half the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Tool:
    """A program, whether it is here, and the Debian packages that bring it."""

    name: str
    is_here: Callable[[], bool]
    packages: tuple[str, ...]


def chromium() -> str | None:
    """The browser's path; CHROMIUM names another one."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _has_postgres() -> bool:
    try:
        programs()
    except NoPostgres:
        return False
    return True


def _has_fonts() -> bool:
    listed = shutil.which("fc-list") and subprocess.run(["fc-list"], capture_output=True, check=False).stdout
    return bool(listed)


TOOLS = (
    Tool("chromium", lambda: chromium() is not None, ("chromium-headless-shell",)),
    Tool("fonts", _has_fonts, ("fontconfig", "fonts-liberation")),
    Tool("postgresql", _has_postgres, ("postgresql",)),
    Tool("redis", lambda: shutil.which("redis-server") is not None, ("redis-server",)),
    Tool("java", lambda: shutil.which("java") is not None, ("default-jre-headless",)),
)


def fetch_missing() -> list[str]:
    """Install what is missing; returns a sentence for each tool that could not be had."""
    missing = [tool for tool in TOOLS if not tool.is_here()]
    if not missing:
        return []
    names = [package for tool in missing for package in tool.packages]
    print(f"Installing {', '.join(names)} (once) ...", flush=True)
    why = _install(names)
    return [
        f"{tool.name} is missing and {why}. On Debian: apt-get install {' '.join(tool.packages)}"
        for tool in missing
        if not tool.is_here()
    ]


def _install(packages: list[str]) -> str:
    """Returns why it did not work, for the sentence about what is missing then."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get here to install it"
    as_root = [] if os.geteuid() == 0 else ["sudo", *(["-n"] if os.environ.get("CI") else [])]
    if as_root and shutil.which("sudo") is None:
        return "you are not root and there is no sudo"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*as_root, "apt-get", "--quiet", "--quiet", "--yes"]
    for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode and "install" in command:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            return f"apt-get failed ({said[-1] if said else done.returncode})"
    return "apt-get brought something else"
