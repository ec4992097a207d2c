"""The form by which anybody writes about their data."""

from __future__ import annotations

from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ...typed import given, mail_address, one_line, paragraphs, plain
from ...vault import Personal
from . import personal_data as declared
from .models import Topic

TEXT_AT_MOST, MAIL_AT_MOST = 4_000, 254


class ContactForm(Form):  # type: ignore[misc]
    """It belongs to no session, so it carries no token and works without cookies."""

    personal: dict[str, Personal] = {"email": declared.EMAIL, "text": declared.TEXT}
    topic = SelectField(
        "What is it about?",
        validators=[InputRequired("Choose what it is about.")],
        choices=[SelectChoice(topic.value, topic.words) for topic in Topic],
        default=Topic.QUESTION,
    )
    text = TextAreaField(
        "Your request",
        filters=[paragraphs],
        validators=[given(declared.TEXT), plain(TEXT_AT_MOST, several_lines=True)],
    )
    email = StringField(
        "E-mail", filters=[one_line], validators=[given(declared.EMAIL), plain(MAIL_AT_MOST), mail_address]
    )
