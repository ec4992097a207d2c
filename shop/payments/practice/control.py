"""The practice gateway's own pages, for tests and rehearsals: order faults, read the ledger, settle, start afresh."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from .answers import NOT_IMPLEMENTED, Answer
from .browser_api import JSON
from .faults import Faults, WrongFault
from .ledger import TRANSACTION, Document, Ledger
from .routes import Request
from .transactions import Transactions

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class Control:
    def __init__(self, ledger: Ledger, transactions: Transactions, faults: Faults) -> None:
        self._ledger = ledger
        self._transactions = transactions
        self._faults = faults

    def answer(self, request: Request) -> Answer:
        if not _is_from_here(request):
            return _json(403, {"error": "Only this machine's own tools may ask this, not a web page."})
        match request.method, request.path:
            case "GET", "/practice/health":
                return _json(200, {"gateway": "practice"})
            case "GET", "/practice/faults":
                return _json(200, {"faults": self._faults.listed()})
            case "POST", "/practice/faults":
                return self._order(request.body)
            case "DELETE", "/practice/faults":
                self._faults.clear()
                return _json(200, {"faults": []})
            case "GET", "/practice/ledger":
                return _json(200, {"transactions": self._listed(parse_qs(request.query))})
            case "POST", "/practice/night":
                return _json(200, {"settled": self._transactions.settle_all()})
            case "POST", "/practice/reset":
                self._faults.clear()
                self._ledger.clear()
                return _json(200, {"transactions": []})
        return NOT_IMPLEMENTED

    def _order(self, body: bytes) -> Answer:
        try:
            asked = json.loads(body)
            self._faults.order(asked if isinstance(asked, dict) else {})
        except (ValueError, TypeError, WrongFault) as error:
            return _json(400, {"error": str(error)})
        return _json(200, {"faults": self._faults.listed()})

    def _listed(self, asked: dict[str, list[str]]) -> list[dict[str, Any]]:
        ref = asked.get("order_id", [""])[0]
        found = self._ledger.by_ref(TRANSACTION, ref) if ref else self._ledger.all(TRANSACTION)
        return [_line(self._transactions.aged(one)) for one in found]


def _is_from_here(request: Request) -> bool:
    """No browser page sends these: a page elsewhere must not be able to empty the ledger, nor read it."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    is_page = "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none"
    return host in LOOPBACK and not is_page


def _line(document: Document) -> dict[str, Any]:
    names = """id order_id type status amount currency refunded_id created_at processor_response_code
        gateway_rejection_reason"""
    card = document["card"] or {"brand": None, "last4": None}
    history = [event["status"] for event in document["history"]]
    return {name: document[name] for name in names.split()} | {
        "card": {"brand": card["brand"], "last4": card["last4"]},
        "history": history,
    }


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(body, indent=1).encode(), JSON)
