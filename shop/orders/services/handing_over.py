"""Giving a carrier or a maker what it needs of some orders: each is written down before anything leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...audit.services import record
from ...db import db
from ...disclosures.models import AgainReason, Disclosure, DisclosurePurpose, RegisteredRecipient
from ...disclosures.queries import given_before
from ...disclosures.registering import is_address
from ...disclosures.services import bound_recipient, disclose
from ...retrying import retried
from ...vault import Recipient
from ..handing import makers_of, payload, refusal
from ..in_work import Work
from .timeline import note
from .working import check_needed, locked_work


class GivenBefore(Exception):
    """Some of the orders were given to this recipient already, and nobody said why again; `numbers` are theirs."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = numbers


@dataclass(frozen=True)
class HandedOver:
    """What leaves: one row for each order, with the recipient's columns and no others. It is kept nowhere."""

    to: RegisteredRecipient
    columns: Sequence[str]
    rows: Sequence[dict[str, str]]


@retried
def hand_over(
    *, kind: Recipient, code: str, order_ids: Sequence[int], staff_id: int, again: AgainReason | None = None
) -> HandedOver:
    """All of the orders or none. `again` is why those go that this recipient was given before.

    Raises disclosures.services.NoAgreement, NotNeeded, GivenBefore.
    """
    actor = f"staff:{staff_id}"
    with db.atomic():
        to = bound_recipient(kind, code)
        works = locked_work(order_ids)
        makers = makers_of(works)
        rows = [payload(work, to, makers) for work in works]
        check_needed(
            works, [refusal(work, to, makers) or _emptiness(row, to) for work, row in zip(works, rows, strict=True)]
        )
        before = given_before("order", [work.order.id for work in works], recipient=kind, who=to.code)
        _check_reason(works, before, again)
        for work in works:
            _note(work, to, actor, again if work.order.id in before else None)
        for work, row in zip(works, rows, strict=True):
            _disclose(work, row, to, actor, again if work.order.id in before else None)
        record("orders-handed-over", actor=actor, about=("recipient", to.id), code=to.code, count=len(works))
    return HandedOver(to=to, columns=to.field_names, rows=rows)


def _emptiness(row: dict[str, str], to: RegisteredRecipient) -> str:
    return "" if _given(row) else f"holds nothing that {to.name} may be given"


def _check_reason(works: Sequence[Work], before: dict[int, Disclosure], again: AgainReason | None) -> None:
    numbers = [work.order.number for work in works if work.order.id in before]
    if numbers and again is None:
        raise GivenBefore(numbers)


def _note(work: Work, to: RegisteredRecipient, actor: str, again: AgainReason | None) -> None:
    if again is None:
        note(work.order, "handed over", actor=actor, recipient=to.name)
    else:
        note(work.order, "handed over again", actor=actor, recipient=to.name, reason=again.words)


def _disclose(work: Work, row: dict[str, str], to: RegisteredRecipient, actor: str, again: AgainReason | None) -> None:
    given = _given(row)
    is_to_deliver = to.recipient == Recipient.CARRIER or any(is_address(name) for name in given)
    disclose(
        about=("order", work.order.id),
        recipient=to.recipient,
        who=to.code,
        fields=given,
        purpose=DisclosurePurpose.DELIVERY if is_to_deliver else DisclosurePurpose.MANUFACTURE,
        by=actor,
        reason=again,
    )


def _given(row: dict[str, str]) -> list[str]:
    """The fields that hold something."""
    return [name for name, value in row.items() if value]
