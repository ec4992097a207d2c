"""Where a customer mends each value that is theirs to mend; whoever shows a value links to there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..vault import SealedModel
from .models import Address, Authenticator, Customer

# Its value is changed by a link that is mailed to the new address, so it has a page of its own.
CHANGED_BY_LINK = {"email": "account.email"}


class Edit(NamedTuple):
    """The page that edits a value: `url_for(edit.endpoint, **edit.values)`."""

    endpoint: str
    values: dict[str, Any]


Place = Callable[[Any, str], Edit]


def edit_of(row: SealedModel, column: str) -> Edit | None:
    """Where the row's own customer edits this column; None where they cannot."""
    place = _places.get(type(row))
    return place(row, column) if place else None


def set_edit(model: type[SealedModel], place: Place) -> None:
    """Say where the values of a package above this one are edited; for the package that has the pages."""
    _places[model] = place


def _of_profile(_row: Customer, column: str) -> Edit:
    by_link = CHANGED_BY_LINK.get(column)
    return Edit(by_link, {}) if by_link else Edit("account.profile_field", {"column": column})


_places: dict[type[SealedModel], Place] = {
    Customer: _of_profile,
    Address: lambda row, _column: Edit("account.address", {"address_id": row.id}),
    Authenticator: lambda _row, _column: Edit("account.security", {}),
}
