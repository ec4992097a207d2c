"""A refund as staff ask for it: pieces, delivery or any amount, with what goes back on the shelf."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ... import jobs
from ...catalogue import stock
from ...db import db
from ...pricing.quote import Quote
from ...retrying import retried
from ..models import Order, Payment, Refund
from ..pieces.models import RefundLine
from ..pieces.queries import Pieces, pieces_of
from ..refund_reasons import RefundReason
from ..refundable import Refundable, refundable, shared_out
from .parcels import finish_if_all_is_sent
from .refunds import request_refunds
from .revisions import ChangedMeanwhile, NotNow, take_turn

WERE_SENT = (RefundReason.SENT_BACK, RefundReason.DAMAGED, RefundReason.MISSING, RefundReason.LATE)


class NotRefundable(NotNow):
    """The message says why, for staff."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`quantities` by line; of the lines in `restock` they go back on the shelf. Without `amount_cents` what is
    proposed for them goes back."""

    quantities: Mapping[int, int]
    restock: Collection[int]
    delivery: bool
    amount_cents: int | None
    reason: RefundReason
    tells_customer: bool

    @property
    def chosen(self) -> dict[int, int]:
        return {line_id: quantity for line_id, quantity in self.quantities.items() if quantity}


def refundable_of(order: Order) -> Refundable:
    return refundable(
        order=order,
        quote=Quote.from_json(order.quote),
        pieces=pieces_of(order),
        payments=list(Payment.select().where(Payment.order == order.id).order_by(Payment.id)),
        refunds=list(Refund.select().where(Refund.order == order.id)),
    )


def give_back(*, order: Order, wish: Wish, seen: int, staff_id: int) -> tuple[int, bool]:
    """Promise refunds for the form of the revision `seen`: how many cents go back, and whether that is new, for the
    same form again gives the same. The worker sends them. Raises NotRefundable, RefundTooLarge, ChangedMeanwhile."""
    try:
        return _give_back(order, wish, seen, staff_id), True
    except ChangedMeanwhile:
        earlier = list(Refund.select().where(Refund.order == order.id, Refund.at_revision == seen))
        cents = sum(refund.amount_cents for refund in earlier)
        if earlier and _are_the_same(earlier, cents, wish):
            return cents, False
        raise


@retried
def _give_back(order: Order, wish: Wish, seen: int, staff_id: int) -> int:
    with db.atomic():
        present = Order.get_by_id(order.id)
        if present.revision != seen:
            raise ChangedMeanwhile
        left = refundable_of(present)
        amount, parts, delivery = _figures(left, wish)
        # The shelf before the order: whoever takes both takes them in this turn.
        restocked = _restock(present, left, wish, seen)
        take_turn(present, seen=seen)
        if not left.sources:
            raise NotRefundable("Nothing was paid for this order, or all of it has gone back.")
        made = request_refunds(
            present,
            amount,
            reason=wish.reason.value,
            actor=f"staff:{staff_id}",
            tells_customer=wish.tells_customer,
            at_revision=seen,
        )
        refund = made[0]
        if len(made) > 1:
            # What it is for stands in the first of them, as far as that goes.
            parts, delivery = shared_out(refund.amount_cents, parts, delivery)
        Refund.update(delivery_cents=delivery).where(Refund.id == refund.id).execute()
        for each, quantity in _chosen(left, wish):
            kept_back = each.kept_back_of(quantity, were_sent=wish.reason in WERE_SENT)
            RefundLine.create(
                order=order.id,
                refund=refund.id,
                line=each.line.id,
                what=each.what,
                quantity=quantity,
                amount_cents=parts[each.line.id],
                restocked=restocked.get(each.line.id, 0),
                kept_back=kept_back,
            )
        finish_if_all_is_sent(present)
        jobs.kick("send refunds")
    return amount


def _figures(left: Refundable, wish: Wish) -> tuple[int, dict[int, int], int]:
    """The amount, each line's part of it, and delivery's. Raises NotRefundable."""
    for line_id, quantity in wish.chosen.items():
        each = left.of_line(line_id)
        if each is None or not 0 < quantity <= each.to_give_back:
            raise NotRefundable("More pieces were chosen than are left to give back. Look at the quantities again.")
    proposal = left.propose(wish.chosen, delivery=wish.delivery)
    if wish.amount_cents is None:
        amount, parts, delivery = proposal.amount_cents, dict(proposal.parts), proposal.delivery_cents
    else:
        amount = wish.amount_cents
        parts, delivery = shared_out(amount, proposal.parts, proposal.delivery_cents)
    if amount <= 0:
        raise NotRefundable("Choose what is given back, or type an amount.")
    return amount, parts, delivery


def _chosen(left: Refundable, wish: Wish) -> list[tuple[Pieces, int]]:
    return [(each, wish.chosen[each.line.id]) for each in left.pieces if each.line.id in wish.chosen]


def _restock(order: Order, left: Refundable, wish: Wish, seen: int) -> dict[int, int]:
    """Put what was ticked back on the shelf, in the order of variants; how many, by line. No piece goes there twice."""
    back: dict[int, int] = {}
    ticked = [(each, quantity) for each, quantity in _chosen(left, wish) if each.line.id in wish.restock]
    for each, quantity in sorted(ticked, key=lambda pair: pair[0].line.variant_id or 0):
        pieces = min(quantity, each.line.quantity - each.restocked)
        if pieces > 0 and each.line.variant_id is not None:
            ref = f"{order.number}:{seen}:{each.line.id}"
            stock.restock(variant_id=each.line.variant_id, quantity=pieces, reason="given back", ref=ref)
            back[each.line.id] = pieces
    return back


def _are_the_same(refunds: Sequence[Refund], cents: int, wish: Wish) -> bool:
    rows = RefundLine.select().where(RefundLine.refund.in_([refund.id for refund in refunds]))
    has_amount = wish.amount_cents in (None, cents)
    return has_amount and {row.line_id: row.quantity for row in rows} == wish.chosen
