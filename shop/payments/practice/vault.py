"""Customers and their payment methods, kept until they are deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .answers import NOT_FOUND, Answer, Wrong, invalid
from .cards import BANK_NONCE, Card
from .ledger import CUSTOMER, METHOD, Document, Ledger, new_id
from .sources import NO_CUSTOMER, Sources
from .wire import Items, to_xml

NAMES = ("first_name", "last_name", "company", "email", "phone", "fax", "website")
VERIFIED_AT_ONCE = "network_check"


class Vault:
    """Names and addresses that a call carries are not kept: nothing here needs them."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources

    def create_customer(self, asked: dict[str, Any]) -> Answer:
        key = asked.get("id") or new_id(10)
        with self._ledger.changing():
            if self._ledger.get(CUSTOMER, key):
                return invalid(Wrong("91609", "Customer ID has already been taken.", "id", "customer"))
            source = self._sources.use(asked["payment_method_nonce"]) if asked.get("payment_method_nonce") else None
            if isinstance(source, Wrong):
                return invalid(source)
            self._ledger.put(CUSTOMER, {"id": key, "created_at": _now()})
            if source:
                self._sources.vault(key, source.card)
        return self.customer(key, 201)

    def customer(self, key: str, status: int = 200) -> Answer:
        document = self._ledger.get(CUSTOMER, key)
        if document is None:
            return NOT_FOUND
        cards = [_card(one) for one in self._ledger.by_ref(METHOD, key) if one["card"]]
        banks = [_bank(one) for one in self._ledger.by_ref(METHOD, key) if not one["card"]]
        made = datetime.fromisoformat(document["created_at"])
        body = {
            "id": key,
            "merchant_id": "practice",
            "created_at": made,
            "updated_at": made,
            **dict.fromkeys(NAMES),
            "credit_cards": Items("credit_card", cards),
            "us_bank_accounts": Items("us_bank_account", banks),
            "addresses": Items("address", []),
        }
        return Answer(status, to_xml("customer", body))

    def delete_customer(self, key: str) -> Answer:
        with self._ledger.changing():
            if self._ledger.get(CUSTOMER, key) is None:
                return NOT_FOUND
            for one in self._ledger.by_ref(METHOD, key):
                self._ledger.remove(METHOD, one["id"])
            self._ledger.remove(CUSTOMER, key)
        return Answer(200)

    def create_method(self, asked: dict[str, Any]) -> Answer:
        customer_id, nonce = asked.get("customer_id") or "", asked.get("payment_method_nonce") or ""
        with self._ledger.changing():
            if self._ledger.get(CUSTOMER, customer_id) is None:
                return invalid(NO_CUSTOMER)
            if nonce == BANK_NONCE:
                how = (asked.get("options") or {}).get("us_bank_account_verification_method")
                document = self._sources.vault(customer_id, None, verified=how == VERIFIED_AT_ONCE)
            else:
                source = self._sources.use(nonce)
                if isinstance(source, Wrong):
                    return invalid(source)
                document = self._sources.vault(customer_id, source.card)
        return _method(document, 201)

    def method(self, token: str) -> Answer:
        document = self._ledger.get(METHOD, token)
        return _method(document, 200) if document else NOT_FOUND

    def delete_method(self, token: str) -> Answer:
        with self._ledger.changing():
            if self._ledger.get(METHOD, token) is None:
                return NOT_FOUND
            self._ledger.remove(METHOD, token)
        return Answer(200)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _method(document: Document, status: int) -> Answer:
    if document["card"]:
        return Answer(status, to_xml("credit_card", _card(document)))
    return Answer(status, to_xml("us_bank_account", _bank(document)))


def _card(document: Document) -> dict[str, Any]:
    card, made = Card(**document["card"]), datetime.fromisoformat(document["created_at"])
    return {
        "token": document["id"],
        "customer_id": document["customer_id"],
        "bin": card.bin,
        "last_4": card.last4,
        "card_type": card.brand,
        "expiration_month": card.month,
        "expiration_year": card.year,
        "expired": False,
        "default": True,
        "cardholder_name": None,
        "image_url": None,
        "unique_number_identifier": None,
        "created_at": made,
        "updated_at": made,
        "subscriptions": Items("subscription", []),
        "verifications": Items("verification", []),
    }


def _bank(document: Document) -> dict[str, Any]:
    made = datetime.fromisoformat(document["created_at"])
    return {
        "token": document["id"],
        "customer_id": document["customer_id"],
        "routing_number": "021000021",
        "last_4": "0000",
        "account_type": "checking",
        "account_holder_name": None,
        "bank_name": "Practice Bank",
        "verified": document["verified"],
        "default": True,
        "image_url": None,
        "created_at": made,
        "updated_at": made,
        "ach_mandate": None,
        "verifications": Items("verification", []),
    }
