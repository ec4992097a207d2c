"""An order leaves in one parcel or in several: each with its pieces, its carrier, and one mail."""

from __future__ import annotations

from collections.abc import Mapping

from ... import clock
from ...audit.services import record
from ...db import db
from ...disclosures.allowed import is_personal
from ...disclosures.models import Disclosure, DisclosurePurpose
from ...disclosures.queries import disclosures_about
from ...disclosures.services import NoAgreement, bound_recipient, disclose
from ...retrying import retried
from ...vault import REMOVED, Recipient
from ..carriers import OWN_ROUND, PICK_UP, carrier_name
from ..models import Order, OrderContact, OrderState, Shipment
from ..pieces.models import ShipmentLine
from ..pieces.queries import Pieces, pieces_of
from . import mails
from .paid import is_paid
from .revisions import ChangedMeanwhile, NotNow, take_turn
from .timeline import note

SENDABLE = (OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT)
NOW = {
    OrderState.PENDING: "not paid yet",
    OrderState.PAYMENT_FAILED: "not paid",
    OrderState.PARTLY_SENT: "partly sent",
    OrderState.PLACED: "not packed yet",
    OrderState.PACKED: "packed, but not sent",
    OrderState.SHIPPED: "sent already",
    OrderState.DONE: "with the customer already",
}


class NotShippable(NotNow):
    pass


def ship_order(
    *,
    order: Order,
    carrier: str,
    tracking: str,
    staff_id: int,
    pieces: Mapping[int, int] | None = None,
    seen: int | None = None,
) -> bool:
    """Send `pieces` (how many, by line; None is all that is left) in one parcel, and tell the customer.

    False when that was done already: everything is sent, or the form of the revision `seen` has sent its parcel.
    Raises NotShippable, ChangedMeanwhile.
    """
    try:
        return _ship(order, carrier, tracking, staff_id, pieces, seen)
    except ChangedMeanwhile:
        if Shipment.select().where(Shipment.order == order.id, Shipment.at_revision == seen).exists():
            return False
        raise


@retried
def _ship(
    order: Order, carrier: str, tracking: str, staff_id: int, wanted: Mapping[int, int] | None, seen: int | None
) -> bool:
    with db.atomic():
        if not take_turn(order, seen=seen, states=SENDABLE):
            return _sent_already(order)
        if not is_paid(order):
            raise NotShippable("This order is not paid: look at its payment before you send it.")
        _check_agreement(carrier)
        now, actor = clock.now(), f"staff:{staff_id}"
        packed, is_first, is_last = _packed(order, wanted)
        shipment = Shipment.create(order=order.id, carrier=carrier, tracking=tracking, at_revision=seen, at=now)
        for each, quantity in packed:
            ShipmentLine.create(
                order=order.id, shipment=shipment.id, line=each.line.id, what=each.what, quantity=quantity
            )
        _move_on(order, is_last=is_last)
        _note_shipment(shipment, order, actor, is_first=is_first, is_last=is_last)
        mails.announce_shipment(order, shipment)
        _note_handing_over(order, shipment, actor)
        record("order-shipped", actor=actor, about=("order", order.id), carrier=carrier)
    return True


def _sent_already(order: Order) -> bool:
    state = Order.select(Order.state).where(Order.id == order.id).scalar()
    if state in (OrderState.SHIPPED, OrderState.DONE):
        return False
    raise NotShippable(f"This order is {NOW.get(state, state)}, so it cannot be sent.")


def _packed(order: Order, wanted: Mapping[int, int] | None) -> tuple[list[tuple[Pieces, int]], bool, bool]:
    """What goes into the parcel, and whether it is the first of the order, and the last."""
    found = pieces_of(order)
    left = {each.line.id: each.to_send for each in found}
    packed = left if wanted is None else {line_id: quantity for line_id, quantity in wanted.items() if quantity}
    if found and not any(packed.values()):
        raise NotShippable("Say what is in the parcel: nothing was chosen.")
    if any(not 0 <= quantity <= left.get(line_id, 0) for line_id, quantity in packed.items()):
        raise NotShippable("More was chosen than is left to send. Look at the quantities again.")
    pairs = [(each, packed[each.line.id]) for each in found if packed.get(each.line.id)]
    is_first = not Shipment.select().where(Shipment.order == order.id).exists()
    return pairs, is_first, all(packed.get(line_id, 0) == quantity for line_id, quantity in left.items())


def _move_on(order: Order, *, is_last: bool) -> None:
    now = clock.now()
    changes = {"state": OrderState.SHIPPED, "shipped_at": now} if is_last else {"state": OrderState.PARTLY_SENT}
    Order.update(changes).where(Order.id == order.id).execute()
    Order.update(packed_at=now).where(Order.id == order.id, Order.packed_at.is_null()).execute()
    order.state = changes["state"]


def finish_if_all_is_sent(order: Order) -> None:
    """For an order of which a part was sent and the rest will not be: it is sent. In the caller's transaction."""
    if any(each.to_send for each in pieces_of(order)):
        return
    is_partly = (Order.id == order.id) & (Order.state == OrderState.PARTLY_SENT)
    Order.update(state=OrderState.SHIPPED, shipped_at=clock.now()).where(is_partly).execute()


def _note_shipment(shipment: Shipment, order: Order, actor: str, *, is_first: bool, is_last: bool) -> None:
    if shipment.carrier == PICK_UP:
        note(order, "ready to collect", actor=actor)
        return
    kind = ("shipped" if is_first else "rest sent") if is_last else "parcel sent"
    tracking = f"tracking number {shipment.tracking}" if shipment.tracking else "without a tracking number"
    note(order, kind, actor=actor, carrier=carrier_name(shipment.carrier), tracking=tracking)


def _check_agreement(carrier: str) -> None:
    """A parcel tells whoever takes it a name and an address: that needs an agreement."""
    if carrier in (PICK_UP, OWN_ROUND):
        return
    try:
        bound_recipient(Recipient.CARRIER, carrier)
    except NoAgreement as error:
        raise NotShippable(f"{error} The register of recipients says who may carry a parcel.") from error


def _note_handing_over(order: Order, shipment: Shipment, by: str) -> None:
    """With the parcel its carrier gets what the register lets it have, as far as the order holds it and as it was not
    given that for this parcel already."""
    carrier, contact = shipment.carrier, OrderContact.get_or_none(OrderContact.order == order.id)
    if carrier in (PICK_UP, OWN_ROUND) or contact is None:
        return
    fields = [name for name in bound_recipient(Recipient.CARRIER, carrier).field_names if is_personal(name)]
    given = [name for name in fields if getattr(contact, name) not in (None, REMOVED)]
    if given and set(given) - _given_for(order, shipment):
        disclose(
            about=("order", order.id),
            recipient=Recipient.CARRIER,
            who=carrier,
            fields=given,
            purpose=DisclosurePurpose.DELIVERY,
            by=by,
        )


def _given_for(order: Order, shipment: Shipment) -> set[str]:
    """What the carrier was given and no parcel went with yet, as by a list that was sent ahead."""
    to_them = (Disclosure.recipient == Recipient.CARRIER) & (Disclosure.who == shipment.carrier)
    given = list(disclosures_about("order", [order.id]).where(to_them))
    is_earlier = (Shipment.order == order.id) & (Shipment.carrier == shipment.carrier) & (Shipment.id < shipment.id)
    gone_with = Shipment.select().where(is_earlier).count()
    return set(given[0].field_names) if len(given) > gone_with else set()
