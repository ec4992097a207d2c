"""The HTTP side: reads a request, lets a fault strike, answers. Logs the kind of call and its status, nothing else."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from .answers import Answer
from .control import Control
from .faults import Fault, Faults
from .routes import Request, Routes

MOST_BYTES = 256 * 1024
HTML = Answer(200, b"<!doctype html><title>Maintenance</title><p>We will be back soon.", "text/html")
EMPTY = Answer(200, b"")
BAD_XML = Answer(200, b"<transaction><id>half", "application/xml")


class Server(ThreadingHTTPServer):
    """Threads are daemons: a call that is told to take a minute does not hold up the end."""

    daemon_threads = True
    request_queue_size = 128
    # A port that was just let go can be taken again at once, as a restart does.
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], routes: Routes, control: Control, faults: Faults) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.routes, self.control, self.faults = routes, control, faults
        self.tls: ssl.SSLContext | None = None
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            return super().finish_request(request, client_address)
        # In the connection's own thread, so that a client that never speaks holds up nobody.
        request.settimeout(30)
        with self.tls.wrap_socket(request, server_side=True) as secured:
            return super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | ssl.SSLError | TimeoutError):
            print(f"practice gateway: {type(error).__name__}", file=sys.stderr, flush=True)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "practice", ""
    timeout = 75

    def handle_any(self) -> None:
        request = self._read()
        if request is None:
            return self._send(Answer(413))
        if request.path.startswith("/practice/"):
            return self._send(self.server.control.answer(request))
        call = self.server.routes.call(request)
        fault = self.server.faults.strike(call) if request.method != "OPTIONS" else None
        if fault is None:
            return self._answer(call, self.server.routes.answer(request))
        return self._strike(fault, call, request)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_HEAD = handle_any

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            return None
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        return Request(self.command, unquote(parts.path), parts.query, headers, body)

    def _strike(self, fault: Fault, call: str, request: Request) -> None:
        if fault.fault == "delay" and not fault.after_commit:
            time.sleep(fault.seconds)
        is_done = fault.after_commit or fault.fault == "delay"
        answer = self.server.routes.answer(request) if is_done else None
        if fault.fault == "delay" and fault.after_commit:
            time.sleep(fault.seconds)
        self._log(f"{call} fault {fault.fault}")
        match fault.fault:
            case "delay" if answer:
                self._send(answer)
            case "drop_before" | "drop_after_commit":
                self._drop()
            case "html" | "empty" | "bad_xml":
                self._send({"html": HTML, "empty": EMPTY, "bad_xml": BAD_XML}[fault.fault])
            case "drip":
                self._drip(fault.seconds)
            case status:
                self._send(Answer(int(status)))

    def _drop(self) -> None:
        """The connection ends with a reset and no answer."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _drip(self, seconds: float) -> None:
        """A byte now and then: each read succeeds, the answer never ends."""
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 100000\r\n\r\n")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.2)

    def _answer(self, call: str, answer: Answer) -> None:
        self._log(f"{call} {answer.status}")
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.body:
            self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _log(self, what: str) -> None:
        print(f"practice gateway: {what}", file=sys.stderr, flush=True)

    def log_message(self, format: str, *args: Any) -> None:
        """The request line is never logged: a path may hold a nonce or an id."""
