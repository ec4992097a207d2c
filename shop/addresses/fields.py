"""The form fields of an address: those of its country, in its order and words, each with its declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from ..typed import Check, given, lines, may_be_left_out, one_line, one_of, plain
from ..vault import Personal
from .countries import CountryRules, named
from .lines import Address

PARTS = tuple(Address.__dataclass_fields__)
PART_AT_MOST = 100
MOST = {"street": 200, "postcode": 20}
SHORT = {"district", "city", "region", "postcode"}
# A moment after the last change: whoever types "Germany" into a list of countries passes Gabon and Georgia.
COUNTRY_CHANGED = "change delay:400ms"
# In a country whose addresses do without this part.
NOT_NEEDED = "Leave it out if your address has none."


@dataclass(frozen=True)
class AskedAddress:
    """What a form asks for: an address of `rules`' country out of `countries`, declared part by part.

    `prefix` begins the fields' names, `before` is checked before everything else, `fetch` are the country's own
    attributes: changed, it fetches its fields at once.
    """

    rules: CountryRules
    countries: tuple[str, ...]
    declared: Callable[[str], Personal]
    prefix: str = ""
    before: tuple[Check, ...] = ()
    fetch: Mapping[str, str] = field(default_factory=dict)

    def fields(self) -> dict[str, tuple[Field, Personal]]:
        """By name; the country comes first, for it decides about the rest."""
        found = {"country": (self._country(), self.declared("country"))}
        for part in self.rules.parts:
            asked = self._asked(part)
            found[part] = (self._part(part, asked), asked)
        return {f"{self.prefix}{part}": both for part, both in found.items()}

    def _country(self) -> Field:
        words, kw = "Please choose a country from the list.", dict(self.fetch)
        return choice(named(self.countries), words, self.rules.country, self.before, render_kw=kw)

    def _asked(self, part: str) -> Personal:
        """The declaration in the country's words; what its addresses can do without is not required."""
        asked = self.declared(part)
        if part not in self.rules.required:
            asked = replace(asked, required=False, without=NOT_NEEDED if asked.required else asked.without)
        return replace(asked, label=self.rules.labels.get(part, asked.label))

    def _part(self, part: str, asked: Personal) -> Field:
        first = [*self.before, given(asked) if asked.required else may_be_left_out]
        if part == "region" and self.rules.regions:
            choices = [("", "Please choose"), *self.rules.regions]
            return choice(choices, f"Please choose a {asked.label.lower()} from the list.", "", first)
        several_lines = part == "street"
        checks = [*first, plain(MOST.get(part, PART_AT_MOST), several_lines=several_lines)]
        if part == "postcode":
            checks.append(_postcode(self.rules))
        return text(TextAreaField if several_lines else StringField, checks)


def text(kind: Any, checks: Sequence[Any], **options: Any) -> Field:
    """A field whose text is made clean before it is checked."""
    return kind(filters=[lines if kind is TextAreaField else one_line], validators=list(checks), **options)


def choice(
    choices: Sequence[tuple[str, str]], words: str, default: str, checks: Iterable[Any], **options: Any
) -> Field:
    """One of a list, by its code or its name; `words` say what is wrong with anything else."""
    listed = [SelectChoice(code, name) for code, name in choices]
    checked = [*checks, one_of(choices, words)]
    return text(SelectField, checked, choices=listed, default=default, validate_choice=False, **options)


def by_width(fields: Iterable[Field], prefix: str = "") -> tuple[list[Field], list[Field]]:
    """An address's fields without its country: those of a line's width, then the short ones."""
    found = [one for one in fields if one.name.removeprefix(prefix) in PARTS and one.name.startswith(prefix)]
    parts = [one for one in found if one.name != f"{prefix}country"]
    wide = [one for one in parts if one.name.removeprefix(prefix) not in SHORT]
    return wide, [one for one in parts if one not in wide]


def _postcode(rules: CountryRules) -> Check:
    example = f" One looks like {rules.postcode_example}." if rules.postcode_example else ""
    label = rules.labels["postcode"]
    label = label if label.startswith(("ZIP", "PIN")) else label.lower()

    def check(_form: Any, field: Field) -> None:
        field.data = field.data.upper()
        if not rules.is_postcode(field.data):
            raise StopValidation(f"This is not a {label} of that country.{example}")

    return check
