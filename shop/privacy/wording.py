"""Plain columns in plain words: codes as sentences, moments in the shop's time, amounts in its currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from ..config import settings
from ..customers.consents import QUESTIONS, ConsentPurpose
from ..customers.models import LinkPurpose
from ..money import money
from ..orders.cancelling import Reason
from ..orders.carriers import carrier_name
from ..orders.history import FOR_CUSTOMER, RELEASED
from ..orders.refund_reasons import RefundReason
from ..orders.services.timeline import KINDS, sentence
from ..outbox.models import MailKind, MailState
from ..policies.declared import PLACES
from ..templating import moment
from ..vault import Personal, Purpose, Source
from .cases.models import Topic
from .models import Ground, Proof, Way
from .tables import TABLES, Table

LINKS = {
    LinkPurpose.SIGN_UP: "opening an account",
    LinkPurpose.RESET_PASSWORD: "choosing a new password",
    LinkPurpose.CHANGE_EMAIL: "changing your e-mail",
    LinkPurpose.MY_DATA: "opening this page",
    LinkPurpose.ERASE: "having your data removed",
}
MAILS = {
    MailState.QUEUED: "waits to be sent",
    MailState.SENDING: "is being sent",
    MailState.SENT: "was sent",
    MailState.FAILED: "could not be sent",
}
PAYMENTS = {
    "sending": "being checked with the bank",
    "unknown": "being checked with the bank",
    "authorized": "reserved on your card",
    "settling": "being taken from your card",
    "settled": "paid",
    "failed": "declined",
    "void due": "being released",
    "voided": "not charged",
}
REFUNDS = {
    "requested": "on its way",
    "sent": "on its way",
    "unknown": "on its way",
    "done": "given back",
    "failed": "did not work; we see to it",
    "voided": "not needed, for nothing had been taken",
}
ORDERS = {
    "pending": "waits for the bank",
    "placed": "we have it and pack it",
    "packed": "packed",
    "partly sent": "partly sent",
    "shipped": "sent",
    "done": "with you",
    "payment failed": "not placed, for it was not paid",
    "expired": "not placed",
    "cancelled": "cancelled",
}
HOLDS = {"held": "kept aside", "sold": "sold to you", "released": "no longer kept aside"}
REMINDERS = {
    "unconfirmed": "whether your details are still correct",
    "mail-refused": "an address that takes no mail from us",
    "card-ends": "a saved card that expires",
    "parcel-returned": "a parcel that came back",
}


# The declarations speak of the customer; this page speaks to them.
FOR_YOU = {
    Purpose.ORDER: "to make up your order and keep it",
    Purpose.DELIVERY: "to bring or send you what you bought",
    Purpose.PAYMENT: "to take a payment or give it back",
    Purpose.ACCOUNT: "to keep your account",
    Purpose.CORRESPONDENCE: "to write and speak to you about your orders and requests",
    Purpose.IMPROVEMENT: "to see which products are bought, and improve the service",
    Purpose.SURVEY: "to learn what you answered of your own will",
    Purpose.CASE: "to answer your request or complaint",
    Purpose.SECURITY: "to keep the shop and your account safe",
    Purpose.BOOKS: "to keep the books that the law asks for",
    Purpose.STAFF: "to let you do your work here",
}
FROM = {
    Source.SELF: "You gave it to us yourself.",
    Source.STAFF_BY_PHONE: "You told it to our staff by phone.",
    Source.LETTER: "You wrote it in a letter.",
    Source.EMAIL: "You wrote it in an e-mail.",
    Source.IN_SHOP: "You told it to our staff in the shop.",
    Source.TOLD: "You told it to our staff, by phone or in the shop.",
    Source.WRITTEN: "You wrote it in a letter or an e-mail.",
    Source.GIFT_SENDER: "Whoever sent you the gift gave it to us.",
    Source.PROCESSOR: "The payment processor sent it to us.",
    Source.SHOP: "We wrote it ourselves, from what we had.",
}


def line_of(row: Any, facts: Sequence[tuple[str, str]]) -> str:
    """A row that needs no more than a line."""
    match row._meta.table_name:
        case "order_event":
            return f"{moment(row.at)}: {_order_step(row)}"
        case "order_line":
            return f"{title_of(row, TABLES['order_line'])}: {money(row.total_cents)}"
    return " · ".join(f"{label}: {text}" for label, text in facts)


def _order_step(row: Any) -> str:
    return sentence(row, {**KINDS, **RELEASED, **FOR_CUSTOMER})


def _question(row: Any) -> str:
    known = row.purpose in set(ConsentPurpose)
    return QUESTIONS[ConsentPurpose(row.purpose)].title if known else str(row.purpose)


def _refund_reason(row: Any) -> str:
    """A refund of its own has its reason, one for a cancelled order has that of the cancellation."""
    for reasons in (RefundReason, Reason):
        if row.reason in set(reasons):
            return reasons(row.reason).words
    return str(row.reason)


def _source(row: Any) -> str:
    return Source(row.source).way or "by yourself, in the shop on the web"


_SAID: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("order", "source"): _source,
    ("checkout_draft", "told"): lambda row: Source(row.told).way,
    ("order", "state"): lambda row: ORDERS.get(row.state, row.state),
    ("order_event", "kind"): _order_step,
    ("hold", "state"): lambda row: HOLDS.get(row.state, row.state),
    ("shipment", "carrier"): lambda row: carrier_name(row.carrier),
    ("payment", "state"): lambda row: PAYMENTS.get(row.state, row.state),
    ("refund", "state"): lambda row: REFUNDS.get(row.state, row.state),
    ("refund", "reason"): _refund_reason,
    ("dispute", "state"): lambda row: row.state.replace("_", " "),
    ("mail", "state"): lambda row: MAILS.get(row.state, row.state),
    ("mail", "kind"): lambda row: MailKind(row.kind).words,
    ("mailed_link", "purpose"): lambda row: LINKS.get(row.purpose, row.purpose.replace("-", " ")),
    ("consent", "purpose"): _question,
    ("reminder", "reason"): lambda row: REMINDERS.get(row.reason, row.reason),
    ("case", "topic"): lambda row: Topic(row.topic).words,
    ("data_request", "proof"): lambda row: Proof(row.proof).words,
    ("data_request", "way"): lambda row: Way(row.way).words,
    ("paper_record", "document"): lambda row: row.words,
    ("paper_record", "how"): lambda row: row.how_words,
    ("erasure", "proof"): lambda row: Proof(row.proof).words,
    ("restriction", "ground"): lambda row: Ground(row.ground).words,
}


def fact_text(row: Any, column: str) -> str:
    """What stands in a plain column; "" for nothing."""
    value = row.__data__.get(column)
    if value is None or value == "":
        return ""
    said = _SAID.get((row._meta.table_name, column))
    if said is not None:
        return said(row)
    if column.endswith("_cents"):
        return money(int(value), getattr(row, "currency", "")) if value or column == "total_cents" else ""
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return moment(value)
        case date():
            return str(format_date(value, "long", locale=settings().locale))
    return str(value)


def title_of(row: Any, table: Table) -> str:
    """What a row is called on the page: its table's word, and what tells it from the others."""
    match row._meta.table_name:
        case "order":
            return f"Order {row.number}"
        case "order_line":
            return f"{row.quantity} × {', '.join(filter(None, (row.name, row.options)))}"
        case "checkout_draft" if row.taken_by:
            return "An order that our staff are taking for you"
        case "consent":
            return f"{_question(row)}: {'yes' if row.is_given else 'no'}"
        case "payment":
            card = f", {row.brand} ending in {row.last4}" if row.last4 else ""
            return f"{money(row.amount_cents)}{card}"
        case "paper_record":
            return f"{row.words[0].upper()}{row.words[1:]}"
        case "mail":
            return f"Mail of {moment(row.created_at)}"
    return table.one


def place_of(personal: Personal) -> str:
    """ "for the delivery" or "for the bill", where an order asks for both."""
    return PLACES.get((personal.autocomplete or "").partition(" ")[0], "")
