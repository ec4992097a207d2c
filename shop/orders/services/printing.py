"""Printing is handing over to paper: each order's timeline, the disclosures and the register of paper say so."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from ...db import db
from ...disclosures.models import DisclosurePurpose
from ...disclosures.services import disclose
from ...paper.services import register_paper
from ...retrying import retried
from ...vault import Recipient
from ..in_work import Work
from ..prints import Printable
from .timeline import note
from .working import check_needed, locked_work

BATCH_BYTES = 9


@retried
def print_orders(
    *, printable: Printable, order_ids: Sequence[int], location: str, destroy_by: datetime | None, staff_id: int
) -> str:
    """Note that a paper is printed for each of the orders, all or none; what they are called together.

    Whoever prints keeps the key until somebody else does. Raises NotNeeded, paper.services.NotRegistered.
    """
    batch, actor = secrets.token_urlsafe(BATCH_BYTES), f"staff:{staff_id}"
    with db.atomic():
        works = locked_work(order_ids)
        check_needed(works, [printable.refusal(work) for work in works])
        for work in works:
            note(work.order, "printed", actor=actor, document=printable.document.words)
        for work in works:
            register_paper(
                document=printable.document,
                about=("order", work.order.id),
                location=location,
                keyholder=staff_id,
                destroy_by=destroy_by,
                staff_id=staff_id,
                batch=batch,
            )
            _disclose(printable, work, actor)
    return batch


def _disclose(printable: Printable, work: Work, actor: str) -> None:
    disclose(
        about=("order", work.order.id),
        recipient=Recipient.PAPER,
        who=printable.document.value,
        fields=["order_number", *printable.shown(work)],
        purpose=DisclosurePurpose.DELIVERY,
        by=actor,
    )
