"""The forms of an order that is being taken."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from ...orders import personal_data as declared
from ...typed import given, mail_address, one_line, plain
from ...vault import WAYS_TO_TELL, Source
from ...web import LARGEST_ID

EMAIL_AT_MOST, CODE_AT_MOST, TOKEN_AT_MOST = 254, 40, 100


class BeginForm(FlaskForm):  # type: ignore[misc]
    """`customer` or `guest` is whose page the order was begun from."""

    told = RadioField(
        "How does the order reach us?",
        [InputRequired("Choose how the order reaches us: it is kept with the order, and the customer reads it.")],
        choices=[SelectChoice(source.value, source.way.capitalize()) for source in WAYS_TO_TELL],
    )
    customer = IntegerField(validators=[Optional(), NumberRange(min=1, max=LARGEST_ID)])
    guest = HiddenField(filters=[one_line], validators=[plain(CODE_AT_MOST)])

    @property
    def source(self) -> Source:
        return Source(self.told.data)


class EmailForm(FlaskForm):  # type: ignore[misc]
    personal = {"email": declared.EMAIL}

    email = EmailField("E-mail", [given(declared.EMAIL), plain(EMAIL_AT_MOST), mail_address], filters=[one_line])


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField("Discount code", [plain(CODE_AT_MOST)], filters=[one_line])


class MethodForm(FlaskForm):  # type: ignore[misc]
    method = StringField(filters=[one_line], validators=[plain(TOKEN_AT_MOST)])


class ChargeForm(FlaskForm):  # type: ignore[misc]
    """What the customer agreed to: this card, and this sum."""

    card = IntegerField(
        "Saved card", [InputRequired("Choose the card that they named."), NumberRange(min=1, max=LARGEST_ID)]
    )
    agreed = BooleanField(
        "I told them the sum and the card, and they agreed that it is charged now",
        [DataRequired("Tell them the sum and the card first: it is charged with their agreement alone.")],
    )
    idem = HiddenField(filters=[one_line], validators=[plain(TOKEN_AT_MOST)])
    seen_total = IntegerField(validators=[Optional(), NumberRange(min=0)])
    attempt = HiddenField(filters=[one_line], validators=[plain(TOKEN_AT_MOST)])
