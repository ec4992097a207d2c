"""One of everything that a route may name of somebody's, and which argument of a route names what."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug.routing import Rule

from shop import clock
from shop.cart.models import Cart, CartLine
from shop.cart.services import add_to_cart
from shop.checkout.models import CheckoutDraft
from shop.checkout.taking.services import begin_order, take_for
from shop.customers.models import (
    Address,
    Customer,
    CustomerNote,
    CustomerSession,
    LinkPurpose,
    Passkey,
)
from shop.customers.services.links import make_link
from shop.customers.services.notes import write_note
from shop.customers.services.sessions import begin_session
from shop.orders.models import EditState, EditWay, Order, OrderEdit, Payment, Refund, Shipment
from shop.orders.notes.models import OrderNote
from shop.orders.notes.services import write_note as write_order_note
from shop.outbox.models import Mail
from shop.payments.models import StoredCard
from shop.payments.services.cards import keep_card
from shop.privacy.cases.models import Case, Topic
from shop.privacy.cases.services import open_case
from shop.privacy.erasing.one_thing import FINDERS, MODELS
from shop.privacy.person import person_of, theirs
from shop.vault import Sealed, Source

from .customers import make_customer
from .past import past_order

Values = dict[str, Any]
WHAT_TO_ADD = (
    "The route {rule} ({endpoint}) takes <{name}>, and nobody has said whose thing that names. If it names a row that "
    "belongs to somebody, add {name!r} to THEIRS in tests/support/belongings.py, with how to get one customer's; if it "
    "names nobody's, a word of the program or a page that everybody may see, add it to NOBODYS there."
)


@dataclass(frozen=True)
class Belongings:
    """Everything is the customer's, but `guest_order`: it was placed with their e-mail, without the account."""

    customer: Customer
    order: Order
    guest_order: Order
    refund: Refund
    shipment: Shipment
    address: Address
    card: StoredCard
    passkey: Passkey
    session: CustomerSession
    note: CustomerNote
    order_note: OrderNote
    case: Case
    line: CartLine
    draft: CheckoutDraft
    token: str


def belongings(email: str, name: str, *, variant_id: int) -> Belongings:
    """Needs an app context."""
    customer = make_customer(email, name)
    customer.phone = "+12135550134"
    customer.save()
    order, guest_order = past_order(email, customer=customer), past_order(email)
    payment = Payment.get(Payment.order == order.id)
    _asked_about(order)
    begin_session(customer=customer)
    cart: Cart = add_to_cart(token=secrets.token_urlsafe(32), variant_id=variant_id, quantity=1)
    write_order_note(order=order, text="Leave it with the neighbour.", staff_id=1)
    return Belongings(
        customer=customer,
        order=order,
        guest_order=guest_order,
        refund=Refund.create(order=order.id, payment=payment.id, ref=secrets.token_hex(6), amount_cents=100),
        shipment=Shipment.get(Shipment.order == order.id),
        address=_address(customer),
        card=_card(customer),
        passkey=_passkey(customer),
        session=CustomerSession.get(CustomerSession.customer == customer.id),
        note=write_note(customer=customer, text="Calls after six.", staff_id=1),
        order_note=OrderNote.get(OrderNote.order == order.id),
        case=open_case(topic=Topic.SEE, email=email, text="What do you hold?"),
        line=CartLine.get(CartLine.cart == cart.id),
        draft=_draft(customer),
        token=make_link(purpose=LinkPurpose.MY_DATA, email=email, good_for=timedelta(hours=1)),
    )


def _asked_about(order: Order) -> None:
    """A change of the order, which its customer did not want."""
    nothing = '{"before": [], "after": []}'
    OrderEdit.create(
        order=order.id, state=EditState.DECLINED, way=EditWay.ASK, at_revision=0, digest="", before=order.quote,
        after=order.quote, lines=nothing, difference_cents=100, staff_id=1, decided_at=clock.now(),
    )  # fmt: skip


def _address(customer: Customer) -> Address:
    address: Address = Address.create(
        subject=customer.subject, source=Source.SELF, customer=customer.id, name="Somebody", street="9 Heron Row",
        city="Los Angeles", region="CA", postcode="90012", country="US", is_for_delivery=True, is_for_billing=True,
    )  # fmt: skip
    return address


def _draft(customer: Customer) -> CheckoutDraft:
    draft = begin_order(source=Source.STAFF_BY_PHONE, staff_id=1)
    take_for(draft=draft, customer=customer)
    return draft


def _card(customer: Customer) -> StoredCard:
    key = secrets.token_hex(6)
    return keep_card(
        customer_id=customer.id, gateway_customer=key, token=key, brand="Visa", last4="1111", expiry="12/2031"
    )


def _passkey(customer: Customer) -> Passkey:
    passkey: Passkey = Passkey.create(
        customer=customer.id,
        credential_id=secrets.token_bytes(16),
        public_key=b"x",
        user_handle=secrets.token_bytes(16),
        created_at=clock.now(),
    )
    return passkey


def _number(theirs: Belongings, rule: Rule) -> str:
    if "/cases" in rule.rule:
        return theirs.case.number
    return (
        theirs.guest_order.number if "/guests" in rule.rule or "/account/orders" in rule.rule else theirs.order.number
    )


# What names a row of somebody's, by the name of the route's argument.
THEIRS: Mapping[str, Callable[[Belongings, Rule], Any]] = {
    "address_id": lambda theirs, _: theirs.address.id,
    "card_id": lambda theirs, _: theirs.card.id,
    "customer_id": lambda theirs, _: theirs.customer.id,
    "draft_id": lambda theirs, _: theirs.draft.id,
    "line_id": lambda theirs, _: theirs.line.id,
    "note_id": lambda theirs, rule: (theirs.order_note if "/orders/" in rule.rule else theirs.note).id,
    "number": _number,
    "mail_id": lambda theirs, _: Mail.get(Mail.about_kind == "order", Mail.about_id == theirs.order.id).id,
    "parcel_id": lambda theirs, _: theirs.shipment.id,
    "passkey_id": lambda theirs, _: theirs.passkey.id,
    "refund_id": lambda theirs, _: theirs.refund.id,
    "session_id": lambda theirs, _: theirs.session.id,
    # Whoever holds the whole of it may open it: it is what proves the mailbox. One letter less is a guess.
    "token": lambda theirs, _: theirs.token[:-1],
}
# What names nothing of anybody's: words of the program, and pages that everybody may see.
NOBODYS: Mapping[str, Any] = {
    "collection": "handbags",
    "collection_id": 1,
    "column": "name",
    "file": "a.webp",
    "kind": "customer",
    "picture_id": 1,
    "product": "alder-tote",
    "product_id": 1,
    "purpose": "news",
    "section": "bags",
    "section_id": 1,
    "state": "archived",
    "upload_id": 1,
    "variant_id": 1,
}
# Routes whose values hang together.
TOGETHER: Mapping[str, Callable[[Belongings], Iterator[Values]]] = {
    "erasing.one": lambda theirs: _removable(theirs),
    "erasing.remove_one": lambda theirs: _removable(theirs),
}
# Pages whose argument looks like somebody's and is not, with the reason.
NOT_THEIRS: Mapping[str, str] = {
    "cases.received": "shows the number that is in the address, and asks nothing of any table",
    "policies.version": "versions of the policy are everybody's",
    "policies.version_changes": "versions of the policy are everybody's",
    "orders.send_link": "answers the same for every number, and writes to the order's own address alone",
}


# Routes that answer the same for what is gone already as for what is another's, and do nothing in either case.
SAID_OF_WHAT_IS_GONE = {"admin.remove_note"}


class Unmapped(LookupError):
    """The message says what to add where."""


def values_of(rule: Rule, theirs: Belongings) -> Iterator[Values]:
    """All that the route may be asked with to name something of theirs. Raises Unmapped."""
    if rule.endpoint in TOGETHER:
        yield from (values for values in TOGETHER[rule.endpoint](theirs) if values.keys() == rule.arguments)
        return
    yield {name: value_of(rule, name, theirs) for name in sorted(rule.arguments)}


def value_of(rule: Rule, name: str, theirs: Belongings) -> Any:
    """Raises Unmapped."""
    if name in THEIRS:
        return THEIRS[name](theirs, rule)
    if name in NOBODYS:
        return NOBODYS[name]
    raise Unmapped(WHAT_TO_ADD.format(rule=rule.rule, endpoint=rule.endpoint, name=name))


def names_somebody(rule: Rule) -> bool:
    """Whether any argument stands for a row of somebody's."""
    if rule.endpoint in NOT_THEIRS:
        return False
    return rule.endpoint in TOGETHER or any(name not in NOBODYS for name in rule.arguments)


def _removable(theirs_: Belongings) -> Iterator[Values]:
    """A row of each kind that can be removed by itself, and of each kind a value."""
    person = person_of(theirs_.customer)
    for table, is_value in FINDERS:
        row = theirs(MODELS[table], person).order_by(MODELS[table].id).first()
        assert row is not None, f"there is nothing in {table} to try this with: add some to tests/support/belongings.py"
        values = {"table": table, "row_id": row.id}
        yield values | ({"column": _optional(row)} if is_value else {})


def _optional(row: Any) -> str:
    fields = [field for field in row._meta.sorted_fields if isinstance(field, Sealed) and not field.personal.required]
    return next(field.name for field in fields if getattr(row, field.name))
