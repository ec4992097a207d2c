"""Every call this gateway knows, by method and path. What is not here is answered 501, never a silent 200."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ...config import Settings
from .answers import NOT_FOUND, NOT_IMPLEMENTED, Answer
from .browser_api import BrowserApi, Hosts
from .bundle import Assets
from .cards import Card
from .ledger import Ledger
from .search import Search
from .sources import Sources
from .transactions import Transactions
from .vault import Vault
from .wire import BadXml, from_xml, to_xml

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Braintree-Version, Content-Type",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Max-Age": "600",
}
UNAUTHORISED = Answer(401, headers={"WWW-Authenticate": 'Basic realm="practice"'})


@dataclass(frozen=True)
class Request:
    """An HTTP request, read whole."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


Handler = Callable[..., Answer]


class Routes:
    """`call` names what a request is, for faults; `answer` does it."""

    def __init__(self, settings: Settings, ledger: Ledger, *, behind_braintrees_names: bool) -> None:
        hosts = Hosts.of_braintree() if behind_braintrees_names else Hosts.here(settings.practice_gateway_url)
        self._credentials = f"{settings.braintree_public_key}:{settings.braintree_private_key}".encode()
        self._merchant = f"/merchants/{settings.braintree_merchant_id}"
        sources = Sources(ledger, settings.braintree_private_key)
        self.transactions = Transactions(
            ledger, sources, currency=settings.currency, exponent=settings.currency_exponent
        )
        self._sources = sources
        self._assets = Assets(hosts, untouched=behind_braintrees_names)
        self._browser = BrowserApi(
            ledger,
            sources,
            hosts,
            merchant_id=settings.braintree_merchant_id,
            secret=settings.braintree_private_key,
        )
        self._server_calls = _server_calls(
            self.transactions, Search(ledger, self.transactions), Vault(ledger, sources), self._browser, self._nonce
        )

    def call(self, request: Request) -> str:
        if request.path == "/graphql":
            return "graphql"
        if request.path.startswith("/web/"):
            return "assets"
        found = self._server_call(request)
        return found[0] if found else "unknown"

    def answer(self, request: Request) -> Answer:
        if request.path.startswith(("/web/", "/xoplatform/", "/graphql")) or "/client_api/" in request.path:
            return self._to_browser(request)
        if not request.path.startswith("/merchants/"):
            return NOT_IMPLEMENTED
        if not self._is_authorised(request) or not request.path.startswith(f"{self._merchant}/"):
            return UNAUTHORISED
        found = self._server_call(request)
        if found is None:
            return NOT_IMPLEMENTED
        _, handler, keys = found
        try:
            return handler(*keys, from_xml(request.body))
        except BadXml as error:
            return Answer(400, str(error).encode(), "text/plain")

    def _is_authorised(self, request: Request) -> bool:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            credentials = base64.b64decode(given, validate=True)
        except ValueError:
            return False
        return kind.lower() == "basic" and hmac.compare_digest(credentials, self._credentials)

    def _server_call(self, request: Request) -> tuple[str, Handler, tuple[str, ...]] | None:
        path = request.path.removeprefix(self._merchant)
        for call, method, pattern, handler in self._server_calls:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return call, handler, match.groups()
        return None

    def _to_browser(self, request: Request) -> Answer:
        answer = self._browser_answer(request)
        return Answer(answer.status, answer.body, answer.kind, {**answer.headers, **CORS})

    def _browser_answer(self, request: Request) -> Answer:
        match request.method, request.path:
            case "OPTIONS", _:
                return Answer(204)
            case "POST", "/graphql":
                return self._browser.graphql(request.body, request.headers.get("authorization", ""))
            case "POST", "/xoplatform/logger/api/logger":
                return Answer(204)
            case "GET", path if path.startswith("/web/"):
                return self._assets.get(path)
            case "GET", path if path == f"{self._merchant}/client_api/v1/payment_methods":
                asked = parse_qs(request.query)
                given = asked.get("authorizationFingerprint") or asked.get("authorization_fingerprint") or [""]
                return self._browser.saved_cards(given[0])
        return NOT_IMPLEMENTED

    def _nonce(self, nonce: str, _asked: dict[str, Any]) -> Answer:
        document = self._sources.nonce(nonce)
        if document is None:
            return NOT_FOUND
        card = Card(**document["card"])
        details = {"bin": card.bin, "card_type": card.brand, "last_two": card.last4[2:], "last_four": card.last4}
        body = {
            "type": "CreditCard",
            "nonce": nonce,
            "description": f"ending in {card.last4[2:]}",
            "consumed": document["consumed"],
            "default": False,
            "three_d_secure_info": None,
            "authentication_insight": None,
            "bin_data": None,
            "details": details,
        }
        return Answer(200, to_xml("payment_method_nonce", body))


def _inside(name: str, handler: Handler) -> Handler:
    """Calls `handler` with what the request holds inside its element `name`."""
    return lambda *arguments: handler(*arguments[:-1], arguments[-1].get(name) or {})


def _plain(handler: Handler) -> Handler:
    """For a call whose body says nothing."""
    return lambda *arguments: handler(*arguments[:-1])


def _server_calls(
    transactions: Transactions, search: Search, vault: Vault, browser: BrowserApi, nonce: Handler
) -> list[tuple[str, str, str, Handler]]:
    one = "/transactions/([^/]+)"

    def testing(how: str) -> Handler:
        return _plain(lambda key: transactions.settle(key, how))

    return [
        ("client_token", "POST", "/client_token", _inside("client_token", browser.client_token)),
        ("search", "POST", "/transactions/advanced_search_ids", _inside("search", search.ids)),
        ("search", "POST", "/transactions/advanced_search", _inside("search", search.page)),
        ("sale", "POST", "/transactions", _inside("transaction", transactions.sale)),
        ("find", "GET", one, _plain(transactions.find)),
        ("void", "PUT", f"{one}/void", _inside("transaction", transactions.void)),
        (
            "submit_for_settlement",
            "PUT",
            f"{one}/submit_for_settlement",
            _inside("transaction", transactions.submit),
        ),
        ("refund", "POST", f"{one}/refund", _inside("transaction", transactions.refund)),
        *(
            ("testing", "PUT", f"{one}/{how}", testing(how))
            for how in ("settle", "settlement_confirm", "settlement_decline", "settlement_pending")
        ),
        ("nonce", "GET", "/payment_method_nonces/([^/]+)", nonce),
        ("customer", "POST", "/customers", _inside("customer", vault.create_customer)),
        ("customer", "GET", "/customers/([^/]+)", _plain(vault.customer)),
        ("customer", "PUT", "/customers/([^/]+)", _plain(vault.customer)),
        ("customer", "DELETE", "/customers/([^/]+)", _plain(vault.delete_customer)),
        ("payment_method", "POST", "/payment_methods", _inside("payment_method", vault.create_method)),
        ("payment_method", "GET", "/payment_methods/any/([^/]+)", _plain(vault.method)),
        ("payment_method", "DELETE", "/payment_methods/any/([^/]+)", _plain(vault.delete_method)),
    ]
