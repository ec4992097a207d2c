"""Where mails go: a real SMTP server by SMTP_URL, else a folder that the owner can look into."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from ..config import settings

TIMEOUT_SECONDS = 20
SUBMISSION_PORT, TLS_PORT = 587, 465
ASKS_FOR_SIGN_IN = {530, 534, 535, 538}


class Unreachable(Exception):
    """The server cannot be spoken to at all; `cause` says which error it was. No mail has been tried."""


class Refused(Exception):
    """The server will never take this mail."""


class Transport(Protocol):
    """Sends messages, one after the other, between `with` and its end."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...
    def send(self, message: EmailMessage, name: str) -> None:
        """Raises Unreachable, Refused, and OSError or SMTPException for what may go better later."""


def transport() -> Transport:
    """The one that the settings name."""
    url = settings().smtp_url
    return Smtp(urlsplit(url)) if url else Folder(settings().shop_instance / "mail")


class Folder:
    """Each mail as a file, `0012-order-confirmed.eml`, whole or not there at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, message: EmailMessage, name: str) -> None:
        draft = self._path / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes(policy=SMTP))
        draft.replace(self._path / f"{name}.eml")


class Smtp:
    """One connection for as many mails as there are, opened for the first and opened again when it breaks."""

    def __init__(self, url: SplitResult) -> None:
        self._url = url
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, message: EmailMessage, name: str) -> None:
        server = self._server or self._connect()
        try:
            server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
            if _is_final(error):
                raise Refused(type(error).__name__) from error
            raise
        except (OSError, smtplib.SMTPException):
            server.close()
            self._server = None
            raise

    def _connect(self) -> smtplib.SMTP:
        try:
            self._server = connected(self._url)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise Unreachable(type(error).__name__) from error
        return self._server

    def _hang_up(self) -> None:
        if self._server is None:
            return
        try:
            self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()
        self._server = None


def connected(url: SplitResult) -> smtplib.SMTP:
    """The server of an SMTP_URL, spoken to safely and signed in to. Raises OSError, SMTPException, UnicodeError."""
    host, tls = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or TLS_PORT, timeout=TIMEOUT_SECONDS, context=tls)
    else:
        server = smtplib.SMTP(host, url.port or SUBMISSION_PORT, timeout=TIMEOUT_SECONDS)
    try:
        _secure_and_sign_in(server, url, tls)
    except BaseException:
        server.close()
        raise
    return server


def _secure_and_sign_in(server: smtplib.SMTP, url: SplitResult, tls: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    is_private = url.scheme == "smtps"
    if not is_private and server.has_extn("starttls"):
        server.starttls(context=tls)
        is_private = True
    if url.username:
        if not is_private and url.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise smtplib.SMTPNotSupportedError("the server offers no TLS, and a password is not sent without")
        server.login(unquote(url.username), unquote(url.password or ""))


def _is_final(error: smtplib.SMTPException) -> bool:
    """A 5xx is the server's last word on a mail; on our sign-in it is ours to mend, and the mail waits."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _ in error.recipients.values()}
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = {error.smtp_code}
    else:
        codes = {500}
    return all(500 <= code < 600 and code not in ASKS_FOR_SIGN_IN for code in codes)
