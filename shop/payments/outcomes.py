"""What asking the payment gateway can end in: small closed sets, with nothing of the SDK in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

GOOD = frozenset(
    {
        "authorized",
        "submitted_for_settlement",
        "settling",
        "settled",
        "settlement_pending",
        "settlement_confirmed",
    }
)
BAD = frozenset(
    {
        "authorization_expired",
        "failed",
        "gateway_rejected",
        "processor_declined",
        "settlement_declined",
        "settlement_failed",
        "voided",
    }
)
SUBMITTED = GOOD - {"authorized"}
ACCEPTED_BRANDS = ("Visa", "MasterCard", "Discover", "American Express")
OTHER_BRAND = "We take Visa, Mastercard, Discover and American Express. Please use one of those."


@dataclass(frozen=True)
class Authorised:
    """The money is reserved, not yet taken. `amount_cents` and `ref` are the gateway's: compare them with your own."""

    gateway_id: str
    amount_cents: int
    ref: str
    brand: str
    last4: str
    expiry: str  # "MM/YYYY", or "" when the gateway did not say
    token: str = ""  # the vault's name for the card, when it is stored there


@dataclass(frozen=True)
class Declined:
    """Certainly no charge. `reason` is a sentence for the shopper, `code` the gateway's own, for staff.

    `void_due` is true when a card of a refused brand was authorised and could not be voided at once: void `gateway_id`.
    """

    gateway_id: str | None
    code: str
    reason: str
    void_due: bool = False


@dataclass(frozen=True)
class NonceConsumed:
    """An earlier send of this payment arrived, so this one was not charged: ask by ref what became of the other."""


@dataclass(frozen=True)
class Unknown:
    """It may or may not have happened. `why` is the kind of failure, for logs; never for the shopper."""

    why: str


@dataclass(frozen=True)
class Refused:
    """Certainly not processed, through no fault of the shopper: wrong keys, too many requests, not in this state."""

    why: str


@dataclass(frozen=True)
class Missing:
    """The gateway answered that it has no such transaction."""


@dataclass(frozen=True)
class Forgotten:
    """The gateway's vault does not hold it, now or before."""


@dataclass(frozen=True)
class Settling:
    """Submitted for settlement, now or before."""

    gateway_id: str
    status: str


@dataclass(frozen=True)
class Voided:
    """Voided, now or before."""

    gateway_id: str


@dataclass(frozen=True)
class Refunded:
    """A refund of its own at the gateway, found again by its `ref`."""

    gateway_id: str
    amount_cents: int
    ref: str


@dataclass(frozen=True)
class Seen:
    """One transaction as the gateway has it; a refund is one too, with `refunded_id` = the payment it gives back."""

    gateway_id: str
    ref: str
    amount_cents: int
    status: str
    brand: str
    last4: str
    expiry: str
    refunded_id: str | None
    created_at: datetime | None
    code: str  # the processor's response code, "" when there is none
    token: str = ""

    @property
    def is_refund(self) -> bool:
        return self.refunded_id is not None

    @property
    def is_good(self) -> bool:
        """Whether it holds or took the money of a payment, by a card that the shop takes."""
        return self.status in GOOD and not self.is_refund and self.brand in ACCEPTED_BRANDS

    @property
    def is_submitted(self) -> bool:
        """Whether the money was taken, or is on its way."""
        return self.status in SUBMITTED

    @property
    def is_final_failure(self) -> bool:
        """Whether it can no longer become a charge. Neither good nor this: still undecided at the gateway."""
        return self.status in BAD


Outcome = Authorised | Declined | NonceConsumed | Unknown | Refused
SettleOutcome = Settling | Refused | Unknown
VoidOutcome = Voided | Refused | Unknown
ForgetOutcome = Forgotten | Refused | Unknown
RefundOutcome = Refunded | Declined | Refused | Unknown
