"""The doctor names what is wrong around the shop, and what to do about it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import BaseRequestHandler, TCPServer

import pytest

from shop import clock
from shop.audit.services import record
from shop.backups.models import BackupKind
from shop.backups.services import make_backup
from shop.backups.writing import folder_of
from shop.config import activate, settings
from shop.db import is_sqlite
from shop.ops.checks import Finding
from shop.ops.doctor import examine

from ..practice import free_port
from ..support.shops import disconnect

pytestmark = pytest.mark.usefixtures("app")


def found(name: str) -> Finding:
    return next(finding for finding in examine() if finding.name == name)


@contextmanager
def listening(server: TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class RefusesKeys(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(401)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


class RefusesPasswords(BaseRequestHandler):
    """A mail server that takes nobody in."""

    def handle(self) -> None:
        self.request.sendall(b"220 here\r\n")
        for line in self.request.makefile("rb"):
            says = {b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", b"QUIT": b"221 bye\r\n"}
            self.request.sendall(says.get(line[:4].upper(), b"535 no\r\n"))


def test_a_mail_server_that_is_down_is_told_from_a_wrong_password() -> None:
    started = settings()
    activate(replace(started, smtp_url=f"smtp://127.0.0.1:{free_port()}"))
    down = found("mail")
    assert not down.is_well and "does not answer" in down.says and "SMTP_URL" in down.advice
    with listening(TCPServer(("127.0.0.1", 0), RefusesPasswords)) as port:
        activate(replace(started, smtp_url=f"smtp://robin:hunter2@127.0.0.1:{port}"))
        refused = found("mail")
    assert "does not take the user and the password" in refused.says
    assert "hunter2" not in f"{refused.says}{refused.advice}"


def test_a_mail_server_without_encryption_is_sent_no_password() -> None:
    with listening(TCPServer(("127.0.0.2", 0), RefusesPasswords)) as port:
        activate(replace(settings(), smtp_url=f"smtp://robin:hunter2@127.0.0.2:{port}"))
        assert "no safe way to sign in" in found("mail").says


def test_the_room_that_is_needed_is_the_one_that_the_settings_name() -> None:
    assert found("disk").is_well
    activate(replace(settings(), disk_megabytes_needed=10**9))
    full = found("disk")
    assert not full.is_well and "below 1,000,000,000 MB no order is taken" in full.advice


def test_a_gateway_that_is_down_is_told_from_wrong_keys() -> None:
    started = settings()
    activate(replace(started, practice_gateway_url=f"http://127.0.0.1:{free_port()}"))
    assert "does not answer" in found("payments").says
    with listening(HTTPServer(("127.0.0.1", 0), RefusesKeys)) as port:
        activate(replace(started, practice_gateway_url=f"http://127.0.0.1:{port}"))
        refused = found("payments")
    assert "does not take our keys" in refused.says and "BRAINTREE_PRIVATE_KEY" in refused.advice


def test_damaged_pages_are_found() -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL looks after its own pages")
    assert found("sqlite").is_well
    disconnect()
    file = settings().shop_instance / "keys.db"
    whole = bytearray(file.read_bytes())
    whole[-4096:-2048] = bytes([7]) * 2048
    file.write_bytes(whole)
    damaged = found("sqlite")
    assert not damaged.is_well and "keys.db" in damaged.says and "restore" in damaged.advice


def test_a_backup_that_is_gone_from_its_folder_is_missed() -> None:
    made = make_backup(BackupKind.DATA)
    assert found("backups").is_well
    (folder_of(BackupKind.DATA) / made.file).unlink()
    assert made.file in found("backups").says


def test_a_shop_that_never_managed_to_make_a_backup_is_late() -> None:
    record("staff-signed-out", actor="staff:1", about=("staff", 1))
    assert found("backups").is_well
    clock.travel(timedelta(days=4))
    assert "no recent backup of the data" in found("backups").says
