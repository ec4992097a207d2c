"""One JSON line for each request, with ids and never a value that somebody typed."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time

from flask import Flask, Response, g, request

access = logging.getLogger("shop.access")


class JsonLines(logging.Formatter):
    """Log records as one JSON object a line; extra fields go in `extra={"fields": {…}}`.

    Of an exception it keeps the kind and the places in the code; its message may quote somebody's data and is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
        }
        if message := record.getMessage():
            line["message"] = message
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["places"] = list(_places(record))
        return json.dumps(line, default=str)


def _places(record: logging.LogRecord) -> list[str]:
    found, trace = [], record.exc_info[2] if record.exc_info else None
    while trace is not None:
        found.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-12:]


def init_app(app: Flask) -> None:
    """Log to standard error, one JSON line a record."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("shop")
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False
    app.logger.handlers = [handler]
    app.logger.propagate = False
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.request_id, g.started = secrets.token_hex(8), time.perf_counter()


def _finish(response: Response) -> Response:
    # The rule and not the path: a path may hold an order's number or a mailed key.
    fields = {
        "request": g.get("request_id"),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
    }
    access.info("", extra={"fields": fields})
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
