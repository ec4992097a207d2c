"""The desk's first page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock, jobs
from shop.admin.models import Role, Staff
from shop.admin.today.run_book import WITHOUT_IT
from shop.catalogue.models import Product, ProductState, Variant
from shop.catalogue.services import summarise
from shop.days import today
from shop.health.services import keep_findings
from shop.jobs import JobRun
from shop.ops.checks import Finding
from shop.ops.worker import DEMO_JOBS, JOBS
from shop.orders.models import Order, OrderState, Payment, PaymentState, RefundState
from shop.orders.services.alarms import raise_alarm
from shop.orders.services.finishing import see_to
from shop.outbox.models import Mail, MailState
from shop.privacy.cases.models import Topic
from shop.privacy.cases.services import open_case

from ...support.client import ShopClient
from ...support.desk import ROBIN
from ...support.histories import gave_back, sold
from ...support.queries import count_queries

pytestmark = pytest.mark.once

TODAY = "/admin/"


def every_job_ran() -> None:
    now = clock.now()
    for job in jobs.all_jobs():
        JobRun.create(name=job.name, started_at=now, finished_at=now, ok=True)


def test_a_shop_where_all_is_well_says_so_calmly(robin: ShopClient) -> None:
    every_job_ran()
    page = robin.get(TODAY).text
    assert "Nothing waits for you" in page
    assert "All jobs ran" in page
    assert "Went wrong" not in page


def test_what_waits_is_counted_with_its_oldest_and_leads_to_it(robin: ShopClient) -> None:
    now = clock.now()
    for hours in (30, 2):
        sold(at=now - timedelta(hours=hours))
    sold(at=now, state=OrderState.PACKED)
    sold(at=now, deliver_on=today() + timedelta(days=2))
    page = robin.get(TODAY).text
    assert '<span class="matter__count">2</span> to pack today' in page, "as many as the list's tab has"
    assert f'The oldest since <time datetime="{(now - timedelta(hours=30)).isoformat(timespec="seconds")}"' in page
    assert "/admin/orders?tab=pack" in page
    assert '<span class="matter__count">1</span> to send' in page
    assert "/admin/orders?tab=send" in page


def test_money_that_went_wrong_is_named_with_what_to_do(app: Flask, robin: ShopClient) -> None:
    long_ago = clock.now() - timedelta(hours=2)
    unclear, failed, odd = sold(state=OrderState.PENDING), sold(), sold()
    Payment.update(state=PaymentState.UNKNOWN, created_at=long_ago).where(Payment.order == unclear).execute()
    gave_back(failed, 100, state=RefundState.FAILED)
    with app.app_context():
        raise_alarm(odd, "The gateway has more than one charge for one payment.")
    page = robin.get(TODAY).text
    for order, words in (
        (unclear, "payment the bank has not answered for"),
        (failed, "refund that failed"),
        (odd, "order that needs a look"),
    ):
        assert words in page
        assert f'href="/admin/orders/{order.number}"' in page


def test_an_order_that_was_seen_to_waits_no_longer(app: Flask, robin: ShopClient, staff: dict[str, Staff]) -> None:
    order = sold()
    with app.app_context():
        raise_alarm(order, "The gateway has more than one charge for one payment.")
        see_to(order=order, staff_id=staff[ROBIN].id)
    assert "Went wrong" not in robin.get(TODAY).text


def test_a_payment_that_has_only_just_been_sent_troubles_nobody(robin: ShopClient) -> None:
    order = sold(state=OrderState.PENDING)
    Payment.update(state=PaymentState.SENDING, created_at=clock.now()).where(Payment.order == order).execute()
    assert "Went wrong" not in robin.get(TODAY).text


def test_a_mail_that_does_not_get_through_says_why_and_about_which_order(app: Flask, robin: ShopClient) -> None:
    order = sold()
    with app.app_context():
        raise_alarm(order, "A refund is taking long.")
    Mail.update(state=MailState.FAILED, error="SMTPRecipientsRefused", attempts=9).execute()
    page = robin.get(TODAY).text
    assert "mail that does not get through" in page
    assert "The mail server refused the customer&#39;s address." in page
    assert f">About order {order.number}</a>" in page


def test_goods_that_run_low_are_named(robin: ShopClient) -> None:
    product = Product.create(name="Fern Sling", slug="fern-sling", state=ProductState.ACTIVE)
    Variant.create(product=product, sku="SLING-1", price_cents=100, on_hand=2, held=1)
    summarise(product.id)
    page = robin.get(TODAY).text
    assert "kind of goods running low" in page
    assert "Fern Sling (SLING-1)" in page
    assert "1 left" in page


def test_a_product_says_from_when_it_is_low(robin: ShopClient) -> None:
    for slug, low_at in (("rare", 0), ("quick", 40)):
        product = Product.create(name=slug.capitalize(), slug=slug, state=ProductState.ACTIVE, low_at=low_at)
        Variant.create(product=product, sku=slug, price_cents=100, on_hand=20 if low_at else 3)
    page = robin.get(TODAY).text
    assert "Quick (quick)" in page and "Rare" not in page


def test_a_late_job_is_told_with_what_goes_wrong_without_it(robin: ShopClient) -> None:
    every_job_ran()
    JobRun.update(finished_at=clock.now() - timedelta(days=1)).where(JobRun.name == "send mail").execute()
    page = robin.get(TODAY).text
    assert "Late: send mail." in page
    assert WITHOUT_IT["send mail"] in page
    assert "The worker does not run." not in page


def test_a_worker_that_stopped_is_one_entry_while_its_slow_jobs_are_not_late_yet(robin: ShopClient) -> None:
    every_job_ran()
    JobRun.update(finished_at=clock.now() - timedelta(hours=1)).execute()
    page = robin.get(TODAY).text
    assert "The worker does not run." in page
    assert "Late:" not in page


def test_a_worker_that_does_not_run_is_one_entry_and_not_one_for_each_job(robin: ShopClient) -> None:
    page = robin.get(TODAY).text
    assert "The worker does not run." in page
    assert "Late: " not in page


def test_what_the_examination_found_stands_there_until_it_is_mended(app: Flask, robin: ShopClient) -> None:
    every_job_ran()
    with app.app_context():
        keep_findings([Finding("mail", False, "no answer (TimeoutError)", "Look at SMTP_URL.")])
    page = robin.get(TODAY).text
    assert "Look at SMTP_URL." in page
    with app.app_context():
        keep_findings([Finding("mail", True, "mail.example answers")])
    assert "Look at SMTP_URL." not in robin.get(TODAY).text


def test_each_role_sees_what_is_its_to_do(app: Flask, robin: ShopClient, staff: dict[str, Staff]) -> None:
    sold()
    with app.app_context():
        open_case(topic=Topic.SEE, email="ana@customers.example", text="What do you hold?")
    seen = {}
    for role in (Role.OWNER, Role.STAFF, Role.PRIVACY, Role.AUDITOR):
        Staff.update(role=role).execute()
        page = robin.get(TODAY).text
        seen[role] = ("to pack" in page, "case to answer" in page)
    assert seen == {
        Role.OWNER: (True, True),
        Role.STAFF: (True, False),
        Role.PRIVACY: (False, True),
        Role.AUDITOR: (False, False),
    }


def test_the_first_page_asks_as_much_of_a_busy_day_as_of_a_quiet_one(robin: ShopClient) -> None:
    sold()
    robin.get(TODAY)
    with count_queries() as few:
        robin.get(TODAY)
    for _ in range(20):
        gave_back(sold(), 100, state=RefundState.FAILED)
    with count_queries() as many:
        robin.get(TODAY)
    assert len(many) == len(few) <= 24


@pytest.mark.parametrize("job", [job.name for job in (*JOBS, *DEMO_JOBS)])
def test_the_run_book_knows_every_job(job: str) -> None:
    assert WITHOUT_IT.get(job)


def test_an_order_counts_as_its_state_says(robin: ShopClient) -> None:
    Order.update(state=OrderState.SHIPPED).where(Order.id == sold().id).execute()
    assert "to pack" not in robin.get(TODAY).text
