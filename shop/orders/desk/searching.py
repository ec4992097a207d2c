"""Finding orders by what somebody types: a number or half of one, an e-mail, a phone, words of a name, a product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from ...vault import blind, rows_with_name
from ..models import Order, OrderContact, OrderLine
from ..numbers import HALF, as_half, as_number
from .goods import has_sku, products_named, variants_of

# Of what matches a product's name, the newest of what was bought; the filter by one product finds all of it.
LINES_AT_MOST = 500
PHONE = re.compile(r"[+(\d][\d\s()/.-]{5,}")
# A select of the ids of orders.
Ids = Any


@dataclass(frozen=True)
class Search:
    """`orders` selects the ids of those found; `by` says for the audit trail by what a person was looked for."""

    text: str
    by: str
    orders: Ids


def search_for(text: str) -> Search:
    """Each way that makes sense of what was typed, together."""
    if "@" in text:
        return Search(text, "email", _with_email(text))
    ways: list[tuple[str, Ids]] = []
    if number := as_number(text):
        ways.append(("number", Order.select(Order.id).where(Order.number == number)))
    if half := as_half(text):
        ways += [("number", ids) for ids in _with_half(half)]
    if PHONE.fullmatch(text) and sum(letter.isdigit() for letter in text) > HALF:
        ways.append(("phone", _with_phone(text)))
    if any(letter.isalpha() for letter in text):
        ways.append(("name", _with_name(text)))
    ways += [("product", ids) for ids in _with_product(text)]
    together = ways[0][1]
    for _, ids in ways[1:]:
        together = together | ids
    # "Reed" may be half a number, and is somebody's name.
    by = "name" if text.isalpha() else ways[0][0]
    return Search(text, by, together)


def _with_email(text: str) -> Ids:
    return OrderContact.select(OrderContact.order).where(OrderContact.email_index == blind("email", text))


def _with_phone(text: str) -> Ids:
    return OrderContact.select(OrderContact.order).where(OrderContact.phone_index == blind("phone", text))


def _with_name(text: str) -> Ids:
    return rows_with_name(OrderContact, text).select(OrderContact.order)


def _with_half(half: str) -> list[Ids]:
    """Written as the indices are: the database finds them by that."""
    begins, ends = fn.SUBSTR(Order.number, SQL("1"), SQL("4")), fn.SUBSTR(Order.number, SQL("6"))
    return [Order.select(Order.id).where(each == half) for each in (begins, ends)]


def _with_product(text: str) -> list[Ids]:
    """By its SKU, as bought or as it is now, or by words of its name."""
    bought = OrderLine.select(OrderLine.order)
    ways = [bought.where(has_sku(text))]
    if products := products_named(text):
        of_name = OrderLine.variant.in_(variants_of(products))
        newest: Any = bought.where(of_name).order_by(OrderLine.id.desc()).limit(LINES_AT_MOST)
        # From those rows themselves: asked for lines whose id is among them, PostgreSQL reads every line there is.
        ways.append(newest.select_from(newest.c.order_id))
    return ways
