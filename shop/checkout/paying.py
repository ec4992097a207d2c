"""One submission of the payment form, from what was sent to an order or to the reason why there is none."""

from __future__ import annotations

from datetime import timedelta

from .. import clock
from ..customers.services.sign_up import mail_sign_up_link
from ..limits import seconds_to_wait
from ..orders.models import Order, Payment, PaymentState
from ..orders.services.errors import AlreadyBeingChecked, CartIsGone, NotPlaced
from ..orders.services.paying import order_sent_before, submit_order
from ..orders.services.purchase import Means
from ..pricing.services import DiscountRefused, MethodNotAvailable
from . import answers
from .answers import Problem
from .queries import Checkout, Step

TRIES_PER_CART = "20 per 10 minutes"
DECLINES_PER_CHECKOUT, DECLINES_WITHIN = 8, timedelta(hours=1)


def pay_for(*, checkout: Checkout | None, idem: str, seen_total_cents: int, means: Means) -> Order | Problem:
    """The order, placed or with its payment's outcome still unknown; or what is in the way.

    Raises CartIsGone when there is neither a cart nor an order that was sent with this token.
    """
    try:
        order = order_sent_before(idem=idem, seen_total_cents=seen_total_cents)
        if order is not None:
            return order
        if checkout is None:
            raise CartIsGone
        return _hindrance(checkout, means) or _submit(checkout, idem, seen_total_cents, means)
    except AlreadyBeingChecked as error:
        return error.order
    except CartIsGone:
        raise
    except NotPlaced as error:
        return answers.problem_of(error)
    except DiscountRefused as refused:
        return answers.discount_refused(refused.reason)
    except MethodNotAvailable as gone:
        return answers.method_gone(gone.reason)


def _hindrance(checkout: Checkout, means: Means) -> Problem | None:
    if checkout.next_step is not Step.PAYMENT:
        return answers.NOT_YET
    if checkout.quote.total_cents and not means.nonce and means.card_id is None:
        return answers.NO_CARD
    if _is_testing_cards(checkout):
        return answers.TOO_OFTEN
    return None


def _is_testing_cards(checkout: Checkout) -> bool:
    """Thieves try stolen numbers one after the other: addresses change, so the tries of a cart are counted."""
    if seconds_to_wait(TRIES_PER_CART, "pay", str(checkout.cart.id)):
        return True
    since = clock.now() - DECLINES_WITHIN
    mine = Order.select(Order.id).where(Order.draft_subject == checkout.subject)
    declined = Payment.select().where(
        Payment.order.in_(mine), Payment.state == PaymentState.FAILED, Payment.created_at > since
    )
    return bool(declined.count() >= DECLINES_PER_CHECKOUT)


def _submit(checkout: Checkout, idem: str, seen_total_cents: int, means: Means) -> Order | Problem:
    """A token that is not this page's is an older page's: only what was seen last may be bought."""
    if idem != checkout.idem:
        return _changed(checkout, seen_total_cents)
    purchase = checkout.purchase(idem=idem, seen_total_cents=seen_total_cents)
    order = submit_order(purchase=purchase, means=means)
    if checkout.wants_account:
        mail_sign_up_link(email=purchase.contact.email)
    return order


def _changed(checkout: Checkout, seen_total_cents: int) -> Problem:
    total = checkout.quote.total_cents
    if checkout.obstacle is not None:
        return answers.not_charged(checkout.obstacle)
    if seen_total_cents == total:
        return answers.CHANGED
    if checkout.discount_problem:
        return answers.discount_refused(checkout.discount_problem)
    return answers.prices_changed(total)
