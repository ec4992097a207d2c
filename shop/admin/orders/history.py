"""One timeline of an order for the desk: its events, its mails, and who looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ... import clock
from ...audit.models import AuditEvent
from ...audit.queries import events_about
from ...disclosures.allowed import field_words
from ...disclosures.models import Disclosure
from ...disclosures.queries import recipients
from ...orders.notes.models import OrderNote
from ...orders.queries import OrderFile
from ...orders.services.timeline import CUSTOMER, sentence
from ...orders.states import ALARMS, Pill
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.troubles import BOUNCES, what_happened
from ...paper.models import Document
from ...templating import moment
from ...vault import Recipient
from ..queries import staff_names

MAILS = {
    MailState.QUEUED: "waits to be sent",
    MailState.SENDING: "is being sent",
    MailState.SENT: "was sent",
    MailState.FAILED: "could not be sent",
    MailState.WITHDRAWN: "was withdrawn",
}


class Step(NamedTuple):
    """`note_id` is of a note by staff, which has a button for a while."""

    at: datetime
    title: str
    text: str = ""
    kind: str = ""
    note_id: int | None = None


def staff_steps(
    file: OrderFile, mails: Sequence[Mail], notes: Sequence[OrderNote] = (), given: Sequence[Disclosure] = ()
) -> list[Step]:
    """Newest first."""
    opened = [event for event in events_about("order", file.order.id) if event.kind == "order-opened"]
    writers = [f"staff:{note.staff_id}" for note in notes]
    names = _names([*(event.actor for event in (*file.events, *opened)), *writers, *(row.by for row in given)])
    steps = [
        *(
            Step(
                event.at,
                sentence(event, currency=file.order.currency),
                _who(event.actor, names),
                "bad" if event.kind in ALARMS else "",
            )
            for event in file.events
        ),
        *(_mail_step(mail) for mail in mails),
        *_openings(opened, names),
        *(_note_step(note, names) for note in notes),
        *_given_steps(given, names),
    ]
    # What happened at the same moment keeps the order in which it was written.
    return sorted(steps, key=lambda step: step.at)[::-1]


def _mail_step(mail: Mail) -> Step:
    words = f"The mail “{MailKind(mail.kind).words}” {MAILS[MailState(mail.state)]}"
    return Step(
        mail.sent_at or mail.created_at, words, mail_note(mail), "bad" if mail.state == MailState.FAILED else ""
    )


def mail_note(mail: Mail) -> str:
    """What went wrong with a mail when it was last tried, and what comes next; nothing when all is well."""
    said = what_happened(mail)
    if not said:
        return ""
    tries = "once" if mail.attempts == 1 else f"{mail.attempts} times"
    if mail.state == MailState.FAILED:
        return f"{said} It was tried {tries} and is not tried again."
    soon = "within a minute" if mail.due_at <= clock.now() else moment(mail.due_at)
    return f"{said} It was tried {tries}; the next try is {soon}."


def mail_pill(mail: Mail) -> Pill:
    """One that its receiver's server refused came back: bounced."""
    if mail.state == MailState.FAILED and mail.error in BOUNCES:
        return Pill("bounced", "Bounced")
    return Pill("done" if mail.state == MailState.SENT else str(mail.state), str(mail.state).capitalize())


def _note_step(note: OrderNote, names: dict[str, str]) -> Step:
    writer = names.get(f"staff:{note.staff_id}", "Somebody who worked here")
    return Step(note.at, f"{writer} noted", str(note.text or "removed"), "note", note.id)


def _given_steps(given: Sequence[Disclosure], names: dict[str, str]) -> list[Step]:
    """What left the shop about the customer, printed or sent; what the bank got is a step of the payment already."""
    shown = [row for row in given if row.recipient != Recipient.PAYMENT_PROCESSOR]
    known = {row.code: str(row.name) for row in recipients()} if shown else {}
    return [_given_step(row, known.get(row.who, row.who), names) for row in shown]


def _given_step(row: Disclosure, name: str, names: dict[str, str]) -> Step:
    recipient = Recipient(row.recipient)
    fields = ", ".join(field_words(recipient, field) for field in row.field_names)
    words = f"{name or recipient.words} was given {fields}"
    if recipient == Recipient.PAPER:
        words = f"on the {Document(row.who).words} stood {fields}"
    return Step(row.at, f"{words[0].upper()}{words[1:]}", f"By {_who(row.by, names)}", "quiet")


def _openings(opened: Sequence[AuditEvent], names: dict[str, str]) -> list[Step]:
    """Who looked, each of them once, when they last did."""
    last = {event.actor: event for event in opened}
    counts = Counter(event.actor for event in opened)
    return [
        Step(
            event.at, f"Opened by {_who(actor, names)}", f"{counts[actor]} times" if counts[actor] > 1 else "", "quiet"
        )
        for actor, event in last.items()
    ]


def _who(actor: str, names: dict[str, str]) -> str:
    return "The customer" if actor == CUSTOMER else names.get(actor, "The shop")


def _names(actors: Iterable[str]) -> dict[str, str]:
    """Staff by "staff:<id>"."""
    ids = {int(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")}
    return {f"staff:{staff_id}": name for staff_id, name in staff_names(ids).items()}
