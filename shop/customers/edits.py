"""Where a customer mends each value that is theirs to mend; whoever shows a value links to there."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..vault import SealedModel
from .models import Address, Authenticator, Customer

# Its value is changed by a link that is mailed to the new address, so it has a page of its own.
CHANGED_BY_LINK = {"email": "account.change_email"}


class Edit(NamedTuple):
    """The page that edits a value: `url_for(edit.endpoint, **edit.values)`."""

    endpoint: str
    values: dict[str, Any]


def edit_of(row: SealedModel, column: str) -> Edit | None:
    """Where the row's own customer edits this column; None where they cannot."""
    match row:
        case Customer():
            by_link = CHANGED_BY_LINK.get(column)
            return Edit(by_link, {}) if by_link else Edit("account.profile_field", {"column": column})
        case Address():
            return Edit("account.address", {"address_id": row.id})
        case Authenticator():
            return Edit("account.security", {})
    return None
