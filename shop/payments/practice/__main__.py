"""`python -m shop.payments.practice [--tls-port PORT]`: runs the practice gateway until it is told to stop."""

from __future__ import annotations

import argparse
import ipaddress
import signal
import sys
import threading
from types import FrameType
from urllib.parse import urlsplit

from ... import config
from . import tls
from .bundle import UnexpectedBundle
from .control import Control
from .faults import Faults
from .ledger import Ledger
from .routes import Routes
from .server import Server


class CannotStart(Exception):
    """Says in one sentence why the practice gateway does not start."""


def main() -> int:
    """Exit status 1, with the reason on standard error, when it must not or cannot start."""
    options = _options()
    try:
        settings = config.load()
        if options.if_needed and not settings.runs_own_gateway:
            return _wait_beside_another()
        servers = _servers(settings, options.tls_port)
    except (config.WrongSettings, CannotStart, UnexpectedBundle, OSError) as error:
        print(f"The practice gateway cannot start: {error}", file=sys.stderr)
        return 1
    print(f"practice gateway on {settings.practice_gateway_url}: no real money moves here", flush=True)
    _run(servers)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shop.payments.practice", description=__doc__)
    parser.add_argument(
        "--tls-port",
        type=int,
        metavar="PORT",
        help="listen there too, behind a throw-away certificate, and give out client tokens that name Braintree's own "
        "hosts: for tests with an unmodified bundle in a browser that maps those hosts to this machine",
    )
    parser.add_argument(
        "--if-needed",
        action="store_true",
        help="when payments go elsewhere, do nothing until told to stop, rather than end: for a Procfile",
    )
    return parser.parse_args()


def _wait_beside_another() -> int:
    print("payments go elsewhere: no practice gateway is needed", flush=True)
    _run([])
    return 0


def _servers(settings: config.Settings, tls_port: int | None) -> list[Server]:
    host, port = _address(settings)
    ledger = Ledger(settings.shop_instance / "practice.db")
    faults = Faults()
    routes = Routes(settings, ledger, behind_braintrees_names=tls_port is not None)
    control = Control(ledger, routes.transactions, faults)
    servers = [Server((host, port), routes, control, faults)]
    if tls_port is not None:
        servers.append(Server((host, tls_port), routes, control, faults))
        servers[-1].tls = tls.context()
    return servers


def _address(settings: config.Settings) -> tuple[str, int]:
    if not settings.is_practice:
        raise CannotStart(f"BRAINTREE_ENVIRONMENT is {settings.braintree_environment}, where real keys are in use.")
    if settings.shop_mode == config.PRODUCTION:
        raise CannotStart("SHOP_MODE is production, which would take no money with it.")
    parts = urlsplit(settings.practice_gateway_url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme != "http" or port is None:
        raise CannotStart(f"PRACTICE_GATEWAY_URL must be http with a port, not {settings.practice_gateway_url}.")
    if host != "localhost" and not _is_loopback(host):
        raise CannotStart(f"PRACTICE_GATEWAY_URL must be on this machine's loopback address, not {host}.")
    return ("127.0.0.1" if host == "localhost" else host), port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _run(servers: list[Server]) -> None:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    stopping.wait()
    for server in servers:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
