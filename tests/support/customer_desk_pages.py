"""The desk's pages of customers in their states."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.admin.looks import give_reason
from shop.admin.models import Staff
from shop.customers.consents import ConsentPurpose
from shop.customers.models import Address, Customer
from shop.customers.services.consents import give
from shop.customers.services.notes import write_note
from shop.orders.models import Order
from shop.privacy.look_reasons import LookReason
from shop.vault import Source

from .client import ShopClient
from .customers import make_customer
from .past import past_order

KIM, GUEST = "kim@customers.example", "lou@guests.example"


def customer_desk_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    with app.app_context():
        kim, order = _kim(), past_order(GUEST)
        for staff in Staff.select():
            give_reason(staff_id=staff.id, about=("customer", kim.id), customer_id=kim.id, reason=LookReason.ASKED)
            give_reason(staff_id=staff.id, about=("order", order.id), customer_id=None, reason=LookReason.ASKED)
    found = {f"admin-customer{name}": robin.get(path) for name, path in _paths(kim, order).items()}
    here = f"/admin/customers/{kim.id}"
    for name in ("profile/phone", "addresses/new", "consents/news", "erasure"):
        path = f"{here}/{name}"
        found[f"admin-customer-{name.partition('/')[0]}-wrong"] = robin.submit(path, action=path)
    found["admin-customer-note-wrong"] = robin.submit(here, action=f"{here}/notes")
    found["admin-customer-confirmation-wrong"] = robin.submit(here, action=f"{here}/confirmation")
    robin.submit(f"{here}/erasure", action=f"{here}/erasure", told="letter", proof="signature")
    return found | {"admin-customer-leaving": robin.get(here)}


def _kim() -> Customer:
    kim = make_customer(KIM, "Kim Vale")
    kim.phone = "+12135550134"
    kim.save()
    Address.create(
        subject=kim.subject, source=Source.SELF, customer=kim.id, name="Kim Vale", street="12 Marsh Lane",
        city="Los Angeles", region="CA", postcode="90012", country="US", is_for_delivery=True, is_for_billing=True,
    )  # fmt: skip
    for _ in range(3):
        past_order(KIM, customer=kim)
    give(customer=kim, purpose=ConsentPurpose.REMINDERS, source=Source.STAFF_BY_PHONE, by="staff:1")
    write_note(customer=kim, text="Prefers calls after six.", staff_id=1)
    return kim


def _paths(kim: Customer, order: Order) -> dict[str, str]:
    here = f"/admin/customers/{kim.id}"
    address = Address.get(Address.customer == kim.id)
    return {
        "s": "/admin/customers",
        "s-found": "/admin/customers?q=kim+vale",
        "s-nobody": "/admin/customers?q=nobody+at+all",
        "": here,
        "-name": f"{here}/profile/name",
        "-email": f"{here}/email",
        "-address": f"{here}/addresses/{address.id}",
        "-address-removal": f"{here}/addresses/{address.id}/removal",
        "-agree": f"{here}/consents/habits",
        "-take-back": f"{here}/consents/reminders",
        "-erasure": f"{here}/erasure",
        "-guest": f"/admin/guests/{order.number}",
        "-guest-erasure": f"/admin/guests/{order.number}/erasure",
    }
