"""Writing down what leaves the shop."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..audit.services import record
from ..db import db
from ..vault import Recipient
from .allowed import allowed_fields
from .models import Disclosure, DisclosurePurpose


class NotAllowed(Exception):
    """A field that its declaration does not let this recipient have, or a purpose that is none of theirs."""


ALLOWED_PURPOSES = {
    Recipient.PAYMENT_PROCESSOR: {DisclosurePurpose.PAYMENT},
    Recipient.CARRIER: {DisclosurePurpose.DELIVERY},
    Recipient.MANUFACTURER: {DisclosurePurpose.MANUFACTURE, DisclosurePurpose.DELIVERY},
    Recipient.AUTHORITY: {DisclosurePurpose.LAW},
}


def disclose(
    *,
    about: tuple[str, int],
    recipient: Recipient,
    fields: Sequence[str],
    purpose: DisclosurePurpose,
    by: str,
    who: str = "",
    agreement: str = "",
) -> Disclosure:
    """Note, in the caller's transaction, that these fields leave for `recipient`. Raises NotAllowed.

    `about` is the row it concerns, ("order", 12); `who` is a code for which carrier or maker; `by` is named as in the
    audit trail: "guest", "customer:7", "staff:3" or "shop". Call it late in the transaction, as record() is.
    """
    recipient, purpose = Recipient(recipient), DisclosurePurpose(purpose)
    if purpose not in ALLOWED_PURPOSES[recipient]:
        raise NotAllowed(f"{recipient.words} gets nothing for {purpose}")
    if not fields or (refused := set(fields) - allowed_fields(recipient)):
        raise NotAllowed(f"{recipient.words} may not be given {', '.join(sorted(refused)) if fields else 'nothing'}")
    about_kind, about_id = about
    with db.atomic():
        found: Disclosure = Disclosure.create(
            about_kind=about_kind,
            about_id=about_id,
            recipient=recipient,
            who=who,
            fields=json.dumps(list(fields)),
            purpose=purpose,
            agreement=agreement,
            by=by,
        )
        details = {"disclosure": found.id, "recipient": recipient.value, "purpose": purpose.value}
        record("data-disclosed", actor=by, about=about, **details)
    return found
