"""For any basket, discount and tax, in any currency: the parts sum to the total."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop import config
from shop.pricing.models import DiscountKind
from shop.pricing.quote import Quote
from shop.pricing.sums import (
    MILLION,
    TOTAL_AT_MOST,
    BasketTooLarge,
    Delivery,
    Goods,
    Reduction,
    Tax,
    half_up,
    spread,
    tax_on,
    work_out,
)

CURRENCIES = ("JPY", "USD", "KWD")
prices = st.integers(0, 5_000_000)
taxes = st.sampled_from([Tax(), Tax("VAT", 0), Tax("VAT", 200_000), Tax("VAT", 70_000), Tax("Sales tax", 95_001)])
goods = st.builds(
    Goods,
    variant_id=st.integers(1, 2**31 - 1),
    name=st.text(max_size=12),
    options=st.sampled_from(["", "Moss / Small"]),
    sku=st.just("BAG-1"),
    picture=st.just(""),
    unit_price_cents=prices,
    quantity=st.integers(1, 999),
    weight_grams=st.integers(0, 50_000),
    tax=taxes,
)
reductions = st.one_of(
    st.builds(
        Reduction,
        code=st.just("TEN"),
        name=st.just("off"),
        kind=st.just(DiscountKind.PERCENT),
        value=st.integers(0, MILLION),
    ),
    st.builds(Reduction, code=st.just("OFF"), name=st.just("off"), kind=st.just(DiscountKind.AMOUNT), value=prices),
    st.just(Reduction(code="POST", name="free delivery", kind=DiscountKind.FREE_DELIVERY, value=0)),
)
deliveries = st.builds(
    Delivery,
    code=st.just("parcel"),
    name=st.just("Parcel"),
    promise=st.just("2 to 4 days"),
    price_cents=st.integers(0, 100_000),
    needs_address=st.booleans(),
    tax=taxes,
)
baskets = st.lists(goods, max_size=12)
quotes = st.builds(
    work_out,
    currency=st.sampled_from(CURRENCIES),
    goods=baskets,
    reduction=st.none() | reductions,
    delivery=st.none() | deliveries,
    inclusive=st.booleans(),
    country=st.sampled_from(["", "US", "DE"]),
    region=st.sampled_from(["", "CA"]),
)


@pytest.fixture(scope="module", autouse=True)
def settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    config.activate(config.load({}, shop_instance=tmp_path_factory.mktemp("pricing") / "instance"))


def delivery_total(quote: Quote) -> int:
    tax = quote.delivery.tax_cents if quote.delivery and not quote.tax_inclusive else 0
    return quote.delivery_cents + tax


@given(quotes)
def test_the_parts_of_a_quote_sum_to_its_total(quote: Quote) -> None:
    on_top = 0 if quote.tax_inclusive else quote.tax_cents
    assert quote.total_cents == quote.subtotal_cents - quote.discount_cents + quote.delivery_cents + on_top
    assert quote.total_cents == sum(line.total_cents for line in quote.lines) + delivery_total(quote)
    assert quote.subtotal_cents == sum(line.subtotal_cents for line in quote.lines)


@given(quotes)
def test_each_line_and_delivery_keep_their_own_tax(quote: Quote) -> None:
    of_delivery = quote.delivery.tax_cents if quote.delivery else 0
    assert quote.tax_cents == sum(line.tax_cents for line in quote.lines) + of_delivery
    for line in quote.lines:
        paid = line.subtotal_cents - line.discount_cents
        assert line.tax_cents == tax_on(paid, line.tax_rate_ppm, inclusive=quote.tax_inclusive)


@given(quotes)
def test_the_tax_by_rate_sums_to_the_tax_and_to_what_is_taxed(quote: Quote) -> None:
    assert sum(share.tax_cents for share in quote.taxes) == quote.tax_cents
    taxed = sum(line.subtotal_cents - line.discount_cents for line in quote.lines if line.tax_name)
    if quote.delivery and quote.delivery.tax_name:
        taxed += quote.delivery_cents
    in_prices = quote.tax_cents if quote.tax_inclusive else 0
    assert sum(share.base_cents for share in quote.taxes) + in_prices == taxed


@given(quotes)
def test_a_discount_is_spread_exactly_and_takes_no_line_below_nothing(quote: Quote) -> None:
    assert sum(line.discount_cents for line in quote.lines) == quote.discount_cents
    assert all(0 <= line.discount_cents <= line.subtotal_cents for line in quote.lines)


@given(quotes)
def test_nothing_in_a_quote_is_below_nothing(quote: Quote) -> None:
    figures = [quote.subtotal_cents, quote.discount_cents, quote.delivery_cents, quote.tax_cents, quote.total_cents]
    figures += [figure for line in quote.lines for figure in (line.tax_cents, line.total_cents)]
    figures += [figure for share in quote.taxes for figure in (share.base_cents, share.tax_cents)]
    assert min(figures) >= 0


@given(quotes)
def test_a_quote_comes_back_from_its_json_as_it_was(quote: Quote) -> None:
    assert Quote.from_json(quote.to_json()) == quote


@given(quotes)
def test_every_figure_is_explained_in_the_quotes_own_currency(quote: Quote) -> None:
    sign = {"JPY": "¥", "USD": "$", "KWD": "KWD"}[quote.currency]
    assert sign in quote.explanations["total"][0]
    assert quote.explanations.keys() == {"subtotal", "discount", "delivery", "tax", "total"}


@given(baskets, st.none() | deliveries, st.booleans(), reductions)
def test_a_code_never_makes_a_basket_dearer(
    basket: list[Goods], delivery: Delivery | None, inclusive: bool, reduction: Reduction
) -> None:
    full = work_out(currency="USD", goods=basket, delivery=delivery, inclusive=inclusive)
    less = work_out(currency="USD", goods=basket, delivery=delivery, inclusive=inclusive, reduction=reduction)
    assert less.total_cents <= full.total_cents
    assert less.tax_cents <= full.tax_cents


@given(baskets, goods, st.booleans())
def test_more_goods_never_cost_less(basket: list[Goods], more: Goods, inclusive: bool) -> None:
    before = work_out(currency="USD", goods=basket, inclusive=inclusive)
    after = work_out(currency="USD", goods=[*basket, more], inclusive=inclusive)
    assert after.total_cents >= before.total_cents


@given(st.lists(goods, min_size=1, max_size=8), goods, reductions)
def test_more_goods_never_cost_less_before_tax_whatever_the_code(
    basket: list[Goods], more: Goods, reduction: Reduction
) -> None:
    before = work_out(currency="USD", goods=basket, reduction=reduction)
    after = work_out(currency="USD", goods=[*basket, more], reduction=reduction)
    assert after.subtotal_cents - after.discount_cents >= before.subtotal_cents - before.discount_cents


@given(baskets, st.integers(0, 400_000), st.integers(0, 400_000), st.booleans())
def test_a_higher_rate_never_means_less_tax(basket: list[Goods], one: int, other: int, inclusive: bool) -> None:
    def tax_at(rate: int) -> int:
        taxed = [replace(each, tax=Tax("VAT", rate)) for each in basket]
        return work_out(currency="USD", goods=taxed, inclusive=inclusive).tax_cents

    assert tax_at(min(one, other)) <= tax_at(max(one, other))


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_spreading_loses_nothing_and_stays_within_one_of_the_fair_share(amount: int, weights: list[int]) -> None:
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(abs(part - amount * weight / sum(weights)) < 1.001 for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"), [(1, 2, 1), (3, 2, 2), (5, 2, 3), (49, 100, 0), (0, 7, 0), (10, 3, 3)]
)
def test_halves_round_up(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


def test_what_is_left_over_goes_to_the_lines_that_lost_most_and_then_to_the_first() -> None:
    assert spread(10, [1, 1, 1]) == [4, 3, 3]
    assert spread(100, [999, 1, 500]) == [67, 0, 33]


def bag(cents: int, quantity: int = 1, tax: Tax | None = None) -> Goods:
    return Goods(
        variant_id=1,
        name="Alder Tote",
        options="Moss",
        sku="TOTE-1",
        picture="",
        unit_price_cents=cents,
        quantity=quantity,
        weight_grams=900,
        tax=tax or Tax(),
    )


def test_twenty_per_cent_within_a_price_of_ten_is_a_sixth_of_it() -> None:
    quote = work_out(currency="USD", goods=[bag(1000, tax=Tax("VAT", 200_000))], inclusive=True)
    assert (quote.tax_cents, quote.total_cents, quote.taxes[0].base_cents) == (167, 1000, 833)


def test_an_amount_off_is_never_more_than_the_goods() -> None:
    five_off = Reduction(code="FIVE", name="$5.00 off", kind=DiscountKind.AMOUNT, value=500)
    quote = work_out(currency="USD", goods=[bag(300)], reduction=five_off)
    assert (quote.discount_cents, quote.total_cents) == (300, 0)


def test_free_delivery_takes_the_delivery_and_its_tax_off_and_nothing_else() -> None:
    parcel = Delivery(code="p", name="Parcel", promise="", price_cents=700, needs_address=True, tax=Tax("VAT", 200_000))
    code = Reduction(code="POST", name="free delivery", kind=DiscountKind.FREE_DELIVERY, value=0)
    quote = work_out(currency="USD", goods=[bag(300)], delivery=parcel, reduction=code)
    assert quote.delivery is not None
    assert (quote.delivery.price_cents, quote.delivery.discount_cents, quote.delivery.tax_cents) == (700, 700, 0)
    assert (quote.discount_cents, quote.delivery_cents, quote.total_cents) == (0, 0, 300)


def test_sums_far_above_32_bits_stay_exact() -> None:
    quote = work_out(currency="KWD", goods=[bag(2**30, quantity=900, tax=Tax("VAT", 95_000))])
    assert quote.subtotal_cents == 2**30 * 900
    assert quote.tax_cents == half_up(2**30 * 900 * 95_000, MILLION)


def test_a_basket_above_the_limit_is_refused() -> None:
    with pytest.raises(BasketTooLarge):
        work_out(currency="USD", goods=[bag(TOTAL_AT_MOST, quantity=2)])


def test_the_explanations_show_the_sum_a_shopper_can_check() -> None:
    ten = Reduction(code="WELCOME10", name="10% off", kind=DiscountKind.PERCENT, value=100_000)
    parcel = Delivery(code="p", name="Parcel", promise="", price_cents=700, needs_address=True, tax=Tax())
    quote = work_out(
        currency="USD",
        goods=[bag(4800, 2, Tax("Sales tax", 95_000))],
        reduction=ten,
        delivery=parcel,
    )
    assert quote.explanations["subtotal"] == ("Alder Tote, Moss: 2 × $48.00 = $96.00.",)
    assert quote.explanations["discount"][1] == "$9.60 off goods of $96.00."
    assert quote.explanations["tax"][0] == "Sales tax 9.5% on $86.40: $8.21."
    assert quote.explanations["total"] == (
        "$96.00 for the goods − $9.60 discount + $7.00 delivery + $8.21 tax = $101.61.",
    )
