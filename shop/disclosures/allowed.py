"""Who may be given what: the declarations say it for personal values, this module for the rest."""

from __future__ import annotations

from ..vault import Recipient, declarations

# What is nobody's name or address, and goes along all the same.
_BESIDES = {
    Recipient.PAYMENT_PROCESSOR: {
        "amount": "the amount",
        "payment_reference": "our reference for the payment",
        "card_code": "the one-time code that the processor's own card form gave us for your card",
        "saved_card": "the processor's own code for the card you let it keep",
    },
    Recipient.CARRIER: {"order_number": "the order's number"},
    Recipient.MANUFACTURER: {"order_number": "the order's number", "items": "what was ordered"},
    Recipient.AUTHORITY: {},
    Recipient.PAPER: {"order_number": "the order's number", "items": "what was ordered"},
}


def allowed_fields(recipient: Recipient) -> set[str]:
    """The names of all that `recipient` may ever be given, and of nothing else."""
    return set(fields_to_choose(recipient))


def fields_to_choose(recipient: Recipient) -> list[str]:
    """The same in the order in which a file holds them: what is nobody's first, then the address."""
    declared = [found.field.name for found in declarations() if recipient in found.personal.recipients]
    addresses_first = sorted(dict.fromkeys(declared), key=lambda name: not name.startswith("delivery_"))
    return list(dict.fromkeys([*_BESIDES[recipient], *addresses_first]))


def is_personal(name: str) -> bool:
    """Whether a field says something about somebody."""
    return any(found.field.name == name for found in declarations())


def field_words(recipient: Recipient, name: str) -> str:
    """What a field is called on the pages of whom it concerns."""
    if name in _BESIDES[recipient]:
        return _BESIDES[recipient][name]
    labels = (found.personal.label for found in declarations() if found.field.name == name)
    return next(labels, name.replace("_", " ")).lower()
