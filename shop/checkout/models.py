"""What a shopper has typed at the checkout so far; gone when the order is placed or the cart ends."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField, IntegerField

from .. import clock
from ..cart.models import Cart
from ..customers.models import Customer
from ..db import ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ..orders import personal_data as declared
from ..orders.models import WhereItGoes
from ..vault import REMOVED, Sealed, checked_source


class CheckoutDraft(WhereItGoes):
    """`idem` is the seed of the tokens that name submissions: each of what would be bought has its own.

    `is_delivery_done` says that the address was answered in full, for its country. What a signed-in `customer` typed is
    shown to nobody else who comes to the same browser.

    An order that somebody on the staff takes is a draft too: `taken_by` them, in the way that `told` says. Once the
    customer is asked to pay, `link_hash` is of the token in their mail, which leads to it until `link_ends_at`; then
    all of it goes. `opened_at` is when the link was last followed.
    """

    cart_id: int
    customer_id: int | None

    cart = ForeignKeyField(Cart, unique=True, backref="drafts", on_delete="CASCADE")
    customer = ForeignKeyField(Customer, null=True, on_delete="CASCADE")
    idem = ImpersonalText(unique=True)
    method_code = ImpersonalText(default="")
    is_collected = BooleanField(default=False)
    billing_is_delivery = BooleanField(default=True)
    is_delivery_done = BooleanField(default=False)
    wants_account = BooleanField(default=False)
    taken_by = IntegerField(null=True, index=True)
    told = ImpersonalText(null=True, constraints=[checked_source("told")])
    link_hash = ImpersonalBlob(null=True, unique=True)
    sent_at = UtcDateTimeField(null=True)
    link_ends_at = UtcDateTimeField(null=True)
    opened_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(default=clock.now)
    touched_at = UtcDateTimeField(default=clock.now)
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    phone = Sealed(declared.PHONE)

    @property
    def is_readable(self) -> bool:
        """False once its key is gone: then it is of no use any more."""
        return REMOVED not in (self.email, self.delivery_name, self.delivery_country)
