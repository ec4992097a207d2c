"""Prices a basket, and counts the uses of discount codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..catalogue.queries import SaleVariant
from ..config import settings
from ..db import db
from .discounts import DiscountRefused, DiscountUsedUp, reduction_of, refuse_unless_usable, used_up, used_up_by_customer
from .models import Discount, DiscountUse
from .places import Destination
from .queries import DeliveryOffer, TaxRules, discount_with, methods_for, normal_code, tax_rules, uses_by
from .quote import Quote
from .sums import TOTAL_AT_MOST, BasketTooLarge, Delivery, Goods, Reduction, work_out

__all__ = [
    "TOTAL_AT_MOST",
    "BasketTooLarge",
    "Destination",
    "DiscountRefused",
    "DiscountUsedUp",
    "MethodNotAvailable",
    "forget_discount_user",
    "give_back_discount",
    "price_basket",
    "take_discount",
]


class MethodNotAvailable(Exception):
    """This way of delivery cannot be had for this basket and place; `reason` is for the shopper."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.reason = "This delivery is not available for your basket and address. Please choose another."
        super().__init__(self.reason)


def price_basket(
    *,
    items: Sequence[tuple[SaleVariant, int]],
    destination: Destination | None = None,
    method_code: str = "",
    discount_code: str = "",
    customer: bytes | None = None,
    now: datetime,
) -> Quote:
    """What the items cost. Without a method there is no delivery in it, without a destination no tax.

    A pick-up is taxed where the shop is. `customer` is the blind index of the e-mail, once it is known.
    Raises DiscountRefused, MethodNotAvailable or BasketTooLarge.
    """
    subtotal = sum(variant.price_cents * quantity for variant, quantity in items)
    weight = sum(variant.weight_grams * quantity for variant, quantity in items)
    reduction = _reduction(discount_code, subtotal, customer, now) if discount_code else None
    offer = _offer(method_code, destination, subtotal, weight) if method_code else None
    if offer is not None and not offer.needs_address:
        destination = Destination(settings().country, settings().region)
    place = destination or Destination("")
    rules = tax_rules(place.country, place.region)
    return work_out(
        currency=settings().currency,
        goods=[goods_of(variant, quantity, rules) for variant, quantity in items],
        reduction=reduction,
        delivery=_delivery(offer, rules) if offer else None,
        inclusive=rules.inclusive,
        country=place.country,
        region=place.region,
    )


def _reduction(code: str, subtotal: int, customer: bytes | None, now: datetime) -> Reduction:
    discount = discount_with(code)
    if discount is None:
        raise DiscountRefused(f"There is no discount code {normal_code(code)}. Please check how it is written.")
    limited = discount.use_limit_each is not None and customer is not None
    used = uses_by(discount, customer) if limited and customer is not None else 0
    refuse_unless_usable(discount, subtotal_cents=subtotal, used_by_customer=used, now=now)
    return reduction_of(discount)


def _offer(code: str, destination: Destination | None, subtotal: int, weight: int) -> DeliveryOffer:
    for offer in methods_for(destination, subtotal, weight):
        if offer.code == code:
            return offer
    raise MethodNotAvailable(code)


def _delivery(offer: DeliveryOffer, rules: TaxRules) -> Delivery:
    return Delivery(
        code=offer.code,
        name=offer.name,
        promise=offer.promise,
        price_cents=offer.price_cents,
        needs_address=offer.needs_address,
        tax=rules.of(offer.tax_class),
    )


def goods_of(variant: SaleVariant, quantity: int, rules: TaxRules) -> Goods:
    """So many of it at today's price, taxed by these rules."""
    return Goods(
        variant_id=variant.id,
        name=variant.name,
        options=variant.options,
        sku=variant.sku,
        picture=variant.picture.file if variant.picture else "",
        unit_price_cents=variant.price_cents,
        quantity=quantity,
        weight_grams=variant.weight_grams,
        tax=rules.of(variant.tax_class),
    )


def take_discount(*, code: str, order_ref: str, customer: bytes | None) -> None:
    """Count one use for an order, once however often it is called for it. Raises DiscountUsedUp, and counts nothing."""
    with db.atomic():
        discount = discount_with(code)
        if discount is None:
            raise DiscountUsedUp(f"There is no discount code {normal_code(code)} any more.")
        if DiscountUse.select().where(DiscountUse.order_ref == order_ref).exists():
            return
        is_left = Discount.use_limit.is_null() | (Discount.used < Discount.use_limit)
        if not Discount.update(used=Discount.used + 1).where(Discount.id == discount.id, is_left).execute():
            raise used_up(discount)
        # Counted only now: the update keeps every other use of this code waiting until this one is written.
        each = discount.use_limit_each
        if each is not None and customer is not None and uses_by(discount, customer) >= each:
            raise used_up_by_customer(discount)
        DiscountUse.create(discount=discount, order_ref=order_ref, customer=customer)


def give_back_discount(*, order_ref: str) -> None:
    """Undo `take_discount` for an order that came to nothing; does nothing when there is nothing to undo."""
    with db.atomic():
        use = DiscountUse.get_or_none(DiscountUse.order_ref == order_ref)
        if use is not None and DiscountUse.delete().where(DiscountUse.id == use.id).execute():
            Discount.update(used=Discount.used - 1).where(Discount.id == use.discount_id).execute()


def forget_discount_user(*, order_ref: str) -> None:
    """Whose use of a discount it was; the use itself still counts."""
    DiscountUse.update(customer=None).where(DiscountUse.order_ref == order_ref).execute()
