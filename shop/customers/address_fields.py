"""One of a customer's addresses as a form, whoever fills it in: they themselves, or the desk at their word."""

from __future__ import annotations

from typing import Any, TypeVar

from wtforms import BooleanField, HiddenField

from ..addresses.asking import AddressFields, country_asked, fetching, with_fields_of
from ..addresses.fields import PARTS
from ..config import settings
from ..vault import Personal
from . import personal_data as declared
from .models import Address, AddressUse
from .services.addresses import stands_at

Form = TypeVar("Form", bound="SavedAddressFields")


class SavedAddressFields(AddressFields):
    """`seen` is what the address stood at when the form was shown."""

    seen = HiddenField()
    delivery = BooleanField("Use it for deliveries from now on")
    billing = BooleanField("Use it for invoices from now on")

    @property
    def uses(self) -> list[AddressUse]:
        form: Any = self
        return [use for use in AddressUse if form[use.value].data]

    def show_again(self, address: Address) -> None:
        """With what was typed, and against what is kept now."""
        self.seen.data = stands_at(address)


def saved_address_form(
    form: type[Form], *, here: str, target: str, address: Address | None = None, name: str = ""
) -> Form:
    """The form that posts to `here` and stands in `target`, as it was sent; else with what is kept, or for a new
    address with `name`."""
    kept: dict[str, str] = {"name": name, "country": settings().country}
    if address is not None:
        kept = {part: getattr(address, part) or "" for part in PARTS} | {"seen": stands_at(address)}
    kind: Any = form
    filled: Form = with_fields_of(kind, country_asked(kept["country"]), _declared)(data=kept)
    filled["country"].render_kw = fetching(here, target)  # type: ignore[index]
    return filled


def _declared(part: str) -> Personal:
    found: Personal = getattr(declared, f"ADDRESS_{part.upper()}")
    return found
