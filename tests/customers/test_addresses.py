"""A customer's addresses: several, and always one chosen for delivery and one for billing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import peewee
import pytest
from flask import Flask

from shop.addresses import Address as Postal
from shop.audit.models import AuditEvent
from shop.customers.models import Address, AddressUse, Customer
from shop.customers.queries import address_of, addresses_of, default_address
from shop.customers.services.addresses import (
    AT_MOST,
    AddressGone,
    TooManyAddresses,
    add_address,
    change_address,
    choose_address,
    remove_address,
    stands_at,
)
from shop.customers.services.profile import ChangedMeanwhile
from shop.db import close_connection, db
from shop.vault import Source

pytestmark = pytest.mark.once

HOME = Postal(name="Caro Reed", street="7 Elm Row", city="Salem", region="OR", postcode="97301", country="US")
WORK = Postal(name="Reed & Co", street="1 Quay", city="Portland", region="OR", postcode="97201", country="US")


def add(customer: Customer, postal: Postal = HOME, **more: Any) -> Address:
    return add_address(customer=customer, postal=postal, source=Source.SELF, by=f"customer:{customer.id}", **more)


def chosen(customer: Customer) -> tuple[int, int]:
    """The ids of the only address for delivery, and of the only one for billing."""
    found = []
    for use in AddressUse:
        (one,) = [row.id for row in addresses_of(customer) if getattr(row, use.column)]
        found.append(one)
    return found[0], found[1]


@pytest.mark.promise("P04")
def test_the_first_is_for_delivery_and_for_billing_until_another_is_chosen(caro: Customer) -> None:
    home = add(caro)
    work = add(caro, WORK, uses=[AddressUse.BILLING])
    assert chosen(caro) == (home.id, work.id)
    choose_address(address=work, use=AddressUse.DELIVERY, by=f"customer:{caro.id}")
    assert chosen(caro) == (work.id, work.id)
    found = default_address(caro, AddressUse.DELIVERY)
    assert found is not None
    assert (found.street, found.region, found.company) == ("1 Quay", "OR", None)


def test_one_that_is_removed_hands_on_what_it_was_chosen_for(caro: Customer) -> None:
    home, work, mill = add(caro), add(caro, WORK), add(caro)
    assert remove_address(address=work, by="customer:1") is None
    assert remove_address(address=home, by="customer:1") == mill
    assert chosen(caro) == (mill.id, mill.id)
    assert remove_address(address=mill, by="customer:1") is None
    assert not addresses_of(caro).exists()


def test_the_database_itself_refuses_a_second_one_for_the_same_use(caro: Customer) -> None:
    add(caro)
    second = add(caro, WORK)
    for use in AddressUse:
        with pytest.raises(peewee.IntegrityError), db.atomic():
            Address.update({getattr(Address, use.column): True}).where(Address.id == second.id).execute()


def test_of_several_at_once_each_use_has_one_and_there_are_never_too_many(app: Flask, caro: Customer) -> None:
    for _ in range(AT_MOST - 4):
        add(caro)

    def attempt(_number: int) -> bool:
        with app.app_context():
            try:
                add(caro, uses=list(AddressUse))
            except TooManyAddresses:
                return False
            finally:
                close_connection()
            return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(attempt, range(6)))
    assert done.count(True) == 4
    assert addresses_of(caro).count() == AT_MOST
    assert chosen(caro)[0] == chosen(caro)[1]


def test_customers_do_not_disturb_one_another(caro: Customer, dan: Customer) -> None:
    hers, his = add(caro), add(dan, WORK)
    assert (chosen(caro), chosen(dan)) == ((hers.id, hers.id), (his.id, his.id))
    assert address_of(dan, hers.id) is None


def test_it_is_changed_and_what_is_left_out_is_not_kept(caro: Customer) -> None:
    home = add(caro, Postal(name="Caro", company="Reed", street="7 Elm", city="Salem", region="OR", country="US"))
    assert change_address(address=home, postal=HOME, source=Source.SELF, by="customer:1", seen=stands_at(home))
    now = Address.get_by_id(home.id)
    assert (now.name, now.company, now.postcode) == ("Caro Reed", None, "97301")
    assert not change_address(address=now, postal=HOME, source=Source.SELF, by="customer:1", seen=stands_at(home))


def test_one_that_changed_meanwhile_is_not_written_over_and_one_that_went_is_gone(caro: Customer) -> None:
    home = add(caro)
    seen = stands_at(home)
    change_address(address=home, postal=WORK, source=Source.SELF, by="customer:1", seen=seen)
    other = Postal(name="Caro", street="9 Oak", city="Salem", region="OR", postcode="97301", country="US")
    with pytest.raises(ChangedMeanwhile):
        change_address(address=home, postal=other, source=Source.SELF, by="customer:1", seen=seen)
    remove_address(address=home, by="customer:1")
    with pytest.raises(AddressGone):
        change_address(address=home, postal=other, source=Source.SELF, by="customer:1")
    with pytest.raises(AddressGone):
        choose_address(address=home, use=AddressUse.BILLING, by="customer:1")


def test_there_is_room_for_so_many_and_no_more(caro: Customer) -> None:
    for _ in range(AT_MOST):
        add(caro)
    with pytest.raises(TooManyAddresses):
        add(caro)
    assert addresses_of(caro).count() == AT_MOST


def test_the_trail_carries_ids_alone(app: Flask, caro: Customer) -> None:
    home = add(caro)
    choose_address(address=home, use=AddressUse.BILLING, by="customer:1")
    with app.app_context():
        change_address(address=home, postal=WORK, source=Source.STAFF_BY_PHONE, by="staff:3")
    remove_address(address=home, by="customer:1")
    details = {event.kind: event.details for event in AuditEvent.select() if event.kind.startswith("address-")}
    assert details == {
        "address-added": f'{{"address":{home.id},"source":"self"}}',
        "address-changed": f'{{"address":{home.id},"source":"staff_by_phone"}}',
        "address-chosen": f'{{"address":{home.id},"use":"billing"}}',
        "address-removed": f'{{"address":{home.id},"source":"self"}}',
    }
