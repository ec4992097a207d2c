"""A customer's addresses. Whatever happens to them, as long as there are any, one is chosen for each use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from ...addresses import Address as Postal
from ...audit.services import record
from ...db import db
from ...vault import Source, note_removal, version_of
from ..models import Address, AddressUse, Customer
from ..queries import addresses_of, default_address
from .locking import locked
from .notices import tell_of_change
from .profile import ChangedMeanwhile

AT_MOST = 20
PARTS = tuple(Postal.__dataclass_fields__)
ADDRESSES = "your addresses"


class TooManyAddresses(Exception):
    """There is room for AT_MOST of them."""


class AddressGone(LookupError):
    """It was removed meanwhile."""


def add_address(
    *, customer: Customer, postal: Postal, source: Source, by: str, uses: Iterable[AddressUse] = ()
) -> Address:
    """Keep one more address, and choose it for `uses`; the first is chosen for all. Raises TooManyAddresses."""
    with db.atomic():
        row = locked(customer)
        if addresses_of(row).count() >= AT_MOST:
            raise TooManyAddresses
        # Each its own attribute: what is empty is not sealed, but left out.
        address: Address = Address.create(subject=row.subject, source=source, customer=row.id, **_values(postal))
        wanted = set(uses)
        for use in AddressUse:
            if use in wanted or default_address(row, use) is None:
                _choose(address, use)
        tell_of_change(customer=row, what=ADDRESSES, source=source, by=by)
        record("address-added", actor=by, about=("customer", row.id), address=address.id, source=source)
    return address


def change_address(*, address: Address, postal: Postal, source: Source, by: str, seen: str | None = None) -> bool:
    """Write an address anew; whether anything changed. `seen` is stands_at() what stood in the form.

    Raises ChangedMeanwhile, AddressGone.
    """
    with db.atomic():
        row = _locked(address)
        values = _values(postal)
        if all(getattr(row, part) == value for part, value in values.items()):
            return False
        if seen is not None and seen != stands_at(row):
            raise ChangedMeanwhile
        for part, value in values.items():
            setattr(row, part, value)
        row.source = source
        row.save()
        tell_of_change(customer=row.customer, what=ADDRESSES, source=source, by=by)
        record("address-changed", actor=by, about=("customer", row.customer_id), address=row.id, source=source)
    return True


def choose_address(*, address: Address, use: AddressUse, by: str) -> None:
    """From now on orders begin with this one. Raises AddressGone."""
    with db.atomic():
        row = _locked(address)
        _choose(row, use)
        record("address-chosen", actor=by, about=("customer", row.customer_id), address=row.id, use=use)


def remove_address(*, address: Address, by: str, source: Source = Source.SELF) -> Address | None:
    """Forget it; the newest of the others takes its place, and is returned if it does. Raises AddressGone."""
    with db.atomic():
        row = _locked(address)
        uses = [use for use in AddressUse if getattr(row, use.column)]
        Address.delete().where(Address.id == row.id).execute()
        note_removal("address", row.id)
        heir: Address | None = Address.select().where(Address.customer == row.customer_id).order_by(-Address.id).first()
        if heir is not None:
            for use in uses:
                _choose(heir, use)
        tell_of_change(customer=row.customer, what=ADDRESSES, source=source, by=by)
        record("address-removed", actor=by, about=("customer", row.customer_id), address=row.id, source=source)
    return heir if uses else None


def stands_at(address: Address) -> str:
    """What an address stands at, for a form to carry along."""
    return version_of(address, *PARTS)


def _values(postal: Postal) -> dict[str, str | None]:
    return {part: value or None for part, value in asdict(postal).items()}


def _locked(address: Address) -> Address:
    locked(address.customer)
    found: Address | None = Address.get_or_none(Address.id == address.id)
    if found is None:
        raise AddressGone
    return found


def _choose(address: Address, use: AddressUse) -> None:
    chosen = getattr(Address, use.column)
    Address.update({chosen: False}).where((Address.customer == address.customer_id) & chosen).execute()
    Address.update({chosen: True}).where(Address.id == address.id).execute()
