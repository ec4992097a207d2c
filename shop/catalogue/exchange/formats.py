"""The formats that are read, each known by its headings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType

from . import languages, own, placed, shopify, woocommerce
from .decoding import Decoded, Refused, decode
from .languages import TELLING_AT_LEAST
from .reading import Reading
from .tables import DELIMITERS, Row, Table, read_table
from .wanted import Problem, WantedProduct

# Shopify's new headings hold most of ours, so it is asked first.
FORMATS: dict[str, ModuleType] = {module.NAME: module for module in (shopify, woocommerce, own)}
KNOWN = frozenset(languages.ENGLISH).union(*(module.HEADINGS for module in FORMATS.values()))


@dataclass(frozen=True)
class Source:
    """A file that was understood: its groups of rows are products, which `read` makes out of them one by one."""

    format: str
    encoding: str
    delimiter: str
    reading: Reading
    groups: list[list[Row]]
    problems: list[Problem]
    not_taken: str
    twice: dict[int, int]

    def read(self, number: int) -> WantedProduct:
        """The product of the group `number`, counted from 0, with what is wrong in its rows."""
        rows = self.groups[number]
        product: WantedProduct = FORMATS[self.format].read(rows, self.reading)
        numbers = {row.number for row in rows}
        product.problems += [problem for problem in self.problems if problem.row in numbers]
        for row in numbers & self.twice.keys():
            said = f"This SKU stands in row {self.twice[row]} too."
            product.wrong(row, "SKU", said, "Each variant needs its own. Correct one, or delete the row.")
        product.problems = [replace(each, column=self.reading.table.spelled(each.column)) for each in product.problems]
        return product


def source_of(content: bytes, digits: int) -> Source:
    """Raises Refused when the file as a whole cannot be read; prices have `digits` after the point."""
    decoded = decode(content)
    table = read_table(decoded.text, KNOWN)
    if languages.is_translated(table.columns):
        table.rename(languages.in_english)
    module = _format_of(table)
    if not table.rows:
        raise Refused("There are headings in this file and nothing below them.", "Add a row for each variant.")
    reading = module.reading_of(table, digits)
    unknown = [table.heading(name) for name in table.columns if name not in module.HEADINGS]
    return Source(
        format=module.NAME,
        encoding=decoded.encoding,
        delimiter=DELIMITERS[table.delimiter],
        reading=reading,
        groups=module.groups(reading),
        problems=[*_of_the_encoding(decoded), *table.problems],
        twice=_twice(table.rows),
        not_taken="" if module is own else ", ".join(unknown)[:2000],
    )


def _format_of(table: Table) -> ModuleType:
    """Raises Refused."""
    others = (shopify, woocommerce)
    module = next((module for module in others if module.suits(table.columns)), None)
    if module is None and placed.is_named(table):
        said = "Its headings are in a language that is not known here: WooCommerce’s columns were told by their order."
        table.problems.append(Problem(0, "", said, "Look at some products below before you import.", is_error=False))
        return woocommerce
    if module is None and placed.has_types(table) and len(own.HEADINGS & table.columns.keys()) < TELLING_AT_LEAST:
        fix = "Export all columns there, without choosing some; or set your profile there to English and export again."
        raise Refused("This looks like WooCommerce’s export in a language that is not known here.", fix, row=1)
    if module is None and not own.suits(table.columns):
        fix = "The first row must name the columns. A SKU column is the least there must be."
        raise Refused(_unknown(table.headings), fix, row=1)
    return module or own


def _unknown(headings: list[str]) -> str:
    seen = ", ".join(f"“{heading.strip()[:40]}”" for heading in headings[:8])
    return f"None of the formats has these columns: {seen}{' and more' if len(headings) > 8 else ''}."


def _of_the_encoding(decoded: Decoded) -> list[Problem]:
    found = []
    if decoded.has_losses:
        said = "Some letters cannot be read any more: they show as �."
        found.append(Problem(0, "", said, "Save the file anew as “CSV UTF-8”.", is_error=False))
    if decoded.is_guess:
        said = f"The letters were read as {decoded.encoding}, which is a guess."
        found.append(Problem(0, "", said, "If accents look wrong below, save the file as “CSV UTF-8”.", is_error=False))
    return found


def _twice(rows: list[Row]) -> dict[int, int]:
    """Rows whose SKU another row has had before -> that row."""
    first: dict[str, int] = {}
    found = {}
    for row in rows:
        sku = row.text("variant sku") or row.text("sku")
        if sku and first.setdefault(sku, row.number) != row.number:
            found[row.number] = first[sku]
    return found
