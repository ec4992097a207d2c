"""The two steps of a transaction search: first the ids that match, then the transactions page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .answers import NOT_IMPLEMENTED, Answer, transaction
from .ledger import TRANSACTION, Document, Ledger
from .transactions import Transactions
from .wire import Items, to_xml

PAGE_SIZE = 50
TEXTS: dict[str, Callable[[Document], str]] = {
    "id": lambda one: str(one["id"]),
    "order_id": lambda one: one["order_id"] or "",
    "customer_id": lambda one: one["customer_id"] or "",
    "payment_method_token": lambda one: one["token"] or "",
    "currency": lambda one: str(one["currency"]),
}
LISTS: dict[str, Callable[[Document], str]] = {
    "ids": lambda one: str(one["id"]),
    "status": lambda one: str(one["status"]),
    "type": lambda one: str(one["type"]),
    "credit_card_card_type": lambda one: str(one["card"]["brand"]),
}
RANGES: dict[str, Callable[[Any], Any]] = {
    "created_at": lambda text: _utc(datetime.fromisoformat(str(text))),
    "amount": lambda text: Decimal(str(text)),
}


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=moment.tzinfo or UTC)


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "is": str.__eq__,
    "is_not": str.__ne__,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": str.__contains__,
}


class Search:
    def __init__(self, ledger: Ledger, transactions: Transactions) -> None:
        self._ledger = ledger
        self._transactions = transactions

    def ids(self, criteria: dict[str, Any]) -> Answer:
        found = self._found(criteria)
        if found is None:
            return NOT_IMPLEMENTED
        ids = [one["id"] for one in found]
        return Answer(200, to_xml("search_results", {"page_size": PAGE_SIZE, "ids": Items("item", ids)}))

    def page(self, criteria: dict[str, Any]) -> Answer:
        found = self._found(criteria)
        if found is None:
            return NOT_IMPLEMENTED
        page = Items("transaction", [transaction(one) for one in found], "collection")
        return Answer(200, to_xml("credit_card_transactions", page))

    def _found(self, criteria: dict[str, Any]) -> list[Document] | None:
        """None when a criterion is not known: ignoring one would answer another question."""
        if not set(criteria) <= TEXTS.keys() | LISTS.keys() | RANGES.keys():
            return None
        exactly = (criteria.get("order_id") or {}).get("is")
        candidates = self._ledger.by_ref(TRANSACTION, exactly) if exactly else self._ledger.all(TRANSACTION)
        return [one for one in map(self._transactions.aged, candidates) if _matches(one, criteria)]


def _matches(one: Document, criteria: dict[str, Any]) -> bool:
    return all(_meets(one, name, wanted) for name, wanted in criteria.items())


def _meets(one: Document, name: str, wanted: Any) -> bool:
    if name in LISTS:
        return LISTS[name](one) in (wanted or [])
    if name in TEXTS:
        has = TEXTS[name](one)
        return all(COMPARISONS[how](has, value or "") for how, value in wanted.items())
    read = RANGES[name]
    has_value = read(one[name])
    least, most = wanted.get("min") or wanted.get("is"), wanted.get("max") or wanted.get("is")
    return (least is None or has_value >= read(least)) and (most is None or has_value <= read(most))
