"""One timeline of an order for the desk: its events, its mails, and who looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ... import clock
from ...audit.models import AuditEvent
from ...audit.queries import events_about
from ...orders.queries import OrderFile
from ...orders.services.timeline import CUSTOMER, sentence
from ...orders.states import ALARMS
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.troubles import what_happened
from ...templating import moment
from ..queries import staff_names

MAILS = {
    MailState.QUEUED: "waits to be sent",
    MailState.SENDING: "is being sent",
    MailState.SENT: "was sent",
    MailState.FAILED: "could not be sent",
    MailState.WITHDRAWN: "was withdrawn",
}


class Step(NamedTuple):
    at: datetime
    title: str
    text: str = ""
    kind: str = ""


def staff_steps(file: OrderFile, mails: Sequence[Mail]) -> list[Step]:
    """Newest first."""
    opened = [event for event in events_about("order", file.order.id) if event.kind == "order-opened"]
    names = _names([event.actor for event in (*file.events, *opened)])
    steps = [
        *(
            Step(event.at, sentence(event), _who(event.actor, names), "bad" if event.kind in ALARMS else "")
            for event in file.events
        ),
        *(_mail_step(mail) for mail in mails),
        *_openings(opened, names),
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
