"""The shop's SELECT says what Peewee's own says, in less time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from peewee import JOIN, Model, ModelSelect, fn

from shop.catalogue.models import Product, ProductCollection, Variant
from shop.db import Select
from shop.orders.models import Order, OrderContact, OrderLine

Selecting = Callable[..., Any]
OTHER = Variant.alias()


def ours(model: type[Model], *columns: Any) -> Any:
    return model.select(*columns)


def theirs(model: type[Model], *columns: Any) -> Any:
    return Model.select.__func__(model, *columns)


def whole_rows(select: Selecting) -> Any:
    return select(Order).where(Order.number == "A")


def some_columns(select: Selecting) -> Any:
    return select(Order, Order.id, Order.number.alias("called"), fn.COUNT(OrderLine.id))


def no_column(select: Selecting) -> Any:
    return select(Product, 1)


def rows_of_two_tables(select: Selecting) -> Any:
    return select(Order, Order, OrderContact).join(OrderContact).order_by(Order.id)


def a_table_twice(select: Selecting) -> Any:
    return select(Variant, Variant, OTHER).join(OTHER, on=OTHER.product == Variant.product)


def queries_in_where(select: Selecting) -> Any:
    dear = select(Variant, Variant.product).where(Variant.on_hand > 0)
    return select(Product).where(Product.id.in_(dear) | Product.id.in_(select(Product)))


def a_query_as_a_column(select: Selecting) -> Any:
    dearest = select(Variant, fn.MAX(Variant.price_cents)).where(Variant.product == Product.id)
    return select(Product, Product, dearest.alias("dearest"))


def a_query_in_from(select: Selecting) -> Any:
    first = select(Variant, Variant.product, fn.MIN(Variant.id).alias("first")).group_by(Variant.product).alias("v")
    return select(Product).join(first, JOIN.LEFT_OUTER, on=first.c.product_id == Product.id)


def two_queries_together(select: Selecting) -> Any:
    return select(Product, Product.id) | select(ProductCollection, ProductCollection.product)


@pytest.mark.parametrize(
    "write",
    [
        whole_rows,
        some_columns,
        no_column,
        rows_of_two_tables,
        a_table_twice,
        queries_in_where,
        a_query_as_a_column,
        a_query_in_from,
        two_queries_together,
    ],
)
def test_it_is_the_select_that_peewee_writes(app: Flask, write: Callable[[Selecting], Any]) -> None:
    assert (type(ours(Order)), type(theirs(Order))) == (Select, ModelSelect)
    assert write(ours).sql() == write(theirs).sql()
