"""Orders, who they are for, and what was bought.

The figures and items stay for ever; who bought stands in OrderContact alone, sealed under a key of its own.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from peewee import SQL, BigIntegerField, BooleanField, Check, DateField, ForeignKeyField, IntegerField

from ... import clock
from ...catalogue.models import Variant
from ...customers.models import Customer
from ...db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ...vault import Sealed, SealedModel, Source, checked_source
from .. import personal_data as declared
from .stages import OrderState


class NeverDeleted(Exception):
    """Past purchases are deactivated: orders.services.deactivating."""


class Order(BaseModel):
    """`idem` is the random token of the form that sent it, `fingerprint` the hash of what that form stood for.

    `draft_subject` is the vault's subject of the checkout it came from, and so says which submissions are of one cart:
    a cart's id may be given again after it is gone. `customer` is who was signed in, or claimed the order later.
    `quote` is the whole Quote as JSON, as bought: no name, no address. `deliver_on` is the day that was promised, where
    its delivery goes on fixed days; `source` how the order reached us, and `taken_by` the member of staff who wrote it
    down, if the customer did not; `needs_look` whether an alarm waits for somebody at the desk. Until `cancel_due_at`
    its cancelling can be taken back; no other step is taken meanwhile. After `deactivated_at` nothing of the order says
    whose it was. `revision` grows with each step of staff or customer, so that a form knows whether it is old.
    """

    number = ImpersonalText(unique=True)
    idem = ImpersonalText(unique=True)
    fingerprint = ImpersonalText()
    cart_id = IntegerField(null=True, index=True)
    draft_subject = ImpersonalText(default="", index=True)
    state = ImpersonalText(default=OrderState.PENDING)
    customer_id: int | None
    customer = ForeignKeyField(Customer, null=True, backref="orders", on_delete="SET NULL")
    source = ImpersonalText(default=Source.SELF, constraints=[checked_source()])
    taken_by = IntegerField(null=True)
    currency = ImpersonalText()
    subtotal_cents = BigIntegerField()
    discount_cents = BigIntegerField(default=0)
    delivery_cents = BigIntegerField(default=0)
    tax_cents = BigIntegerField(default=0)
    total_cents = BigIntegerField(constraints=[Check("total_cents >= 0")])
    refunded_cents = BigIntegerField(default=0)
    quote = ImpersonalText()
    discount_code = ImpersonalText(default="")
    delivery_code = ImpersonalText()
    delivery_name = ImpersonalText()
    tax_country = ImpersonalText(default="")
    tax_region = ImpersonalText(default="")
    has_note = BooleanField(default=False)
    revision = IntegerField(default=0)
    needs_look = BooleanField(default=False)
    deliver_on = DateField(null=True)
    created_at = UtcDateTimeField(default=clock.now)
    placed_at = UtcDateTimeField(null=True)
    packed_at = UtcDateTimeField(null=True)
    shipped_at = UtcDateTimeField(null=True)
    done_at = UtcDateTimeField(null=True)
    cancel_due_at = UtcDateTimeField(null=True)
    cancelled_at = UtcDateTimeField(null=True)
    deactivated_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = (Check("refunded_cents >= 0 AND refunded_cents <= total_cents"),)
        indexes = ((("placed_at", "id"), False),)

    @property
    def needs_address(self) -> bool:
        """Whether it is brought somewhere, and not collected, as it was bought."""
        delivery: dict[str, Any] | None = json.loads(self.quote).get("delivery")
        return bool(delivery and delivery["needs_address"])

    @classmethod
    def delete(cls) -> NoReturn:
        """Raises NeverDeleted."""
        raise NeverDeleted("orders stay in the books")

    def delete_instance(self, *_args: object, **_options: object) -> NoReturn:
        """Raises NeverDeleted."""
        raise NeverDeleted(self.number)


# Of the few that were cancelled: a search for those that were not must not come this way.
Order.add_index(Order.index(Order.cancelled_at, name="order_cancelled_at", where=SQL("cancelled_at IS NOT NULL")))


class WhereItGoes(SealedModel, abstract=True):
    """What an order and the checkout before it both know of a delivery, the invoice's address, and the note."""

    delivery_name = Sealed(declared.DELIVERY_NAME)
    delivery_company = Sealed(declared.DELIVERY_COMPANY)
    delivery_street = Sealed(declared.DELIVERY_STREET)
    delivery_district = Sealed(declared.DELIVERY_DISTRICT)
    delivery_city = Sealed(declared.DELIVERY_CITY)
    delivery_region = Sealed(declared.DELIVERY_REGION)
    delivery_postcode = Sealed(declared.DELIVERY_POSTCODE)
    delivery_country = Sealed(declared.DELIVERY_COUNTRY)
    billing_name = Sealed(declared.BILLING_NAME)
    billing_company = Sealed(declared.BILLING_COMPANY)
    billing_street = Sealed(declared.BILLING_STREET)
    billing_district = Sealed(declared.BILLING_DISTRICT)
    billing_city = Sealed(declared.BILLING_CITY)
    billing_region = Sealed(declared.BILLING_REGION)
    billing_postcode = Sealed(declared.BILLING_POSTCODE)
    billing_country = Sealed(declared.BILLING_COUNTRY)
    note = Sealed(declared.NOTE)


class OrderContact(WhereItGoes):
    """Who ordered, and where it goes. The only personal rows of an order.

    What is collected from the shop has no delivery address, and an invoice with an address only if asked for.
    """

    order_id: int
    order = ForeignKeyField(Order, unique=True, backref="contacts", on_delete="CASCADE")
    email_index = ImpersonalBlob(null=True, index=True)
    phone_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    phone = Sealed(declared.PHONE, blind_index="phone_index")


class LockedInvoice(SealedModel):
    """Whom a deactivated order was invoiced to, as long as the books must say so; sealed under a key of its own, whose
    end is that day. No page but the owner's reasoned and logged request shows it, and nothing finds it."""

    order_id: int
    order = ForeignKeyField(Order, unique=True, backref="locked_invoices", on_delete="CASCADE")
    invoiced_to = Sealed(declared.INVOICED_TO)


class OrderLine(BaseModel):
    """A line as it was bought; later changes to the product do not touch it."""

    order_id: int
    order = ForeignKeyField(Order, backref="lines", on_delete="CASCADE")
    variant_id: int | None
    variant = ForeignKeyField(Variant, null=True, on_delete="SET NULL")
    position = IntegerField()
    name = ImpersonalText()
    options = ImpersonalText(default="")
    sku = ImpersonalText()
    picture = ImpersonalText(default="")
    unit_price_cents = BigIntegerField()
    quantity = IntegerField(constraints=[Check("quantity > 0")])
    subtotal_cents = BigIntegerField()
    discount_cents = BigIntegerField(default=0)
    tax_cents = BigIntegerField(default=0)
    tax_rate_ppm = IntegerField(default=0)
    total_cents = BigIntegerField()


class OrderEvent(BaseModel):
    """The order's timeline. `actor` is "customer", "worker" or "staff:<id>"; `details` is JSON of ids and figures."""

    order_id: int
    order = ForeignKeyField(Order, backref="events", on_delete="CASCADE")
    at = UtcDateTimeField(default=clock.now)
    kind = ImpersonalText()
    actor = ImpersonalText()
    details = ImpersonalText(default="{}")

    class Meta:
        indexes = ((("order", "at", "id"), False),)


OrderEvent.add_index(
    OrderEvent.index(
        OrderEvent.at,
        name="order_event_alarms",
        where=SQL("kind IN ('alarm', 'refund failed', 'payment not settled')"),
    )
)
