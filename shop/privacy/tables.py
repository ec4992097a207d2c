"""Where each table's rows stand on the My data page, and what their plain columns are called there.

Sealed columns need no word here: their declarations say everything. A table that nobody has put into a section still
appears, under "Everything else", with its columns' own names; a test asks for better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peewee import BlobField

from ..db import BaseModel
from ..vault import Sealed
from .models import Ground

Words = Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """A part of the page, as a person thinks of it. `nothing` is what stands there when there is nothing."""

    name: str
    title: str
    intro: str
    nothing: str = "Nothing held."


SECTIONS = (
    Section("profile", "Your profile", "What you told us about yourself for your account."),
    Section("addresses", "Addresses", "Those you keep with us, so that you need not type them again."),
    Section("orders", "Orders", "What you bought, and who we bring it to."),
    Section("payments", "Payments and cards", "Your own payment record with us: paid, declined, given back. We buy no "
            "reports about anybody from anybody. It is used to decide on payments to us and for nothing else; if one "
            "is refused because of it, a person looks at it again when you ask."),
    Section("habits", "What you buy", "Worked out from your orders just now, because you agreed that we look at them, "
            "and not kept anywhere. Take the consent back, and we look no more.",
            "Nothing: we do not look at what you buy unless you agree to it, and have bought something."),
    Section("mails", "Mails we wrote to you", "Kept for a while, so that we know what we told you."),
    Section("consents", "Consents", "What you agreed to or refused, in the words that you were shown."),
    Section("sign-ins", "Sign-ins and security", "How your account is kept yours."),
    Section("cases", "Requests and questions", "What you asked us, and what we did about it."),
    Section("browser", "Cart and checkout", "Tied to this browser, not to your name; and what our staff write down "
            "of an order that you give them."),
    Section("given", "Who was given something", "Each time something about you left the shop."),
    Section("paper", "On paper", "Papers with your name on them: where each lies, and by when it is destroyed. What "
            "stands on it is not kept here.", "Nothing: we hold no paper about you."),
    Section("looks", "Who looked", "Each time somebody who works here opened something of yours, or found it by a "
            "search."),
    Section("log", "What our log says", "A trail of what happened, which nobody can change unnoticed. It holds numbers "
            "and no names."),
    Section("work", "If you work here", "Your sign-in to the shop’s desk."),
    Section("else", "Everything else", "What belongs under no other title."),
)  # fmt: skip

OURS_ONLY = "It is a fingerprint made with a secret of ours, to find or check something without keeping it readable."
OPENS = "Whoever sees it could use it in your place."


@dataclass(frozen=True)
class Table:
    """`one` is what a single row is called; `shown` are the plain columns that the page shows, with their labels.

    `withheld` are columns of which even their own person is only told that they are there, each with the reason.
    """

    section: str
    one: str
    shown: Words = field(default_factory=dict)
    withheld: Words = field(default_factory=dict)
    parent: str = ""


_made = {"created_at": "Made"}
TABLES: Mapping[str, Table] = {
    "customer": Table(
        "profile",
        "Your account",
        {"created_at": "Account since", "seen_at": "Last visit", "confirmed_at": "You last said it is all correct",
         "closed_at": "Closed"},
        {"password_hash": "We do not know your password; this is what it is checked against. " + OPENS},
    ),
    "reminder": Table("profile", "A reminder", {"reason": "About", "at": "Sent"}),
    "customer_note": Table("cases", "A note by our staff", {"created_at": "Written"}),
    "address": Table(
        "addresses",
        "Address",
        {"is_for_delivery": "Used for deliveries", "is_for_billing": "Used for invoices", "created_at": "Kept since"},
    ),
    "order": Table(
        "orders",
        "Order",
        {"state": "State", "source": "How it reached us", "created_at": "Sent to us", "placed_at": "Placed",
         "packed_at": "Packed", "shipped_at": "Sent", "done_at": "With you", "deliver_on": "Promised for",
         "cancelled_at": "Cancelled", "deactivated_at": "Deactivated",
         "delivery_name": "Way of delivery", "discount_code": "Discount code", "subtotal_cents": "Goods",
         "discount_cents": "Discount", "delivery_cents": "Delivery", "tax_cents": "Tax", "total_cents": "Total",
         "refunded_cents": "Given back", "tax_country": "Country for taxes", "tax_region": "Region for taxes"},
        {"idem": OURS_ONLY, "fingerprint": OURS_ONLY, "draft_subject": OURS_ONLY},
    ),
    "order_contact": Table("orders", "Who ordered, and where it goes", parent="order"),
    "locked_invoice": Table("orders", "Locked away for the books", parent="order"),
    "order_line": Table(
        "orders",
        "Item",
        {"quantity": "Quantity", "name": "Item", "options": "Options", "sku": "Article", "total_cents": "Sum"},
        parent="order",
    ),
    "order_edit": Table(
        "orders",
        "Change of what was ordered",
        {"state": "State", "difference_cents": "Difference", "source": "How you agreed", "created_at": "Made",
         "decided_at": "Decided"},
        {"digest": OURS_ONLY},
        parent="order",
    ),
    "edit_hold": Table(
        "orders", "Kept aside for a change", {"quantity": "Quantity", "state": "State"}, parent="order_edit"
    ),
    "shipment": Table(
        "orders",
        "Parcel",
        {"carrier": "Carrier", "tracking": "Tracking number", "at": "Left", "delivered_at": "Arrived",
         "returned_at": "Came back"},
        parent="order",
    ),
    "shipment_line": Table(
        "orders", "In a parcel", {"quantity": "Quantity", "what": "Item"}, parent="order"
    ),
    "refund_line": Table(
        "orders",
        "Given back for",
        {"quantity": "Quantity", "what": "Item", "amount_cents": "Amount", "restocked": "Back on the shelf"},
        parent="order",
    ),
    "order_note": Table("orders", "Note by our staff", {"at": "Written"}, parent="order"),
    "order_visit": Table("orders", "Open at our desk", {"opened_at": "Since", "seen_at": "Last seen"}, parent="order"),
    "hold": Table("orders", "Kept aside for you", {"quantity": "Quantity", "state": "State"}, parent="order"),
    "order_event": Table("orders", "Step", {"at": "When", "kind": "What"}, parent="order"),
    "bulk_item": Table("orders", "A step taken for several orders at once", {"outcome": "Outcome"}, parent="order"),
    "payment": Table(
        "payments",
        "Payment",
        {"state": "State", "amount_cents": "Amount", "brand": "Card", "last4": "Its last four digits",
         "reason": "Why it was declined", "ref": "Our reference", "created_at": "Asked for", "decided_at": "Decided",
         "settled_at": "Taken"},
        {"nonce": OPENS, "nonce_hash": OURS_ONLY},
    ),
    "refund": Table(
        "payments",
        "Money given back",
        {"state": "State", "amount_cents": "Amount", "reason": "Why", "ref": "Our reference",
         "delivery_cents": "Of it for delivery", "created_at": "Asked for", "decided_at": "Done"},
    ),
    "dispute": Table(
        "payments",
        "Payment that your bank looked into",
        {"state": "State", "amount_cents": "Amount", "reason": "The bank's word for why", "opened_at": "Since",
         "decided_at": "Decided"},
    ),
    "stored_card": Table(
        "payments", "Saved card", {"expires_on": "Expires", "added_at": "Saved", "removed_at": "Removed"}
    ),
    "mail": Table("mails", "Mail", {"created_at": "Written", "sent_at": "Sent", "state": "State", "kind": "Kind"}),
    "consent": Table(
        "consents",
        "Consent",
        {"purpose": "For", "is_given": "You agreed", "text": "What you were asked", "at": "When"},
    ),
    "customer_session": Table(
        "sign-ins", "A browser that is signed in", {"created_at": "Since", "seen_at": "Last seen"}
    ),
    "authenticator": Table(
        "sign-ins", "Authenticator app", {"created_at": "Set up", "confirmed_at": "Confirmed"}, {"secret": OPENS}
    ),
    "recovery_code": Table("sign-ins", "Recovery code", {"created_at": "Made", "used_at": "Used"}),
    "passkey": Table("sign-ins", "Passkey", {"created_at": "Made", "used_at": "Last used"}),
    "sign_in_step": Table("sign-ins", "A sign-in that is not finished", {"kind": "Step", "expires_at": "Ends"}),
    "mailed_link": Table(
        "sign-ins",
        "A link we mailed",
        {"purpose": "For", "created_at": "Mailed", "expires_at": "Good until", "used_at": "Used"},
    ),
    "data_key": Table(
        "sign-ins", "This page, open in a browser", {"created_at": "Opened", "expires_at": "Closes by itself"}
    ),
    "data_request": Table("cases", "You asked what we hold", {"proof": "Proved by", "way": "Answered", **_made}),
    "case": Table(
        "cases",
        "You wrote to us",
        {"number": "Number", "topic": "About", "received_at": "Received", "closed_at": "Closed"},
    ),
    "erasure": Table(
        "cases",
        "You asked us to remove everything",
        {"state": "State", "proof": "Proved by", "requested_at": "Asked for", "due_at": "Done from",
         "ended_at": "Ended"},
    ),
    "erasure_key": Table("cases", "A key that is to be destroyed", {}, {"key": OURS_ONLY}, parent="erasure"),
    "told_recipient": Table(
        "cases",
        "Somebody to be told that it is gone",
        {"recipient": "Who", "who": "Which one", "made_at": "Noted", "told_at": "Told"},
    ),
    "case_answer": Table("cases", "We answered", {"at": "When"}),
    "restriction": Table(
        "cases",
        "Something is withheld from you",
        {"ground": "Because", "created_at": "Decided", "until": "Looked at again by itself", "lifted_at": "Lifted"},
    ),
    "cart": Table(
        "browser", "Your cart", {"created_at": "Begun", "touched_at": "Last changed", "discount_code": "Discount code"}
    ),
    "cart_line": Table(
        "browser", "In your cart", {"quantity": "Quantity", "added_at": "Put in", "removed_at": "Taken out"}
    ),
    "checkout_draft": Table(
        "browser",
        "Typed at the checkout",
        {"told": "You told our staff", "created_at": "Begun", "touched_at": "Last changed",
         "sent_at": "You were asked to pay", "link_ends_at": "Forgotten by itself", "opened_at": "Link followed"},
    ),
    "disclosure": Table("given", "Given away"),
    "paper_record": Table(
        "paper",
        "A paper",
        {"document": "What it is", "made_at": "Printed or received", "location": "Kept in",
         "destroy_by": "Destroyed by", "closed_at": "Gone since", "how": "What became of it"},
    ),
    "audit_event": Table("log", "Event"),
    "look": Table("looks", "Why somebody may open it today", {"day": "Day", "reason": "Reason", "at": "Given"}),
    "staff": Table(
        "work",
        "Your sign-in here",
        {"role": "Role", "created_at": "Since", "seen_at": "Last seen", "designated_from": "Designated from",
         "designated_until": "Designated until"},
        {"password_hash": OPENS},
    ),
    "staff_authenticator": Table(
        "work", "Your authenticator app here", {"created_at": "Set up", "confirmed_at": "Confirmed"}, {"secret": OPENS}
    ),
    "invitation": Table(
        "work",
        "You were invited to work here",
        {"role": "Role", "created_at": "Mailed", "expires_at": "Good until", "used_at": "Used",
         "withdrawn_at": "Withdrawn", "designated_from": "Designated from", "designated_until": "Designated until"},
    ),
}  # fmt: skip


def table_of(model: type[BaseModel]) -> Table:
    """What is known of a table; for one that nobody has described, all there is to say by itself."""
    name = str(model._meta.table_name)
    return TABLES.get(name) or _undescribed(model)


def _undescribed(model: Any) -> Table:
    plain = [found.name for found in model._meta.sorted_fields if not isinstance(found, Sealed | BlobField)]
    shown = {name: words_of(name) for name in plain if name not in {"id", "subject", "source"}}
    return Table("else", words_of(model._meta.table_name), shown)


def words_of(name: str) -> str:
    return name.removesuffix("_cents").replace("_", " ").capitalize()


def standing_reason(model: type[BaseModel], column: str) -> tuple[Ground, str] | None:
    """The ground and reason for which nobody at all is shown this column; None for all that people may see."""
    reason = table_of(model).withheld.get(column)
    if reason is not None:
        return Ground.SECURITY, reason
    found = model._meta.fields.get(column)
    is_blind = isinstance(found, BlobField) and not isinstance(found, Sealed)
    return (Ground.SECURITY, OURS_ONLY) if is_blind else None
