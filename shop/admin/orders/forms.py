"""The forms of one order's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Regexp, StopValidation, ValidationError

from ...orders.cancelling import Reason
from ...orders.carriers import CARRIERS, TRACKING, carriers_in_use
from ...orders.desk.models import BulkStep
from ...orders.desk.steps import Wanted
from ...orders.personal_data import STAFF_NOTE
from ...orders.pieces.queries import Pieces
from ...orders.services.unlocking import UnlockReason
from ...typed import one_line, paragraphs, plain

NOTE_AT_MOST, SUBJECT_AT_MOST, MESSAGE_AT_MOST = 2000, 150, 5000


Form = TypeVar("Form", bound=FlaskForm)


def in_task(form: Form) -> Form:
    """For a form that an order's page shows beside others: its fields' ids are its own."""
    for field in form:
        field.id = f"task-{field.name}"
        field.label.field_id = field.id
    return form


def tracking_right(form: FlaskForm, field: StringField) -> None:
    carrier = CARRIERS.get(form.carrier.data or "")
    if field.data and not TRACKING.fullmatch(field.data):
        raise ValidationError("A tracking number has 4 to 40 letters and digits, and no names or addresses.")
    if carrier and carrier.needs_tracking and not field.data:
        raise ValidationError(f"{carrier.name} gives each parcel a tracking number: type it here.")


class ParcelForm(FlaskForm):  # type: ignore[misc]
    """Who takes a parcel, and its number."""

    carrier = SelectField(
        "Carrier",
        [InputRequired("Choose who takes the parcel.")],
        choices=lambda: [SelectChoice("", "Choose…"), *(SelectChoice(one.code, one.name) for one in carriers_in_use())],
        validate_choice=False,
    )
    tracking = StringField("Tracking number", [tracking_right], filters=[lambda text: (text or "").strip()])
    tell = BooleanField("Tell the customer by mail", default=True)

    def validate_carrier(self, field: SelectField) -> None:
        if field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError("This carrier is not in the register of recipients any more: choose another.")


class ShipForm(ParcelForm):
    """With a field for each line of which something is left to send: `ship_form` adds them."""

    quantities: dict[int, str]

    @property
    def pieces(self) -> dict[int, int]:
        """How many go into the parcel, by line."""
        return {line_id: self[name].data or 0 for line_id, name in self.quantities.items()}


def ship_form(pieces: Sequence[Pieces], **given: Any) -> ShipForm:
    """For what is left to send; all of it unless something else is typed."""
    left = [each for each in pieces if each.to_send]
    names = {each.line.id: f"pieces_{each.line.id}" for each in left}
    fields = {names[each.line.id]: _to_send(each) for each in left}
    form: ShipForm = type("ShipFormOfAnOrder", (ShipForm,), {**fields, "quantities": names})(**given)
    form.carrier.render_kw = {"data-key": "p", "aria-keyshortcuts": "p"}
    return form


def _to_send(each: Pieces) -> IntegerField:
    name, most = each.line.name, each.to_send
    return quantity(f"{name}, of {most}", of=name, most=most, default=most)


def quantity(label: str, *, of: str, least: int = 0, most: int, default: int = 0) -> IntegerField:
    """How many of a line; whatever else was typed is answered with its bounds."""
    said = f"{of}: type a number from {least} to {most}."

    def check(_form: Any, field: IntegerField) -> None:
        if field.data is None:
            field.errors = []
            raise StopValidation(said)

    return IntegerField(label, [check, NumberRange(least, most, said)], default=default)


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = RadioField(
        "Why is it cancelled?",
        [InputRequired("Choose a reason: the customer reads it in the mail.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in Reason],
    )
    keep_off = BooleanField("Do not put the goods back on the shelf")

    @property
    def wanted(self) -> Wanted:
        return Wanted(BulkStep.CANCEL, reason=Reason(self.reason.data), restock=not self.keep_off.data)


class NoteForm(FlaskForm):  # type: ignore[misc]
    personal = {"text": STAFF_NOTE}
    text = TextAreaField(
        "Note", [DataRequired("Write something first."), plain(NOTE_AT_MOST, several_lines=True)], filters=[paragraphs]
    )


class MessageForm(FlaskForm):  # type: ignore[misc]
    """A free mail to the customer. `token` is the form's own: sent twice, it is one mail."""

    subject_line = StringField(
        "Subject", [DataRequired("Say what it is about."), plain(SUBJECT_AT_MOST)], filters=[one_line]
    )
    text = TextAreaField(
        "Text",
        [DataRequired("Write something first."), plain(MESSAGE_AT_MOST, several_lines=True)],
        filters=[paragraphs],
    )
    token = HiddenField(validators=[Regexp(r"[A-Za-z0-9_-]{16,64}", message="This form is broken: open it again.")])


class UnlockForm(FlaskForm):  # type: ignore[misc]
    reason = RadioField(
        "What do you need it for?",
        [InputRequired("Choose a reason: it is kept in the audit trail, with your name and the time.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in UnlockReason],
    )
