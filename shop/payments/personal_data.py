"""What is kept of a card that its customer asked us to keep. The number never reaches this shop."""

from __future__ import annotations

from functools import partial

from ..vault import Editor, Personal, Purpose, Recipient

_card = partial(
    Personal,
    required=False,
    purposes=(Purpose.PAYMENT,),
    retention="card",
    editable_by=Editor.CUSTOMER,
)
TOKEN = _card(
    label="The payment processor's name for your card",
    why="With it we can ask the processor to charge the card again when you say so. It is of no use to anybody else.",
    without="You type your card with each order.",
    recipients=(Recipient.PAYMENT_PROCESSOR,),
)
BRAND = _card(
    label="Card brand",
    why="So that you can tell your saved cards apart.",
    without="You type your card with each order.",
)
LAST4 = _card(
    label="Last four digits of the card",
    why="So that you can tell your saved cards apart.",
    without="You type your card with each order.",
)
