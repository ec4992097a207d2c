from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from flask import Flask

from shop.db import open_connection


class MailServer:
    """A real SMTP server that keeps what it is given, and answers as the test says."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.sign_ins: list[tuple[str, str]] = []
        self.over_tls: list[bool] = []
        self.answer_to_recipient = ""
        self.answer_to_data = "250 OK"
        self.on_data: Callable[[], None] | None = None

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.answer_to_recipient:
            return self.answer_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.on_data:
            self.on_data()
        if self.answer_to_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.envelopes.append(envelope)
            self.over_tls.append(session.ssl is not None)
        return self.answer_to_data

    def sign_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        told = data.login.decode(), data.password.decode()
        self.sign_ins.append(told)
        return AuthResult(success=told == ("pannier", "s@cret/p:ss"), handled=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start_server() -> Iterator[Callable[..., tuple[MailServer, int]]]:
    """`server, port = start_server()`; keywords are those of aiosmtpd, `over_tls` is for TLS from the first byte."""
    running: list[Controller] = []

    def start(**options: Any) -> tuple[MailServer, int]:
        server = MailServer()
        if options.get("auth_required"):
            options |= {"authenticator": server.sign_in, "auth_exclude_mechanism": ["LOGIN"]}
        controller = Controller(
            server, hostname="localhost", port=free_port(), ssl_context=options.pop("over_tls", None), **options
        )
        controller.start()
        running.append(controller)
        return server, controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def shop(app: Flask) -> Iterator[Flask]:
    """The app, inside a context like a job's."""
    with app.app_context():
        open_connection()
        yield app


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS for localhost, which this process trusts."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "localhost.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def take() -> None:
        while True:
            try:
                held.append(listening.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield int(listening.getsockname()[1])
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()
    for connection in held:
        connection.close()
