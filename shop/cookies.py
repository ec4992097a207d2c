"""Every cookie the shop sets: what for, and for how long. The /cookies page and a test read this register."""

from __future__ import annotations

from dataclasses import dataclass

from .config import settings


@dataclass(frozen=True)
class Cookie:
    """`set_by` says what a visitor does that sets it. What it holds is random or an id, never anything about them."""

    name: str
    purpose: str
    set_by: str
    stays: str

    @property
    def lifetime(self) -> str:
        return self.stays.format(days=settings().keep_cart_days)

    @property
    def full_name(self) -> str:
        """As the browser knows it: over https with the prefix that ties it to this host alone."""
        return f"__Host-{self.name}" if settings().is_https else self.name


CART = Cookie(
    name="cart",
    purpose="Tells your cart from everybody else's. It is one random number; what is in the cart is kept in the shop.",
    stays="{days} days after you last changed the cart, or until you order or tell us to forget the cart.",
    set_by="Putting the first thing into the cart.",
)
SESSION = Cookie(
    name="session",
    purpose="Ties the forms you send to the browser you opened them in, and keeps you signed in if you sign in.",
    stays="Until you close the browser.",
    set_by="Opening the checkout, one of your orders, or the pages to sign up or sign in, opening a mailed "
    "link to what we hold about you, or a message that waits for the next page.",
)
REGISTER: tuple[Cookie, ...] = (CART, SESSION)
