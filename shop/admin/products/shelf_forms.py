"""The forms of a section and of a collection."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from ...catalogue.checking import Problem
from ...catalogue.models import Section
from ...catalogue.shelving import CollectionDraft, SectionDraft
from .typed import printable, printable_lines


class ShelfForm(FlaskForm):  # type: ignore[misc]
    """What both have."""

    name = StringField("Name", filters=[printable])
    slug = StringField(
        "Address",
        filters=[printable],
        description="Made from the name when it is left empty. Old addresses go on leading here.",
    )
    intro = TextAreaField("Introduction", filters=[printable_lines], description="Stands under its name.")

    def put_problems(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self[problem.field].errors = [*self[problem.field].errors, problem.message]


class SectionForm(ShelfForm):
    def draft(self) -> SectionDraft:
        return SectionDraft(self.name.data, self.slug.data, self.intro.data)


class CollectionForm(ShelfForm):
    section_id = SelectField("Section", coerce=int)
    story = TextAreaField(
        "Story",
        filters=[printable_lines],
        description="Markdown with a headline in its first line: the shop's first page tells it, with some products.",
    )

    def offer(self, sections: Sequence[Section]) -> CollectionForm:
        self.section_id.choices = [SelectChoice(section.id, section.name) for section in sections]
        return self

    def draft(self) -> CollectionDraft:
        return CollectionDraft(
            self.section_id.data or 0, self.name.data, self.slug.data, self.intro.data, self.story.data
        )
