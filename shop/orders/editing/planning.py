"""What a change would make of an order: every line and figure before and after it. Nothing is done here.

What was bought keeps its price, its tax, its discount code and its delivery; what is added costs today's price and
today's tax. All of it goes through the one rule of pricing.quote, so that the parts sum to the total again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...catalogue.queries import SaleVariant, variants_for_sale
from ...pricing.discounts import name_of, reduction_of
from ...pricing.models import DiscountKind
from ...pricing.queries import TaxRules, discount_with, tax_rules
from ...pricing.quote import Quote, QuoteLine
from ...pricing.services import goods_of
from ...pricing.sums import BasketTooLarge, Delivery, Goods, Reduction, Tax, work_out
from ..models import Order, OrderLine
from ..pieces.queries import Pieces, pieces_of
from ..services.revisions import NotNow
from .steps import Step, steps

MOST_OF_A_KIND = 999


class NotEditable(NotNow):
    """The message says why, for staff; `variant_id` and `line_id` are what it is about, where it is about one thing."""

    def __init__(self, message: str, *, line_id: int | None = None, variant_id: int | None = None) -> None:
        super().__init__(message)
        self.line_id, self.variant_id = line_id, variant_id


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is wished for: how many of the order's lines (those that are not named stay as they are), how many of other
    goods, by variant, and of which lines the pieces that go are back on the shelf."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    added: Mapping[int, int] = field(default_factory=dict)
    restock: Collection[int] = ()


@dataclass(frozen=True)
class Kept:
    """A line after the change: what it costs, and which of the order's own it was, if any."""

    goods: Goods
    line: OrderLine | None = None


@dataclass(frozen=True)
class Plan:
    """`line_ids` are of the order's lines that those of `after` stand for, None for new ones."""

    before: Quote
    after: Quote
    before_ids: Sequence[int]
    line_ids: Sequence[int | None]
    restock: frozenset[int]

    @property
    def difference_cents(self) -> int:
        """What the customer has to pay more; below 0 what goes back."""
        return self.after.total_cents - self.before.total_cents

    @property
    def steps(self) -> list[Step]:
        return steps(self.before, self.after, self.before_ids, self.line_ids)

    @property
    def is_change(self) -> bool:
        return any(step.is_change for step in self.steps)

    @property
    def taken(self) -> dict[int, int]:
        """How many more pieces are needed, by variant, in the order of variants."""
        return {variant_id: more for variant_id, more in sorted(self._by_variant.items()) if more > 0}

    @property
    def _by_variant(self) -> Counter[int]:
        found: Counter[int] = Counter()
        for step in self.steps:
            before, after = step.pieces
            if after > before:
                found[step.any.variant_id] += after - before
        return found

    @property
    def digest(self) -> str:
        """Of all that was shown."""
        shown = [self.before.to_json(), self.after.to_json(), list(self.line_ids), sorted(self.restock)]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def floor_of(each: Pieces) -> int:
    """Fewer of the line than this cannot be: they were sent, or money went back for them."""
    return max(each.given_back, each.sent + each.kept_back)


def as_bought(order: Order, lines: Sequence[OrderLine]) -> Quote:
    """The order's Quote, with its lines as they stand in its rows. Raises NotEditable where they do not sum up."""
    quote = Quote.from_json(order.quote)
    if [(line.sku, line.quantity) for line in quote.lines] != [(line.sku, line.quantity) for line in lines]:
        names = {share.rate_ppm: share.name for share in quote.taxes}
        quote = replace(quote, lines=tuple(_quote_line(line, names.get(line.tax_rate_ppm, "")) for line in lines))
    if not lines or sum(line.subtotal_cents for line in quote.lines) != quote.subtotal_cents:
        raise NotEditable("The lines of this order do not make up its figures, so it cannot be changed here.")
    return quote


def _quote_line(line: OrderLine, tax_name: str) -> QuoteLine:
    return QuoteLine(
        variant_id=line.variant_id or 0,
        name=line.name,
        options=line.options,
        sku=line.sku,
        picture=line.picture,
        unit_price_cents=line.unit_price_cents,
        quantity=line.quantity,
        subtotal_cents=line.subtotal_cents,
        discount_cents=line.discount_cents,
        tax_cents=line.tax_cents,
        tax_rate_ppm=line.tax_rate_ppm,
        tax_name=tax_name,
        total_cents=line.total_cents,
    )


def plan_change(order: Order, change: Change) -> Plan:
    """Raises NotEditable for what cannot be wished for, or had."""
    pieces = pieces_of(order)
    lines = [each.line for each in pieces]
    before = as_bought(order, lines)
    variants = variants_for_sale({*change.added, *(line.variant_id for line in lines if line.variant_id)})
    reduction = _reduction(before)
    same = [_goods_of(row, line, variants) for row, line in zip(before.lines, lines, strict=True)]
    if _worked_out(before, same, reduction).total_cents != before.total_cents:
        raise NotEditable("Its figures were worked out by other rules than today's, so it cannot be changed here.")
    kept = _kept(before, pieces, change, variants)
    if not kept:
        raise NotEditable("Nothing would be left of it. Cancel the order instead.")
    try:
        after = _worked_out(before, [each.goods for each in kept], reduction)
    except BasketTooLarge as error:
        raise NotEditable("That is more than one order can come to.") from error
    if after.total_cents < order.refunded_cents:
        raise NotEditable("More has been given back than the order would come to.")
    after = replace(after, discount_name=before.discount_name)
    return Plan(
        before=before,
        after=after,
        before_ids=[line.id for line in lines],
        line_ids=[each.line.id if each.line else None for each in kept],
        restock=_going_back(pieces, change),
    )


def _going_back(pieces: Sequence[Pieces], change: Change) -> frozenset[int]:
    had = {each.line.id: each.line.quantity for each in pieces}
    fewer = {line_id for line_id, quantity in had.items() if change.quantities.get(line_id, quantity) < quantity}
    return frozenset(fewer & set(change.restock))


def _worked_out(before: Quote, goods: Sequence[Goods], reduction: Reduction | None) -> Quote:
    """With delivery as it was bought. Raises BasketTooLarge."""
    charge = before.delivery
    delivery = (
        None
        if charge is None
        else Delivery(
            code=charge.code,
            name=charge.name,
            promise=charge.promise,
            price_cents=charge.price_cents,
            needs_address=charge.needs_address,
            tax=Tax(charge.tax_name, charge.tax_rate_ppm),
        )
    )
    return work_out(
        currency=before.currency,
        goods=goods,
        reduction=reduction,
        delivery=delivery,
        inclusive=before.tax_inclusive,
        country=before.country,
        region=before.region,
    )


def _reduction(before: Quote) -> Reduction | None:
    """The code as it was used: where it is another one by now, what it took off stays off."""
    if not before.discount_code:
        return None
    found = discount_with(before.discount_code)
    if found is not None and name_of(found) == before.discount_name:
        return reduction_of(found)
    is_free = before.delivery is not None and before.delivery.discount_cents > 0
    kind, value = (DiscountKind.FREE_DELIVERY, 0) if is_free else (DiscountKind.AMOUNT, before.discount_cents)
    return Reduction(code=before.discount_code, name=before.discount_name, kind=kind, value=value)


def _kept(before: Quote, pieces: Sequence[Pieces], change: Change, variants: Mapping[int, SaleVariant]) -> list[Kept]:
    """The lines as they would be: more of one at another price than then is a line of its own."""
    rules, new = tax_rules(before.country, before.region), Counter(change.added)
    kept: list[Kept] = []
    for row, each in zip(before.lines, pieces, strict=True):
        line, wanted = each.line, change.quantities.get(each.line.id, each.line.quantity)
        _check(each, wanted)
        if wanted > line.quantity:
            new[_variant_of(line)] += wanted - line.quantity
        if wanted:
            goods = replace(_goods_of(row, line, variants), quantity=min(wanted, line.quantity))
            kept.append(Kept(goods, line))
    for variant_id, more in new.items():
        if more:
            _add(kept, _goods_now(variants.get(variant_id), more, rules, variant_id))
    return kept


def _check(each: Pieces, wanted: int) -> None:
    least = floor_of(each)
    if wanted < least:
        said = f"{each.line.name}: {least} of them were sent or given back, so there cannot be fewer."
        raise NotEditable(said, line_id=each.line.id)
    if wanted > MOST_OF_A_KIND:
        raise NotEditable(f"{each.line.name}: {MOST_OF_A_KIND} at most.", line_id=each.line.id)


def _variant_of(line: OrderLine) -> int:
    if line.variant_id is None:
        raise NotEditable(f"{line.name} is not sold any more: there cannot be more of it.", line_id=line.id)
    return line.variant_id


def _add(kept: list[Kept], goods: Goods) -> None:
    """As more of a line that cost and is taxed the same, or as a line of its own."""
    for place, each in enumerate(kept):
        if _price_of(each.goods) == _price_of(goods):
            kept[place] = Kept(replace(each.goods, quantity=each.goods.quantity + goods.quantity), each.line)
            return
    kept.append(Kept(goods))


def _price_of(goods: Goods) -> tuple[int, int, Tax]:
    return goods.variant_id, goods.unit_price_cents, goods.tax


def _goods_of(row: QuoteLine, line: OrderLine, variants: Mapping[int, SaleVariant]) -> Goods:
    variant = variants.get(line.variant_id or 0)
    return Goods(
        variant_id=line.variant_id or 0,
        name=line.name,
        options=line.options,
        sku=line.sku,
        picture=line.picture,
        unit_price_cents=line.unit_price_cents,
        quantity=line.quantity,
        weight_grams=variant.weight_grams if variant else 0,
        tax=Tax(row.tax_name, line.tax_rate_ppm),
    )


def _goods_now(variant: SaleVariant | None, quantity: int, rules: TaxRules, variant_id: int) -> Goods:
    if variant is None or not variant.is_for_sale:
        name = variant.name if variant else "Something"
        raise NotEditable(f"{name} is not sold any more: it cannot be added.", variant_id=variant_id)
    if quantity > min(variant.available, MOST_OF_A_KIND):
        raise NotEditable(f"Of {variant.name} only {variant.available} more can be had.", variant_id=variant_id)
    return goods_of(variant, quantity, rules)
