"""The signed, expiring link by which a guest sees one order. Nothing is stored: the key proves itself."""

from __future__ import annotations

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from ... import clock
from ...config import settings
from ..models import Order

SECONDS_A_DAY = 86_400
KEY_AT_MOST = 100


class NotFound(LookupError):
    """There is no such order, or the key is not this order's: the same answer, so that nothing can be guessed."""


class LinkExpired(NotFound):
    """The key was this order's, and is too old."""


class Forgotten(NotFound):
    """The key was this order's, and its customer had the shop forget them."""


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def order_key(order: Order) -> str:
    """The key for `/orders/<number>?key=`: good for this order alone, for `order_link_days` from now."""
    return _signer().sign(order.number).decode().removeprefix(f"{order.number}.")


def order_link(order: Order) -> str:
    """The whole address of the guest's page, for a mail; jobs, which answer no request, need it too."""
    return f"{settings().shop_url}/orders/{order.number}?key={order_key(order)}"


def change_link(order: Order) -> str:
    """The same of the page where its customer says what becomes of a change that was proposed."""
    return f"{settings().shop_url}/orders/{order.number}/change?key={order_key(order)}"


def order_for_key(number: str, key: str) -> Order:
    """Raises Forgotten for an order that was deactivated, LinkExpired for a key that was good once, NotFound for any
    other."""
    if not key or len(key) > KEY_AT_MOST:
        raise NotFound(number)
    try:
        _signer().unsign(f"{number}.{key}", max_age=settings().order_link_days * SECONDS_A_DAY)
    except SignatureExpired as error:
        raise LinkExpired(number) from error
    except BadSignature as error:
        raise NotFound(number) from error
    order: Order | None = Order.get_or_none(Order.number == number)
    if order is None:
        raise NotFound(number)
    if order.deactivated_at is not None:
        raise Forgotten(number)
    return order


def order_for(number: str, *, key: str, customer_id: int | None) -> Order:
    """The order that its key opens, or whose customer is signed in. Raises as order_for_key does."""
    if customer_id is not None:
        is_theirs = (Order.number == number) & (Order.customer == customer_id)
        order: Order | None = Order.get_or_none(is_theirs)
        if order is not None:
            return order
    return order_for_key(number, key)


def _signer() -> _Signer:
    return _Signer(settings().secret_key, salt="order-link")
