"""What holds for each page in each of its states, errors and closed doors included, and for each mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from shop.orders.cancelling import Reason
from shop.orders.models import Order
from shop.orders.services.fulfilment import cancel_order
from shop.orders.services.mails import mail_fresh_link
from shop.outbox.models import Mail
from shop.vault import preload
from tests.practice import PracticeGateway
from tests.support.every_page import Pages, every_page
from tests.support.shops import DEMO, Shops, disconnect
from tests.support.validity import invalid

pytestmark = [pytest.mark.once, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    made = PracticeGateway(tmp_path_factory.mktemp("practice"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def shop(shops: Shops, gateway: PracticeGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("states") / "shop"
    yield shops.new(folder, stock=DEMO, practice_gateway_url=gateway.url, braintree_timeout=2)
    disconnect()


@pytest.fixture(scope="module")
def pages(shop: Flask, gateway: PracticeGateway) -> Pages:
    return every_page(shop, gateway)


def test_it_is_valid_html(pages: Pages, tmp_path: Path) -> None:
    assert invalid({name: answer.text for name, answer in pages.items()}, tmp_path) == []


@pytest.mark.promise("P25")
def test_it_links_to_the_privacy_policy(pages: Pages) -> None:
    """Error pages, the checkout, the desk and the account too; a plain link that needs nothing else."""
    assert [name for name, page in pages.items() if 'href="/privacy"' not in page.text] == []
    parts = ("error-", "checkout-", "admin-", "order-", "cart", "consents", "invoice")
    assert all(any(name.startswith(part) for name in pages) for part in parts)


def test_it_may_be_put_into_no_frame_and_runs_nothing_inline(pages: Pages) -> None:
    policies = {name: answer.headers["Content-Security-Policy"] for name, answer in pages.items()}
    assert [
        name for name, policy in policies.items() if "unsafe" in policy or "frame-ancestors 'none'" not in policy
    ] == []
    widened = {name for name, policy in policies.items() if "http://" in policy}
    assert widened <= {
        "checkout-payment",
        "checkout-declined",
        "checkout-no-token",
        "checkout-saved-card",
        "prepared-checkout",
        "checkout-change",
    }


def test_every_mail_is_valid_html(shop: Flask, pages: Pages, tmp_path: Path) -> None:
    """Written for the states above, and two that lead to no page of their own."""
    with shop.app_context():
        placed = Order.get(
            (Order.placed_at.is_null(False)) & (Order.packed_at.is_null()) & Order.cancelled_at.is_null()
        )
        mail_fresh_link(placed)
        cancel_order(order=placed, reason=Reason.SOLD_OUT, staff_id=1)
        mails = list(Mail.select().where(Mail.purged_at.is_null()))
        preload(mail.subject for mail in mails)
        documents = {f"{mail.kind}-{mail.id}": str(mail.html) for mail in mails if mail.purged_at is None}
    assert {mail.kind for mail in mails} >= {
        "order-confirmed", "order-shipped", "order-cancelled", "order-problem", "correspondence"
    }  # fmt: skip
    assert invalid(documents, tmp_path) == []
