"""Uses of a discount code are counted like stock: never past the limit, given back exactly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from shop.db import close_connection, db, open_connection
from shop.pricing.models import Discount, DiscountKind, DiscountUse
from shop.pricing.services import DiscountUsedUp, give_back_discount, take_discount


def code(**limits: int) -> str:
    Discount.create(code="FEW", kind=DiscountKind.AMOUNT, value=500, **limits)
    return "FEW"


def used() -> tuple[int, int]:
    return Discount.get(Discount.code == "FEW").used, DiscountUse.select().count()


def test_a_use_is_counted_once_for_an_order_however_often_it_is_taken(app: Flask) -> None:
    few = code(use_limit=2)
    for _ in range(3):
        take_discount(code=few, order_ref="A", customer=b"alice")
    assert used() == (1, 1)


def test_the_last_use_goes_to_the_first_who_takes_it(app: Flask) -> None:
    few = code(use_limit=1)
    take_discount(code=few, order_ref="A", customer=None)
    with pytest.raises(DiscountUsedUp):
        take_discount(code=few, order_ref="B", customer=None)
    assert used() == (1, 1)


def test_one_customer_gets_it_as_often_as_one_may(app: Flask) -> None:
    few = code(use_limit_each=1)
    take_discount(code=few, order_ref="A", customer=b"alice")
    with pytest.raises(DiscountUsedUp):
        take_discount(code=few, order_ref="B", customer=b"alice")
    take_discount(code=few, order_ref="C", customer=b"bob")
    assert used() == (2, 2)


def test_giving_back_frees_the_use_once(app: Flask) -> None:
    few = code(use_limit=1)
    take_discount(code=few, order_ref="A", customer=b"alice")
    give_back_discount(order_ref="A")
    give_back_discount(order_ref="A")
    give_back_discount(order_ref="never taken")
    assert used() == (0, 0)
    take_discount(code=few, order_ref="A", customer=b"alice")
    assert used() == (1, 1)


def test_a_code_that_is_gone_is_used_up(app: Flask) -> None:
    with pytest.raises(DiscountUsedUp):
        take_discount(code="NONESUCH", order_ref="A", customer=None)


@pytest.mark.parametrize("limits", [{"use_limit": 3}, {"use_limit_each": 3}])
def test_orders_at_once_never_pass_the_limit(app: Flask, limits: dict[str, int]) -> None:
    few = code(**limits)

    def take(number: int) -> bool:
        open_connection()
        try:
            take_discount(code=few, order_ref=str(number), customer=b"alice")
        except DiscountUsedUp:
            return False
        finally:
            close_connection()
            if not db.is_closed():
                db.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(20))) == 3
    assert used() == (3, 3)
