"""What a file wants of one product beside what the product is: the changes it makes, or why it cannot be imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .. import checking, slugs
from ..models import ProductState
from .cells import one_line, several_lines
from .current import CurrentProduct, CurrentVariant, Shelf
from .models import Outcome
from .wanted import Place, WantedProduct, WantedVariant
from .words import WORDS

LETTERS = {**checking.LETTERS, "tax_class": 40, "sku": checking.SKU_AT_MOST, "slug": slugs.LETTERS_AT_MOST}
LETTERS |= {f"option{number}_name": checking.OPTION_NAME_AT_MOST for number in (1, 2, 3)}
LETTERS |= {f"option{number}": checking.OPTION_AT_MOST for number in (1, 2, 3)}
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
PRICE_HEADINGS = ("Price", "Variant Price", "Regular price", "Sale price")


@dataclass(frozen=True)
class Change:
    """One value; `variant` is the variant's id, or None for the product's own, `sku` what the variant is shown as."""

    field: str
    old: Any
    new: Any
    variant: int | None = None
    sku: str = ""

    def as_row(self) -> list[Any]:
        return [self.field, self.old, self.new, self.variant, self.sku]


@dataclass
class Shop:
    """What has to be known of the shop for a slice of a file."""

    products: dict[int, CurrentProduct]
    by_slug: dict[str, int]
    by_sku: dict[str, int]
    shelves: list[Shelf]
    tax_classes: set[str]
    taken_slugs: set[str]
    taken_skus: set[str]


@dataclass
class Plan:
    outcome: Outcome
    product_id: int | None = None
    slug: str = ""
    changes: list[Change] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)


def compare(wanted: WantedProduct, shop: Shop) -> Plan:
    """Adds to the problems of `wanted` what is only seen beside the shop."""
    if wanted.is_left_out:
        return Plan(Outcome.LEFT_OUT)
    current = _found(wanted, shop)
    _check(wanted, current, shop)
    places = _places(wanted, current, shop)
    plan = _changed(wanted, current, places, shop) if current else _new(wanted, places, shop)
    return Plan(Outcome.LEFT_OUT, slug=plan.slug) if wanted.is_wrong else plan


def _found(wanted: WantedProduct, shop: Shop) -> CurrentProduct | None:
    owners = {shop.by_sku[each.sku] for each in wanted.variants if each.sku in shop.by_sku}
    by_slug = shop.by_slug.get(wanted.slug) if wanted.is_known_by_slug else None
    if len(owners) > 1:
        names = ", ".join(sorted(shop.products[owner].values["slug"] for owner in owners))
        wanted.wrong(
            wanted.row, "SKU", f"Its SKUs belong to several products: {names}.", "Give each product its own rows."
        )
    owner = next(iter(owners), None)
    if owner is not None and wanted.moves and by_slug not in {None, owner}:
        theirs = shop.products[owner].values["slug"]
        wanted.wrong(
            wanted.row, "SKU", f"This SKU belongs to another product, {theirs}.", "Correct the SKU or the address."
        )
    return shop.products.get(owner if owner is not None else by_slug or 0)


def _check(wanted: WantedProduct, current: CurrentProduct | None, shop: Shop) -> None:
    _check_lengths(wanted, wanted.row, wanted.values, current.values if current else {})
    tax_class = wanted.values.get("tax_class", "standard")
    if tax_class not in shop.tax_classes:
        said = f"No product of the shop has the tax class “{tax_class[:40]}” yet."
        wanted.note(
            wanted.row, WORDS["tax_class"], said, "See that it has a rate: without one no tax is added.", once=True
        )
    if len(wanted.variants) > checking.VARIANTS_AT_MOST:
        said = f"It has {len(wanted.variants)} variants, and a product has {checking.VARIANTS_AT_MOST} at most."
        wanted.wrong(wanted.row, "", said, "Make several products of it.")
    for variant in wanted.variants:
        there = _variant(variant, current) if current else None
        values = {**variant.values, "sku": variant.sku}
        _check_lengths(wanted, variant.row, values, there.values if there else {})
        if _ROUNDED.fullmatch(variant.sku):
            said = f"A spreadsheet has rounded this SKU: {variant.sku}."
            wanted.wrong(variant.row, WORDS["sku"], said, "Make the column text before you open or fill it.")


def _check_lengths(wanted: WantedProduct, row: int, values: dict[str, Any], there: dict[str, Any]) -> None:
    """What is that long already may stay."""
    for name, value in values.items():
        most = LETTERS.get(name, 0)
        if most and isinstance(value, str) and len(value) > most and not _is_same(name, there.get(name), value):
            said = f"This is too long: {most:,} letters fit, and there are {len(value):,}."
            wanted.wrong(row, WORDS[name], said, "Shorten it.")


def _places(wanted: WantedProduct, current: CurrentProduct | None, shop: Shop) -> list[str] | None:
    """Paths of those that there are, "Bags > Totes" for those to be made; None when the file says nothing of them."""
    if wanted.collections is None:
        return _place_by_kind(wanted, current, shop) if wanted.kind else None
    found = []
    for place in wanted.collections:
        path = _path(place, shop.shelves)
        if path is None and place.is_path:
            said = f"There is no collection {place}."
            wanted.wrong(wanted.row, WORDS["collections"], said, "Write it as in Bags > Totes, and it will be made.")
        elif path is None and max(len(place.section), len(place.collection)) > checking.NAME_AT_MOST:
            said = f"“{str(place)[:40]}…” is too long: {checking.NAME_AT_MOST} letters fit into each name."
            wanted.wrong(wanted.row, WORDS["collections"], said, "Shorten it.")
        elif path is None:
            wanted.note(wanted.row, WORDS["collections"], f"There is no {place} yet. It will be made.", once=True)
        found.append(path or str(place))
    return list(dict.fromkeys(found))


def _place_by_kind(wanted: WantedProduct, current: CurrentProduct | None, shop: Shop) -> list[str] | None:
    """The collection that is called like its type, behind those in which it is."""
    path = next((shelf.path for shelf in shop.shelves if shelf.name == wanted.kind.casefold()), None)
    there = current.places if current else []
    if path is None and not there:
        said = f"No collection is called “{wanted.kind[:60]}”, its type: it comes into none."
        wanted.note(wanted.row, "Type", said, "Put it into one by hand, or make that collection first.", once=True)
    return [*there, path] if path is not None and path not in there else None


def _path(place: Place, shelves: list[Shelf]) -> str | None:
    section, name = place.section.casefold(), place.collection.casefold()
    for shelf in shelves:
        if (shelf.section, shelf.name) == (section, name) or shelf.path == f"{section}/{name}":
            return shelf.path
    # A category without one above it may be called like a collection that stands in some section.
    alike = [shelf.path for shelf in shelves if shelf.name == name] if section == name else []
    return alike[0] if len(alike) == 1 else None


def _new(wanted: WantedProduct, places: list[str] | None, shop: Shop) -> Plan:
    values = {"state": ProductState.DRAFT, **wanted.values}
    if not values.get("name"):
        said = "There is no product with this SKU, and a new one needs a name."
        wanted.wrong(wanted.row, WORDS["name"], said, "Write its name, or correct the SKU.")
    for variant in wanted.variants:
        _check_price(variant, wanted)
    if not wanted.variants and values["state"] == ProductState.ACTIVE:
        wanted.note(wanted.row, WORDS["sku"], "Nothing of it can be bought: there is no variant.")
    _check_options([(each.row, each.options) for each in wanted.variants], wanted)
    values["slug"] = _free(wanted.slug, shop.taken_slugs)
    shop.taken_slugs.add(values["slug"])
    variants = [
        {**_columns(each), "sku": each.sku or _made_sku(values["slug"], each, shop)} for each in wanted.variants
    ]
    _check_unit(wanted, values.get("measure", ""), [each.get("measure_amount") for each in variants])
    return Plan(Outcome.NEW, slug=values["slug"], made={"values": values, "places": places or [], "variants": variants})


def _check_price(variant: WantedVariant, wanted: WantedProduct) -> None:
    is_told = any(wanted.is_told(variant.row, column) for column in PRICE_HEADINGS)
    if variant.values.get("price_cents") is None and not is_told:
        wanted.wrong(variant.row, WORDS["price_cents"], "A new variant needs a price.", "Write one; 0 if it is free.")


def _columns(variant: WantedVariant) -> dict[str, Any]:
    return {"option1": "", "option2": "", "option3": "", **variant.values}


def _check_unit(wanted: WantedProduct, measure: str, amounts: list[int | None]) -> None:
    if measure and not any(amounts) and wanted.variants:
        wanted.note(wanted.row, WORDS["measure_amount"], "Without contents no unit price is shown.")


def _check_options(rows: list[tuple[int, tuple[str, str, str]]], wanted: WantedProduct) -> None:
    """No two variants of a product are alike."""
    seen: dict[tuple[str, str, str], int] = {}
    for row, options in rows:
        if options in seen:
            named = " / ".join(filter(None, options)) or "no options"
            said = f"Another variant of the product has {named} too."
            wanted.wrong(row, WORDS["option1"], said, "Give each variant a colour, size or name of its own.")
        seen.setdefault(options, row)


def _made_sku(slug: str, variant: WantedVariant, shop: Shop) -> str:
    sku = _free(made_sku(slug, variant), shop.taken_skus)
    shop.taken_skus.add(sku)
    return sku


def made_sku(slug: str, variant: WantedVariant) -> str:
    """A SKU for a variant that has none: ALDER-TOTE-MOSS."""
    words = [
        slug,
        *("".join(letter if letter.isalnum() else "-" for letter in each) for each in variant.options if each),
    ]
    return "-".join(words)[:56].upper()


def _free(wished: str, taken: set[str]) -> str:
    return next(each for each in numbered(wished, len(taken) + 2) if each not in taken)


def numbered(wished: str, most: int = 9) -> Iterator[str]:
    """The wish itself, then with a number behind it."""
    yield wished
    yield from (f"{wished}-{number}" for number in range(2, most + 1))


def _changed(wanted: WantedProduct, current: CurrentProduct, places: list[str] | None, shop: Shop) -> Plan:
    values = dict(wanted.values)
    if not values.get("name"):
        values.pop("name", None)
    if wanted.moves and wanted.slug != current.values["slug"]:
        values["slug"] = wanted.slug
        said = f"The product moves from {current.values['slug']} to {wanted.slug}."
        wanted.note(wanted.row, WORDS["slug"], said, "Links to the old address may end.")
    changes = [
        Change(name, current.values[name], value)
        for name, value in values.items()
        if not _is_same(name, current.values[name], value)
    ]
    if places is not None and places != current.places:
        changes.append(Change("collections", current.places, places))
    options = {each.id: each.options for each in current.variants}
    rows = {}
    for variant in wanted.variants:
        there = _variant(variant, current)
        if there is None:
            changes += _added(variant, wanted, current, shop)
            rows[-variant.row] = (variant.row, variant.options)
        else:
            changes += _of_a_variant(variant, there, wanted)
            after = tuple(variant.values.get(name, there.values[name]) for name in ("option1", "option2", "option3"))
            rows[there.id] = (variant.row, after)
    untouched = [(wanted.row, each) for key, each in options.items() if key not in rows]
    _check_options([*untouched, *rows.values()], wanted)
    return Plan(Outcome.CHANGED if changes else Outcome.SAME, current.id, current.values["slug"], changes)


def _is_same(name: str, old: Any, new: Any) -> bool:
    """Blanks at the ends of lines are no difference."""
    if isinstance(old, str) and isinstance(new, str):
        clean = several_lines if name in checking.SEVERAL_LINES else one_line
        return clean(old) == clean(new)
    return bool(old == new)


def _variant(wanted: WantedVariant, current: CurrentProduct) -> CurrentVariant | None:
    """By its SKU, else by its options; a product with one variant and no options needs neither."""
    by_sku = current.variant(wanted.sku) if wanted.sku else None
    return by_sku or next((each for each in current.variants if each.options == wanted.options), None)


def _of_a_variant(wanted: WantedVariant, there: CurrentVariant, product: WantedProduct) -> list[Change]:
    values = {**wanted.values, **({"sku": wanted.sku} if wanted.sku else {})}
    if values.get("price_cents", 0) is None:
        values.pop("price_cents")
    sku = there.values["sku"]
    stock = values.get("on_hand")
    if stock is not None and stock < there.held:
        said = f"{there.held} of {sku} are promised to payments under way: the stock cannot be {stock}."
        product.wrong(wanted.row, WORDS["on_hand"], said, f"Wait until they are paid, or write {there.held} or more.")
    return [
        Change(name, there.values[name], value, there.id, sku)
        for name, value in values.items()
        if not _is_same(name, there.values[name], value)
    ]


def _added(wanted: WantedVariant, product: WantedProduct, current: CurrentProduct, shop: Shop) -> list[Change]:
    _check_price(wanted, product)
    sku = wanted.sku or _made_sku(current.values["slug"], wanted, shop)
    return [Change("variant", None, {**_columns(wanted), "sku": sku}, None, sku)]
