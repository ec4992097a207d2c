"""A page of the order list: which orders, in which order, and what each row says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from peewee import SQL

from ...days import begin_of, today
from ...paging import Key, Page, page_of
from ..models import OPEN_REFUNDS, UNPAID_ORDERS, Order, OrderState, Refund, RefundState
from .counting import UNDERWAY
from .goods import with_goods, with_product
from .searching import Search, search_for
from .state import ListState, Money, Sort, Tab

PER_PAGE = 25
Found = Any
PAID = (*UNDERWAY, OrderState.DONE)
# As a comparison, which SQLite has an index for; a bare column it reads all orders for.
_NEEDS_LOOK = Order.needs_look.in_([True])
NEVER_PAID = (*UNPAID_ORDERS, OrderState.EXPIRED)


def orders_page(state: ListState, *, size: int = PER_PAGE) -> tuple[Page, Search | None]:
    """The orders, and the search that found them. The number of queries is the same whatever there is to find."""
    search = search_for(state.q) if state.q else None
    found = _filtered(Order.select(), state)
    found = found.where(_in_tab(state.tab)) if search is None else found.where(Order.id.in_(search.orders))
    return page_of(found, *_keys(state), cursor=state.page, size=size), search


def _keys(state: ListState) -> tuple[Key, ...]:
    """What waits longest stands first where something is to be done, and elsewhere what came last."""
    if state.sort == Sort.TOTAL:
        return Key(Order.total_cents), Key(Order.id)
    if state.tab == Tab.DAYS and not state.sort and not state.q:
        return Key(Order.deliver_on, descending=False), Key(Order.id, descending=False)
    downwards = state.sort == Sort.NEWEST or (not state.sort and not waits_longest_first(state))
    return Key(Order.created_at, descending=downwards), Key(Order.id, descending=downwards)


def waits_longest_first(state: ListState) -> bool:
    return not state.q and state.tab in {Tab.PACK, Tab.SEND, Tab.PROBLEM}


def _in_tab(tab: str) -> Any:
    match tab:
        case Tab.PACK:
            is_due = Order.deliver_on.is_null() | (Order.deliver_on <= today())
            return (Order.state == OrderState.PLACED) & is_due
        case Tab.DAYS:
            return Order.state.in_(UNDERWAY) & Order.deliver_on.is_null(False)
        case Tab.PROBLEM:
            # Each from its own index: as one condition the databases would rather read all orders by time.
            unpaid = Order.select(Order.id).where(Order.state.in_(UNPAID_ORDERS))
            return Order.id.in_(unpaid | Order.select(Order.id).where(_NEEDS_LOOK))
        case Tab.SEND:
            return Order.state.in_([OrderState.PACKED, OrderState.PARTLY_SENT])
        case Tab.SENT | Tab.DONE:
            return Order.state == (OrderState.SHIPPED if tab == Tab.SENT else OrderState.DONE)
        case _:
            return SQL("1 = 1")


def _filtered(found: Found, state: ListState) -> Found:
    for name in state.filters:
        found = found.where(_FILTERS[name](getattr(state, name)))
    return found


def _with_refund(*states: RefundState) -> Any:
    return Refund.select(Refund.order).where(Refund.state.in_(states))


def _money(wanted: str) -> Any:
    match wanted:
        case Money.PAID:
            nothing_back = (Order.refunded_cents == 0) & Order.id.not_in(_with_refund(*OPEN_REFUNDS))
            # Most orders are: an index of states would give them all, to be sorted by time.
            return Order.state.concat("").in_(PAID) & nothing_back
        case Money.UNPAID:
            return Order.state.in_(NEVER_PAID)
        case Money.REFUNDING:
            return Order.id.in_(_with_refund(*OPEN_REFUNDS))
        case Money.REFUND_FAILED:
            return Order.id.in_(_with_refund(RefundState.FAILED))
        case Money.REFUNDED:
            # As the index says it.
            return SQL("refunded_cents > 0")
        case _:
            return (Order.state == OrderState.CANCELLED) & (Order.refunded_cents == 0)


_FILTERS: dict[str, Callable[[Any], Any]] = {
    "money": _money,
    "goods": lambda wanted: Order.state == wanted,
    "method": lambda code: Order.delivery_code == code,
    "since": lambda day: Order.created_at >= begin_of(day),
    "until": lambda day: Order.created_at < begin_of(day + timedelta(days=1)),
    "day": lambda day: Order.deliver_on == day,
    "late": lambda _: Order.deliver_on < today(),
    "note": lambda _: Order.has_note,
    "look": lambda _: _NEEDS_LOOK,
    "taken": lambda _: Order.taken_by.is_null(False),
    "code": lambda code: Order.discount_code.in_({code, code.upper()}),
    "country": lambda code: Order.tax_country == code.upper(),
    "item": with_goods,
    "product": with_product,
}
