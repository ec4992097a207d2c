"""What stands between a shopper and the order, in words: each with its status, and none of them costs anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..cart.queries import BasketLine, Obstacle
from ..money import money
from ..orders.services.errors import (
    CardIsGone,
    GatewayDown,
    NotPlaced,
    PaymentDeclined,
    PricesChanged,
    PurchaseIsOver,
    SoldOut,
)
from ..payments.reasons import OURS

NOT_CHARGED = "You were not charged."


@dataclass(frozen=True)
class Problem:
    """Shown at the head of the checkout; `links` are (address, words) for what can be done about it."""

    title: str
    text: str
    status: int = 409
    links: tuple[tuple[str, str], ...] = field(default=())


CART_LINK = (("/cart", "Change your cart"),)
NO_ORDERS_NOW = Problem(
    "We cannot take orders right now",
    "Payments cannot be relied on at this moment, so we ask for none. Nothing was charged, and your cart is kept. "
    "Please try again in a few minutes.",
    503,
)
CHANGED = Problem(
    "Something changed meanwhile",
    f"Your cart, your address or the total is not what this page showed. {NOT_CHARGED} Please look through it again.",
)
NOT_YET = Problem("Not yet", f"Some of your answers are still missing. {NOT_CHARGED}", 422)
NO_SUCH_METHOD = Problem("Delivery", "Please choose one of the offered ways of delivery.", 422)
BEING_CHECKED = Problem(
    "We are checking with the bank",
    "Your payment is on its way, and its outcome is not known yet. Please do not pay again: nobody is charged twice.",
)
NO_CARD = Problem("The card is missing", f"Please fill in the card form, then pay. {NOT_CHARGED}", 422)
CARD_GONE = Problem(
    "That saved card is no longer there",
    f"It was removed, or has expired. {NOT_CHARGED} Please pay with another card.",
    422,
)
WRONG_PASSWORD = Problem(
    "Your password, please",
    f"You signed in a while ago, so we ask for your password before a saved card is charged, and it was not right. "
    f"{NOT_CHARGED}",
    422,
)
OLD_PAGE = Problem("This page had been open for too long", f"{NOT_CHARGED} Please look through it and pay again.", 422)
TOO_OFTEN = Problem(
    "Too many tries",
    f"To keep other people's cards safe, only so many payments can be tried at once. {NOT_CHARGED} "
    "Please wait a while, or write to us.",
    429,
)


def password_asked_too_often(words: str) -> Problem:
    return Problem("Too many tries", f"{words} {NOT_CHARGED}", 429)


def problem_of(error: NotPlaced) -> Problem:
    """Why an order was not placed."""
    match error:
        case PaymentDeclined():
            return was_declined(error.reason)
        case SoldOut():
            return _sold_out(error)
        case PricesChanged():
            return prices_changed(error.quote.total_cents)
        case GatewayDown():
            return NO_ORDERS_NOW
        case PurchaseIsOver():
            return Problem("This order has ended", f"It was not paid in time. {NOT_CHARGED} Please pay once more.")
        case CardIsGone():
            return CARD_GONE
    return CHANGED


def prices_changed(total_cents: int) -> Problem:
    return Problem(
        "Prices changed",
        f"The total is {money(total_cents)} now. {NOT_CHARGED} Please look through it again before you pay.",
    )


def _sold_out(error: SoldOut) -> Problem:
    name = f"{error.name}, {error.options}" if error.options else error.name
    if error.available <= 0:
        return Problem("Sold out", f"{name} was sold out just before you paid. {NOT_CHARGED}", links=CART_LINK)
    left = f"only {error.available} {'is' if error.available == 1 else 'are'} left"
    return Problem("Too few left", f"Of {name} {left}. {NOT_CHARGED}", links=CART_LINK)


def discount_refused(reason: str) -> Problem:
    return Problem("The discount code was not taken off", f"{reason} {NOT_CHARGED} The total below is without it.")


def method_gone(reason: str) -> Problem:
    return Problem("Delivery changed", f"{reason} {NOT_CHARGED}")


def not_charged(problem: Problem) -> Problem:
    return replace(problem, text=f"{problem.text} {NOT_CHARGED}")


def obstacle_of(lines: list[BasketLine]) -> Problem | None:
    """What of the cart cannot be bought as it stands."""
    for line in lines:
        name = f"{line.variant.name}, {line.variant.options}" if line.variant.options else line.variant.name
        if line.obstacle is Obstacle.TOO_FEW:
            return Problem("Too few left", f"Of {name} only {line.variant.available} can be had.", links=CART_LINK)
        if line.obstacle is not None:
            return Problem("Sold out", f"{name} can no longer be had.", links=CART_LINK)
    return None


def was_declined(reason: str) -> Problem:
    if reason == OURS:
        # The bank was never asked.
        return Problem("The payment could not be made", reason, 503)
    return Problem("The payment was declined", f"{reason} {NOT_CHARGED}", 422)
