"""Where a charge's money comes from: nonces, which are used once, and vaulted payment methods."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from . import cards
from .answers import Wrong
from .cards import Card
from .ledger import CUSTOMER, METHOD, NONCE, Document, Ledger, new_id

NONCE_LIVES = timedelta(hours=3)
CONSUMED = Wrong("91564", "Cannot use a payment_method_nonce more than once.", "payment_method_nonce")
UNKNOWN = Wrong("91565", "Unknown or expired payment_method_nonce.", "payment_method_nonce")
NO_TOKEN = Wrong("91518", "Payment method token is invalid.", "payment_method_token")
NO_SOURCE = Wrong("91508", "Cannot determine payment method.")
NO_CUSTOMER = Wrong("91510", "Customer ID is invalid.", "customer_id")
NOT_A_CARD = Wrong("81715", "Credit card number is invalid.", "number", "credit_card")


@dataclass(frozen=True)
class Source:
    """A card, and the vault's token when it is there already."""

    card: Card
    token: str | None = None
    customer_id: str | None = None


class Sources:
    """`secret` only tells cards apart: it marks the same card with the same letters."""

    def __init__(self, ledger: Ledger, secret: str) -> None:
        self._ledger = ledger
        self._secret = secret.encode()

    def tokenize(self, number: str, month: str, year: str) -> Document | None:
        """A nonce for a published test card; None for any other number, which is forgotten here and now."""
        digits = re.sub(r"\D", "", number)
        mark = hmac.new(self._secret, digits.encode(), hashlib.sha256).hexdigest()[:24]
        card = cards.card(digits, month, year, mark.translate(str.maketrans("0123456789", "ghijklmnop")))
        return self.nonce_for(card) if card else None

    def nonce_for(self, card: Card) -> Document:
        nonce = f"tokencc_bh_{new_id(6)}_{new_id(6)}_{new_id(6)}_{new_id(6)}_{new_id(3)}"
        document = {"id": nonce, "created_at": _now(), "card": vars(card), "consumed": False}
        with self._ledger.changing():
            self._ledger.put(NONCE, document)
        return document

    def nonce(self, nonce: str) -> Document | None:
        """Used or not, as long as it lives; the published ones live for ever."""
        published = cards.published_nonce(nonce)
        if published or nonce == cards.CONSUMED_NONCE:
            card = published or cards.published_nonce("fake-valid-nonce")
            return {"id": nonce, "card": vars(card), "consumed": published is None}
        document = self._ledger.get(NONCE, nonce)
        return document if document and _is_alive(document) else None

    def charge(self, asked: dict[str, Any]) -> Source | Wrong:
        """The source that a sale names; its nonce is used up by this. Call it inside `ledger.changing()`."""
        if asked.get("payment_method_nonce"):
            return self.use(asked["payment_method_nonce"])
        if asked.get("payment_method_token"):
            return self._vaulted(self._ledger.get(METHOD, asked["payment_method_token"]), NO_TOKEN)
        if asked.get("customer_id"):
            methods = self._ledger.by_ref(METHOD, asked["customer_id"])
            return self._vaulted(methods[0] if methods else None, NO_CUSTOMER)
        return NO_SOURCE

    def use(self, nonce: str) -> Source | Wrong:
        if nonce == cards.LUHN_INVALID_NONCE:
            return NOT_A_CARD
        document = self.nonce(nonce)
        if document is None:
            return UNKNOWN
        if document["consumed"]:
            return CONSUMED
        if cards.published_nonce(nonce) is None:
            self._ledger.put(NONCE, document | {"consumed": True})
        return Source(Card(**document["card"]))

    def _vaulted(self, document: Document | None, otherwise: Wrong) -> Source | Wrong:
        if document is None or document["card"] is None:
            return otherwise
        return Source(Card(**document["card"]), document["id"], document["customer_id"])

    def keep(self, asked: dict[str, Any], source: Source) -> tuple[str | None, str | None]:
        """Token and customer of a sale that worked; the card goes into the vault when the sale asks for that."""
        options = asked.get("options") or {}
        if source.token or not (options.get("store_in_vault_on_success") or options.get("store_in_vault")):
            return source.token, source.customer_id
        customer_id = asked.get("customer_id") or (asked.get("customer") or {}).get("id") or new_id(10)
        if self._ledger.get(CUSTOMER, customer_id) is None:
            self._ledger.put(CUSTOMER, {"id": customer_id, "created_at": _now()})
        return self.vault(customer_id, source.card)["id"], customer_id

    def vault(self, customer_id: str, card: Card | None, **more: Any) -> Document:
        kept = vars(card) if card else None
        document = {"id": new_id(), "customer_id": customer_id, "created_at": _now(), "card": kept, **more}
        self._ledger.put(METHOD, document)
        return document


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _is_alive(document: Document) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(document["created_at"]) < NONCE_LIVES
