"""What the shop asks its customers' consent for, in the exact words that are shown and kept with each answer.

Whatever is not asked here needs no consent: an order's mails, the books, the account itself. Something new gets a
purpose of its own, for what was agreed to is never stretched; words are mended only where they mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..vault import Purpose


class ConsentPurpose(StrEnum):
    """Each is asked for by itself, and is never taken for given."""

    NEWS = "news"
    HABITS = "habits"
    REMINDERS = "reminders"
    SAVED_CARD = "saved-card"


@dataclass(frozen=True)
class Question:
    """`text` is what the customer agrees to, word for word; `why` is why we ask, `without` what happens when they
    refuse. `purpose` is the one of the privacy policy that it belongs to."""

    title: str
    text: str
    why: str
    without: str
    purpose: Purpose


QUESTIONS: Mapping[ConsentPurpose, Question] = {
    ConsentPurpose.NEWS: Question(
        title="News by e-mail",
        text="The shop may write to me about itself: what is new on the shelves, changed hours, new delivery rounds.",
        why="We would like to tell you what is new, and only if you care to know.",
        without="You get no news from us. Mails about your orders and your account come all the same.",
        purpose=Purpose.CORRESPONDENCE,
    ),
    ConsentPurpose.HABITS: Question(
        title="Purchase habits",
        text="The shop may look at what I bought before, together with what others bought, to improve its service.",
        why="What is bought together, and how often, tells us what to keep in stock. It is worked out afresh each time "
        "from the orders, and never stored or shown to anybody else by name.",
        without="Your purchases are left out of all of that. Your orders and prices are the same.",
        purpose=Purpose.IMPROVEMENT,
    ),
    ConsentPurpose.REMINDERS: Question(
        title="Reminders",
        text="The shop may remind me by e-mail to look at my details: when I have not confirmed them for long, or "
        "when a card I saved is about to expire.",
        why="A wrong address or an old card is noticed before it holds up an order.",
        without="We do not remind you, and you look after your details yourself.",
        purpose=Purpose.ACCOUNT,
    ),
    ConsentPurpose.SAVED_CARD: Question(
        title="Saved cards",
        text="The shop may have its payment processor keep my card for my next orders, and keep the card's brand, "
        "last four digits and expiry date itself.",
        why="So that you need not type your card again when you order.",
        without="You type your card with each order. Cards that were saved are removed, here and at the payment "
        "processor.",
        purpose=Purpose.PAYMENT,
    ),
}

# Called with customer_id=…, in the transaction of the withdrawal.
AfterWithdrawal = Callable[..., object]
_after_withdrawal: dict[ConsentPurpose, list[AfterWithdrawal]] = {}


def on_withdrawal(purpose: ConsentPurpose, function: AfterWithdrawal) -> None:
    """Let `function(customer_id=…)` undo what was done under the consent, whenever somebody withdraws it."""
    known = _after_withdrawal.setdefault(purpose, [])
    if function not in known:
        known.append(function)


def after_withdrawal(purpose: ConsentPurpose) -> list[AfterWithdrawal]:
    return _after_withdrawal.get(purpose, [])
