"""Running the shop's processes side by side, as the Procfile lists them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from honcho import manager
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from ..config import LAST_PORT, ROOT, Settings
from .tether import Tethered

FINISH_SECONDS = 35


class PortTaken(Exception):
    """The shop cannot listen where it wants to, most likely because another program does."""


def check_ports(settings: Settings) -> None:
    """Raises PortTaken, saying what to do; granian itself would share the port with the other program."""
    other = f"PORT={settings.port % LAST_PORT + 1} make shop"
    _check_port(settings.host, settings.port, other)
    if settings.runs_own_gateway:
        gateway = urlsplit(settings.practice_gateway_url)
        _check_port("127.0.0.1", int(gateway.port or 0), f"{other} (its practice gateway moves along)")


def _check_port(host: str, port: int, way_out: str) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise PortTaken(f"HOST={host} is no address of this machine ({error.strerror}).") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise PortTaken(f"{host}:{port} cannot be used ({error.strerror}). Try another port: {way_out}") from error


def run(settings: Settings) -> int:
    """Start the processes until one ends or somebody stops them; then the others end too. Returns an exit code.

    A payment that is under way may finish: the gateway's deadline is shorter than the wait.
    """
    manager.KILL_WAIT = FINISH_SECONDS
    # A terminal that is closed must not leave the processes behind.
    signal.signal(signal.SIGHUP, lambda _signal, _frame: os.kill(os.getpid(), signal.SIGTERM))
    processes = manager.Manager(_Lines())
    processes._process_ctor = Tethered
    environment = _environment(settings)
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        if name != "gateway" or settings.runs_own_gateway:
            processes.add_process(name, command, env=environment, cwd=str(ROOT))
    processes.loop()
    # Being told to stop is no failure.
    return 0 if processes.returncode in {130, 143} else int(processes.returncode or 0)


class _Lines(Printer):  # type: ignore[misc]
    """What the processes say, for as long as anybody reads it."""

    def write(self, message: Message) -> None:
        with contextlib.suppress(OSError):
            super().write(message)


def _environment(settings: Settings) -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
        "PYTHONUNBUFFERED": "1",
        "SHOP_INSTANCE": str(settings.shop_instance),
        "HOST": settings.host,
        "PORT": str(settings.port),
        "WEB_WORKERS": str(settings.web_workers),
        "WEB_THREADS": str(settings.web_threads),
    }
