"""What a person is not shown, and why: by a restriction that somebody decided, or for everybody alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .. import clock
from ..checkout.models import CheckoutDraft
from ..money import money
from ..outbox.models import Mail
from ..vault import Source, preload
from .models import Ground, Restriction
from .person import Person, theirs
from .tables import OPENS, standing_reason

# What a mailed link's token looks like, wherever it stands in a mail.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
BLANKED = f"[left out for security: {OPENS[0].lower()}{OPENS[1:].rstrip('.')}]"
SAID_OF_ANY_DRAFT = {"id", "subject", "source", "email", "cart", "created_at", "touched_at"}
ANOTHER_BROWSER = (
    "Somebody typed your address at the checkout in another browser, where the rest of it can be seen. "
    "We cannot tell whether that was you."
)


def in_force(person: Person) -> list[Restriction]:
    """The restrictions that hold for the person now; one that has run out does not."""
    now = clock.now()
    found = list(theirs(Restriction, person).where(Restriction.lifted_at.is_null(), Restriction.until > now))
    preload(restriction.subject for restriction in found)
    return found


def why_withheld(row: Any, column: str, person: Person, restrictions: Sequence[Restriction]) -> str:
    """The reason for which this person is not shown this value, as a sentence; "" when they are."""
    table = row._meta.table_name
    for each in restrictions:
        if each.of_table == table and each.of_column in ("", column) and each.row_id in (None, row.id):
            return f"withheld because {_words(each)}"
    standing = standing_reason(type(row), column)
    if standing is not None:
        return f"withheld because {standing[0].words}: {standing[1]}"
    if isinstance(row, CheckoutDraft) and _is_of_another_browser(row, column, person):
        return f"withheld because {Ground.OTHER_PEOPLE.words}: {ANOTHER_BROWSER}"
    return ""


def _words(restriction: Restriction) -> str:
    ground = Ground(restriction.ground)
    cost = f" ({money(restriction.quoted_cents)})" if restriction.quoted_cents is not None else ""
    return f"{ground.words}{cost}: {restriction.reason}"


def _is_of_another_browser(draft: CheckoutDraft, column: str, person: Person) -> bool:
    is_this = person.cart is not None and draft.__data__["cart"] == person.cart.id
    is_account = person.customer is not None and draft.customer_id == person.customer.id
    # What staff wrote down they wrote for whoever has this address.
    is_taken = draft.taken_by is not None and draft.source != Source.SELF
    return not (is_this or is_account or is_taken) and column not in SAID_OF_ANY_DRAFT


def blanked(row: Any, text: str) -> str:
    """A mail's text without what its links open with: a mail shown here has been read by nobody who proved anything."""
    return TOKEN.sub(BLANKED, text) if isinstance(row, Mail) else text
