"""From a basket to an order: what is held while the bank is asked, and what becomes of it afterwards.

Each function that takes an order works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from ... import clock
from ...audit.services import record
from ...cart.models import Cart
from ...cart.queries import basket
from ...cart.services import end_cart
from ...config import settings
from ...db import db
from ...in_turn import in_turn
from ...pricing.quote import Quote, QuoteLine
from ...pricing.rounds import promised_day
from ...pricing.services import give_back_discount, price_basket, take_discount
from ...vault import blind, destroy_subject, index_name, new_subject, set_expiry
from ..models import UNPAID_ORDERS, Order, OrderContact, OrderLine, OrderState, Payment
from ..numbers import new_number
from . import mails
from .errors import CartIsGone, PricesChanged, PurchaseIsOver, SoldOut
from .holding import hold_lines, release_holds, sell_holds
from .purchase import Purchase
from .timeline import CUSTOMER, audited, note


def open_order(purchase: Purchase, cart: Cart, failed: Order | None) -> Order:
    """The pending order, with its stock held and its discount taken: a new one, or `failed` once more.

    Raises PricesChanged, SoldOut, DiscountRefused, MethodNotAvailable, CartIsGone.
    """
    quote = _quote_now(purchase, cart)
    _give_up_others(purchase, failed)
    order = _write_order(purchase, quote) if failed is None else _reopen(failed, purchase, quote)
    _write_lines(order, quote)
    hold_lines(order, quote.lines)
    if quote.discount_code:
        customer = blind("email", purchase.contact.email)
        take_discount(code=quote.discount_code, order_ref=order.number, customer=customer)
    _note_submission(order, purchase, is_again=failed is not None)
    return order


def _note_submission(order: Order, purchase: Purchase, *, is_again: bool) -> None:
    way, is_own = purchase.source.way, purchase.actor == CUSTOMER
    if purchase.taken_by is not None and not is_again:
        note(order, "taken", actor=f"staff:{purchase.taken_by}", source=way)
    if is_again or is_own:
        kind = "submitted again" if is_again else "submitted"
        note(order, kind, actor=purchase.actor, amount_cents=order.total_cents)
    else:
        note(order, "charged as agreed", actor=purchase.actor, amount_cents=order.total_cents, source=way)


def _quote_now(purchase: Purchase, cart: Cart) -> Quote:
    """What the basket costs at this moment, from the catalogue; never from the browser."""
    lines = list(basket(cart))
    if not lines:
        raise CartIsGone
    for line in lines:
        if not line.variant.is_for_sale:
            raise SoldOut(line.variant.name, line.variant.options, 0)
    quote = price_basket(
        items=[(line.variant, line.quantity) for line in lines],
        destination=purchase.destination,
        method_code=purchase.method_code,
        discount_code=purchase.discount_code,
        customer=blind("email", purchase.contact.email),
        now=clock.now(),
    )
    if quote.total_cents != purchase.seen_total_cents:
        raise PricesChanged(quote)
    return quote


def _give_up_others(purchase: Purchase, failed: Order | None) -> None:
    """Earlier attempts at this cart, for other contents or another address, will not be paid any more."""
    before = Order.select().where(
        Order.draft_subject == purchase.draft_subject, Order.state == OrderState.PAYMENT_FAILED
    )
    for order in before:
        if failed is None or order.id != failed.id:
            expire(order, actor=purchase.actor)


def _write_order(purchase: Purchase, quote: Quote) -> Order:
    order = Order.create(
        number=new_number(),
        idem=purchase.idem,
        fingerprint=purchase.fingerprint,
        cart_id=purchase.cart.id,
        draft_subject=purchase.draft_subject,
        customer=purchase.customer and purchase.customer.id,
        source=purchase.source,
        taken_by=purchase.taken_by,
        currency=settings().currency,
        has_note=bool(purchase.contact.note),
        **figures_of(quote),
    )
    _write_contact(order, purchase)
    return order


def figures_of(quote: Quote) -> dict[str, object]:
    """The columns of an order that its Quote says."""
    return {
        "subtotal_cents": quote.subtotal_cents,
        "discount_cents": quote.discount_cents,
        "delivery_cents": quote.delivery_cents,
        "tax_cents": quote.tax_cents,
        "total_cents": quote.total_cents,
        "quote": quote.to_json(),
        "discount_code": quote.discount_code,
        "delivery_code": quote.delivery.code if quote.delivery else "",
        "delivery_name": quote.delivery.name if quote.delivery else "",
        "tax_country": quote.country,
        "tax_region": quote.region,
    }


def _write_contact(order: Order, purchase: Purchase) -> None:
    columns = purchase.contact.columns()
    contact = OrderContact.create(
        order=order.id, subject=new_subject("order"), source=purchase.contact_source, **columns
    )
    index_name(contact, columns["delivery_name"], columns["billing_name"])


def _reopen(failed: Order, purchase: Purchase, quote: Quote) -> Order:
    again = (Order.id == failed.id) & (Order.state == OrderState.PAYMENT_FAILED)
    who = purchase.customer and purchase.customer.id
    if not Order.update(state=OrderState.PENDING, customer=who, **figures_of(quote)).where(again).execute():
        raise PurchaseIsOver
    return Order.get_by_id(failed.id)


def _write_lines(order: Order, quote: Quote) -> None:
    OrderLine.delete().where(OrderLine.order == order.id).execute()
    for position, line in enumerate(quote.lines):
        write_line(order, line, position)


def write_line(order: Order, line: QuoteLine, position: int) -> None:
    OrderLine.create(
        order=order.id,
        variant=line.variant_id,
        name=line.name,
        options=line.options,
        sku=line.sku,
        picture=line.picture,
        unit_price_cents=line.unit_price_cents,
        **figures_of_line(line, position),
    )


def figures_of_line(line: QuoteLine, position: int) -> dict[str, int]:
    """The columns of a line that a change of the order may alter."""
    return {
        "position": position,
        "quantity": line.quantity,
        "subtotal_cents": line.subtotal_cents,
        "discount_cents": line.discount_cents,
        "tax_cents": line.tax_cents,
        "tax_rate_ppm": line.tax_rate_ppm,
        "total_cents": line.total_cents,
    }


def place(order: Order, *, actor: str, authorised: Payment | None = None) -> bool:
    """Sell what is held, end the cart, queue the mail; False when the order does not wait for its payment any more.

    The payment that was authorised for it goes into the audit trail here: the trail comes after the stock, as it does
    when an order is begun, so that two transactions never wait for each other.
    """
    waiting = (Order.id == order.id) & (Order.state == OrderState.PENDING)
    now = clock.now()
    promised = promised_day(order.delivery_code, now)
    placing = Order.update(state=OrderState.PLACED, placed_at=now, deliver_on=promised).where(waiting)
    is_placed = bool(placing.execute())
    placed = Order.get_by_id(order.id)
    if is_placed:
        sell_holds(placed)
        note(placed, "placed", actor=actor)
        mails.confirm_order(placed)
        _end_cart_of(placed)
    by, about = audited(actor, placed), ("order", placed.id)
    if authorised is not None:
        record("payment-authorised", actor=by, about=about, payment=authorised.id, cents=authorised.amount_cents)
    if is_placed:
        if placed.taken_by is not None:
            record("order-taken", actor=f"staff:{placed.taken_by}", about=about, source=str(placed.source))
        record("order-placed", actor=by, about=about, cents=placed.total_cents)
    return is_placed


def _end_cart_of(order: Order) -> None:
    """A cart's id may have been given again since; what was typed at the checkout can be read no longer."""
    cart = Cart.get_or_none(Cart.id == order.cart_id, Cart.created_at <= order.created_at)
    if cart is not None:
        end_cart(cart_id=cart.id)
    if order.draft_subject:
        db.after_commit(lambda: set_expiry(order.draft_subject, clock.now()))


def give_up_payment(order: Order) -> bool:
    """After a payment that certainly failed: what was held is for sale again; the shopper may pay once more."""
    waiting = (Order.id == order.id) & (Order.state == OrderState.PENDING)
    if not Order.update(state=OrderState.PAYMENT_FAILED).where(waiting).execute():
        return False
    _release(order)
    return True


def expire(order: Order, *, actor: str) -> bool:
    """An order that will never be paid: nothing is held for it, and who it was for is forgotten."""
    unpaid = (Order.id == order.id) & Order.state.in_(UNPAID_ORDERS)
    if not Order.update(state=OrderState.EXPIRED, has_note=False).where(unpaid).execute():
        return False
    _release(order)
    note(order, "expired", actor=actor)
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    if contact is not None:
        # The row names the key, so it goes last: a process killed in between leaves it to finish_expiring.
        destroy_subject(contact.subject)
        db.after_commit(lambda: _clear([contact]))
    return True


def finish_expiring() -> int:
    """Forget whom expired orders were for, where a killed process did not come to it; how many there were."""
    left = list(OrderContact.select().join(Order).where(Order.state == OrderState.EXPIRED))
    return in_turn(_finish_expiring, left)


def _finish_expiring(contact: OrderContact) -> bool:
    destroy_subject(contact.subject)
    _clear([contact])
    return True


def _clear(contacts: Sequence[OrderContact]) -> None:
    ids = [contact.id for contact in contacts]
    if ids:
        OrderContact.delete().where(OrderContact.id.in_(ids)).execute()


def _release(order: Order) -> None:
    release_holds(order)
    give_back_discount(order_ref=order.number)
