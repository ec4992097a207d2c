"""The forms of the shop's own settings."""

from __future__ import annotations

from flask import request
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from ...typed import lines, mail_address, one_line, paragraphs, plain
from ..fields import WholeField
from . import choices
from .seen import SeenForm

LONGEST_LINE, LONGEST_PLACE, LONGEST_ADDRESS, LONGEST_WORDS = 120, 80, 400, 4_000


class ShopForm(SeenForm):
    shop_name = StringField(
        "Name of the shop", [DataRequired("A shop needs a name."), plain(LONGEST_LINE)], filters=[one_line]
    )
    shop_address = TextAreaField(
        "Address",
        [DataRequired("The address stands on invoices."), plain(LONGEST_ADDRESS, several_lines=True)],
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
        [plain(10)],
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
        [DataRequired("Letters go there."), plain(LONGEST_ADDRESS, several_lines=True)],
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


class MailWordsForm(SeenForm):
    subject_line = StringField(
        "Subject",
        [plain(LONGEST_LINE)],
        description="Leave it empty for the shop's own. {number} stands for the order's number.",
        filters=[one_line],
    )
    opening = TextAreaField("Before the shop's words", [plain(LONGEST_WORDS, several_lines=True)], filters=[paragraphs])
    closing = TextAreaField("After them", [plain(LONGEST_WORDS, several_lines=True)], filters=[paragraphs])

    def wants_to(self, what: str) -> bool:
        """Which of its buttons was pressed: "look", "test", or the one that saves."""
        return request.form.get("do") == what
