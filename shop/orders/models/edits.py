"""Changes to what was ordered, after the order was placed."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField

from ... import clock
from ...catalogue.models import Variant
from ...db import BaseModel, ImpersonalText, UtcDateTimeField
from .orders import Order
from .stages import EditState, HoldState


class OrderEdit(BaseModel):
    """One change, with the whole Quote as JSON `before` and `after` it: no name, no address. `lines` is JSON of the
    order's own lines that those before and after it stand for, null for a new one, and `restock` of the lines whose
    pieces go back on the shelf.

    `at_revision` is the order's revision that its form was made for and `digest` what that form showed: a form makes
    one change, however often it is sent. `way` is what becomes of the difference; `source` is how the customer said
    that the saved card may be charged. Until `expires_at` a customer who is asked may answer.
    """

    order_id: int
    order = ForeignKeyField(Order, backref="edits", on_delete="CASCADE")
    state = ImpersonalText(default=EditState.PAYING)
    way = ImpersonalText()
    at_revision = IntegerField()
    digest = ImpersonalText()
    before = ImpersonalText()
    after = ImpersonalText()
    lines = ImpersonalText()
    restock = ImpersonalText(default="[]")
    difference_cents = BigIntegerField()
    source = ImpersonalText(default="")
    tells_customer = BooleanField(default=True)
    staff_id = IntegerField()
    created_at = UtcDateTimeField(default=clock.now)
    expires_at = UtcDateTimeField(null=True)
    decided_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("order", "at_revision"), True), (("state", "decided_at"), False))


OrderEdit.add_index(
    OrderEdit.index(OrderEdit.order, unique=True, name="order_edit_one_open", where=SQL("state IN ('asked', 'paying')"))
)


class EditHold(BaseModel):
    """Stock promised to a change until it is applied, or comes to nothing."""

    edit_id: int
    edit = ForeignKeyField(OrderEdit, backref="holds", on_delete="CASCADE")
    variant_id: int
    variant = ForeignKeyField(Variant, on_delete="CASCADE")
    quantity = IntegerField(constraints=[Check("quantity > 0")])
    state = ImpersonalText(default=HoldState.HELD)

    class Meta:
        indexes = ((("edit", "variant"), True),)
