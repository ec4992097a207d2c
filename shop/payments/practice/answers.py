"""How transactions and errors look on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .ledger import Document
from .wire import Items, to_xml

XML = "application/xml; charset=utf-8"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


AS_KEPT = _names("""
    id status type amount order_id gateway_rejection_reason processor_response_code processor_response_text
    processor_response_type recurring""")
RENAMED = {
    "currency_iso_code": "currency",
    "refunded_transaction_id": "refunded_id",
    "cvv_response_code": "cvv_response",
    "processor_authorization_code": "authorization_code",
    "processor_settlement_response_code": "settlement_code",
    "processor_settlement_response_text": "settlement_text",
}
MOMENTS = {"created_at": "created_at", "updated_at": "updated_at", "authorization_expires_at": "expires_at"}
NOT_SAID = _names("""
    sub_merchant_account_id master_merchant_account_id settlement_batch_id custom_fields avs_error_response_code
    additional_processor_response network_response_code network_response_text voice_referral_number
    purchase_order_number tax_amount discount_amount shipping_amount plan_id subscription_id channel escrow_status
    three_d_secure_info network_transaction_id retried_transaction_id""")
EMPTY_LISTS = {
    "partial_settlement_transaction_ids": "item",
    "retry_ids": "item",
    "add_ons": "add_on",
    "discounts": "discount",
    "disputes": "dispute",
    "authorization_adjustments": "authorization_adjustment",
}
CUSTOMER = _names("global_id first_name last_name company email website phone fax")
ADDRESS = _names("""
    id first_name last_name company street_address extended_address locality region postal_code country_name
    country_code_alpha2 country_code_alpha3 country_code_numeric""")
DISBURSEMENT = _names("""
    disbursement_date settlement_amount settlement_currency_iso_code settlement_currency_exchange_rate
    settlement_base_currency_exchange_rate funds_held success""")
BIN_DATA = _names("""
    prepaid healthcare debit durbin_regulated commercial payroll issuing_bank country_of_issuance product_id
    business consumer corporate purchase""")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    kind: str = XML
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrong:
    """One validation error: where it is, its code, and what it says."""

    code: str
    message: str
    attribute: str = "base"
    on: str = "transaction"


NOT_FOUND = Answer(404)
NOT_IMPLEMENTED = Answer(501, b"This practice gateway does not know that call.", "text/plain")


def transaction_answer(document: Document, status: int = 200) -> Answer:
    return Answer(status, to_xml("transaction", transaction(document)))


def invalid(*wrongs: Wrong) -> Answer:
    """422 without a transaction: nothing was processed."""
    groups: dict[str, Any] = {}
    for wrong in wrongs:
        error = {"code": wrong.code, "attribute": wrong.attribute, "message": wrong.message}
        groups.setdefault(wrong.on, []).append(error)
    errors = {name: {"errors": Items("error", found)} for name, found in groups.items()}
    message = "\n".join(wrong.message for wrong in wrongs)
    return _error({"errors": Items("error", []), **errors}, message)


def not_approved(document: Document) -> Answer:
    """422 with the transaction that was declined or rejected."""
    message = document["processor_response_text"] or f"Gateway Rejected: {document['gateway_rejection_reason']}"
    return _error({"errors": Items("error", [])}, message, transaction=transaction(document))


def _error(errors: dict[str, Any], message: str, **more: Any) -> Answer:
    return Answer(422, to_xml("api_error_response", {"errors": errors, "message": message, **more}))


def transaction(document: Document) -> dict[str, Any]:
    """Every element that the SDKs read; objects are never empty, because the Python SDK cannot read those."""
    return {
        **{name: document[name] for name in AS_KEPT},
        **{name: document[kept] for name, kept in RENAMED.items()},
        **dict.fromkeys(NOT_SAID),
        **{name: Items(tag, []) for name, tag in EMPTY_LISTS.items()},
        **{name: _moment(document[kept]) for name, kept in MOMENTS.items()},
        "merchant_account_id": "practice",
        "payment_instrument_type": "credit_card",
        "avs_postal_code_response_code": "I",
        "avs_street_address_response_code": "I",
        "tax_exempt": False,
        "refund_id": next(iter(document["refund_ids"]), None),
        "refund_ids": Items("item", document["refund_ids"]),
        "global_id": f"dHJhbnNhY3Rpb25f{document['id']}",
        "customer": {"id": document["customer_id"], **dict.fromkeys(CUSTOMER)},
        "billing": dict.fromkeys(ADDRESS),
        "shipping": dict.fromkeys(ADDRESS),
        "credit_card": _card(document),
        "status_history": Items("status_event", [_event(event, document) for event in document["history"]]),
        "subscription": dict.fromkeys(("billing_period_end_date", "billing_period_start_date")),
        "descriptor": dict.fromkeys(("name", "phone", "url")),
        "disbursement_details": dict.fromkeys(DISBURSEMENT),
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _event(event: dict[str, str], document: Document) -> dict[str, Any]:
    return {
        "timestamp": _moment(event["at"]),
        "status": event["status"],
        "amount": document["amount"],
        "user": "practice",
        "transaction_source": "api",
    }


def _card(document: Document) -> dict[str, Any]:
    card = document["card"]
    return {
        "token": document["token"],
        "bin": card["bin"],
        "last_4": card["last4"],
        "card_type": card["brand"],
        "expiration_month": card["month"],
        "expiration_year": card["year"],
        "customer_location": "US",
        "venmo_sdk": False,
        **dict.fromkeys(("cardholder_name", "image_url", "unique_number_identifier", "global_id", "account_type")),
        **dict.fromkeys(BIN_DATA, "Unknown"),
    }
