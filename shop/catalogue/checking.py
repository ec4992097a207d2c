"""What is wrong with a product as somebody wants it to be, in words for whoever does; asked before it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..money import CENTS_AT_MOST
from ..typed import is_unwanted
from . import slugs
from .drafts import ProductDraft, VariantDraft
from .models import OPTIONS_AT_MOST, Measure

VARIANTS_AT_MOST = 250
NAME_AT_MOST = 120
SUMMARY_AT_MOST = 300
OPTION_NAME_AT_MOST, OPTION_AT_MOST, SKU_AT_MOST = 30, 60, 64
STOCK_AT_MOST = GRAMS_AT_MOST = AMOUNT_AT_MOST = 1_000_000
LETTERS = {
    "name": NAME_AT_MOST,
    "summary": SUMMARY_AT_MOST,
    "maker": NAME_AT_MOST,
    "description": 20_000,
    "care": 5_000,
    "origin": 5_000,
}
SEVERAL_LINES = {"description", "care", "origin"}
TAX_CLASS = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Problem:
    """`field` is a name of ProductDraft's, or with a `row` (the place in `variants`) one of VariantDraft's."""

    field: str
    message: str
    row: int | None = None


def problems_of(draft: ProductDraft) -> list[Problem]:
    """All that can be said without looking at other products."""
    return [*_of_texts(draft), *_of_numbers(draft), *_of_options(draft), *_of_variants(draft)]


def wrong_text(text: str, most: int, *, several_lines: bool = False) -> str:
    """Why a text cannot be taken, or nothing."""
    if len(text) > most:
        return f"This is too long: {most} letters fit, and there are {len(text)}."
    if any(is_unwanted(letter) and not (several_lines and letter == "\n") for letter in text):
        return "This holds signs that cannot be printed: please take them out."
    return ""


def wrong_slug(slug: str) -> str:
    if len(slug) > slugs.LETTERS_AT_MOST:
        return f"This is too long: {slugs.LETTERS_AT_MOST} letters fit, and there are {len(slug)}."
    if slug and not slugs.SHAPE.fullmatch(slug):
        return "An address has small letters a to z and digits, with single hyphens between them: alder-backpack."
    return ""


def _of_texts(draft: ProductDraft) -> Iterator[Problem]:
    if not draft.name.strip():
        yield Problem("name", "A product needs a name.")
    for name, most in LETTERS.items():
        if message := wrong_text(getattr(draft, name), most, several_lines=name in SEVERAL_LINES):
            yield Problem(name, message)
    if message := wrong_slug(draft.slug):
        yield Problem("slug", message)
    if not TAX_CLASS.fullmatch(draft.tax_class):
        yield Problem("tax_class", "Choose one of the tax classes.")
    if draft.measure not in set(Measure):
        yield Problem("measure", "Choose one of the measures.")


def _of_numbers(draft: ProductDraft) -> Iterator[Problem]:
    if abs(draft.featured) > STOCK_AT_MOST:
        yield Problem("featured", f"A number up to {STOCK_AT_MOST:,} will do.")
    if draft.low_at is not None and not 0 <= draft.low_at <= STOCK_AT_MOST:
        yield Problem("low_at", f"A number from 0 to {STOCK_AT_MOST:,} will do.")


def _of_options(draft: ProductDraft) -> Iterator[Problem]:
    names = [name.casefold() for name in draft.option_names]
    if len(names) > OPTIONS_AT_MOST:
        yield Problem("option_names", f"A product has at most {OPTIONS_AT_MOST} options.")
    if len(set(names)) < len(names):
        yield Problem("option_names", "Two options have the same name.")
    for name in draft.option_names:
        if message := wrong_text(name, OPTION_NAME_AT_MOST):
            yield Problem("option_names", message)


def _of_variants(draft: ProductDraft) -> Iterator[Problem]:
    count = len(draft.variants)
    if not count:
        yield Problem("variants", "A product needs at least one variant to sell.")
    if count > VARIANTS_AT_MOST:
        yield Problem("variants", f"A product has at most {VARIANTS_AT_MOST} variants, and these are {count}.")
        return
    for row, variant in enumerate(draft.variants):
        yield from _of_variant(variant, row, len(draft.option_names))
    yield from _repeated(draft.variants)


def _of_variant(variant: VariantDraft, row: int, options: int) -> Iterator[Problem]:
    if message := wrong_text(variant.sku, SKU_AT_MOST):
        yield Problem("sku", message, row)
    if len(variant.options) != options or not all(variant.options):
        yield Problem("options", "Each variant needs a value for each option.", row)
    for value in variant.options:
        if message := wrong_text(value, OPTION_AT_MOST):
            yield Problem("options", message, row)
    if not 0 <= variant.price_cents <= CENTS_AT_MOST:
        yield Problem("price_cents", "This is no price that can be asked.", row)
    if variant.compare_at_cents is not None and not variant.price_cents < variant.compare_at_cents <= CENTS_AT_MOST:
        yield Problem("compare_at_cents", "The price before must be higher than the price now.", row)
    yield from _of_measures(variant, row)


def _of_measures(variant: VariantDraft, row: int) -> Iterator[Problem]:
    if variant.measure_amount is not None and not 1 <= variant.measure_amount <= AMOUNT_AT_MOST:
        yield Problem("measure_amount", f"A number from 1 to {AMOUNT_AT_MOST:,} will do.", row)
    if not 0 <= variant.weight_grams <= GRAMS_AT_MOST:
        yield Problem("weight_grams", f"A number from 0 to {GRAMS_AT_MOST:,} grams will do.", row)
    if not 0 <= variant.opening_stock <= STOCK_AT_MOST:
        yield Problem("opening_stock", f"A number from 0 to {STOCK_AT_MOST:,} will do.", row)


def _repeated(variants: Sequence[VariantDraft]) -> Iterator[Problem]:
    """Rows that would be the same thing twice."""
    skus: set[str] = set()
    names: set[tuple[str, ...]] = set()
    for row, variant in enumerate(variants):
        if variant.sku and variant.sku in skus:
            yield Problem("sku", f"The SKU {variant.sku} stands in an earlier row already.", row)
        options = tuple(value.casefold() for value in variant.options)
        if options in names:
            yield Problem("options", f"{variant.name or 'This'} stands in an earlier row already.", row)
        skus.add(variant.sku)
        names.add(options)
