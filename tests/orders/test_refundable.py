"""What is proposed for a refund: line by line and in any order, all of it makes up the total to the cent."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.orders.models import Order, OrderLine, Payment, PaymentState, Refund, RefundState
from shop.orders.pieces.queries import Pieces
from shop.orders.refundable import Refundable, refundable, shared_out
from shop.pricing.models import DiscountKind
from shop.pricing.quote import Quote
from shop.pricing.sums import Delivery, Goods, Reduction, Tax, work_out

GOODS = st.builds(
    lambda price, quantity, rate: Goods(
        variant_id=1, name="x", options="", sku="x", picture="", unit_price_cents=price, quantity=quantity,
        weight_grams=1, tax=Tax("Tax", rate),
    ),
    st.integers(0, 99_999),
    st.integers(1, 12),
    st.sampled_from([0, 20_000, 72_500, 95_000, 190_000]),
)  # fmt: skip
REDUCTIONS = st.one_of(
    st.none(),
    st.builds(
        lambda kind, value: Reduction(code="C", name="C", kind=kind, value=value),
        st.sampled_from([DiscountKind.PERCENT, DiscountKind.AMOUNT]),
        st.integers(1, 500_000),
    ),
    st.just(Reduction(code="C", name="C", kind=DiscountKind.FREE_DELIVERY, value=0)),
)


def bought(quote: Quote, given_back: dict[int, int] | None = None, refunds: list[Refund] | None = None) -> Refundable:
    """An order's figures as they stand in the tables, without the tables."""
    names = ("name", "options", "quantity", "tax_cents", "total_cents")
    lines = [
        OrderLine(id=place, **{name: getattr(line, name) for name in names})
        for place, line in enumerate(quote.lines, start=1)
    ]
    paid = Payment(id=1, amount_cents=quote.total_cents, state=PaymentState.SETTLED)
    pieces = [Pieces(line, given_back=(given_back or {}).get(line.id, 0)) for line in lines]
    return refundable(order=Order(), quote=quote, pieces=pieces, payments=[paid], refunds=refunds or [])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(GOODS, min_size=1, max_size=5),
    REDUCTIONS,
    st.integers(0, 3000),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_all_pieces_and_delivery_in_any_order_make_up_the_total(
    goods: list[Goods], off: Reduction | None, delivery_cents: int, inclusive: bool, dice: object
) -> None:
    way = Delivery(
        code="d", name="d", promise="", price_cents=delivery_cents, needs_address=True, tax=Tax("Tax", 95_000)
    )
    quote = work_out(currency="USD", goods=goods, reduction=off, delivery=way, inclusive=inclusive)
    waiting = [place for place, line in enumerate(quote.lines, start=1) for _ in range(line.quantity)] + [0]
    dice.shuffle(waiting)  # type: ignore[attr-defined]
    back, tax, refunds, given_back = 0, 0, list[Refund](), dict[int, int]()
    for place in waiting:
        left = bought(quote, given_back, refunds)
        proposal = left.propose({place: 1} if place else {}, delivery=not place)
        assert not proposal.is_capped
        back, tax = back + proposal.amount_cents, tax + proposal.tax_cents
        given_back[place] = given_back.get(place, 0) + 1
        part = Refund(
            payment=1,
            amount_cents=proposal.amount_cents,
            delivery_cents=proposal.delivery_cents,
            state=RefundState.DONE,
        )
        refunds.append(part)
    assert (back, tax) == (quote.total_cents, quote.tax_cents)
    assert bought(quote, given_back, refunds).left_cents == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(GOODS, min_size=1, max_size=4), st.data())
def test_after_any_amount_no_more_is_proposed_than_is_left(goods: list[Goods], data: st.DataObject) -> None:
    quote = work_out(currency="USD", goods=goods)
    amount = data.draw(st.integers(0, quote.total_cents))
    earlier = Refund(payment=1, amount_cents=amount, state=RefundState.DONE)
    left = bought(quote, refunds=[earlier])
    proposal = left.propose({each.line.id: each.line.quantity for each in left.pieces}, delivery=True)
    assert proposal.amount_cents == quote.total_cents - amount
    assert sum(proposal.parts.values()) + proposal.delivery_cents == proposal.amount_cents


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 3000), max_size=5), st.integers(0, 900))
def test_a_typed_amount_is_shared_out_without_passing_any_part(amount: int, parts: list[int], delivery: int) -> None:
    given_parts = dict(enumerate(parts))
    shared, for_delivery = shared_out(amount, given_parts, delivery)
    assert all(shared[place] <= part for place, part in given_parts.items())
    assert for_delivery <= delivery
    assert sum(shared.values()) + for_delivery == min(amount, sum(parts) + delivery)


def test_what_failed_or_was_never_taken_can_be_given_back_again() -> None:
    quote = work_out(currency="USD", goods=[])
    failed = Refund(payment=1, amount_cents=0, delivery_cents=500, state=RefundState.FAILED)
    assert bought(quote, refunds=[failed]).left_cents == quote.total_cents


def test_without_money_nothing_is_left() -> None:
    quote = work_out(currency="USD", goods=[])
    declined = Payment(id=1, amount_cents=500, state=PaymentState.FAILED)
    left = refundable(order=Order(), quote=quote, pieces=[], payments=[declined], refunds=[])
    assert (left.sources, left.left_cents) == ([], 0)
