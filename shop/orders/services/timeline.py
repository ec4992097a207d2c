"""The order's timeline: what happened, when, by whom, in plain words. Ids and figures only, never a person's data."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ...money import money
from ..models import Order, OrderEvent
from ..states import ALARMS

CUSTOMER, WORKER = "customer", "worker"

# A kind, and the sentence that is shown for it; names in braces come from the event's details.
KINDS = {
    "taken": "The order was taken {source}.",
    "charged as agreed": "The customer agreed {source} that a saved card is charged with {amount}.",
    "submitted": "The order was submitted for {amount}.",
    "submitted again": "The order was submitted once more, for {amount}.",
    "payment authorised": "{brand} ending in {last4} was authorised for {amount}.",
    "payment declined": "The payment was declined: {reason}",
    "payment unknown": "The bank's answer did not arrive ({why}). We ask until we know.",
    "payment not found": "The payment never reached the bank. Nothing was charged.",
    "payment sent again": "The payment had not reached the bank and was sent once more, with the same one-time code.",
    "payment settling": "The authorised {amount} was submitted for settlement.",
    "payment settled": "The bank has paid out {amount}.",
    "payment not settled": "The authorised {amount} could not be taken: {why}. Nobody has been charged.",
    "payment void due": "An authorisation of {amount} is not needed and will be given free.",
    "payment voided": "An authorisation of {amount} was given free. Nothing was taken.",
    "placed": "The order was placed.",
    "printed": "Printed: {document}.",
    "handed over": "Handed over to {recipient}.",
    "handed over again": "Handed over to {recipient} once more: {reason}.",
    "packed": "The order was packed.",
    "shipped": "The order left: {carrier}, {tracking}.",
    "parcel sent": "A part of the order left: {carrier}, {tracking}.",
    "rest sent": "The rest of the order left: {carrier}, {tracking}.",
    "parcel corrected": "A parcel's carrier or tracking number was corrected.",
    "delivered": "A parcel was delivered.",
    "collected": "It was collected.",
    "ready to collect": "The order waits in the shop to be collected.",
    "done": "The customer has all of it.",
    "step undone": "What was done by mistake was undone before any mail left: {step}.",
    "seen to": "Somebody looked into what needed a person's eyes.",
    "returned": "The parcel came back to the shop: {carrier}.",
    "address corrected": "The delivery address was corrected, as the customer said {source}.",
    "change begun": "The customer agreed {source} that {amount} more is charged to the saved card. To change: {what}.",
    "change asked": "The customer was asked by mail for {amount} more. To change: {what}.",
    "changed": "What was ordered was changed: {what}. The total is {after} instead of {before}.",
    "change declined": "The customer does not want the change: the order stays as it was.",
    "change not paid": "The difference was not paid, so nothing was changed.",
    "change expired": "Nobody answered about the change in time: the order stays as it was.",
    "change withdrawn": "The change was taken back before the customer answered.",
    "cancelled": "The order was cancelled: {reason}.",
    "stock kept off": "Its goods were not put back on the shelf.",
    "refund requested": "A refund of {amount} was asked for.",
    "refunded": "The bank was told to give {amount} back, as refund {gateway_id}.",
    "refund failed": "A refund of {amount} failed: {why}.",
    "disputed": "The customer's bank looks into {amount} of what was paid.",
    "dispute won": "The bank has decided: the payment stands.",
    "dispute lost": "The bank has decided: it took the money back.",
    "expired": "The order was not paid in time. What was held for it is for sale again.",
    "alarm": "Needs a person's eyes: {finding}",
}


def note(order: Order, kind: str, *, actor: str, **details: object) -> None:
    """Write an event, in the caller's transaction. `actor` is CUSTOMER, WORKER or "staff:<id>", `kind` one of KINDS."""
    KINDS[kind].format_map(_Shown(details))
    if kind in ALARMS:
        Order.update(needs_look=True).where(Order.id == order.id).execute()
    OrderEvent.create(order=order.id, kind=kind, actor=actor, details=json.dumps(details, separators=(",", ":")))


def audited(actor: str, order: Order) -> str:
    """The same person as the audit trail names them."""
    if actor == CUSTOMER:
        return f"customer:{order.customer_id}" if order.customer_id else "guest"
    return "shop" if actor == WORKER else actor


def sentence(event: OrderEvent, words: Mapping[str, str] = KINDS, *, currency: str = "") -> str:
    """What the timeline shows for an event; amounts are kept in cents as `amount_cents`, in the order's `currency`."""
    return words[event.kind].format_map(_Shown(json.loads(event.details), currency))


class _Shown(dict[str, object]):
    """Details by name; `amount` reads `amount_cents`. A detail that is missing raises KeyError."""

    def __init__(self, details: Mapping[str, object], currency: str = "") -> None:
        super().__init__(details)
        self._currency = currency

    def __missing__(self, name: str) -> str:
        cents = self.get(f"{name}_cents")
        if cents is None:
            raise KeyError(name)
        return money(int(str(cents)), self._currency)
