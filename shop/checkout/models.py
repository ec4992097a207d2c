"""What a shopper has typed at the checkout so far; gone when the order is placed or the cart ends."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField

from .. import clock
from ..cart.models import Cart
from ..db import ImpersonalText, UtcDateTimeField
from ..orders import personal_data as declared
from ..vault import Sealed, SealedModel


class CheckoutDraft(SealedModel):
    """`idem` is the seed of the tokens that name submissions: each of what would be bought has its own.

    `is_delivery_done` says that the address was answered in full, for its country.
    """

    cart = ForeignKeyField(Cart, unique=True, backref="drafts", on_delete="CASCADE")
    idem = ImpersonalText(unique=True)
    method_code = ImpersonalText(default="")
    is_collected = BooleanField(default=False)
    billing_is_delivery = BooleanField(default=True)
    is_delivery_done = BooleanField(default=False)
    created_at = UtcDateTimeField(default=clock.now)
    touched_at = UtcDateTimeField(default=clock.now)
    email = Sealed(declared.EMAIL, null=True)
    phone = Sealed(declared.PHONE, null=True)
    delivery_name = Sealed(declared.DELIVERY_NAME, null=True)
    delivery_company = Sealed(declared.DELIVERY_COMPANY, null=True)
    delivery_street = Sealed(declared.DELIVERY_STREET, null=True)
    delivery_district = Sealed(declared.DELIVERY_DISTRICT, null=True)
    delivery_city = Sealed(declared.DELIVERY_CITY, null=True)
    delivery_region = Sealed(declared.DELIVERY_REGION, null=True)
    delivery_postcode = Sealed(declared.DELIVERY_POSTCODE, null=True)
    delivery_country = Sealed(declared.DELIVERY_COUNTRY, null=True)
    billing_name = Sealed(declared.BILLING_NAME, null=True)
    billing_company = Sealed(declared.BILLING_COMPANY, null=True)
    billing_street = Sealed(declared.BILLING_STREET, null=True)
    billing_district = Sealed(declared.BILLING_DISTRICT, null=True)
    billing_city = Sealed(declared.BILLING_CITY, null=True)
    billing_region = Sealed(declared.BILLING_REGION, null=True)
    billing_postcode = Sealed(declared.BILLING_POSTCODE, null=True)
    billing_country = Sealed(declared.BILLING_COUNTRY, null=True)
    note = Sealed(declared.NOTE, null=True)
