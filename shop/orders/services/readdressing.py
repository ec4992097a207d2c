"""A delivery address that its customer corrected, as long as nothing has left."""

from __future__ import annotations

from ...addresses import Address
from ...audit.services import record
from ...db import db
from ...pricing.places import Destination
from ...pricing.queries import methods_for, tax_rules
from ...pricing.quote import Quote
from ...retrying import retried
from ...vault import REMOVED, Source, index_name
from ..models import Order, OrderContact, OrderState
from . import mails
from .revisions import NotNow, take_turn
from .timeline import note

OPEN = (OrderState.PLACED, OrderState.PACKED)


class NotReaddressable(NotNow):
    """The message says why, for staff."""


@retried
def correct_address(*, order: Order, address: Address, source: Source, seen: int | None, staff_id: int) -> bool:
    """Where it goes from now on, told to the customer by mail; False when it goes there already.

    Raises NotReaddressable where the price would be another, or something has left; ChangedMeanwhile.
    """
    with db.atomic():
        contact = OrderContact.get_or_none(OrderContact.order == order.id)
        if contact is None or contact.email is REMOVED:
            raise NotReaddressable("Its customer was forgotten: there is no address any more.")
        if _stands_there(contact, address):
            return False
        _check_price(Quote.from_json(order.quote), contact, address)
        if not take_turn(order, seen=seen, states=OPEN):
            raise NotReaddressable("This order is not waiting to be sent, so its address cannot be corrected.")
        _write(contact, address, source)
        note(order, "address corrected", actor=f"staff:{staff_id}", source=source.way)
        mails.announce_address(order)
        record("order-address-corrected", actor=f"staff:{staff_id}", about=("order", order.id), source=source.value)
    return True


def _stands_there(contact: OrderContact, address: Address) -> bool:
    return all((getattr(contact, f"delivery_{part}") or "") == value for part, value in vars(address).items())


def _write(contact: OrderContact, address: Address, source: Source) -> None:
    for part, value in vars(address).items():
        setattr(contact, f"delivery_{part}", value or None)
    contact.source = source
    contact.save()
    index_name(contact, contact.delivery_name, contact.billing_name)


def _check_price(quote: Quote, contact: OrderContact, address: Address) -> None:
    """What was paid is what was agreed: another place must cost the same."""
    before = Destination(quote.country, quote.region, contact.delivery_postcode or "")
    after = Destination(address.country, address.region, address.postcode)
    if tax_rules(before.country, before.region) != tax_rules(after.country, after.region):
        raise NotReaddressable("Other taxes are due there, so the total would be another. Cancel, and take it anew.")
    if (price := _price(quote, after)) is None:
        raise NotReaddressable("The way of delivery that was paid for does not go there.")
    if price != _price(quote, before):
        raise NotReaddressable("Delivery costs something else there, so the total would be another.")


def _price(quote: Quote, destination: Destination) -> int | None:
    offers = methods_for(destination, quote.subtotal_cents, quote.weight_grams)
    code = quote.delivery.code if quote.delivery else ""
    return next((offer.price_cents for offer in offers if offer.code == code), None)
