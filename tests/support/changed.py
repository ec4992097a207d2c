"""Changes of orders, made as a form at the desk makes them: what they come to is worked out first."""

from __future__ import annotations

import secrets

from shop.config import settings
from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, give
from shop.orders.editing.changing import Settling, change_order, ways_for
from shop.orders.editing.planning import Change, Plan, plan_change
from shop.orders.models import EditWay, Order, OrderEdit, OrderLine
from shop.payments.connection import connect
from shop.payments.models import StoredCard
from shop.payments.services.cards import keep_card
from shop.vault import Source

from .customers import make_customer


def line_of(order: Order, variant_id: int) -> int:
    """The id of the first line with these goods."""
    mine = (OrderLine.order == order.id) & (OrderLine.variant == variant_id)
    return int(OrderLine.select().where(mine).order_by(OrderLine.position).get().id)


def planned(order: Order, change: Change) -> tuple[Plan, int]:
    """What a form shows, and the revision it is made for."""
    present = Order.get_by_id(order.id)
    return plan_change(present, change), present.revision


def change_it(order: Order, change: Change, *, settling: Settling | None = None) -> OrderEdit:
    plan, seen = planned(order, change)
    chosen = settling or Settling(way=ways_for(plan.difference_cents)[0])
    edit, _ = change_order(order=order, change=change, settling=chosen, digest=plan.digest, seen=seen, staff_id=1)
    return edit


def by_card(card: StoredCard) -> Settling:
    """The customer said on the phone that this card may be charged."""
    return Settling(way=EditWay.CARD, card_id=card.id, source=Source.STAFF_BY_PHONE)


ASKED = Settling(way=EditWay.ASK)


def card_for(order: Order, *, number: str = "4111111111111111") -> StoredCard:
    """A card that is in the gateway's vault, of a customer whose order this is from now on."""
    customer = make_customer(f"{secrets.token_hex(4)}@example.com", "Wren Oakes")
    Order.update(customer=customer.id).where(Order.id == order.id).execute()
    return saved_card(customer, number)


def saved_card(customer: Customer, number: str = "4111111111111111") -> StoredCard:
    give(customer=customer, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    gateway = connect(settings())
    made = gateway.customer.create({"id": secrets.token_hex(12), "payment_method_nonce": "fake-valid-nonce"})
    card = made.customer.payment_methods[0]
    return keep_card(
        customer_id=customer.id,
        gateway_customer=made.customer.id,
        token=card.token,
        brand=card.card_type,
        last4=card.last_4,
        expiry=card.expiration_date,
    )
