"""What customers took away or took back, and restored data hold once more: it goes again, and nobody is written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...policies.queries import current_policy
from ...vault import Source, index_name
from ..consents import ConsentPurpose
from ..models import (
    Address,
    AddressUse,
    Authenticator,
    Consent,
    Customer,
    CustomerNote,
    Passkey,
    RecoveryCode,
)
from ..queries import default_address, newest_consent


def _value(parts: Sequence[str], _at: datetime) -> None:
    customer_id, column = parts
    row = Customer.get_or_none(Customer.id == int(customer_id))
    if row is None:
        return
    setattr(row, column, None)
    row.save()
    if column == "name":
        index_name(row)


def _address(parts: Sequence[str], _at: datetime) -> None:
    row = Address.get_or_none(Address.id == int(parts[0]))
    if row is None:
        return
    row.delete_instance()
    heir = Address.select().where(Address.customer == row.customer_id).order_by(-Address.id).first()
    for use in AddressUse if heir is not None else ():
        if default_address(row.customer, use) is None:
            Address.update({use.column: True}).where(Address.id == heir.id).execute()


def _consent(parts: Sequence[str], at: datetime) -> None:
    customer_id, purpose = int(parts[0]), ConsentPurpose(parts[1])
    given = newest_consent(customer_id, purpose)
    if given is None or not given.is_given:
        return
    Consent.create(
        customer=customer_id,
        purpose=purpose,
        is_given=False,
        text=given.text,
        policy=current_policy(),
        source=Source.SHOP,
        at=at,
    )


def _second_factor(parts: Sequence[str], _at: datetime) -> None:
    for model in (Authenticator, RecoveryCode):
        model.delete().where(model.customer == int(parts[0])).execute()


def _password(parts: Sequence[str], _at: datetime) -> None:
    """The one that was replaced opens nothing: they choose a new one by a mailed link."""
    Customer.update(password_hash="").where(Customer.id == int(parts[0])).execute()


def _row_of(model: Any) -> Callable[[Sequence[str], datetime], None]:
    def remove(parts: Sequence[str], _at: datetime) -> None:
        model.delete().where(model.id == int(parts[0])).execute()

    return remove


AGAIN: Mapping[str, Callable[[Sequence[str], datetime], None]] = {
    "customer": _value,
    "address": _address,
    "consent": _consent,
    "customer-note": _row_of(CustomerNote),
    "passkey": _row_of(Passkey),
    "second-factor": _second_factor,
    "password": _password,
}
