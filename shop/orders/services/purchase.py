"""What one submission of the payment form stands for."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...addresses import Address
from ...cart.models import Cart
from ...customers.models import Customer
from ...pricing.services import Destination
from ...vault import Source
from .timeline import CUSTOMER


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who buys, and where it goes: for what is collected, `delivery` is a name alone. No `billing`, no address on the
    invoice."""

    email: str
    phone: str = ""
    note: str = ""
    delivery: Address
    billing: Address | None

    def columns(self) -> dict[str, str | None]:
        """By column of OrderContact; what is empty is NULL."""
        found: dict[str, str | None] = {"email": self.email, "phone": self.phone or None, "note": self.note or None}
        for kind, address in (("delivery", self.delivery), ("billing", self.billing)):
            for field in fields(Address):
                found[f"{kind}_{field.name}"] = (getattr(address, field.name) or None) if address else None
        return found


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """`idem` names this purchase and `fingerprint` what was shown for it: sent again, both are the same.

    `seen_total_cents` is what the pay button said, `discount_code` the code that was taken off in it; `destination` is
    None for what is collected. `customer` is whose account it goes into: who is signed in, or for whom staff take it.
    `source` says how the order reached us, `contact_source` where the contact came from; `taken_by` is the member of
    staff who took it, and `actor` who sends it off, as the timeline names them.
    """

    idem: str
    fingerprint: str
    seen_total_cents: int
    cart: Cart
    draft_subject: str
    contact: Contact
    destination: Destination | None
    method_code: str
    discount_code: str
    customer: Customer | None = None
    source: Source = Source.SELF
    contact_source: Source = Source.SELF
    taken_by: int | None = None
    actor: str = CUSTOMER


@dataclass(frozen=True, kw_only=True)
class Means:
    """What is paid with: the card form's `nonce`, or the customer's own saved card `card_id`.

    `attempt` is a random token of the page that offered the saved card: sent again, it is no new attempt.
    `keep_card` has the card saved for the customer when the payment goes through.
    """

    nonce: str = ""
    card_id: int | None = None
    attempt: str = ""
    keep_card: bool = False

    @property
    def identity(self) -> str:
        return self.nonce if self.card_id is None else f"card {self.card_id} {self.attempt}"
