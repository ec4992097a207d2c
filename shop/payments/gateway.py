"""The only module that talks to Braintree, or to a practice gateway in its place. Nothing here raises: every answer is
one of the closed sets in outcomes.py, and whatever is not plainly understood is `Unknown`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from xml.parsers.expat import ExpatError

from ..config import settings
from ..money import as_decimal
from . import reading, reasons
from .card_entry import CardEntry, card_entry_for
from .deadline import Circuit, NotStarted, within
from .outcomes import (
    ACCEPTED_BRANDS,
    GOOD,
    OTHER_BRAND,
    Authorised,
    Declined,
    ForgetOutcome,
    Forgotten,
    Missing,
    NonceConsumed,
    Outcome,
    Refunded,
    RefundOutcome,
    Refused,
    Seen,
    SettleOutcome,
    Settling,
    Unknown,
    Voided,
    VoidOutcome,
)

if TYPE_CHECKING:
    import braintree

__all__ = [
    "ACCEPTED_BRANDS", "Authorised", "Declined", "ForgetOutcome", "Forgotten", "Missing", "NonceConsumed", "Outcome",
    "Refunded", "RefundOutcome", "Refused", "Seen", "SettleOutcome", "Settling", "Unknown", "Voided", "VoidOutcome",
    "authorise", "card_entry", "client_token", "day", "find", "find_by_ref", "forget_card", "is_nonce_consumed",
    "is_open", "refund", "settle", "token_or_trouble", "void",
]  # fmt: skip

log = logging.getLogger("shop.payments")
T = TypeVar("T")
CONSUMED = "91564"
NONCE = re.compile(r"[A-Za-z0-9_.:-]{1,255}")
circuit = Circuit()


def is_open() -> bool:
    """Whether it makes sense to ask now: false for a while after several failed calls in a row, in this process."""
    return not circuit.is_down


def card_entry() -> CardEntry:
    """What the payment page needs: a fresh token, the scripts in order, and what its content policy must allow more."""
    return card_entry_for(client_token())


def client_token() -> str | None:
    """A guest's token for card entry, fresh each time; None when the gateway did not give one."""
    answer = token_or_trouble()
    return answer if isinstance(answer, str) else None


def token_or_trouble() -> str | Refused | Unknown:
    """The same, or why there is none."""
    answer = _ask("client_token", lambda gateway: gateway.client_token.generate({}))
    return answer if isinstance(answer, Refused | Unknown) or answer else Unknown("empty answer")


def authorise(*, ref: str, amount_cents: int, nonce: str = "", token: str = "", store_as: str = "") -> Outcome:
    """Reserve the amount on the card behind `nonce`, or on the saved card `token`; nothing is taken until settle().

    `store_as` has the card stored in the vault, if the money can be had, for a new customer of that id. A nonce is good
    once; a token is not, so a payment by token whose outcome is unknown must never be sent again.
    """
    if not NONCE.fullmatch(token or nonce):
        # No gateway ever gave this out; sent, it might break the request and leave the outcome unknown.
        return Declined(None, "nonce", reasons.RETYPE)
    sale: dict[str, Any] = {
        "amount": as_decimal(amount_cents),
        "order_id": ref,
        "options": {"submit_for_settlement": False},
    }
    sale |= {"payment_method_token": token} if token else {"payment_method_nonce": nonce}
    if store_as:
        sale["customer"] = {"id": store_as}
        sale["options"]["store_in_vault_on_success"] = True
    outcome = _ask("sale", lambda gateway: _sale_outcome(gateway.transaction.sale(sale)))
    if isinstance(outcome, Authorised) and outcome.brand not in ACCEPTED_BRANDS:
        voided = void(outcome.gateway_id)
        return Declined(outcome.gateway_id, "brand", OTHER_BRAND, void_due=not isinstance(voided, Voided))
    return outcome


def _sale_outcome(result: Any) -> Outcome:
    if result is None:
        return Unknown("empty answer")
    if result.transaction is not None:
        return _of_transaction(reading.seen(result.transaction), reading.rejection(result.transaction))
    code = reading.first_code(result)
    if code == CONSUMED:
        return NonceConsumed()
    return Declined(None, code, reasons.of_validation(code))


def _of_transaction(seen: Seen, rejection: str) -> Outcome:
    if seen.status in GOOD:
        card = (seen.brand, seen.last4, seen.expiry, seen.token)
        return Authorised(seen.gateway_id, seen.amount_cents, seen.ref, *card)
    if rejection == "duplicate":
        # A ref is sent for one payment only, so the other one with this ref is an earlier send of this very payment.
        return NonceConsumed()
    if seen.status == "gateway_rejected":
        return Declined(seen.gateway_id, rejection, reasons.of_rejection(rejection))
    if seen.is_final_failure:
        return Declined(seen.gateway_id, seen.code or seen.status, reasons.of_processor(seen.code))
    return Unknown(f"status {seen.status}")


def as_outcome(found: Seen) -> Outcome:
    """What a transaction that was found later means for its payment, as authorise() would have said it."""
    if found.status in GOOD and found.brand not in ACCEPTED_BRANDS:
        return Declined(found.gateway_id, "brand", OTHER_BRAND, void_due=True)
    return _of_transaction(found, "")


def find_by_ref(ref: str) -> list[Seen] | None:
    """Every transaction sent with this ref, refused ones and refunds too; None when the gateway could not be asked.

    How soon the live gateway finds a new one is not known: an empty list soon after a send proves nothing.
    """
    return _search(_sdk().braintree.TransactionSearch.order_id == ref)


def day(start: datetime, end: datetime) -> list[Seen] | None:
    """Every transaction made from `start` to `end`, both in UTC; None when the gateway could not be asked."""
    return _search(_sdk().braintree.TransactionSearch.created_at.between(start, end))


def _search(*criteria: Any) -> list[Seen] | None:
    found = _ask("search", lambda gateway: [reading.seen(one) for one in gateway.transaction.search(*criteria).items])
    return found if isinstance(found, list) else None


def find(gateway_id: str) -> Seen | Missing | Unknown:
    """One transaction by the gateway's id."""
    found = _ask("find", lambda gateway: _found(gateway, gateway_id))
    return Unknown(found.why) if isinstance(found, Refused) else found


def _found(gateway: braintree.BraintreeGateway, gateway_id: str) -> Seen | Missing:
    try:
        return reading.seen(gateway.transaction.find(gateway_id))
    except _sdk().NotFoundError:
        return Missing()


def settle(gateway_id: str) -> SettleOutcome:
    """Take the reserved money; asking again for one that is settling or settled already is Settling too."""
    outcome = _ask("settle", lambda gateway: _change(gateway.transaction.submit_for_settlement(gateway_id)))
    if isinstance(outcome, Unknown | Refused):
        return outcome
    now = find(gateway_id) if isinstance(outcome, Declined) else outcome
    if isinstance(now, Seen) and now.is_submitted:
        return Settling(now.gateway_id, now.status)
    return Refused(_why(outcome))


def void(gateway_id: str) -> VoidOutcome:
    """Give the reserved money free; asking again for one that is voided already is Voided too."""
    outcome = _ask("void", lambda gateway: _change(gateway.transaction.void(gateway_id)))
    if isinstance(outcome, Unknown | Refused):
        return outcome
    now = find(gateway_id) if isinstance(outcome, Declined) else outcome
    if isinstance(now, Seen) and now.status == "voided":
        return Voided(now.gateway_id)
    return Refused(_why(outcome))


def _why(outcome: Seen | Declined) -> str:
    return outcome.code if isinstance(outcome, Declined) else f"status {outcome.status}"


def refund(gateway_id: str, *, amount_cents: int, ref: str) -> RefundOutcome:
    """Give back part or all of a settled payment. `ref` is the refund's own: after Unknown, find_by_ref has it."""
    wanted = {"amount": as_decimal(amount_cents), "order_id": ref}
    outcome = _ask("refund", lambda gateway: _change(gateway.transaction.refund(gateway_id, wanted)))
    if not isinstance(outcome, Seen):
        return outcome
    if outcome.is_final_failure:
        return Declined(outcome.gateway_id, outcome.code or outcome.status, reasons.of_processor(outcome.code))
    return Refunded(outcome.gateway_id, outcome.amount_cents, outcome.ref)


def _change(result: Any) -> Seen | Declined | Unknown:
    if result is None:
        return Unknown("empty answer")
    if result.is_success:
        return reading.seen(result.transaction)
    seen = reading.seen(result.transaction) if result.transaction is not None else None
    code = reading.first_code(result) or (seen.code if seen else "")
    return Declined(seen.gateway_id if seen else None, code, reasons.of_validation(code))


def forget_card(*, customer_id: str, token: str | None) -> ForgetOutcome:
    """Delete a card from the gateway's vault with the customer it was stored for; one that is not there is Forgotten.

    Without the token, deleting the customer alone takes the card along.
    """
    outcome: ForgetOutcome = Forgotten()
    if token:
        outcome = _delete("payment_method", lambda gateway: gateway.payment_method.delete(token))
    if isinstance(outcome, Forgotten):
        outcome = _delete("customer", lambda gateway: gateway.customer.delete(customer_id))
    return outcome


def _delete(name: str, call: Callable[[braintree.BraintreeGateway], Any]) -> ForgetOutcome:
    def forgotten(gateway: braintree.BraintreeGateway) -> ForgetOutcome:
        try:
            result = call(gateway)
        except _sdk().NotFoundError:
            return Forgotten()
        return Forgotten() if getattr(result, "is_success", False) else Unknown("empty answer")

    return _ask(name, forgotten)


def is_nonce_consumed(nonce: str) -> bool | None:
    """None when the gateway did not say: act as if it were consumed until the nonce is too old to be used (3 hours)."""
    answer = _ask("nonce", lambda gateway: getattr(gateway.payment_method_nonce.find(nonce), "consumed", None))
    return answer if isinstance(answer, bool) else None


def _ask(name: str, call: Callable[[braintree.BraintreeGateway], T]) -> T | Refused | Unknown:
    """Run `call` under the total deadline; every failure becomes an outcome and counts for the circuit."""
    answer: T | Refused | Unknown
    sdk = _sdk()
    try:
        gateway = sdk.connect(settings())
        answer = within(settings().braintree_timeout, lambda: _and_close(gateway, call))
    except _sdk().NotFoundError as error:
        # It answered: the thing is not there, but the gateway is.
        circuit.note(worked=True)
        return Refused(type(error).__name__)
    except (*sdk.NOT_PROCESSED, NotStarted) as error:
        answer = Refused(type(error).__name__)
    except Exception as error:
        # Timeouts, dropped connections, 5xx, answers that are no XML, and whatever nobody thought of.
        answer = Unknown(_kind(error))
    is_failure = isinstance(answer, Refused | Unknown)
    circuit.note(worked=not is_failure)
    if isinstance(answer, Refused | Unknown):
        log.warning("", extra={"fields": {"gateway_call": name, "outcome": type(answer).__name__, "why": answer.why}})
    return answer


def _sdk() -> ModuleType:
    """Loaded by the first who asks the gateway: that takes an eighth of the shop's whole start."""
    from . import connection

    return connection


def _kind(error: Exception) -> str:
    return "answer is not XML" if isinstance(error, ExpatError) else type(error).__name__


def _and_close(gateway: braintree.BraintreeGateway, call: Callable[[braintree.BraintreeGateway], T]) -> T:
    try:
        return call(gateway)
    finally:
        # Each call has a thread and so a connection of its own: a kept one that the other side has just closed would
        # make a payment's outcome unknown for nothing.
        gateway.config.close()
