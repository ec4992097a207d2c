"""The forms of one customer's page: whatever is changed on somebody's behalf says how we were told."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from ...customers import personal_data as declared
from ...customers.models import Customer
from ...customers.values import editable, input_type, value_field, written
from ...privacy.models import Proof
from ...typed import given, mail_address, one_line, paragraphs, plain
from ...vault import Personal, Source, version_of

LONGEST_NOTE, LONGEST_EMAIL = 2_000, 254
HOW = "Choose how you were told: it stands beside the value, and the customer reads it."


class Told(StrEnum):
    """How a customer told us something."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    IN_SHOP = "in-shop"

    @property
    def source(self) -> Source:
        return _SOURCES[self]


_SOURCES = {
    Told.PHONE: Source.STAFF_BY_PHONE,
    Told.EMAIL: Source.EMAIL,
    Told.LETTER: Source.LETTER,
    Told.IN_SHOP: Source.IN_SHOP,
}


def told_field(*ways: Told) -> RadioField:
    return RadioField(
        "How did they tell us?",
        [InputRequired(HOW)],
        choices=[SelectChoice(way.value, way.source.way.capitalize()) for way in ways or tuple(Told)],
    )


class ToldForm(FlaskForm):  # type: ignore[misc]
    """Something done at a customer's word."""

    personal: dict[str, Personal] = {}

    told = told_field()

    @property
    def source(self) -> Source:
        return Told(self.told.data).source


class ValueForm(ToldForm):
    """One value of the profile, under its column's name; `seen` is what it stood at when the form was shown."""

    column: str
    seen = HiddenField()

    @property
    def input_type(self) -> str:
        return input_type(self.column)

    @property
    def value(self) -> str | None:
        return self[self.column].data or None

    def show_again(self, customer: Customer, message: str) -> None:
        """With what was typed, and against what is kept now."""
        self.seen.data = version_of(customer, self.column)
        self[self.column].errors = [message]


def value_form(column: str, customer: Customer) -> ValueForm:
    kept = {column: written(customer, column), "seen": version_of(customer, column)}
    form: ValueForm = _value_form(column)(data=kept)
    return form


@lru_cache(maxsize=20)
def _value_form(column: str) -> Any:
    personal = {column: editable()[column]}
    return type("DeskValueForm", (ValueForm,), {"column": column, "personal": personal, column: value_field(column)})


class EmailForm(ToldForm):
    """A new address: it counts once its owner has followed the link that is mailed to it."""

    personal = {"email": declared.EMAIL}

    email = EmailField("E-mail", [given(declared.EMAIL), plain(LONGEST_EMAIL), mail_address], filters=[one_line])


class AgreeForm(ToldForm):
    """Nobody has agreed who has not heard what to."""

    read_out = BooleanField(
        "I read this text to them word for word, or they wrote it so, and they agreed",
        [DataRequired("Read the text to them first: they agree to these words and to no others.")],
    )


class NoteForm(FlaskForm):  # type: ignore[misc]
    personal = {"text": declared.STAFF_NOTE}

    text = TextAreaField(
        "Note",
        [DataRequired("Write the note first."), plain(LONGEST_NOTE, several_lines=True)],
        filters=[paragraphs],
    )


class ErasureForm(FlaskForm):  # type: ignore[misc]
    """Somebody asks in writing or in the shop to be forgotten; `plan` is the hash of what was shown."""

    plan = HiddenField()
    told = told_field(Told.LETTER, Told.EMAIL, Told.IN_SHOP)
    proof = RadioField(
        "How do you know that it is they?",
        [InputRequired("Choose how you made sure who is asking.")],
        choices=[SelectChoice(proof.value, proof.words.capitalize()) for proof in Proof],
    )

    @property
    def source(self) -> Source:
        return Told(self.told.data).source
