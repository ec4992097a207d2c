"""The checkout's forms but the one of the delivery, which asking.py makes."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, StringField
from wtforms.validators import Length, NumberRange, Optional

from ..orders import personal_data as declared
from ..orders.services.purchase import Means
from ..passwords import LONGEST
from ..typed import given, mail_address, one_line, plain
from ..web import LARGEST_ID

NAME_AT_MOST, MAIL_AT_MOST, NONCE_AT_MOST = 100, 254, 500


class ContactForm(FlaskForm):  # type: ignore[misc]
    """The first step."""

    personal = {"email": declared.EMAIL}
    email = StringField(
        "E-mail", filters=[one_line], validators=[given(declared.EMAIL), plain(MAIL_AT_MOST), mail_address]
    )
    wants_account = BooleanField("Also open an account with this address")

    @property
    def values(self) -> dict[str, str | None]:
        return {"email": self.email.data}


class MethodForm(FlaskForm):  # type: ignore[misc]
    """Which of the offered ways of delivery."""

    method = StringField(filters=[one_line], validators=[plain(NAME_AT_MOST)])


class PayForm(FlaskForm):  # type: ignore[misc]
    """What the payment form stands for; everything else about the purchase is looked up here."""

    idem = HiddenField(filters=[one_line], validators=[plain(NAME_AT_MOST)])
    seen_total = IntegerField(validators=[Optional(), NumberRange(min=0)])
    payment_method_nonce = HiddenField(filters=[one_line], validators=[plain(NONCE_AT_MOST)])
    card = IntegerField(validators=[Optional(), NumberRange(min=1, max=LARGEST_ID)])
    attempt = HiddenField(filters=[one_line], validators=[plain(NAME_AT_MOST)])
    save_card = BooleanField()
    password = PasswordField("Your password", validators=[Length(max=LONGEST)])

    @property
    def means(self) -> Means:
        """What is paid with: a nonce, when there is one, before a saved card."""
        nonce = self.payment_method_nonce.data
        card_id = None if nonce else self.card.data
        return Means(nonce=nonce, card_id=card_id, attempt=self.attempt.data, keep_card=bool(self.save_card.data))
