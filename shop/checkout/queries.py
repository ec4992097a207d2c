"""What a shopper has answered so far, what it comes to, and what is still to be asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from enum import StrEnum
from functools import cached_property

from .. import clock
from ..addresses import Address, address_lines
from ..cart.models import Cart
from ..cart.queries import BasketLine, basket
from ..catalogue.queries import SaleVariant
from ..customers.models import Customer
from ..orders.models import LIVE_PAYMENTS, Order, OrderState, Payment
from ..orders.services.purchase import Contact, Purchase
from ..orders.services.timeline import CUSTOMER
from ..pricing.queries import DeliveryOffer, methods_for
from ..pricing.quote import Quote
from ..pricing.services import TOTAL_AT_MOST, Destination, DiscountRefused, price_basket
from ..vault import Source, blind, derived_key
from .answers import Problem, obstacle_of
from .models import CheckoutDraft


class Step(StrEnum):
    CONTACT = "contact"
    DELIVERY = "delivery"
    PAYMENT = "payment"


def draft_of(cart: Cart, customer: Customer | None = None) -> CheckoutDraft | None:
    """What was typed for this cart; None when there is nothing, its key is gone, or another customer typed it."""
    draft: CheckoutDraft | None = CheckoutDraft.get_or_none(CheckoutDraft.cart == cart.id)
    # Behind a mailed link it is for whoever the mail came to, signed in or not.
    is_mailed = draft is not None and draft.link_hash is not None
    if draft is not None and not is_mailed and draft.customer_id not in (None, customer and customer.id):
        return None
    return draft if draft is not None and draft.is_readable else None


class Checkout:
    """One cart's checkout at this moment. Asks the database once for each thing, when it is first needed."""

    def __init__(self, cart: Cart, customer: Customer | None = None, *, actor: str = CUSTOMER) -> None:
        """`actor` sends the order off, if it comes to that: the customer, or "staff:<id>"."""
        self.cart = cart
        self.customer = customer
        self.actor = actor
        self.lines: list[BasketLine] = basket(cart)
        self.draft = draft_of(cart, customer)

    @cached_property
    def has_contact(self) -> bool:
        return self.draft is not None and bool(self.draft.email)

    @cached_property
    def has_delivery(self) -> bool:
        return self.draft is not None and bool(self.draft.is_delivery_done) and bool(self.offers)

    @cached_property
    def next_step(self) -> Step:
        """The first that is not answered."""
        if not self.has_contact:
            return Step.CONTACT
        return Step.PAYMENT if self.has_delivery else Step.DELIVERY

    @cached_property
    def destination(self) -> Destination | None:
        """None as long as there is no address, and for what is collected."""
        draft = self.draft
        if draft is None or draft.is_collected or not draft.is_delivery_done:
            return None
        return Destination(draft.delivery_country or "", draft.delivery_region or "", draft.delivery_postcode or "")

    @property
    def wants_account(self) -> bool:
        """Whether a guest ticked that an account should be opened with the order."""
        return self.customer is None and self.draft is not None and bool(self.draft.wants_account)

    @property
    def subject(self) -> str:
        return str(self.draft.subject) if self.draft is not None else ""

    @cached_property
    def obstacle(self) -> Problem | None:
        """What of the cart cannot be bought as it stands."""
        return obstacle_of(self.lines)

    @property
    def items(self) -> list[tuple[SaleVariant, int]]:
        """What is bought, in the quantities that were wanted."""
        return [(line.variant, line.quantity) for line in self.lines if line.variant.is_for_sale]

    @property
    def measures(self) -> tuple[int, int]:
        """The goods' price in cents and their weight in grams."""
        price = sum(variant.price_cents * quantity for variant, quantity in self.items)
        return price, sum(variant.weight_grams * quantity for variant, quantity in self.items)

    @property
    def is_too_large(self) -> bool:
        """Whether prices have risen so far that nothing can be worked out: the cart's page says so."""
        return self.measures[0] > TOTAL_AT_MOST

    @cached_property
    def offers(self) -> list[DeliveryOffer]:
        """The ways of delivery for the address that was given, or of collecting for who wants that."""
        if self.draft is None or not self.draft.is_delivery_done:
            return []
        found = methods_for(self.destination, *self.measures)
        return [offer for offer in found if offer.needs_address is not self.draft.is_collected]

    @cached_property
    def offer(self) -> DeliveryOffer | None:
        """The chosen one, or the first until one is chosen."""
        chosen = self.draft.method_code if self.draft else ""
        first = next(iter(self.offers), None)
        return next((offer for offer in self.offers if offer.code == chosen), first)

    @cached_property
    def _priced(self) -> tuple[Quote, str]:
        try:
            return self._quote_with(self.cart.discount_code), ""
        except DiscountRefused as refused:
            return self._quote_with(""), refused.reason

    def _quote_with(self, discount_code: str) -> Quote:
        return price_basket(
            items=self.items,
            destination=self.destination,
            method_code=self.offer.code if self.offer else "",
            discount_code=discount_code,
            customer=blind("email", self.draft.email) if self.has_contact and self.draft else None,
            now=clock.now(),
        )

    @property
    def quote(self) -> Quote:
        return self._priced[0]

    @property
    def discount_problem(self) -> str:
        """Why the cart's code is not taken off, in the shopper's words."""
        return self._priced[1]

    @cached_property
    def order(self) -> Order | None:
        """The newest order that was tried from this checkout."""
        if self.draft is None:
            return None
        mine = Order.select().where(Order.draft_subject == self.draft.subject)
        found: Order | None = mine.order_by(Order.id.desc()).first()
        return found

    @cached_property
    def being_checked(self) -> Order | None:
        """The order whose payment is under way."""
        if self.order is None or self.order.state != OrderState.PENDING:
            return None
        live = Payment.select().where(Payment.order == self.order.id, Payment.state.in_(LIVE_PAYMENTS))
        return self.order if live.exists() else None

    @cached_property
    def declined(self) -> str:
        """Why the last payment of this checkout failed; empty when there was none."""
        if self.order is None or self.order.state != OrderState.PAYMENT_FAILED:
            return ""
        last = Payment.select().where(Payment.order == self.order.id).order_by(Payment.id.desc()).first()
        return str(last.reason) if last else ""

    @cached_property
    def fingerprint(self) -> str:
        """Of what the payment form stands for, under a key: nothing about the shopper can be had from it."""
        contact = self.contact
        values = {**contact.columns(), "way": self.offer.code if self.offer else ""}
        cart = [self.cart.id, self.cart.version, self.quote.total_cents, self.quote.discount_code]
        return _keyed("checkout fingerprint", json.dumps([cart, values], sort_keys=True))

    @cached_property
    def idem(self) -> str:
        """The token of the submission that the page stands for. The same in every tab that shows the same; another one
        once anything is changed, or once an order under it has ended."""
        if self.draft is None:
            return ""
        ended = Order.select().where(
            Order.draft_subject == self.draft.subject, Order.state.in_([OrderState.EXPIRED, OrderState.CANCELLED])
        )
        return _keyed("checkout idem", f"{self.draft.idem} {self.fingerprint} {ended.count()}")

    @cached_property
    def contact(self) -> Contact:
        """Asks for the first two steps to be answered."""
        assert self.draft is not None
        delivery = self.address("delivery")
        billing: Address | None = self.address("billing")
        if self.draft.billing_is_delivery:
            billing = None if self.draft.is_collected else delivery
        email, phone, note = self.draft.email or "", self.draft.phone or "", self.draft.note or ""
        return Contact(email=email, phone=phone, note=note, delivery=delivery, billing=billing)

    def lines_of(self, kind: str) -> tuple[str, ...]:
        """The "delivery" or "billing" address as it is written in its country."""
        return address_lines(self.draft, kind)

    def address(self, kind: str) -> Address:
        return Address(**{part: getattr(self.draft, f"{kind}_{part}") or "" for part in Address.__dataclass_fields__})

    def purchase(self, *, idem: str, seen_total_cents: int) -> Purchase:
        """What is bought if the payment form with this token and total is sent now."""
        assert self.draft is not None
        return Purchase(
            idem=idem,
            fingerprint=self.fingerprint,
            seen_total_cents=seen_total_cents,
            cart=self.cart,
            draft_subject=self.draft.subject,
            contact=self.contact,
            destination=self.destination,
            method_code=self.offer.code if self.offer else "",
            discount_code=self.quote.discount_code,
            customer=self.customer,
            source=Source(self.draft.told or Source.SELF),
            contact_source=Source(self.draft.source),
            taken_by=self.draft.taken_by,
            actor=self.actor,
        )


def _keyed(purpose: str, text: str) -> str:
    digest = hmac.digest(derived_key(purpose), text.encode(), hashlib.sha256)
    return base64.b32encode(digest[:20]).decode()
