"""What a shopper has typed at the checkout so far; gone when the order is placed or the cart ends."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField

from .. import clock
from ..cart.models import Cart
from ..db import ImpersonalText, UtcDateTimeField
from ..orders import personal_data as declared
from ..vault import Sealed, SealedModel


class CheckoutDraft(SealedModel):
    """`idem` names the next submission: a new one whenever what would be bought changes."""

    cart = ForeignKeyField(Cart, unique=True, backref="drafts", on_delete="CASCADE")
    idem = ImpersonalText(unique=True)
    method_code = ImpersonalText(default="")
    billing_is_delivery = BooleanField(default=True)
    created_at = UtcDateTimeField(default=clock.now)
    touched_at = UtcDateTimeField(default=clock.now)
    email = Sealed(declared.EMAIL)
    phone = Sealed(declared.PHONE)
    delivery_name = Sealed(declared.DELIVERY_NAME)
    delivery_company = Sealed(declared.DELIVERY_COMPANY)
    delivery_street = Sealed(declared.DELIVERY_STREET)
    delivery_district = Sealed(declared.DELIVERY_DISTRICT)
    delivery_city = Sealed(declared.DELIVERY_CITY)
    delivery_region = Sealed(declared.DELIVERY_REGION)
    delivery_postcode = Sealed(declared.DELIVERY_POSTCODE)
    delivery_country = Sealed(declared.DELIVERY_COUNTRY)
    billing_name = Sealed(declared.BILLING_NAME)
    billing_company = Sealed(declared.BILLING_COMPANY)
    billing_street = Sealed(declared.BILLING_STREET)
    billing_district = Sealed(declared.BILLING_DISTRICT)
    billing_city = Sealed(declared.BILLING_CITY)
    billing_region = Sealed(declared.BILLING_REGION)
    billing_postcode = Sealed(declared.BILLING_POSTCODE)
    billing_country = Sealed(declared.BILLING_COUNTRY)
    note = Sealed(declared.NOTE)
