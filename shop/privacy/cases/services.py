"""Cases opened, answered and closed; each step is mailed to whoever wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from peewee import IntegrityError

from ... import clock
from ...audit.services import record
from ...config import settings
from ...db import db
from ...orders.numbers import new_number
from ...outbox.models import MailKind
from ...outbox.services import queue_mail, render_mail
from ...vault import REMOVED, RETENTION, Source, new_subject, set_expiry
from .models import Case, CaseAnswer, Topic

NUMBER_TRIES = 5
# A form that is sent twice is one answer.
SAME_WITHIN = timedelta(minutes=1)


class CaseClosed(Exception):
    """It was closed before this was done."""


def open_case(*, topic: Topic, email: str, text: str, source: Source = Source.SELF, acknowledge: bool = True) -> Case:
    """A new case, acknowledged by a mail with its number and none of its text. Raises outbox.BadAddress."""
    with db.atomic():
        case = _new_case(topic, email, text, source)
        if acknowledge:
            _write(case, "case-received", key=f"case-received:{case.id}")
        _tell_administrator(case)
        record("case-received", actor="guest", about=("case", case.id), topic=topic.value)
    return case


def answer_case(*, case: Case, text: str, staff_id: int) -> CaseAnswer:
    """Mail an answer and keep it with the case; sent twice it is one answer. Raises CaseClosed."""
    with db.atomic():
        # Writing to it keeps a second one who closes it waiting.
        if not Case.update(topic=Case.topic).where((Case.id == case.id) & Case.closed_at.is_null()).execute():
            raise CaseClosed
        if (known := _just_written(case, text, staff_id)) is not None:
            return known
        answer: CaseAnswer = CaseAnswer.create(
            subject=case.subject, source=Source.SHOP, case=case.id, text=text, staff_id=staff_id
        )
        _write(case, "case-answered", key=f"case-answered:{answer.id}", answer=text)
        record("case-answered", actor=f"staff:{staff_id}", about=("case", case.id), answer=answer.id)
    return answer


def _just_written(case: Case, text: str, staff_id: int) -> CaseAnswer | None:
    since = clock.now() - SAME_WITHIN
    mine = (CaseAnswer.case == case.id) & (CaseAnswer.staff_id == staff_id) & (CaseAnswer.at > since)
    return next((answer for answer in CaseAnswer.select().where(mine) if answer.text == text), None)


def close_case(*, case: Case, staff_id: int) -> bool:
    """Close it, and let the time run until its key is destroyed. False when it was closed already."""
    with db.atomic():
        is_open = (Case.id == case.id) & Case.closed_at.is_null()
        if not Case.update(closed_at=clock.now()).where(is_open).execute():
            return False
        set_expiry(case.subject, RETENTION["case"].expiry())
        record("case-closed", actor=f"staff:{staff_id}", about=("case", case.id))
    return True


def _tell_administrator(case: Case) -> None:
    """That there is one, and nothing of what it says: that stays in the shop."""
    mail = render_mail("case-waiting", case=case, topic=Topic(case.topic))
    kind, to = MailKind.CORRESPONDENCE, settings().privacy_email
    queue_mail(key=f"case-waiting:{case.id}", kind=kind, to=to, about=("case", case.id), **mail.parts)


def _new_case(topic: Topic, email: str, text: str, source: Source) -> Case:
    subject = new_subject("case")
    for _ in range(NUMBER_TRIES):
        try:
            with db.atomic():
                case: Case = Case.create(
                    subject=subject, source=source, number=new_number(), topic=topic, email=email, text=text
                )
                return case
        except IntegrityError:
            continue
    raise RuntimeError("no free number for a case")


def _write(case: Case, template: str, *, key: str, **context: Any) -> None:
    """Nobody is written to whose address was removed."""
    if case.email is None or case.email is REMOVED:
        return
    mail = render_mail(template, case=case, topic=Topic(case.topic), **context)
    queue_mail(key=key, kind=MailKind.CORRESPONDENCE, to=case.email, about=("case", case.id), **mail.parts)
