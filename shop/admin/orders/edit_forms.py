"""The form that changes what was ordered: how many of each line, what is added, and what becomes of the difference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from ...catalogue.queries import SaleVariant, variants_for_sale
from ...customers.services.consents import ConsentPurpose, has_consent
from ...orders.editing.changing import Settling, ways_for
from ...orders.editing.planning import MOST_OF_A_KIND, Change, NotEditable, Plan, floor_of, plan_change
from ...orders.models import EditWay, Order
from ...orders.pieces.queries import Pieces, pieces_of
from ...payments.models import StoredCard
from ...payments.queries import usable_cards
from ...typed import one_line
from ...vault import WAYS_TO_TELL, Source
from ...web import number_in
from .forms import quantity

ADDED, ADDED_AT_MOST = re.compile(r"added_([0-9]{1,10})"), 30
BY_MAIL = "ask"


@dataclass(frozen=True)
class AddedGoods:
    """Goods that the order did not have, as they are sold today."""

    variant: SaleVariant
    field: IntegerField


class EditForm(FlaskForm):  # type: ignore[misc]
    """`edit_form` adds a quantity for each line, and for each of the goods that were added."""

    order: Order
    pieces: Sequence[Pieces]
    added: Sequence[SaleVariant]
    cards: Sequence[StoredCard]
    q = StringField("Add goods", filters=[lambda text: one_line(text or "")])
    restock = BooleanField("What goes from it is back on the shelf", default=True)
    tell = BooleanField("Tell the customer by mail", default=True)
    way = RadioField("What becomes of the difference?", [Optional()], validate_choice=False)
    told = RadioField(
        "How did the customer agree?",
        [Optional()],
        choices=[SelectChoice(source.value, source.way.capitalize()) for source in WAYS_TO_TELL],
    )
    digest = HiddenField()

    def quantity_of(self, each: Pieces) -> IntegerField:
        return self[f"quantity_{each.line.id}"]

    @property
    def added_goods(self) -> list[AddedGoods]:
        return [AddedGoods(variant, self[f"added_{variant.id}"]) for variant in self.added]

    @property
    def change(self) -> Change:
        """What was typed, as far as it can be."""
        typed = {each.line.id: self.quantity_of(each) for each in self.pieces}
        return Change(
            quantities={line_id: field.data for line_id, field in typed.items() if _is_right(field)},
            added={each.variant.id: each.field.data for each in self.added_goods if _is_right(each.field)},
            restock=set(typed) if self.restock.data else (),
        )

    def settling(self, difference_cents: int) -> Settling | None:
        """What becomes of the difference; None, with the errors at their fields, where that was not said."""
        if difference_cents <= 0:
            return Settling(way=ways_for(difference_cents)[0], tells_customer=bool(self.tell.data))
        if self.way.data == BY_MAIL:
            return Settling(way=EditWay.ASK)
        card = next((card for card in self.cards if self.way.data == f"card-{card.id}"), None)
        if card is None:
            self.way.errors = ["Choose how the difference is paid."]
        elif not self.told.data:
            self.told.errors = ["Say how the customer agreed: it is kept with the change."]
        else:
            return Settling(way=EditWay.CARD, card_id=card.id, source=Source(self.told.data))
        return None

    def plan(self) -> Plan | None:
        """What it would come to; None, with the errors at their fields, where that cannot be."""
        try:
            return plan_change(self.order, self.change)
        except NotEditable as error:
            self._field_about(error).errors = [str(error)]
            return None

    def _field_about(self, error: NotEditable) -> Any:
        if error.line_id is not None:
            return self[f"quantity_{error.line_id}"]
        if error.variant_id is not None and f"added_{error.variant_id}" in self:
            return self[f"added_{error.variant_id}"]
        same = next((each for each in self.pieces if each.line.variant_id == error.variant_id), self.pieces[0])
        return self.quantity_of(same)


def _is_right(field: IntegerField) -> bool:
    return field.data is not None and 0 <= field.data <= MOST_OF_A_KIND


def edit_form(order: Order) -> EditForm:
    """As it was sent, or with what the order has."""
    pieces, added = pieces_of(order), _added()
    fields: dict[str, Any] = {"order": order, "pieces": pieces, "added": added, "cards": _cards(order)}
    for each in pieces:
        fields[f"quantity_{each.line.id}"] = _quantity(each.line.name, floor_of(each), each.line.quantity)
    for variant in added:
        fields[f"added_{variant.id}"] = _quantity(variant.name, 0, 1)
    form: EditForm = type("EditFormOfAnOrder", (EditForm,), fields)()
    _count_new_ones(form)
    return form


def _added() -> list[SaleVariant]:
    """What was added before, and what the button that was pressed adds now, in that order."""
    named = [found[1] for name in request.form if (found := ADDED.fullmatch(name))]
    ids = dict.fromkeys(map(number_in, [*named, request.form.get("add")]))
    wanted = [variant_id for variant_id in ids if variant_id is not None][:ADDED_AT_MOST]
    known = variants_for_sale(wanted)
    return [known[variant_id] for variant_id in wanted if variant_id in known]


def _count_new_ones(form: EditForm) -> None:
    for each in form.added_goods:
        if each.field.name not in request.form:
            each.field.data = 1
        elif request.form.get("add") == str(each.variant.id) and each.field.data is not None:
            each.field.data += 1


def _cards(order: Order) -> list[StoredCard]:
    """Of its customer, as long as they agree that cards are kept."""
    if order.customer_id is None or not has_consent(order.customer_id, ConsentPurpose.SAVED_CARD):
        return []
    return usable_cards(order.customer_id)


def _quantity(name: str, least: int, present: int) -> IntegerField:
    return quantity(f"How many {name}", of=name, least=least, most=MOST_OF_A_KIND, default=present)
