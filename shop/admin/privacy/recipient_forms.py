"""The forms of the register of recipients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from ... import clock
from ...days import begin_of, day_of
from ...disclosures.allowed import field_words, fields_to_choose
from ...disclosures.models import OUTSIDE, RegisteredRecipient
from ...typed import one_line, plain
from ...vault import Recipient
from ..fields import DayField

LONGEST_NAME, LONGEST_NOTE = 80, 200
KINDS = {
    Recipient.CARRIER: "Carrier or postal service",
    Recipient.MANUFACTURER: "Maker of goods",
    Recipient.PAYMENT_PROCESSOR: "Payment processor",
    Recipient.AUTHORITY: "Authority",
}


class AgreementForm(FlaskForm):  # type: ignore[misc]
    """What was agreed with a recipient, and what it may be given."""

    agreed_on = DayField(
        "Agreed on",
        [Optional()],
        description="The day of the contract, or of the terms you accepted. Without it, it is given nothing.",
    )
    agreement = StringField(
        "What was agreed",
        [Optional(), plain(LONGEST_NOTE)],
        filters=[one_line],
        description="Such as: Terms of carriage.",
    )
    ships_direct = BooleanField(
        "It ships to our customers itself", description="Only then a maker may be given an address."
    )
    fields = SelectMultipleField("What it may be given")

    def offer(self, kind: Recipient, chosen: Sequence[str] | None = None) -> AgreementForm:
        """With the fields that the declarations let this kind have; `chosen` are ticked."""
        self.fields.choices = [(name, field_words(kind, name)) for name in fields_to_choose(kind)]
        if chosen is not None:
            self.fields.data = list(chosen)
        return self

    def show(self, found: RegisteredRecipient) -> AgreementForm:
        """As it stands in the register."""
        self.agreed_on.data = day_of(found.agreed_at) if found.agreed_at else None
        self.agreement.data, self.ships_direct.data = found.agreement, found.ships_direct
        return self.offer(found.recipient, found.field_names)

    def validate_agreed_on(self, field: DayField) -> None:
        if field.data and field.data > day_of(clock.now()):
            raise ValidationError("That day is still to come: nobody has agreed to anything yet.")

    @property
    def agreed_at(self) -> datetime | None:
        return begin_of(self.agreed_on.data) if self.agreed_on.data else None


class RecipientForm(AgreementForm):
    """A new entry; its kind is chosen on the page before."""

    kind = SelectField("Kind", choices=[SelectChoice(kind.value, KINDS[kind]) for kind in OUTSIDE])
    name = StringField(
        "Name",
        [InputRequired("Type its name."), plain(LONGEST_NAME)],
        filters=[one_line],
        description="Of the firm or office. A maker's is the one on its products.",
    )
