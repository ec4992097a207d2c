"""A few past orders for Fern & Strap, bought through the shop's own services and its practice gateway.

They need the gateway, so the worker places them, once the first start has brought everything up. Each is placed now and
its days are set back afterwards, except those of its payment, which the gateway knows too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from ... import clock, jobs
from ...addresses import Address
from ...admin.models import Staff
from ...cart.cookie import new_token
from ...cart.models import Cart
from ...cart.queries import basket, to_buy
from ...cart.services import Refused, add_to_cart, set_discount
from ...catalogue.models import Variant
from ...config import PRODUCTION, settings
from ...db import db
from ...orders.cancelling import Reason
from ...orders.models import Order, OrderEvent, OrderState, Shipment
from ...orders.services.errors import NotPlaced
from ...orders.services.fulfilment import cancel_order, pack_order
from ...orders.services.parcels import ship_order
from ...orders.services.paying import submit_order
from ...orders.services.purchase import Contact, Means, Purchase
from ...payments import gateway
from ...pricing.places import Destination
from ...pricing.services import price_basket
from ...vault import blind

VISA, MASTERCARD, AMEX = "fake-valid-visa-nonce", "fake-valid-mastercard-nonce", "fake-valid-amex-nonce"


@dataclass(frozen=True, kw_only=True)
class PastOrder:
    """`goods` are (SKU, quantity); `ago` is how long ago it was placed; `parcel` is carrier and tracking number."""

    ago: timedelta
    who: Address
    email: str
    goods: tuple[tuple[str, int], ...]
    method: str = "parcel"
    phone: str = ""
    note: str = ""
    code: str = ""
    nonce: str = VISA
    is_packed: bool = False
    parcel: tuple[str, str] | None = None
    cancelled: Reason | None = None


def _us(name: str, street: str, city: str, region: str, postcode: str) -> Address:
    return Address(name=name, street=street, city=city, region=region, postcode=postcode, country="US")


PAST_ORDERS = (
    PastOrder(
        ago=timedelta(days=9, hours=3),
        who=_us("Ines Moreau", "412 Marigold Street", "Portland", "OR", "97214"),
        email="ines.moreau@example.com",
        goods=(("FERN-2", 1),),
        parcel=("usps", "9400 1112 0255 5550 1234 56"),
    ),
    PastOrder(
        ago=timedelta(days=7, hours=20),
        who=Address(name="Theo Whitlock", street="18 Quay Lane", city="Bristol", postcode="BS1 4RB", country="GB"),
        email="theo.whitlock@example.com",
        goods=(("SCARF-2", 1), ("GLOVES-1", 1)),
        method="international",
        nonce=MASTERCARD,
        parcel=("royal-mail", "RM123456785GB"),
    ),
    PastOrder(
        ago=timedelta(days=5, hours=6),
        who=_us("Dana Okafor", "2207 Laurel Avenue", "Los Angeles", "CA", "90026"),
        email="dana.okafor@example.com",
        goods=(("KALEBOX-1", 1), ("HONEY-1", 2)),
        method="local",
        phone="+1 213 555 0134",
        note="The bell does not work: please knock.",
        parcel=("own-round", ""),
    ),
    PastOrder(
        ago=timedelta(days=4, hours=1),
        who=_us("Walter Brandt", "9 Pine Hollow Road", "Asheville", "NC", "28801"),
        email="walter.brandt@example.com",
        goods=(("READ-2", 1),),
        cancelled=Reason.CUSTOMER_ASKED,
    ),
    PastOrder(
        ago=timedelta(days=1, hours=8),
        who=_us("Priya Raman", "77 Harbor View Drive", "San Diego", "CA", "92101"),
        email="priya.raman@example.com",
        goods=(("ALDMIN-1", 1), ("KISS-2", 1)),
        code="WELCOME10",
        nonce=AMEX,
        is_packed=True,
    ),
    PastOrder(
        ago=timedelta(hours=7),
        who=Address(name="Jonas Keller", street="Lindenstraße 14", city="Berlin", postcode="10969", country="DE"),
        email="jonas.keller@example.com",
        goods=(("UMBRELLA", 1),),
        method="international",
        nonce=MASTERCARD,
    ),
    PastOrder(
        ago=timedelta(minutes=50),
        who=Address(name="Marta Lindqvist"),
        email="marta.lindqvist@example.com",
        goods=(("LOAF-2", 1), ("CHEESE-2", 1), ("APPLE-1", 2)),
        method="pick-up",
        note="I come after six. Is there a quiet moment to look at the satchels?",
    ),
)


JOB = "place demo orders"
TRY_AGAIN_SECONDS = 2


def seed_orders() -> int:
    """Place the past orders of a demo shop that has none; how many. Comes again while the gateway does not answer."""
    if not _are_due():
        return 0
    if gateway.client_token() is None:
        jobs.kick(JOB, after=TRY_AGAIN_SECONDS)
        return 0
    return sum(_place(past) for past in PAST_ORDERS)


def _place(past: PastOrder) -> bool:
    """False for one whose goods somebody has just bought, or whose payment the gateway did not answer for."""
    try:
        order = _buy(past)
    except (NotPlaced, Refused):
        return False
    if order.state != OrderState.PLACED:
        return False
    _carry_out(past, order)
    _set_back(order, past.ago)
    return True


def _are_due() -> bool:
    """In the demo that takes practice payments itself and writes mail to a folder: nobody is written to for this."""
    now = settings()
    is_demo = now.shop_mode != PRODUCTION and now.runs_own_gateway and not now.smtp_url
    return is_demo and Staff.select().exists() and Variant.select().exists() and not Order.select().exists()


def _buy(past: PastOrder) -> Order:
    cart = _fill_cart(past)
    address = past.who if past.who.country else None
    destination = Destination(address.country, address.region, address.postcode) if address else None
    quote = price_basket(
        items=to_buy(basket(cart)),
        destination=destination,
        method_code=past.method,
        discount_code=past.code,
        customer=blind("email", past.email),
        now=clock.now(),
    )
    purchase = Purchase(
        idem=secrets.token_urlsafe(16),
        fingerprint=f"demo {cart.id}",
        seen_total_cents=quote.total_cents,
        cart=cart,
        draft_subject=f"demo {secrets.token_hex(8)}",
        contact=Contact(email=past.email, phone=past.phone, note=past.note, delivery=past.who, billing=address),
        destination=destination,
        method_code=past.method,
        discount_code=past.code,
    )
    return submit_order(purchase=purchase, means=Means(nonce=past.nonce))


def _fill_cart(past: PastOrder) -> Cart:
    token = new_token()
    for sku, quantity in past.goods:
        cart = add_to_cart(token=token, variant_id=Variant.get(Variant.sku == sku).id, quantity=quantity)
    if past.code:
        set_discount(cart=cart, code=past.code)
    return Cart.get_by_id(cart.id)


def _carry_out(past: PastOrder, order: Order) -> None:
    staff_id = Staff.select(Staff.id).order_by(Staff.id).scalar()
    if past.is_packed or past.parcel:
        pack_order(order=order, staff_id=staff_id)
    if past.parcel:
        carrier, tracking = past.parcel
        ship_order(order=order, carrier=carrier, tracking=tracking, staff_id=staff_id)
    if past.cancelled:
        cancel_order(order=order, reason=past.cancelled, staff_id=staff_id)


def _set_back(order: Order, ago: timedelta) -> None:
    """Placed `ago`, packed some hours later and sent with the next collection, as far as it went."""
    with db.atomic():
        placed = clock.now() - ago
        packed, left = placed + ago * 0.1, placed + ago * 0.15
        now = Order.get_by_id(order.id)
        Order.update(
            created_at=placed,
            placed_at=placed,
            packed_at=packed if now.packed_at else None,
            shipped_at=left if now.shipped_at else None,
            cancelled_at=left if now.cancelled_at else None,
        ).where(Order.id == order.id).execute()
        moments = {"packed": packed, "shipped": left, "cancelled": left, "payment void due": left}
        for event in OrderEvent.select().where(OrderEvent.order == order.id):
            at = moments.get(event.kind, placed)
            OrderEvent.update(at=at).where(OrderEvent.id == event.id).execute()
        Shipment.update(at=left).where(Shipment.order == order.id).execute()
