"""Who on the staff looked at something of somebody's: when, how, in which role, and whether it was the same person.

Names are not told (docs/decisions/0072-who-looked.md): a letter stands for each, the same one on every visit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from peewee import fn

from ..audit.models import AuditEvent
from ..disclosures.allowed import field_words
from ..disclosures.models import AgainReason, Disclosure, DisclosurePurpose
from ..orders.carriers import carrier_name
from ..paper.models import Document
from ..spreadsheets import column_letters
from ..templating import moment
from ..vault import Recipient
from .look_reasons import LookReason
from .person import Person, theirs

LOOKS = {
    "order-opened": "opened your order",
    "draft-opened": "opened the order that we were taking for you",
    "customer-opened": "opened your account’s page",
    "order-found": "found your order by a search",
    "customer-found": "found you by a search",
    "case-read": "read what you wrote to us",
    "data-printed": "printed what we hold about you",
}
LOG = {
    "customer-signed-up": "The account was made",
    "customer-signed-in": "Signed in",
    "customer-signed-out": "Signed out",
    "customer-changed": "A value of the profile was changed",
    "customer-confirmed": "Everything was said to be still correct",
    "customer-reminded": "A reminder to look at the account was written",
    "address-added": "An address was added",
    "address-changed": "An address was changed",
    "address-chosen": "Another address was chosen for deliveries or invoices",
    "address-removed": "An address was removed",
    "customer-note-written": "A note about you was written",
    "customer-note-removed": "A note about you was removed",
    "consent-given": "A consent was given",
    "consent-withdrawn": "A consent was taken back",
    "consent-refused": "A consent was refused",
    "data-disclosed": "Something was given away; it is listed above",
    "paper-registered": "A paper with your name came into our register",
    "paper-taken-out": "A paper with your name was taken out of its place",
    "paper-put-back": "A paper with your name was put back",
    "paper-destroyed": "Somebody signed for what became of a paper with your name",
    "orders-handed-over": "Something was handed over; it is listed above",
    "data-exported": "A copy of all this was taken",
    "data-requested": "The shop was asked what it holds",
    "card-saved": "A card was saved",
    "card-removed": "A saved card was removed",
    "card-gone": "The payment processor had deleted a saved card",
    "order-claimed": "An order that was placed as a guest was put into the account",
    "order-placed": "The order was placed",
    "order-taken": "The order was taken by our staff, as you gave it to us",
    "draft-begun": "Our staff began to take an order of yours",
    "draft-link-mailed": "A link to pay for an order that we took was mailed to you",
    "draft-link-followed": "The link to pay was followed",
    "draft-link-withdrawn": "The link to pay was withdrawn",
    "draft-charged": "A saved card was to be charged, as you agreed",
    "draft-discarded": "An order that was being taken was thrown away",
    "payment-authorised": "The amount was reserved on the card",
    "payment-submitted": "The amount was asked for from the bank",
    "payment-voided": "The reserved amount was released",
    "order-packed": "The order was packed",
    "parcel-returned": "The parcel came back",
    "order-shipped": "A parcel of the order left",
    "parcel-corrected": "A parcel’s tracking number was corrected",
    "parcel-delivered": "A parcel arrived, or was collected",
    "order-address-corrected": "The order’s delivery address was corrected",
    "order-note-written": "A note about the order was written",
    "order-note-removed": "A note about the order was removed",
    "message-written": "You were written to about the order",
    "order-changed": "What was ordered was changed",
    "order-change-asked": "You were asked about a change of the order",
    "order-change-ended": "A change of the order came to nothing",
    "order-done": "The order was noted as being with you",
    "order-step-undone": "A step noted by mistake was undone",
    "order-cancelled": "The order was cancelled",
    "mail-sent-again": "A mail was sent again",
    "mail-bounced": "A mail came back",
}

# The roles of members of staff, by id; the desk, which knows them, says how.
RolesOf = Callable[[Iterable[int]], Mapping[int, str]]
_roles_of: list[RolesOf] = []


def set_roles(roles: RolesOf) -> None:
    _roles_of[:] = [roles]


class Staff:
    """Members of staff as one person may know them: "somebody on our staff (A, owner)"."""

    def __init__(self, person: Person) -> None:
        rows = (
            theirs(AuditEvent, person)
            .select(AuditEvent.actor, fn.MIN(AuditEvent.number).alias("first"))
            .where(AuditEvent.actor.startswith("staff:"))
            .group_by(AuditEvent.actor)
        )
        actors = [row.actor for row in sorted(rows, key=lambda row: row.first)]
        ids = [int(actor.removeprefix("staff:")) for actor in actors]
        roles = _roles_of[0](ids) if _roles_of and ids else {}
        self._known = {
            actor: f"somebody on our staff ({column_letters(place)}{', ' + roles[id_] if roles.get(id_) else ''})"
            for place, (actor, id_) in enumerate(zip(actors, ids, strict=True))
        }

    def words(self, actor: str) -> str:
        if actor == "guest" or actor.startswith("customer:"):
            return "you"
        return self._known.get(actor, "the shop itself" if actor == "shop" else "somebody on our staff")


def event_words(event: Any) -> str:
    return LOOKS.get(event.kind) or LOG.get(event.kind) or event.kind.replace("-", " ").capitalize()


def looked_words(event: Any, staff: Staff) -> str:
    """ "Nov 22, 2026, 5:28 PM: somebody on our staff (A, owner) opened your order, to pack and send it" """
    return f"{moment(event.at)}: {staff.words(event.actor)} {event_words(event)}{_what_for(event)}"


def _what_for(event: Any) -> str:
    """ ", to pack and send it"; nothing where none was asked for."""
    code = json.loads(event.details).get("reason")
    return f", {LookReason(code).customer_words}" if code in set(LookReason) else ""


def logged_words(event: Any, staff: Staff) -> str:
    return f"{moment(event.at)}: {event_words(event)} (by {staff.words(event.actor)})"


def given_words(row: Disclosure, staff: Staff) -> str:
    """Who got what, and what for."""
    recipient = Recipient(row.recipient)
    fields = ", ".join(field_words(recipient, each) for each in row.field_names)
    purpose = DisclosurePurpose(row.purpose).words
    if recipient == Recipient.PAPER:
        paper, by = Document(row.who).words, staff.words(row.by)
        return f"{moment(row.at)}: a {paper} with {fields} was printed {purpose}, by {by}."
    name = ", ".join(filter(None, (recipient.words, carrier_name(row.who))))
    again = f" It was given once more: {AgainReason(row.reason).words}." if row.reason else ""
    return f"{moment(row.at)}: {name} was given {fields} {purpose}. Handed over by {staff.words(row.by)}.{again}"


def looks_at(kind: str, ids: Iterable[int]) -> dict[int, str]:
    """How often each of these rows was looked at, in a sentence; those that never were are left out. One query."""
    counted: Any = (
        AuditEvent.select(
            AuditEvent.about_id, fn.COUNT(AuditEvent.id).alias("times"), fn.MAX(AuditEvent.at).alias("last")
        )
        .where(AuditEvent.about_kind == kind, AuditEvent.about_id.in_(list(ids)), AuditEvent.kind.in_(list(LOOKS)))
        .group_by(AuditEvent.about_id)
    )
    return {row.about_id: f"Our staff looked at it {_times(row.times)}, last on {moment(row.last)}." for row in counted}


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
