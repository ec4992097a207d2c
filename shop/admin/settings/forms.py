"""The forms of the shop's own settings."""

from __future__ import annotations

import re

from flask import request
from wtforms import Field, Form, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from ...outbox.rendering import PLACEHOLDER
from ...typed import lines, mail_address, one_line, paragraphs, plain
from ..fields import WholeField
from . import choices
from .seen import SeenForm

MOST_LINES = 10
LONGEST_LINE, LONGEST_PLACE, LONGEST_ADDRESS, LONGEST_WORDS = 120, 80, 400, 4_000


def few_lines(_form: Form, field: Field) -> None:
    if (field.data or "").count("\n") >= MOST_LINES:
        raise ValidationError(f"This has too many lines: {MOST_LINES} fit on an invoice.")


def region_code(_form: Form, field: Field) -> None:
    """As taxes and addresses name it: a whole name would be met by none of them."""
    if field.data and not re.fullmatch(r"[A-Z0-9]{1,3}", field.data):
        raise ValidationError("Type its code of one to three letters or digits, such as CA for California.")


class ShopForm(SeenForm):
    shop_name = StringField(
        "Name of the shop", [DataRequired("A shop needs a name."), plain(LONGEST_LINE)], filters=[one_line]
    )
    shop_address = TextAreaField(
        "Address",
        [DataRequired("The address stands on invoices."), plain(LONGEST_ADDRESS, several_lines=True), few_lines],
        description="Its first line is the name on invoices. It stands at the foot of every page and mail.",
        filters=[lines],
    )
    mail_from = StringField(
        "E-mail of the shop",
        [DataRequired("Mails need a sender."), plain(254), mail_address],
        description="The shop's mails come from here, and customers answer to it.",
        filters=[one_line],
    )
    return_days = WholeField(
        "Days to return something", [InputRequired("Type a number of days.")], description="Said on every product."
    )
    order_link_days = WholeField("Days that an order's mailed link works", [InputRequired("Type a number of days.")])


class PlaceForm(SeenForm):
    country = SelectField("Country", choices=choices.countries, description="Where the shop is.")
    region = StringField(
        "State or region",
        [region_code],
        description="Its code, where taxes differ within the country: CA for California.",
        filters=[one_line, str.upper],
    )
    currency = SelectField("Currency", choices=choices.currencies)
    locale = SelectField(
        "Money and dates are written as in", choices=choices.locales, description="The shop's words stay English."
    )
    time_zone = SelectField(
        "Clock", choices=choices.time_zones, description="It decides when a day of sales begins and ends."
    )


class PrivacyForm(SeenForm):
    privacy_name = StringField(
        "Name", [DataRequired("Customers were promised a name."), plain(LONGEST_LINE)], filters=[one_line]
    )
    privacy_title = StringField(
        "What they are in the business",
        [DataRequired("Customers were promised to be told."), plain(LONGEST_LINE)],
        filters=[one_line],
    )
    privacy_email = StringField(
        "E-mail", [DataRequired("Customers write to it."), plain(254), mail_address], filters=[one_line]
    )
    privacy_address = TextAreaField(
        "Post address",
        [DataRequired("Letters go there."), plain(LONGEST_ADDRESS, several_lines=True), few_lines],
        filters=[lines],
    )


class PaperForm(SeenForm):
    paper_place = StringField(
        "Where printed paper lies",
        [DataRequired("Paper without a place is lost."), plain(LONGEST_PLACE)],
        description="Proposed at each print. Names no customer: it stands in the register of paper.",
        filters=[one_line],
    )
    label_sheet = SelectField("Address labels are printed on", choices=choices.label_sheets)


class KeepingForm(SeenForm):
    """Each time may be made shorter than the shop's keeper set it, never longer."""

    keep_cart_days = WholeField("Carts nobody comes back to, in days", [InputRequired("Type a number of days.")])
    keep_mail_days = WholeField("Copies of mails, in days", [InputRequired("Type a number of days.")])
    keep_survey_days = WholeField("Answers to surveys, in days", [InputRequired("Type a number of days.")])
    keep_paper_days = WholeField("Printed paper, in days", [InputRequired("Type a number of days.")])


def known_placeholders(_form: Form, field: Field) -> None:
    """What looks as if something would be put in its place, and stays as it is, is a slip."""
    unknown = [found for found in re.findall(r"\{[^{}\n]{0,40}\}", field.data or "") if found != PLACEHOLDER]
    if unknown:
        raise ValidationError(f"Nothing is put in the place of {unknown[0]}: only {PLACEHOLDER} is known here.")


class MailWordsForm(SeenForm):
    subject_line = StringField(
        "Subject",
        [plain(LONGEST_LINE), known_placeholders],
        description="Leave it empty for the shop's own. {number} stands for the order's number, here and below.",
        filters=[one_line],
    )
    opening = TextAreaField(
        "Before the shop's words",
        [plain(LONGEST_WORDS, several_lines=True), known_placeholders],
        filters=[paragraphs],
    )
    closing = TextAreaField(
        "After them", [plain(LONGEST_WORDS, several_lines=True), known_placeholders], filters=[paragraphs]
    )

    def wants_to(self, what: str) -> bool:
        """Which of its buttons was pressed: "look", "test", or the one that saves."""
        return request.form.get("do") == what
