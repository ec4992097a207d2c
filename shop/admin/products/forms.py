"""The form of a product: its fields as WTForms has them, its variants as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ...catalogue.checking import Problem
from ...catalogue.desk import ShelfSection
from ...catalogue.drafts import ProductDraft
from ...catalogue.models import OPTIONS_AT_MOST, Measure
from . import matrix
from .matrix import Row
from .typed import WrongNumber, printable, printable_lines, read_number

MEASURES = {
    Measure.NONE: "Only per piece as it is sold",
    Measure.KILOGRAM: "Per kilogram (amounts in grams)",
    Measure.LITRE: "Per litre (amounts in millilitres)",
    Measure.PIECE: "Per piece of several",
}
OPTION_NUMBERS = range(1, OPTIONS_AT_MOST + 1)


def _line(label: str, description: str = "") -> StringField:
    return StringField(label, filters=[printable], description=description)


def _text(label: str, description: str = "") -> TextAreaField:
    return TextAreaField(label, filters=[printable_lines], description=description)


class ProductForm(FlaskForm):  # type: ignore[misc]
    version = HiddenField()
    name = _line("Name")
    summary = _line("In one sentence", "Stands under the name, in lists and in search results.")
    description = _text("Description", "Markdown: an empty line begins a paragraph, **bold**, - for lists.")
    maker = _line("Maker")
    care = _text("Care")
    origin = _text("Where it comes from")
    slug = _line("Address", "Made from the name when it is left empty. Old addresses go on leading here.")
    tax_class = SelectField("Tax class")
    measure = SelectField("Price compared", choices=[SelectChoice(value, words) for value, words in MEASURES.items()])
    featured = _line("Featured", "A number: higher stands earlier in lists. 0 is the usual place.")
    low_at = _line("Low from", "From how many left the desk is told. Empty is the shop's own number.")
    collections = SelectMultipleField("Collections", coerce=int, widget=ListWidget(), option_widget=CheckboxInput())
    main_collection = SelectField(
        "Main collection", coerce=int, description="The way to the product that its page shows."
    )
    option1_name, option2_name, option3_name = (_line(f"Option {number}") for number in OPTION_NUMBERS)
    option1_values, option2_values, option3_values = (_line(f"Values of option {number}") for number in OPTION_NUMBERS)

    rows: list[Row]

    def offer(self, *, tax_classes: Sequence[str], sections: Sequence[ShelfSection]) -> ProductForm:
        """The choices there are; to be called before anything else."""
        self.tax_class.choices = [SelectChoice(each, each.capitalize()) for each in tax_classes]
        names = [(shelf.id, f"{section.name} / {shelf.name}") for section in sections for shelf in section.collections]
        self.collections.choices = [SelectChoice(each, name) for each, name in names]
        self.main_collection.choices = [SelectChoice(0, "The first of them"), *self.collections.choices]
        return self

    def read_rows(self, form: Any) -> None:
        """The rows that were sent, and the options as they were typed."""
        self.rows = matrix.rows_in(form)

    def show_rows(self, draft: ProductDraft) -> None:
        """The rows of a saved product, or an empty one."""
        self.rows = matrix.rows_of(draft.variants) or [Row()]
        for number in OPTION_NUMBERS:
            self[f"option{number}_values"].data = matrix.values_text(self.rows, number - 1)

    @property
    def option_names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self[f"option{number}_name"].data for number in OPTION_NUMBERS)))

    @property
    def kept_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.is_removed]

    @property
    def row_errors(self) -> list[tuple[str, str]]:
        """The id of each row's wrong field, and what is wrong with it."""
        return [
            (f"{name}-{at}", f"{row.name or 'Variant'}, {matrix.COLUMNS[name]}: {message}")
            for at, row in enumerate(self.rows)
            for name, message in row.errors.items()
        ]

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.row_errors)

    def draft(self) -> ProductDraft:
        """What was typed; what cannot be read stands at its field. Call after `validate`."""
        return ProductDraft(
            **{name: self[name].data for name in ("name", "slug", "summary", "description", "care", "origin", "maker")},
            tax_class=self.tax_class.data or "",
            measure=self.measure.data or "",
            featured=self._number("featured") or 0,
            low_at=self._number("low_at"),
            option_names=self.option_names,
            collections=tuple(self._collections()),
            variants=tuple(row.draft(len(self.option_names)) for row in self.kept_rows),
        )

    def put_problems(self, problems: Sequence[Problem]) -> None:
        """Say at each field what is wrong with it."""
        matrix.put_problems(self.kept_rows, problems)
        for problem in problems:
            if problem.row is None:
                self._put(_FIELD.get(problem.field, problem.field), problem.message)

    def _number(self, name: str) -> int | None:
        try:
            return read_number(self[name].data)
        except WrongNumber as wrong:
            self._put(name, str(wrong))
            return None

    def _collections(self) -> list[int]:
        """The main one first."""
        chosen, first = list(self.collections.data or []), self.main_collection.data
        return sorted(chosen, key=lambda each: each != first)

    def _put(self, name: str, message: str) -> None:
        self[name].errors = [*self[name].errors, message]


# Where a message stands that is about more than one field.
_FIELD = {"option_names": "option1_name", "variants": "option1_values"}
