"""What the gateway does with money: sale, capture, void, refund, and the tests' own settling."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from . import sandbox
from .answers import NOT_FOUND, NOT_IMPLEMENTED, Answer, Wrong, invalid, not_approved, transaction_answer
from .cards import CHARGEABLE, Card
from .ledger import TRANSACTION, Document, Ledger, new_id
from .sources import Sources

DUPLICATE_FOR = timedelta(seconds=30)
AUTHORISATION_LASTS = timedelta(days=7)
SETTLES_AFTER = timedelta(hours=24)
NOT_DUPLICATED = {"processor_declined", "gateway_rejected", "failed", "voided"}
KEY_NOT_ALLOWED = Wrong("915231", "api_request_key is not enabled for this merchant.", "api_request_key")


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Transactions:
    """`exponent` is the number of digits after the point in `currency`."""

    def __init__(self, ledger: Ledger, sources: Sources, *, currency: str, exponent: int) -> None:
        self._ledger = ledger
        self._sources = sources
        self._currency = currency
        self._unit = Decimal(1).scaleb(-exponent)

    def sale(self, asked: dict[str, Any]) -> Answer:
        """At most one charge for a nonce: it is looked up, used up and charged in one transaction."""
        if asked.get("type") != "sale" or "credit_card" in asked:
            return NOT_IMPLEMENTED
        with self._ledger.changing():
            amount = self._amount(asked.get("amount"))
            wrong = amount if isinstance(amount, Wrong) else _wrong_sale(asked)
            source = wrong or self._sources.charge(asked)
            if isinstance(source, Wrong):
                return invalid(source)
            if source.card.brand not in CHARGEABLE:
                return invalid(Wrong("91577", "Payment instrument is not supported by this merchant account."))
            document = self._sold(asked, amount, source.card)
            if document["status"] in {"authorized", "submitted_for_settlement"}:
                document["token"], document["customer_id"] = self._sources.keep(asked, source)
            self._ledger.put(TRANSACTION, document)
        is_good = document["status"] in {"authorized", "submitted_for_settlement"}
        return transaction_answer(document, 201) if is_good else not_approved(document)

    def _amount(self, text: Any) -> Any:
        if not text:
            return Wrong("81502", "Amount is required.", "amount")
        try:
            amount = Decimal(text).quantize(self._unit)
        except InvalidOperation:
            return Wrong("81503", "Amount is an invalid format.", "amount")
        if not re.fullmatch(r"\d+(\.\d+)?", text) or amount != Decimal(text):
            return Wrong("81503", "Amount is an invalid format.", "amount")
        return amount if amount > 0 else Wrong("81531", "Amount must be greater than zero.", "amount")

    def _sold(self, asked: dict[str, Any], amount: Decimal, card: Card) -> Document:
        verdict = sandbox.verdict(amount, card.fate)
        if self._is_duplicate(asked.get("order_id"), amount, card):
            verdict = sandbox.Verdict("gateway_rejected", rejection="duplicate")
        document = self._new("sale", amount, asked.get("order_id"), card)
        document |= {
            "status": verdict.status,
            "gateway_rejection_reason": verdict.rejection,
            "processor_response_code": verdict.code,
            "processor_response_text": verdict.text,
            "processor_response_type": verdict.response_type,
            "recurring": str(asked.get("transaction_source", "")).startswith("recurring"),
        }
        if verdict.status == "authorized":
            document["authorization_code"] = new_id(6).upper()
        _note(document, document["status"])
        if verdict.status == "authorized" and (asked.get("options") or {}).get("submit_for_settlement"):
            _note(document, "submitted_for_settlement")
        return document

    def _is_duplicate(self, order_id: str | None, amount: Decimal, card: Card) -> bool:
        earliest = (datetime.now(UTC) - DUPLICATE_FOR).isoformat(timespec="microseconds")
        return bool(order_id) and any(
            one["created_at"] >= earliest
            and one["type"] == "sale"
            and one["amount"] == str(amount)
            and one["card"]["token"] == card.token
            and one["status"] not in NOT_DUPLICATED
            for one in self._ledger.by_ref(TRANSACTION, str(order_id))
        )

    def _new(self, kind: str, amount: Decimal, order_id: str | None, card: Card | None) -> Document:
        now = datetime.now(UTC)
        return {
            "id": new_id(),
            "type": kind,
            "status": "submitted_for_settlement",
            "amount": str(amount),
            "authorised": str(amount),
            "currency": self._currency,
            "order_id": order_id,
            "created_at": now_text(),
            "updated_at": now_text(),
            "expires_at": (now + AUTHORISATION_LASTS).isoformat(timespec="seconds"),
            "card": vars(card) if card else None,
            "token": None,
            "customer_id": None,
            "refunded_id": None,
            "refund_ids": [],
            "history": [],
            "cvv_response": "M",
            "authorization_code": None,
            "gateway_rejection_reason": None,
            "processor_response_code": "1000",
            "processor_response_text": "Approved",
            "processor_response_type": "approved",
            "settlement_code": None,
            "settlement_text": None,
            "recurring": False,
        }

    def current(self, gateway_id: str) -> Document | None:
        document = self._ledger.get(TRANSACTION, gateway_id)
        return self.aged(document) if document else None

    def aged(self, document: Document) -> Document:
        """As time has left it: an old authorisation has lapsed, an old submission is settled."""
        age = datetime.now(UTC) - datetime.fromisoformat(document["updated_at"])
        if document["status"] == "authorized" and age > AUTHORISATION_LASTS:
            _note(document, "authorization_expired")
        elif document["status"] == "submitted_for_settlement" and age > SETTLES_AFTER:
            _settle(document)
        return document

    def find(self, gateway_id: str) -> Answer:
        document = self.current(gateway_id)
        return transaction_answer(document) if document else NOT_FOUND

    def submit(self, gateway_id: str, asked: dict[str, Any]) -> Answer:
        if asked.get("api_request_key"):
            return invalid(KEY_NOT_ALLOWED)
        with self._ledger.changing():
            document = self.current(gateway_id)
            if document is None:
                return NOT_FOUND
            if document["status"] != "authorized":
                return invalid(Wrong("91507", "Cannot submit for settlement unless status is authorized."))
            amount = self._amount(asked["amount"]) if asked.get("amount") else Decimal(document["amount"])
            if isinstance(amount, Wrong):
                return invalid(amount)
            if amount > Decimal(document["authorised"]):
                return invalid(Wrong("91522", "Settlement amount is too large.", "amount"))
            document["amount"] = str(amount)
            _note(document, "submitted_for_settlement")
            self._ledger.put(TRANSACTION, document)
        return transaction_answer(document)

    def void(self, gateway_id: str, asked: dict[str, Any]) -> Answer:
        if asked.get("api_request_key"):
            return invalid(KEY_NOT_ALLOWED)
        with self._ledger.changing():
            document = self.current(gateway_id)
            if document is None:
                return NOT_FOUND
            if document["status"] not in {"authorized", "submitted_for_settlement"}:
                message = "Transaction can only be voided if status is authorized or submitted_for_settlement."
                return invalid(Wrong("91504", message))
            _note(document, "voided")
            self._ledger.put(TRANSACTION, document)
        return transaction_answer(document)

    def refund(self, gateway_id: str, asked: dict[str, Any]) -> Answer:
        """A refund is a transaction of its own; without an amount it gives back all that is left."""
        if asked.get("api_request_key"):
            return invalid(KEY_NOT_ALLOWED)
        with self._ledger.changing():
            document = self.current(gateway_id)
            if document is None:
                return NOT_FOUND
            left = Decimal(document["amount"]) - self._refunded(document)
            amount = self._amount(asked["amount"]) if asked.get("amount") else left
            wrong = amount if isinstance(amount, Wrong) else _wrong_refund(document, amount, left)
            if wrong:
                return invalid(wrong)
            refund = self._new("credit", amount, asked.get("order_id") or document["order_id"], None)
            refund |= {"card": document["card"], "refunded_id": document["id"], "token": document["token"]}
            _note(refund, "submitted_for_settlement")
            document["refund_ids"].append(refund["id"])
            self._ledger.put(TRANSACTION, refund)
            self._ledger.put(TRANSACTION, document)
        return transaction_answer(refund, 201)

    def _refunded(self, document: Document) -> Decimal:
        refunds = (self._ledger.get(TRANSACTION, one) for one in document["refund_ids"])
        return sum((Decimal(one["amount"]) for one in refunds if one and one["status"] != "voided"), Decimal(0))

    def settle(self, gateway_id: str, how: str) -> Answer:
        """The SDK's `testing` calls; `how` is settle, settlement_confirm, settlement_decline or settlement_pending."""
        with self._ledger.changing():
            document = self.current(gateway_id)
            if document is None:
                return NOT_FOUND
            if document["status"] not in {"submitted_for_settlement", "settlement_pending"}:
                return invalid(Wrong("91575", "Cannot simulate settlement unless it was submitted for settlement."))
            _settle(document, how)
            self._ledger.put(TRANSACTION, document)
        return transaction_answer(document)

    def settle_all(self) -> int:
        """What the night does: settle everything that was submitted. How many that were."""
        with self._ledger.changing():
            submitted = [one for one in self._ledger.all(TRANSACTION) if one["status"] == "submitted_for_settlement"]
            for document in submitted:
                _settle(document)
                self._ledger.put(TRANSACTION, document)
        return len(submitted)


def _wrong_sale(asked: dict[str, Any]) -> Wrong | None:
    if asked.get("api_request_key"):
        return KEY_NOT_ALLOWED
    if len(asked.get("order_id") or "") > 255:
        return Wrong("91501", "Order ID is too long.", "order_id")
    return None


def _wrong_refund(document: Document, amount: Decimal, left: Decimal) -> Wrong | None:
    if document["type"] == "credit":
        return Wrong("91505", "Cannot refund a credit.")
    if document["status"] not in {"settled", "settling", "settlement_confirmed"}:
        return Wrong("91506", "Cannot refund transaction unless it is settled.")
    if left <= 0:
        return Wrong("91512", "Transaction has already been completely refunded.")
    if amount > left:
        return Wrong("91521", "Refund amount is too large.", "amount")
    return None


def _note(document: Document, status: str) -> None:
    document["status"] = status
    document["updated_at"] = now_text()
    document["history"].append({"status": status, "at": document["updated_at"]})


def _settle(document: Document, how: str = "settle") -> None:
    status, code, text = sandbox.settled_status(Decimal(document["amount"]))
    if how == "settlement_confirm":
        status, code, text = "settlement_confirmed", "4000", "Confirmed"
    elif how == "settlement_decline":
        status, code, text = "settlement_declined", "4001", sandbox.TEXTS["4001"]
    elif how == "settlement_pending":
        status, code, text = "settlement_pending", "4002", sandbox.TEXTS["4002"]
    document["settlement_code"], document["settlement_text"] = code, text
    _note(document, status)
