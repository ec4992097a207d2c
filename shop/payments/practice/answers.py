"""How transactions and errors look on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .ledger import Document
from .wire import Items, to_xml

XML = "application/xml; charset=utf-8"


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
    created, updated = _moment(document["created_at"]), _moment(document["updated_at"])
    return {
        "id": document["id"],
        "status": document["status"],
        "type": document["type"],
        "currency_iso_code": document["currency"],
        "amount": document["amount"],
        "merchant_account_id": "practice",
        "sub_merchant_account_id": None,
        "master_merchant_account_id": None,
        "order_id": document["order_id"],
        "created_at": created,
        "updated_at": updated,
        "customer": _customer(document),
        "billing": _address(),
        "shipping": _address(),
        "refund_id": next(iter(document["refund_ids"]), None),
        "refund_ids": Items("item", document["refund_ids"]),
        "refunded_transaction_id": document["refunded_id"],
        "partial_settlement_transaction_ids": Items("item", []),
        "settlement_batch_id": None,
        "custom_fields": None,
        "avs_error_response_code": None,
        "avs_postal_code_response_code": "I",
        "avs_street_address_response_code": "I",
        "cvv_response_code": document["cvv_response"],
        "gateway_rejection_reason": document["gateway_rejection_reason"],
        "processor_authorization_code": document["authorization_code"],
        "processor_response_code": document["processor_response_code"],
        "processor_response_text": document["processor_response_text"],
        "processor_response_type": document["processor_response_type"],
        "processor_settlement_response_code": document["settlement_code"],
        "processor_settlement_response_text": document["settlement_text"],
        "additional_processor_response": None,
        "network_response_code": None,
        "network_response_text": None,
        "voice_referral_number": None,
        "purchase_order_number": None,
        "tax_amount": None,
        "tax_exempt": False,
        "discount_amount": None,
        "shipping_amount": None,
        "credit_card": _card(document),
        "status_history": Items("status_event", [_event(event, document) for event in document["history"]]),
        "plan_id": None,
        "subscription_id": None,
        "subscription": {"billing_period_end_date": None, "billing_period_start_date": None},
        "add_ons": Items("add_on", []),
        "discounts": Items("discount", []),
        "descriptor": {"name": None, "phone": None, "url": None},
        "recurring": document["recurring"],
        "channel": None,
        "escrow_status": None,
        "disbursement_details": {
            "disbursement_date": None,
            "settlement_amount": None,
            "settlement_currency_iso_code": None,
            "settlement_currency_exchange_rate": None,
            "settlement_base_currency_exchange_rate": None,
            "funds_held": None,
            "success": None,
        },
        "disputes": Items("dispute", []),
        "authorization_adjustments": Items("authorization_adjustment", []),
        "payment_instrument_type": "credit_card",
        "three_d_secure_info": None,
        "network_transaction_id": None,
        "authorization_expires_at": _moment(document["expires_at"]),
        "retry_ids": Items("item", []),
        "retried_transaction_id": None,
        "global_id": f"dHJhbnNhY3Rpb25f{document['id']}",
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


def _customer(document: Document) -> dict[str, Any]:
    names = ("first_name", "last_name", "company", "email", "website", "phone", "fax")
    return {"id": document["customer_id"], "global_id": None, **dict.fromkeys(names)}


def _address() -> dict[str, Any]:
    names = """id first_name last_name company street_address extended_address locality region postal_code
        country_name country_code_alpha2 country_code_alpha3 country_code_numeric"""
    return dict.fromkeys(names.split())


def _card(document: Document) -> dict[str, Any]:
    card = document["card"]
    unknown = """prepaid healthcare debit durbin_regulated commercial payroll issuing_bank country_of_issuance
        product_id business consumer corporate purchase"""
    return {
        "token": document["token"],
        "bin": card["bin"],
        "last_4": card["last4"],
        "card_type": card["brand"],
        "expiration_month": card["month"],
        "expiration_year": card["year"],
        "customer_location": "US",
        "cardholder_name": None,
        "image_url": None,
        **dict.fromkeys(unknown.split(), "Unknown"),
        "unique_number_identifier": None,
        "global_id": None,
        "account_type": None,
        "venmo_sdk": False,
    }
