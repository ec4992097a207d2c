"""Why an order could not be placed. In all of these the shopper was not charged, except where checking says so."""

from __future__ import annotations

from ...pricing.quote import Quote
from ..models import Order


class NotPlaced(Exception):
    """Any of the reasons below."""


class SoldOut(NotPlaced):
    """A line can no longer be had in its quantity; `available` is how many can."""

    def __init__(self, name: str, options: str, available: int) -> None:
        super().__init__(f"{available} left")
        self.name, self.options, self.available = name, options, available


class PricesChanged(NotPlaced):
    """The total is another than the pay button said; `quote` is what it would be now."""

    def __init__(self, quote: Quote) -> None:
        super().__init__("the total is another now")
        self.quote = quote


class FingerprintConflict(NotPlaced):
    """The form's token was used before, for a purchase that was not the same."""


class CartIsGone(NotPlaced):
    """There is no such cart any more, or nothing in it."""


class PurchaseIsOver(NotPlaced):
    """This attempt waited too long, or its order was cancelled: a new form starts a new one."""


class CardIsGone(NotPlaced):
    """The saved card was removed meanwhile, or has expired; or it never was this customer's."""


class GatewayDown(NotPlaced):
    """Payments, or the disk that must remember them, cannot be relied on just now."""


class AlreadyBeingChecked(NotPlaced):
    """An earlier submission is on its way to the bank, or its outcome is not known yet."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class PaymentDeclined(NotPlaced):
    """The card was not charged; `reason` says why, for the shopper."""

    def __init__(self, order: Order, reason: str) -> None:
        super().__init__(order.number)
        self.order, self.reason = order, reason
