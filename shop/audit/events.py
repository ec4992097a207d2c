"""Every kind of event that the audit trail knows, and the details each may carry: ids and codes, nobody's data."""

from __future__ import annotations

import re
from collections.abc import Mapping

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
ACTOR = re.compile(r"shop|guest|(staff|customer):[1-9][0-9]*")

EVENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(details)
    for name, details in {
        "staff-created": ("role",),
        "staff-changed": ("field",),
        "staff-deactivated": (),
        "staff-signed-in": (),
        "staff-signed-out": (),
        "staff-sign-in-refused": ("reason",),
        "staff-invited": ("role", "invitation"),
        "staff-invitation-mailed-again": (),
        "staff-invitation-withdrawn": (),
        "staff-role-changed": ("before", "after"),
        "staff-designated": ("since", "until"),
        "staff-designation-ended": (),
        "staff-reactivated": (),
        "staff-password-changed": ("by",),
        "staff-password-checked": ("result",),
        "staff-sessions-ended": ("count",),
        "staff-second-factor-added": (),
        "staff-second-factor-removed": ("by",),
        "staff-recovery-code-used": (),
        "staff-recovery-codes-made": ("count",),
        "customer-signed-up": (),
        "customer-signed-in": (),
        "customer-signed-out": (),
        "card-saved": ("card",),
        "card-removed": ("card",),
        "card-gone": ("card",),
        "customer-changed": ("field", "source"),
        "customer-confirmed": ("source",),
        "customer-reminded": ("reason",),
        "address-added": ("address", "source"),
        "address-changed": ("address", "source"),
        "address-removed": ("address", "source"),
        "address-chosen": ("address", "use"),
        "customer-sign-in-refused": ("reason",),
        "customer-sessions-ended": ("count",),
        "customer-link-mailed": ("purpose",),
        "customer-password-checked": ("result",),
        "customer-password-changed": ("by",),
        "customer-email-changed": (),
        "customer-email-change-undone": (),
        "customer-second-factor-added": (),
        "customer-second-factor-removed": (),
        "customer-recovery-code-used": (),
        "customer-recovery-codes-made": ("count",),
        "customer-passkey-added": ("passkey",),
        "customer-passkey-removed": ("passkey",),
        "order-opened": ("reason",),
        "customer-opened": ("reason",),
        "orders-searched": ("by", "found"),
        "customers-searched": ("by", "found"),
        "customer-found": ("by",),
        "customer-note-written": ("note",),
        "customer-note-removed": ("note",),
        "order-claimed": (),
        "order-placed": ("cents",),
        "payment-authorised": ("payment", "cents"),
        "payment-submitted": ("payment", "cents"),
        "payment-voided": ("payment", "cents"),
        "payment-disputed": ("dispute", "state"),
        "order-packed": (),
        "order-shipped": ("carrier",),
        "parcel-corrected": ("parcel",),
        "parcel-delivered": ("parcel",),
        "order-address-corrected": ("source",),
        "order-note-written": ("note",),
        "order-note-removed": ("note",),
        "message-written": ("mail",),
        "order-done": (),
        "order-seen-to": (),
        "order-step-undone": ("step",),
        "order-cancelled": ("reason",),
        "parcel-returned": ("shipment",),
        "erasure-requested": ("proof", "source"),
        "erasure-undone": (),
        "erasure-stopped": (),
        "erasure-begun": (),
        "erasure-done": (),
        "recipient-told": ("recipient",),
        "value-removed": ("table", "column"),
        "dormant-noticed": (),
        "order-deactivated": (),
        "invoice-unlocked": ("reason",),
        "refund-requested": ("refund", "cents"),
        "refunded": ("refund", "cents"),
        "refund-not-needed": ("refund", "cents"),
        "refund-failed": ("refund", "cents"),
        "mail-sent-again": ("mail",),
        "mail-bounced": ("mail", "status"),
        "order-found": ("by",),
        "data-exported": ("form",),
        "data-requested": ("proof", "way"),
        "data-printed": ("reason",),
        "restriction-placed": ("ground",),
        "restriction-lifted": (),
        "data-disclosed": ("disclosure", "recipient", "purpose"),
        "recipient-registered": ("code",),
        "recipient-changed": ("field",),
        "recipient-ended": (),
        "recipient-resumed": (),
        "orders-handed-over": ("code", "count"),
        "paper-registered": ("paper", "document"),
        "paper-taken-out": ("paper",),
        "paper-put-back": ("paper",),
        "paper-destroyed": ("paper", "how"),
        "product-created": (),
        "product-changed": ("version",),
        "product-state-changed": ("state",),
        "product-deleted": (),
        "shelf-changed": ("what",),
        "picture-added": ("picture",),
        "picture-removed": ("picture",),
        "stock-corrected": ("quantity", "reason"),
        "products-imported": ("done", "overtaken"),
        "import-undone": ("undone", "kept"),
        "price-changed": ("before_cents", "after_cents"),
        "setting-changed": ("name",),
        "policy-posted": ("number",),
        "consent-given": ("purpose", "source"),
        "consent-withdrawn": ("purpose", "source"),
        "consent-refused": ("purpose", "source"),
        "case-received": ("topic",),
        "case-read": ("reason",),
        "case-answered": ("answer",),
        "case-closed": (),
        "subject-forgotten": ("reason",),
        "master-key-rotated": (),
        "backup-made": ("backup",),
        "backup-deleted": ("backup",),
        "backup-verified": ("backup",),
        "backup-restored": ("backup",),
        "tail-accepted": ("number",),
    }.items()
}


class UndeclaredEvent(ValueError):
    """An event, an actor or a detail that the trail does not know, or whose value may say something about a person."""


def checked(kind: str, actor: str, details: Mapping[str, object]) -> None:
    """Raises UndeclaredEvent."""
    if kind not in EVENTS:
        raise UndeclaredEvent(f"{kind!r} is no declared event")
    if not ACTOR.fullmatch(actor):
        raise UndeclaredEvent("an actor is shop, guest, staff:<id> or customer:<id>")
    unknown = details.keys() - EVENTS[kind]
    if unknown:
        raise UndeclaredEvent(f"{kind} does not carry {', '.join(sorted(unknown))}")
    for name, value in details.items():
        if not (value is None or isinstance(value, int) or (isinstance(value, str) and CODE.fullmatch(value))):
            raise UndeclaredEvent(f"{kind}: {name} must be a number or a code, never free text")
