"""Writing down what leaves the shop."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..audit.services import record
from ..db import db
from ..templating import day
from ..vault import Recipient
from .allowed import allowed_fields
from .models import AgainReason, Disclosure, DisclosurePurpose, RegisteredRecipient
from .queries import registered


class NotAllowed(Exception):
    """A field that its declaration does not let this recipient have, or a purpose that is none of theirs."""


class NoAgreement(NotAllowed):
    """The recipient is not in the register, has no agreement there, or was ended: it gets nothing."""


ALLOWED_PURPOSES = {
    Recipient.PAYMENT_PROCESSOR: {DisclosurePurpose.PAYMENT},
    Recipient.CARRIER: {DisclosurePurpose.DELIVERY},
    Recipient.MANUFACTURER: {DisclosurePurpose.MANUFACTURE, DisclosurePurpose.DELIVERY},
    Recipient.AUTHORITY: {DisclosurePurpose.LAW},
    Recipient.PAPER: {DisclosurePurpose.DELIVERY},
}
# Whoever is of these kinds must be in the register. The payment processor is bound by the account the shop has there,
# and an authority by the law.
REGISTERED = (Recipient.CARRIER, Recipient.MANUFACTURER)


def disclose(
    *,
    about: tuple[str, int],
    recipient: Recipient,
    fields: Sequence[str],
    purpose: DisclosurePurpose,
    by: str,
    who: str = "",
    reason: AgainReason | None = None,
) -> Disclosure:
    """Note, in the caller's transaction, that these fields leave for `recipient`. Raises NotAllowed, NoAgreement.

    `about` is the row it concerns, ("order", 12); `who` is the code of the carrier or maker in the register; `by` is
    named as in the audit trail: "guest", "customer:7", "staff:3" or "shop". Call it late in the transaction, as
    record() is.
    """
    recipient, purpose = Recipient(recipient), DisclosurePurpose(purpose)
    if purpose not in ALLOWED_PURPOSES[recipient]:
        raise NotAllowed(f"{recipient.words} gets nothing for {purpose}")
    if not fields or (refused := set(fields) - allowed_fields(recipient)):
        raise NotAllowed(f"{recipient.words} may not be given {', '.join(sorted(refused)) if fields else 'nothing'}")
    bound = bound_recipient(recipient, who) if recipient in REGISTERED else None
    if bound is not None and (more := set(fields) - set(bound.field_names)):
        raise NotAllowed(f"{bound.name} may not be given {', '.join(sorted(more))}")
    about_kind, about_id = about
    with db.atomic():
        found: Disclosure = Disclosure.create(
            about_kind=about_kind,
            about_id=about_id,
            recipient=recipient,
            who=who,
            fields=json.dumps(list(fields)),
            purpose=purpose,
            agreement=agreement_words(bound) if bound else "",
            reason=reason or "",
            by=by,
        )
        details = {"disclosure": found.id, "recipient": recipient.value, "purpose": purpose.value}
        record("data-disclosed", actor=by, about=about, **details)
    return found


def bound_recipient(kind: Recipient, code: str) -> RegisteredRecipient:
    """The recipient of this kind and code, which has agreed to use what it is given for nothing else.

    Raises NoAgreement with the reason.
    """
    found = registered(code)
    if found is None or found.recipient != kind:
        raise NoAgreement(f"{code or 'Nobody'} is not in the register of recipients as {kind.words}.")
    if found.ended_at is not None:
        raise NoAgreement(f"{found.name} is no longer given anything: its entry among the recipients was ended.")
    if found.agreed_at is None:
        raise NoAgreement(f"{found.name} has no agreement on record yet, so it is given nothing.")
    return found


def agreement_words(bound: RegisteredRecipient) -> str:
    """What binds a recipient: "Terms of carriage, November 22, 2026"."""
    return ", ".join(filter(None, (bound.agreement, day(bound.agreed_at) if bound.agreed_at else "")))
