"""Lists of products: which belong in one, in what order, and how many each filter would leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from peewee import Case, Expression, Select, Value, fn

from ..paging import Key, Page, page_of
from .cards import card, card_query
from .filters import BANDS, Band, Filters
from .models import Collection, Product, ProductCollection, ProductState, Section, Variant
from .search import Wanted, matches, matching_ids

PAGE_SIZE = 24
VALUES_AT_MOST = 12


@dataclass(frozen=True)
class Scope:
    """What a list is cut from: a section, a collection, a search, or (with none of them) everything on show."""

    section_id: int | None = None
    collection_id: int | None = None
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Choice:
    """A filter that can be chosen: its parameter's value, its label, and how many products it would leave."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    name: str
    parameter: str
    choices: tuple[Choice, ...]

    @property
    def key(self) -> tuple[str, str]:
        """An option may be called like a price or a collection."""
        return self.parameter, self.name


@dataclass(frozen=True)
class Counts:
    """How many products a list has, how many of them are in stock, and its facets."""

    total: int
    in_stock: int
    facets: tuple[Facet, ...]

    @property
    def collections(self) -> dict[str, str]:
        """The names of the collections that can be chosen, by slug."""
        return {
            choice.value: choice.label
            for facet in self.facets
            for choice in facet.choices
            if facet.parameter == "collection"
        }


def page(scope: Scope, filters: Filters, *, sort: str, cursor: str | None) -> Page:
    """One page of cards; where nothing else is asked, what a search finds comes in the order of relevance, and what
    stands in a collection in the order in which it was put there."""
    keys = _keys(sort)
    if scope.wanted and sort == "featured":
        found = matches(scope.wanted).alias("found")
        query = card_query().join_from(Product, found, on=(found.c.product_id == Product.id))
        scope, keys = replace(scope, wanted=None), (Key(found.c.score), Key(Product.id))
    elif scope.collection_id is not None and sort == "featured":
        query, keys = _in_place(card_query(), scope.collection_id), (Key(ProductCollection.rank), *keys)
    else:
        query = card_query()
    found_page = page_of(query.where(*_conditions(scope, filters)), *keys, cursor=cursor, size=PAGE_SIZE)
    return replace(found_page, rows=[card(row) for row in found_page.rows])


def _in_place(query: Any, collection_id: int) -> Any:
    """With each product's place in the collection."""
    here = (ProductCollection.product == Product.id) & (ProductCollection.collection == collection_id)
    return query.join_from(Product, ProductCollection, on=here)


def finds_any(wanted: Wanted) -> bool:
    """Whether a search finds anything on show at all, before filters."""
    found = Product.select(Product.id).where(*_conditions(Scope(wanted=wanted), Filters()))
    return found.limit(1).tuples().first() is not None


def counts(scope: Scope, filters: Filters) -> Counts:
    in_stock = fn.SUM(Case(None, ((Product.available > 0, 1),), 0))
    sums: Any = Product.select(fn.COUNT(Product.id), in_stock).where(*_conditions(scope, filters)).tuples().get()
    facets = [_prices(scope, filters), *_options(scope, filters)]
    if scope.collection_id is None:
        facets.insert(0, _collections(scope, filters))
    return Counts(sums[0], sums[1] or 0, tuple(_worth_showing(facets, filters)))


def _worth_showing(facets: Sequence[Facet], filters: Filters) -> Iterable[Facet]:
    """Facets that leave a choice, and every choice that was made: one that is not in the form would be lost with it."""
    chosen = filters.choices()
    for facet in facets:
        shown = {choice.value for choice in facet.choices}
        own = [Choice(value, label, 0) for key, value, label in chosen if key == facet.key]
        choices = [*facet.choices, *(choice for choice in own if choice.value not in shown)]
        if facet.parameter == "price":
            choices.sort(key=lambda choice: int(choice.value.partition("-")[0]))
        if own or len(choices) > 1:
            yield replace(facet, choices=tuple(choices))
    known = {facet.key for facet in facets}
    for parameter, name in dict.fromkeys(key for key, _, _ in chosen if key not in known):
        missing = tuple(Choice(value, label, 0) for key, value, label in chosen if key == (parameter, name))
        yield Facet(name, parameter, missing)


def _keys(sort: str) -> tuple[Key, ...]:
    by = {
        "featured": (Key(Product.featured), Key(Product.published_at)),
        "newest": (Key(Product.published_at),),
        "price": (Key(Product.price_from_cents, descending=False),),
        "price-down": (Key(Product.price_from_cents),),
        "best": (Key(Product.sold_count),),
    }
    return (*by[sort], Key(Product.id))


def _conditions(scope: Scope, filters: Filters, *, apart_from: str = "") -> list[Any]:
    """What a product must fulfil; a facet counts without its own choices, so that they can be widened."""
    found: list[Any] = [Product.state == ProductState.ACTIVE]
    if scope.collection_id is not None or scope.section_id is not None:
        found.append(fn.EXISTS(_places(_in_scope(scope))))
    if scope.wanted is not None:
        found.append(Product.id.in_(matching_ids(scope.wanted)))
    if filters.collections and apart_from != "collection":
        found.append(fn.EXISTS(_places(_in_scope(scope), Collection.slug.in_(filters.collections))))
    if filters.bands and apart_from != "price":
        found.append(reduce(or_, [_in_band(band) for band in filters.bands]))
    if filters.options and apart_from != "option":
        found.append(fn.EXISTS(_variants_like(filters)))
    elif filters.in_stock:
        found.append(Product.available > 0)
    return found


def _in_scope(scope: Scope) -> Expression | bool:
    if scope.collection_id is not None:
        return Collection.id == scope.collection_id
    return Collection.section == scope.section_id if scope.section_id is not None else Value(1) == 1


def _places(*conditions: Any) -> Select:
    """The places that the product at hand has in collections."""
    return (
        ProductCollection.select(ProductCollection.id)
        .join(Collection)
        .where(ProductCollection.product == Product.id, *conditions)
    )


def _in_band(band: Band) -> Expression:
    low, high = band.cents
    above = Product.price_from_cents >= low
    return above if high is None else above & (Product.price_from_cents < high)


def _variants_like(filters: Filters) -> Select:
    """The variants of the product at hand that have every chosen option, and are there if that was asked."""
    asked = [_has_option(name, values) for name, values in filters.values_by_name.items()]
    return Variant.select(Variant.id).where(Variant.product == Product.id, *_buyable(filters), *asked)


def _buyable(filters: Filters) -> list[Expression]:
    left = [Variant.on_hand > Variant.held] if filters.in_stock else []
    return [~Variant.is_archived, *left]


_OPTIONS = (
    (Product.option1_name, Variant.option1),
    (Product.option2_name, Variant.option2),
    (Product.option3_name, Variant.option3),
)


def _has_option(name: str, values: Sequence[str]) -> Expression:
    return reduce(or_, [(named == name) & value.in_(values) for named, value in _OPTIONS])


def _collections(scope: Scope, filters: Filters) -> Facet:
    rows: Any = (
        Product.select(Collection.slug, fn.MIN(Collection.name), fn.COUNT(Product.id.distinct()))
        .join(ProductCollection)
        .join(Collection)
        .join(Section)
        .where(_in_scope(scope), *_conditions(scope, filters, apart_from="collection"))
        .group_by(Collection.slug)
        .order_by(fn.MIN(Section.position), fn.MIN(Collection.position))
        .tuples()
    )
    return Facet("Collection", "collection", tuple(Choice(*row) for row in rows))


def _prices(scope: Scope, filters: Filters) -> Facet:
    sums = [fn.SUM(Case(None, ((_in_band(band), 1),), 0)) for band in BANDS]
    row: Any = Product.select(*sums).where(*_conditions(scope, filters, apart_from="price")).tuples().get()
    found = (Choice(band.text, band.label, count) for band, count in zip(BANDS, row, strict=True) if count)
    return Facet("Price", "price", tuple(found))


def _options(scope: Scope, filters: Filters) -> Iterable[Facet]:
    """A facet for each option name in the list (Colour, Size); one statement for all three option columns.

    What most products have comes first, and of the others what stands first among its product's variants.
    """
    arms = [_option_counts(named, value, scope, filters) for named, value in _OPTIONS]
    found: dict[str, dict[str, tuple[int, float]]] = {}
    products: dict[str, set[int]] = {}
    for name, value, count, place, lowest, highest in arms[0].union_all(arms[1]).union_all(arms[2]).tuples():
        values = found.setdefault(name, {})
        others, first = values.get(value, (0, place))
        values[value] = (others + count, min(first, place))
        products.setdefault(name, set()).update((lowest, highest))
    for name in sorted(found):
        if len(products[name]) == 1 and name not in filters.values_by_name:
            # What only tells one product's variants apart is no way to choose among products.
            continue
        ordered = sorted(found[name].items(), key=lambda pair: (-pair[1][0], pair[1][1], pair[0]))[:VALUES_AT_MOST]
        yield Facet(name, "option", tuple(Choice(f"{name}:{value}", value, count) for value, (count, _) in ordered))


def _option_counts(named: Any, value: Any, scope: Scope, filters: Filters) -> Any:
    others = [(named == name) | _has_option(name, values) for name, values in filters.values_by_name.items()]
    ids = (fn.COUNT(Product.id.distinct()), fn.AVG(Variant.position), fn.MIN(Product.id), fn.MAX(Product.id))
    return (
        Product.select(named, value, *ids)
        .join(Variant)
        .where(named != "", value != "", *_buyable(filters), *others)
        .where(*_conditions(scope, replace(filters, in_stock=False), apart_from="option"))
        .group_by(named, value)
    )
