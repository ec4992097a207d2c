"""Orders that are paid and wait to be packed, written straight into the tables: nobody goes through a checkout."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from shop import clock
from shop.catalogue.models import Product, ProductState, Variant
from shop.customers.models import Customer
from shop.orders.models import Order, OrderContact, OrderLine, OrderState, Payment, PaymentState
from shop.orders.numbers import new_number
from shop.pricing.models import DeliveryKind, DeliveryMethod
from shop.pricing.quote import DeliveryCharge, Quote
from shop.vault import Source, new_subject

METHODS = {
    "parcel": ("Parcel", DeliveryKind.FLAT),
    "local": ("Local round", DeliveryKind.LOCAL),
    "pick-up": ("Pick up at the shop", DeliveryKind.PICK_UP),
}


def waiting_order(
    name: str = "Wren Oakes",
    *,
    method: str = "parcel",
    goods: Sequence[tuple[Variant, int]] = (),
    state: OrderState = OrderState.PLACED,
    is_paid: bool = True,
    customer: Customer | None = None,
    **personal: str | None,
) -> Order:
    """`personal` are more values of the order's contact; None leaves one of the usual out."""
    words, kind = METHODS[method]
    DeliveryMethod.insert(
        code=method, name=words, promise="", kind=kind, price_cents=0, countries="", postcodes="",
        tax_class="standard", position=0, is_active=True,
    ).on_conflict_ignore().execute()  # fmt: skip
    order: Order = Order.create(
        number=new_number(),
        idem=secrets.token_hex(8),
        fingerprint="x",
        state=state,
        customer=customer and customer.id,
        currency="USD",
        subtotal_cents=4800,
        total_cents=4800,
        quote=_quote(method, words, needs_address=kind != DeliveryKind.PICK_UP).to_json(),
        delivery_code=method,
        delivery_name=words,
        has_note=bool(personal.get("note")),
        created_at=clock.now(),
        placed_at=clock.now(),
    )
    OrderContact.create(
        subject=new_subject("order"), source=Source.SELF, order=order.id, **_values(name, kind, personal)
    )
    for position, (variant, quantity) in enumerate(goods):
        _line(order, position, variant, quantity)
    paid = PaymentState.AUTHORIZED if is_paid else PaymentState.FAILED
    Payment.create(order=order.id, ref=secrets.token_hex(6), amount_cents=4800, state=paid)
    return order


def made(name: str, maker: str = "", *, option1: str = "", on_hand: int = 9) -> Variant:
    """A product of that maker, in one variant."""
    slug = f"{name.lower().replace(' ', '-')}-{secrets.token_hex(2)}"
    product = Product.create(name=name, slug=slug, state=ProductState.ACTIVE, published_at=clock.now(), maker=maker)
    variant: Variant = Variant.create(
        product=product, sku=slug, option1=option1, price_cents=4800, on_hand=on_hand, weight_grams=500
    )
    return variant


def _values(name: str, kind: DeliveryKind, personal: dict[str, str | None]) -> dict[str, str]:
    found: dict[str, str | None] = {"email": "wren@customers.example", "phone": "+12135550134", "delivery_name": name}
    if kind != DeliveryKind.PICK_UP:
        found |= {
            "delivery_street": "4 Alder Row",
            "delivery_city": "Los Angeles",
            "delivery_region": "CA",
            "delivery_postcode": "90012",
            "delivery_country": "US",
        }
    return {column: value for column, value in (found | personal).items() if value is not None}


def _line(order: Order, position: int, variant: Variant, quantity: int) -> None:
    figures = dict.fromkeys(("unit_price_cents", "subtotal_cents", "total_cents"), 4800)
    OrderLine.create(
        order=order.id,
        variant=variant.id,
        position=position,
        name=variant.product.name,
        options=variant.option1,
        sku=variant.sku,
        quantity=quantity,
        **figures,
    )


def _quote(code: str, name: str, *, needs_address: bool) -> Quote:
    delivery = DeliveryCharge(
        code=code, name=name, promise="", price_cents=0, discount_cents=0, tax_cents=0, tax_rate_ppm=0, tax_name="",
        needs_address=needs_address,
    )  # fmt: skip
    return Quote(
        currency="USD", lines=(), subtotal_cents=4800, discount_cents=0, discount_code="", discount_name="",
        delivery=delivery, delivery_cents=0, tax_inclusive=False, taxes=(), tax_cents=0, total_cents=4800,
        weight_grams=500, country="US", region="CA",
    )  # fmt: skip
