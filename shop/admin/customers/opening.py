"""The way to one customer or guest: there is one, and a reason was given for looking."""

from __future__ import annotations

from typing import NamedTuple

from flask import abort
from flask.typing import ResponseReturnValue

from ...customers.models import Customer
from ...orders.queries import order_with
from ..looking import ask_reason
from .showing import Subject, of_customer, of_guest


class Opened(NamedTuple):
    """`answer` is what to give instead of the page, as long as no reason was given."""

    subject: Subject
    answer: ResponseReturnValue | None


def open_customer(customer_id: int) -> Opened:
    """Or 404."""
    customer = Customer.get_or_none(Customer.id == customer_id) or abort(404)
    return _opened(of_customer(customer), customer.id)


def open_guest(number: str) -> Opened:
    """Or 404."""
    order = order_with(number) or abort(404)
    return _opened(of_guest(order) or abort(404), None)


def _opened(subject: Subject, customer_id: int | None) -> Opened:
    return Opened(subject, ask_reason(about=subject.about, customer_id=customer_id, page=subject.url))


def has_left(subject: Subject) -> bool:
    """Whether nothing can be changed any more: the account was closed, or is being removed."""
    customer = subject.person.customer
    return customer is None or customer.closed_at is not None


def account_of(subject: Subject) -> Customer:
    """Or 404 for a guest, and for an account that was closed."""
    return abort(404) if has_left(subject) else subject.person.customer or abort(404)
