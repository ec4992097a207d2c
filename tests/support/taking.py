"""Staff who take an order through the desk's own pages."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from shop.checkout.models import CheckoutDraft

from .client import ShopClient
from .till import BUYER

NEW = "/admin/orders/new"
ADDRESS = {name: value for name, value in BUYER.items() if name != "email"}


class Taker:
    """A member of staff at the desk with an order they have begun."""

    def __init__(self, client: ShopClient, *, told: str = "staff_by_phone", begun_from: str = NEW) -> None:
        self.client = client
        answer = client.submit(begun_from, action=NEW, told=told)
        self.page = str(answer.headers.get("HX-Redirect") or answer.location)

    @property
    def draft(self) -> CheckoutDraft:
        found: CheckoutDraft = CheckoutDraft.get_by_id(int(self.page.rpartition("/")[2]))
        return found

    def add(self, search: str, quantity: object = 1) -> TestResponse:
        """The first thing that is found by the words."""
        found = self.client.get(f"{self.page}?goods={search}", headers={"HX-History-Restore-Request": "true"})
        return self.client.submit(found, action=f"{self.page}/lines", quantity=str(quantity))

    def send(self, action: str, button: str | None = None, **typed: Any) -> TestResponse:
        """A form of the page as it is now."""
        page = self.client.get(self.page, headers={"HX-History-Restore-Request": "true"})
        return self.client.submit(page, action=f"{self.page}/{action}", button=button, **typed)

    def take_all(self, search: str = "tote", quantity: int = 2, email: str = BUYER["email"]) -> None:
        """Goods, whom for and where to, as somebody tells it by phone."""
        self.add(search, quantity)
        self.send("email", email=email)
        self.send("delivery", **ADDRESS)
