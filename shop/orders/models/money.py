"""The attempts to pay an order, the stock that waits for them, and money that goes back."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField

from ... import clock
from ...catalogue.models import Variant
from ...db import BaseModel, ImpersonalText, UtcDateTimeField
from ...payments.models import StoredCard
from .edits import OrderEdit
from .orders import Order
from .stages import HoldState, PaymentState, RefundState


class Hold(BaseModel):
    """Stock promised to one order's payment until `expires_at`."""

    order_id: int
    order = ForeignKeyField(Order, backref="holds", on_delete="CASCADE")
    variant_id: int
    variant = ForeignKeyField(Variant, on_delete="CASCADE")
    quantity = IntegerField(constraints=[Check("quantity > 0")])
    state = ImpersonalText(default=HoldState.HELD)
    expires_at = UtcDateTimeField()

    class Meta:
        indexes = ((("order", "variant"), True), (("state", "expires_at"), False))


class Payment(BaseModel):
    """One attempt to pay: a row before it is a call. `ref` is the gateway's order_id and never used twice.

    `nonce` is the card form's single-use token; it is blanked as soon as the outcome is known, and
    its hash tells a form that was sent again from a new attempt. Paid with a saved `card` it has none and is never
    sent twice. `store_as` is set when the customer wants the card saved: the id it is stored for at the gateway.
    With an `edit` it pays what the order costs more since that change.
    """

    order_id: int
    order = ForeignKeyField(Order, backref="payments", on_delete="CASCADE")
    edit_id: int | None
    edit = ForeignKeyField(OrderEdit, null=True, backref="payments", on_delete="SET NULL")
    ref = ImpersonalText(unique=True)
    gateway_id = ImpersonalText(null=True, unique=True)
    state = ImpersonalText(default=PaymentState.SENDING)
    amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
    nonce = ImpersonalText(default="")
    nonce_hash = ImpersonalText(default="")
    card = ForeignKeyField(StoredCard, null=True, on_delete="SET NULL")
    store_as = ImpersonalText(default="")
    brand = ImpersonalText(default="")
    last4 = ImpersonalText(default="")
    reason_code = ImpersonalText(default="")
    reason = ImpersonalText(default="")
    tries = IntegerField(default=0)
    created_at = UtcDateTimeField(default=clock.now)
    sent_at = UtcDateTimeField(null=True)
    due_at = UtcDateTimeField(default=clock.now)
    decided_at = UtcDateTimeField(null=True)
    settled_at = UtcDateTimeField(null=True)


Payment.add_index(
    Payment.index(
        Payment.order,
        unique=True,
        name="payment_one_live",
        where=SQL("edit_id IS NULL AND state IN ('sending', 'unknown', 'authorized', 'settling')"),
    )
)
Payment.add_index(
    Payment.index(
        Payment.edit,
        unique=True,
        name="payment_one_live_of_edit",
        where=SQL("edit_id IS NOT NULL AND state IN ('sending', 'unknown', 'authorized', 'settling')"),
    )
)
Payment.add_index(Payment.index(Payment.state, Payment.due_at, name="payment_due"))


class Refund(BaseModel):
    """Money going back: like a payment, a row before it is a call. VOIDED: the payment was given free before it was
    taken, so nothing had to go back. TRIED_AGAIN: it failed, and staff asked for another one in its place.

    `delivery_cents` is how much of it is for delivery; the pieces it is for are RefundLines. `at_revision` is the
    order's revision that its form was made for: a form asks for one refund of each payment, however often it is sent.
    With an `edit` it is what the order costs less since that change, and the order's own sums do not hold it.
    """

    order_id: int
    order = ForeignKeyField(Order, backref="refunds", on_delete="CASCADE")
    payment_id: int
    payment = ForeignKeyField(Payment, backref="refunds", on_delete="CASCADE")
    edit_id: int | None
    edit = ForeignKeyField(OrderEdit, null=True, backref="refunds", on_delete="SET NULL")
    ref = ImpersonalText(unique=True)
    gateway_id = ImpersonalText(null=True, unique=True)
    state = ImpersonalText(default=RefundState.REQUESTED)
    amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
    delivery_cents = BigIntegerField(default=0)
    reason = ImpersonalText(default="")
    tells_customer = BooleanField(default=False)
    at_revision = IntegerField(null=True)
    tries = IntegerField(default=0)
    created_at = UtcDateTimeField(default=clock.now)
    sent_at = UtcDateTimeField(null=True)
    due_at = UtcDateTimeField(default=clock.now)
    decided_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("order", "at_revision", "payment"), True), (("state", "decided_at"), False))
