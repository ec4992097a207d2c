"""The mails about an order as they would read, over an order that nobody placed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ... import clock
from ...config import settings
from ...outbox.models import MailKind
from ...outbox.rendering import OwnWords, RenderedMail, render_mail
from ...pricing.quote import DeliveryCharge, Quote, QuoteLine
from ..cancelling import Reason
from ..editing.steps import Step
from ..models import Order, OrderEdit, Payment, Refund, RefundState, Shipment
from ..refund_reasons import RefundReason

# Those whose words the owner may add to: a customer gets each of them about an order.
KINDS = (
    MailKind.ORDER_CONFIRMED,
    MailKind.ORDER_SHIPPED,
    MailKind.ORDER_RETURNED,
    MailKind.ORDER_REFUNDED,
    MailKind.ORDER_CHANGED,
    MailKind.ORDER_CANCELLED,
    MailKind.ORDER_PROBLEM,
)
NUMBER, BAG_CENTS, PARCEL_CENTS = "K7QM-3RTX", 4800, 600


def sample_mail(kind: MailKind, own: OwnWords) -> RenderedMail:
    """A mail of this kind with these words of the owner's."""
    return render_mail(kind.value, own=own, **_context(), **_more(kind))


def _context() -> dict[str, Any]:
    quote = _quote()
    return {
        "order": Order(
            number=NUMBER,
            currency=quote.currency,
            total_cents=quote.total_cents,
            created_at=clock.now(),
            state="placed",
        ),
        "quote": quote,
        "order_link": f"{settings().shop_url}/orders/{NUMBER}",
        "name": "Ada Example",
        "address": ("Ada Example", *settings().shop_address.splitlines()[1:]),
        "payment": Payment(brand="Visa", last4="1111", amount_cents=quote.total_cents),
    }


def _more(kind: MailKind) -> dict[str, Any]:
    parcel = Shipment(carrier="usps", tracking="9400111202555550123456", at=clock.now())
    match kind:
        case MailKind.ORDER_SHIPPED:
            return {"shipment": parcel, "is_pick_up": False, "is_corrected": False, "inside": [], "to_come": []}
        case MailKind.ORDER_RETURNED:
            return {"shipment": parcel, "has_account": False}
        case MailKind.ORDER_REFUNDED:
            back = Refund(amount_cents=PARCEL_CENTS, delivery_cents=PARCEL_CENTS, state=RefundState.DONE)
            return {"refund": back, "inside": [], "reason": next(iter(RefundReason)).sentence}
        case MailKind.ORDER_CHANGED:
            steps = [Step(replace(_quote().lines[0], quantity=2), _quote().lines[0])]
            return {"edit": OrderEdit(difference_cents=-BAG_CENTS), "steps": steps}
        case MailKind.ORDER_CANCELLED:
            return {"reason": Reason.CUSTOMER_ASKED.sentence, "back_cents": BAG_CENTS + PARCEL_CENTS}
        case MailKind.ORDER_PROBLEM:
            refusal = next(reason for reason in Reason if reason.is_refusal)
            return {"reason": refusal.sentence, "back_cents": BAG_CENTS + PARCEL_CENTS}
        case _:
            return {}


def _quote() -> Quote:
    """One bag, sent by parcel, without tax."""
    free: dict[str, Any] = {"discount_cents": 0, "tax_cents": 0, "tax_rate_ppm": 0, "tax_name": ""}
    bag = QuoteLine(
        variant_id=0,
        name="Alder Tote",
        options="Moss",
        sku="ALDER-1",
        picture="",
        unit_price_cents=BAG_CENTS,
        quantity=1,
        subtotal_cents=BAG_CENTS,
        total_cents=BAG_CENTS,
        **free,
    )
    parcel = DeliveryCharge(
        code="parcel", name="Parcel", promise="", price_cents=PARCEL_CENTS, needs_address=True, **free
    )
    return Quote(
        currency=settings().currency,
        lines=(bag,),
        subtotal_cents=BAG_CENTS,
        discount_cents=0,
        discount_code="",
        discount_name="",
        delivery=parcel,
        delivery_cents=PARCEL_CENTS,
        tax_inclusive=False,
        taxes=(),
        tax_cents=0,
        total_cents=BAG_CENTS + PARCEL_CENTS,
        weight_grams=500,
        country=settings().country,
        region="",
    )
