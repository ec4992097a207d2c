"""What Drop-in and hosted fields ask from the browser: the client token, GraphQL, and the list of saved cards."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import cards
from .answers import NOT_IMPLEMENTED, Answer
from .cards import Card
from .ledger import METHOD, Document, Ledger
from .sources import Sources
from .wire import to_xml

JSON = "application/json"
TOKEN_LIVES = 24 * 3600
NOT_PUBLISHED = "Practice payments take only published test cards, such as 4111 1111 1111 1111."


@dataclass(frozen=True)
class Hosts:
    """Where the browser finds things: here, or, for an unmodified bundle, behind Braintree's own names."""

    api: str
    assets: str
    graphql: str
    analytics: str

    @classmethod
    def here(cls, url: str) -> Hosts:
        return cls(url, url, f"{url}/graphql", f"{url}/xoplatform/logger/api/logger")

    @classmethod
    def of_braintree(cls) -> Hosts:
        return cls(
            "https://api.sandbox.braintreegateway.com:443",
            "https://assets.braintreegateway.com",
            "https://payments.sandbox.braintree-api.com/graphql",
            "https://www.paypal.com/xoplatform/logger/api/logger",
        )


class BrowserApi:
    def __init__(self, ledger: Ledger, sources: Sources, hosts: Hosts, *, merchant_id: str, secret: str) -> None:
        self._ledger = ledger
        self._sources = sources
        self._hosts = hosts
        self._merchant_id = merchant_id
        self._secret = secret.encode()

    def client_token(self, asked: dict[str, Any]) -> Answer:
        api = f"{self._hosts.api}/merchants/{self._merchant_id}/client_api"
        token = {
            "version": 2,
            "authorizationFingerprint": self._fingerprint(asked.get("customer_id")),
            "configUrl": f"{api}/v1/configuration",
            "graphQL": {
                "url": self._hosts.graphql,
                "date": "2018-05-08",
                "features": ["tokenize_credit_cards"],
            },
            "hasCustomer": bool(asked.get("customer_id")),
            "clientApiUrl": api,
            "environment": "sandbox",
            "merchantId": self._merchant_id,
            "assetsUrl": self._hosts.assets,
            "authUrl": self._hosts.api,
            "challenges": ["cvv"],
            "threeDSecureEnabled": False,
            "paypalEnabled": False,
            "venmo": "off",
            "analytics": {"url": self._hosts.analytics},
        }
        value = base64.b64encode(json.dumps(token).encode()).decode()
        return Answer(201, to_xml("client_token", {"value": value}))

    def _fingerprint(self, customer_id: str | None) -> str:
        claims = {"until": int(time.time()) + TOKEN_LIVES, "customer": customer_id}
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"{body}.{self._signature(body)}"

    def _signature(self, body: str) -> str:
        return hmac.new(self._secret, body.encode(), hashlib.sha256).hexdigest()

    def _claims(self, fingerprint: str) -> dict[str, Any] | None:
        body, _, signature = fingerprint.partition(".")
        if not hmac.compare_digest(self._signature(body).encode(), signature.encode()):
            return None
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return claims if claims["until"] > time.time() else None

    def graphql(self, body: bytes, authorization: str) -> Answer:
        claims = self._claims(authorization.removeprefix("Bearer "))
        if claims is None:
            return _wrong("AUTHENTICATION", "The client token is not valid.")
        try:
            asked = json.loads(body)
        except ValueError:
            return Answer(400, b"{}", JSON)
        operation = asked.get("operationName")
        if operation == "ClientConfiguration":
            return _json({"data": {"clientConfiguration": self._configuration()}})
        if operation == "TokenizeCreditCard":
            return self._tokenize((asked.get("variables") or {}).get("input") or {}, claims["customer"])
        return NOT_IMPLEMENTED

    def _configuration(self) -> dict[str, Any]:
        unused = "applePayWeb fastlane googlePay ideal masterpass paypal unionPay usBankAccount venmo visaCheckout"
        return {
            "analyticsUrl": self._hosts.analytics,
            "environment": "SANDBOX",
            "merchantId": self._merchant_id,
            "assetsUrl": self._hosts.assets,
            "clientApiUrl": f"{self._hosts.api}/merchants/{self._merchant_id}/client_api",
            "creditCard": {
                "supportedCardBrands": sorted(cards.CODE_OF[brand] for brand in cards.CHARGEABLE),
                "challenges": ["CVV"],
                "threeDSecureEnabled": False,
                "threeDSecure": None,
            },
            **dict.fromkeys(unused.split()),
            "braintreeApi": None,
            "supportedFeatures": ["TOKENIZE_CREDIT_CARDS"],
        }

    def _tokenize(self, asked: dict[str, Any], customer_id: str | None) -> Answer:
        typed = asked.get("creditCard") or {}
        month, year = str(typed.get("expirationMonth") or ""), str(typed.get("expirationYear") or "")
        if not _is_to_come(month, year):
            return _wrong("VALIDATION", "Expiration date is invalid.", "expirationDate", "81710")
        nonce = self._sources.tokenize(str(typed.get("number") or ""), month.zfill(2), _full(year))
        if nonce is None:
            return _wrong("VALIDATION", NOT_PUBLISHED, "number", "81715")
        card = Card(**nonce["card"])
        if customer_id:
            with self._ledger.changing():
                self._sources.vault(customer_id, card)
        found = {"token": nonce["id"], "creditCard": _tokenized(card)}
        return _json({"data": {"tokenizeCreditCard": found}})

    def saved_cards(self, fingerprint: str) -> Answer:
        """The customer's vaulted cards, each with a nonce of its own."""
        claims = self._claims(fingerprint)
        if claims is None:
            return Answer(401, b"{}", JSON)
        vaulted = self._ledger.by_ref(METHOD, claims["customer"]) if claims["customer"] else []
        return _json({"paymentMethods": [self._saved(one) for one in vaulted if one["card"]]})

    def _saved(self, document: Document) -> dict[str, Any]:
        card = Card(**document["card"])
        return {
            "nonce": self._sources.nonce_for(card)["id"],
            "default": False,
            "description": f"ending in {card.last4[2:]}",
            "type": "CreditCard",
            "details": {"cardType": card.brand, "lastTwo": card.last4[2:], "lastFour": card.last4, "bin": card.bin}
            | {"expirationMonth": card.month, "expirationYear": card.year},
        }


def _is_to_come(month: str, year: str) -> bool:
    if not (month.isdigit() and year.isdigit() and 1 <= int(month) <= 12 and len(year) in {2, 4}):
        return False
    today = datetime.now(UTC)
    return (today.year, today.month) <= (int(_full(year)), int(month))


def _full(year: str) -> str:
    return f"20{year}" if len(year) == 2 else year


def _tokenized(card: Card) -> dict[str, Any]:
    return {
        "bin": card.bin,
        "brandCode": cards.CODE_OF[card.brand],
        "last4": card.last4,
        "cardholderName": None,
        "expirationMonth": card.month,
        "expirationYear": card.year,
        "binData": None,
    }


def _json(body: Any) -> Answer:
    return Answer(200, json.dumps(body).encode(), JSON)


def _wrong(kind: str, message: str, field: str | None = None, code: str | None = None) -> Answer:
    extensions: dict[str, Any] = {"errorClass": kind}
    if field:
        extensions |= {"legacyCode": code, "inputPath": ["input", "creditCard", field]}
    return _json({"data": None, "errors": [{"message": message, "extensions": extensions}]})
