"""Bringing a file of products in, and choosing which products to take out."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from ...catalogue.models import ProductState
from ...catalogue.search import readable


class ImportForm(FlaskForm):  # type: ignore[misc]
    file = FileField("File of products")

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError("Choose the file that the products are in.")


class ExportForm(FlaskForm):  # type: ignore[misc]
    """Sent as a GET: it changes nothing."""

    class Meta:
        csrf = False

    state = SelectField(
        "State",
        choices=[
            SelectChoice("", "All"),
            *(SelectChoice(each.value, each.value.capitalize()) for each in ProductState),
        ],
        default="",
    )
    collection = SelectField("Collection", default="")
    q = StringField("Words in the name, or a SKU", filters=[lambda text: readable(text or "")])
