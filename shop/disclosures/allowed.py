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
    Recipient.CARRIER: {},
    Recipient.MANUFACTURER: {"items": "what you ordered", "order_number": "the order's number"},
    Recipient.AUTHORITY: {},
}


def allowed_fields(recipient: Recipient) -> set[str]:
    """The names of all that `recipient` may ever be given, and of nothing else."""
    declared = {found.field.name for found in declarations() if recipient in found.personal.recipients}
    return declared | _BESIDES[recipient].keys()


def field_words(recipient: Recipient, name: str) -> str:
    """What a field is called on the pages of whom it concerns."""
    if name in _BESIDES[recipient]:
        return _BESIDES[recipient][name]
    labels = (found.personal.label for found in declarations() if found.field.name == name)
    return next(labels, name.replace("_", " ")).lower()
