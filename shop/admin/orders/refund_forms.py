"""The form that gives money back: a line's pieces each, delivery, or any amount."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from ...money import WrongAmount, money, read_amount
from ...orders.pieces.queries import Pieces
from ...orders.refund_reasons import RefundReason
from ...orders.refundable import Proposal, Refundable
from ...orders.services.giving_back import Wish
from .forms import quantity


class RefundForm(FlaskForm):  # type: ignore[misc]
    """`refund_form` adds a quantity and a tick for each line."""

    left: Refundable
    delivery = BooleanField("Delivery")
    amount = StringField("Another amount", filters=[lambda text: (text or "").strip()])
    reason = RadioField(
        "Why?",
        [InputRequired("Choose a reason: the customer reads it in the mail.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in RefundReason],
    )
    tell = BooleanField("Tell the customer by mail when it is on its way", default=True)

    def validate_amount(self, field: StringField) -> None:
        if not field.data:
            return
        try:
            cents = read_amount(field.data)
        except WrongAmount as error:
            raise ValidationError(str(error)) from error
        if cents <= 0:
            raise ValidationError("Type an amount above nothing, or leave it empty.")
        if cents > self.left.left_cents:
            raise ValidationError(f"That is more than is left: {money(self.left.left_cents)} can go back.")

    def quantity_of(self, each: Pieces) -> IntegerField:
        return self[f"quantity_{each.line.id}"]

    def restock_of(self, each: Pieces) -> BooleanField:
        return self[f"restock_{each.line.id}"]

    @property
    def quantities(self) -> dict[int, int]:
        """What was typed, as far as it can be."""
        typed = {each.line.id: (self.quantity_of(each).data or 0, each.to_give_back) for each in self.left.pieces}
        return {line_id: quantity for line_id, (quantity, most) in typed.items() if 0 < quantity <= most}

    @property
    def proposal(self) -> Proposal:
        return self.left.propose(self.quantities, delivery=bool(self.delivery.data))

    @property
    def amount_cents(self) -> int | None:
        """The amount that was typed; None for what is proposed, and for nonsense."""
        try:
            return read_amount(self.amount.data) if self.amount.data else None
        except WrongAmount:
            return None

    @property
    def sum_cents(self) -> int:
        """What goes back when it is sent like this."""
        typed = self.amount_cents
        return self.proposal.amount_cents if typed is None else min(typed, self.left.left_cents)

    @property
    def was_seen(self) -> bool:
        """Whether the page said what would go back: it did where the amount was typed."""
        return self.amount_cents is not None or request.form.get("seen_cents") == str(self.sum_cents)

    @property
    def wish(self) -> Wish:
        return Wish(
            quantities=self.quantities,
            restock={each.line.id for each in self.left.pieces if self.restock_of(each).data},
            delivery=bool(self.delivery.data),
            amount_cents=self.amount_cents,
            reason=RefundReason(self.reason.data),
            tells_customer=bool(self.tell.data),
        )


def refund_form(left: Refundable) -> RefundForm:
    """As it was sent, or empty."""
    fields: dict[str, Any] = {"left": left}
    for each in left.pieces:
        fields[f"quantity_{each.line.id}"] = quantity(
            f"How many {each.line.name}", of=each.line.name, most=each.to_give_back
        )
        fields[f"restock_{each.line.id}"] = BooleanField("Back on the shelf")
    form: RefundForm = type("RefundFormOfAnOrder", (RefundForm,), fields)()
    return form
