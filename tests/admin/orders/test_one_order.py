"""One order at the desk, and each step it takes: as a plain form and by htmx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.catalogue.models import Variant
from shop.config import settings
from shop.orders.desk.coming import cancel_due
from shop.orders.models import Order, OrderContact, OrderState, Payment, PaymentState, Refund, RefundState, Shipment
from shop.orders.services.settling import settle_due
from shop.outbox.models import Mail, MailState
from shop.outbox.services import forget_mails_to
from shop.vault import destroy_subject

from ...practice import PracticeGateway
from ...support.client import HtmxClient, ShopClient
from ...support.desk import bought
from ...support.queries import count_queries
from ...support.till import BUYER, Buyer, Shelf, order_of

pytestmark = pytest.mark.once


@pytest.fixture
def page(order: Order) -> str:
    return f"/admin/orders/{order.number}"


def state(order: Order) -> str:
    return str(Order.get_by_id(order.id).state)


def stock_of(order: Order) -> list[tuple[int, int]]:
    found = Variant.select().where(Variant.id.in_([line.variant_id for line in order.lines]))
    return [(variant.on_hand, variant.held) for variant in found.order_by(Variant.id)]


def test_the_page_shows_all_there_is(app: Flask, robin: ShopClient, order: Order, page: str) -> None:
    with app.app_context():
        settle_due()
    text = robin.get(page).text
    payment = Payment.get()
    for shown in (
        *("Paid", "To pack", "Alder Tote", "$105.12", BUYER["email"], BUYER["delivery_street"], "Next: pack it"),
        *(payment.gateway_id, payment.ref, "Settling", "was authorised for $105.12", "We have your order"),
    ):
        assert shown in text


def test_the_customers_note_is_loud(app: Flask, robin: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(ShopClient(app, use_cookies=True))
    buyer.fill_cart(shelf.tote)
    buyer.give_contact()
    buyer.give_delivery(note="Leave it <b>with the neighbour</b>")
    order = order_of(buyer.pay())
    text = robin.get(f"/admin/orders/{order.number}").text
    assert "The customer wrote" in text
    assert "Leave it &lt;b&gt;with the neighbour" in text


def test_there_is_one_next_step(robin: ShopClient, order: Order, page: str) -> None:
    for after in (OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.CANCELLED):
        Order.update(state=after).where(Order.id == order.id).execute()
        primary = re.findall(r'<button class="button" type="submit"', robin.get(page).text)
        assert len(primary) == (1 if after in (OrderState.PLACED, OrderState.PACKED) else 0)


@pytest.mark.parametrize("number", ["0000-0000", "nonsense", "..", "é"])
def test_an_unknown_order_is_not_found(robin: ShopClient, number: str) -> None:
    assert robin.get(f"/admin/orders/{number}").status_code == 404


def test_opening_an_order_is_written_down(robin: ShopClient, order: Order, page: str) -> None:
    robin.get(page)
    text = robin.get(page).text
    events = AuditEvent.select().where(AuditEvent.kind == "order-opened", AuditEvent.about_id == order.id)
    assert events.count() == 2
    assert "Opened by Robin Fern" in text


def test_packing_leads_back_to_the_order(robin: ShopClient, order: Order, page: str) -> None:
    answer = robin.submit(page, action=f"{page}/pack")
    assert (answer.status_code, answer.location) == (303, page)
    assert state(order) == OrderState.PACKED
    text = robin.get(page).text
    assert "Packed." in text
    assert "Next: send it" in text


def test_packing_by_htmx_answers_the_region_and_says_so(robin_htmx: HtmxClient, order: Order, page: str) -> None:
    answer = robin_htmx.submit(page, action=f"{page}/pack")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="admin-order"')
    assert "Next: send it" in answer.text
    assert 'hx-target="#status"' in answer.text


@pytest.fixture(params=["plain", "htmx"])
def either(request: pytest.FixtureRequest, order: Order) -> Iterator[ShopClient]:
    """The owner, with htmx and without."""
    yield request.getfixturevalue("robin" if request.param == "plain" else "robin_htmx")


def test_sending_needs_a_carrier_and_its_tracking_number(either: ShopClient, order: Order, page: str) -> None:
    either.submit(page, action=f"{page}/pack")
    for typed, said in (
        ({}, "Choose who takes the parcel."),
        ({"carrier": "ups"}, "UPS gives each parcel a tracking number: type it here."),
        ({"carrier": "ups", "tracking": "<b>"}, "A tracking number has 4 to 40 letters and digits"),
        ({"carrier": "pigeon", "tracking": "1234"}, "not in the register of recipients any more"),
    ):
        answer = either.submit(page, action=f"{page}/ship", **typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'class="error-summary"' in answer.text
    assert 'value="&lt;b&gt;"' in either.submit(page, action=f"{page}/ship", carrier="ups", tracking="<b>").text
    assert Shipment.select().count() == 0
    assert state(order) == OrderState.PACKED


def test_a_sent_order_shows_its_parcel_and_its_mail(either: ShopClient, order: Order, page: str) -> None:
    either.submit(page, action=f"{page}/pack")
    answer = either.submit(page, action=f"{page}/ship", carrier="fedex", tracking="7712 3456 7890")
    assert answer.status_code in {200, 303}
    text = either.get(page).text
    assert "https://www.fedex.com/fedextrack/?trknbr=771234567890" in text
    assert f"Your order {order.number} is on its way" in text
    assert state(order) == OrderState.SHIPPED


def test_what_is_collected_needs_no_carrier(app: Flask, either: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(ShopClient(app, use_cookies=True))
    buyer.fill_cart(shelf.tote)
    buyer.give_contact()
    buyer.collect()
    order = order_of(buyer.pay())
    page = f"/admin/orders/{order.number}"
    either.submit(page, action=f"{page}/pack")
    answer = either.submit(page, action=f"{page}/ready")
    assert answer.status_code in {200, 303}
    assert f"Ready to collect: your order {order.number}" in either.get(page).text


def test_cancelling_asks_for_a_reason_first(either: ShopClient, order: Order, page: str) -> None:
    answer = either.submit(page, action=f"{page}/cancel")
    assert answer.status_code == 422
    assert "Choose a reason" in answer.text
    assert state(order) == OrderState.PLACED


def test_cancelling_gives_the_money_back_and_says_so(
    app: Flask, either: ShopClient, order: Order, page: str, practice_gateway: PracticeGateway
) -> None:
    answer = either.submit(page, action=f"{page}/cancel", reason="sold-out")
    assert answer.status_code in {200, 303}
    assert state(order) == OrderState.PLACED, "it can be taken back for half a minute"
    clock.travel(timedelta(seconds=31))
    with app.app_context():
        assert cancel_due() == 1
    text = either.get(page).text
    assert "Being released" in text
    assert f"We cannot process your order {order.number}" in text
    assert state(order) == OrderState.CANCELLED
    assert Payment.get().state == PaymentState.VOID_DUE


def test_a_cancellation_is_taken_back_on_the_page_by_whoever_asked_for_it_and_in_time(
    app: Flask, either: ShopClient, order: Order, page: str
) -> None:
    form = either.get(page)
    either.submit(form, action=f"{page}/cancel", reason="damaged")
    assert "Do not cancel it" in either.get(page).text
    assert "1 order is being cancelled" in either.get("/admin/orders").text, "the list recalls it"
    Order.update(revision=Order.revision - 1).where(Order.id == order.id).execute()
    again = either.submit(form, action=f"{page}/cancel", reason="damaged")
    assert "It was cancelled already" in again.text or "It was cancelled already" in either.get(page).text
    Order.update(revision=Order.revision + 1).where(Order.id == order.id).execute()
    either.submit(page, action=f"{page}/cancel/undo")
    assert Order.get_by_id(order.id).cancel_due_at is None
    assert "is being cancelled" not in either.get("/admin/orders").text
    assert either.submit(page, action=f"{page}/cancel", reason="damaged", keep_off="y").status_code in {200, 303}
    late = either.get(page)
    clock.travel(timedelta(seconds=31))
    assert "Half a minute is over" in either.submit(late, action=f"{page}/cancel/undo").text
    before = stock_of(order)
    with app.app_context():
        assert cancel_due() == 1
    assert stock_of(order) == before, "broken goods stay off the shelf"
    assert "Its goods were not put back on the shelf." in either.get(page).text


@pytest.mark.parametrize(
    ("step", "typed"), [("pack", {}), ("ship", {"carrier": "other"}), ("cancel", {"reason": "other"})]
)
def test_a_step_that_is_too_late_says_why(
    either: ShopClient, order: Order, page: str, step: str, typed: dict[str, str]
) -> None:
    Order.update(state=OrderState.PACKED).where(Order.id == order.id).execute()
    form = either.get(page) if step != "pack" else None
    Order.update(state=OrderState.PLACED).where(Order.id == order.id).execute()
    form = form or either.get(page)
    Order.update(state=OrderState.EXPIRED).where(Order.id == order.id).execute()
    answer = either.submit(form, action=f"{page}/{step}", **typed)
    assert answer.status_code == 422
    assert "This order is expired, so it cannot be" in answer.text


def test_a_double_click_does_it_once(robin: ShopClient, order: Order, page: str) -> None:
    form = robin.get(page)
    for _ in range(2):
        assert robin.submit(form, action=f"{page}/pack").status_code == 303
    assert "It was packed already." in robin.get(page).text


def test_a_step_without_the_pages_token_is_refused(robin: ShopClient, order: Order, page: str) -> None:
    for step in ("pack", "ship", "ready", "cancel"):
        assert robin.post(f"{page}/{step}", data={"carrier": "other", "reason": "other"}).status_code == 400
    assert state(order) == OrderState.PLACED


def test_after_erasure_the_desk_shows_the_figures_alone(app: Flask, robin: ShopClient, order: Order, page: str) -> None:
    with app.app_context():
        destroy_subject(OrderContact.get(OrderContact.order == order.id).subject)
        forget_mails_to(BUYER["email"])
    text = robin.get(page).text
    assert "removed" in text
    assert "$105.12" in text
    for gone in ("Ada", BUYER["delivery_street"], BUYER["email"]):
        assert gone not in text


def test_the_page_asks_as_much_of_a_long_order_as_of_a_short_one(
    app: Flask, robin: ShopClient, order: Order, shelf: Shelf, page: str
) -> None:
    buyer = Buyer(ShopClient(app, use_cookies=True))
    for variant in (shelf.tote, shelf.kale, shelf.last, shelf.free):
        buyer.fill_cart(variant, 2)
    buyer.give_contact()
    buyer.give_delivery()
    long = order_of(buyer.pay())
    for each in (page, f"/admin/orders/{long.number}"):
        robin.get(each)
    with count_queries() as few:
        robin.get(page)
    with count_queries() as many:
        robin.get(f"/admin/orders/{long.number}")
    assert len(many) <= len(few) <= 28


def test_packers_pack_and_send_but_leave_the_money_alone(
    app: Flask, sam: ShopClient, order: Order, shelf: Shelf, page: str
) -> None:
    form = sam.get(page)
    assert "Cancel and refund" not in form.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert token is not None
    refused = sam.post(f"{page}/cancel", data={"csrf_token": token[1], "reason": "other"})
    assert refused.status_code == 403
    assert sam.submit(page, action=f"{page}/pack").status_code == 303
    assert state(order) == OrderState.PACKED


def test_strangers_see_no_order_at_the_desk(client: ShopClient, htmx: HtmxClient, order: Order, page: str) -> None:
    answer = client.get(page)
    assert (answer.status_code, answer.location) == (303, f"/admin/sign-in?next={page}")
    refused = htmx.get(page)
    assert (refused.status_code, refused.headers["HX-Redirect"]) == (403, "/admin/sign-in")
    assert client.post(f"{page}/pack").status_code == 303
    assert state(order) == OrderState.PLACED


@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        (MailState.QUEUED, "ConnectionRefusedError", "could not be reached. It was tried 3 times; the next try is Nov"),
        (MailState.QUEUED, "TimeoutError", "did not answer, or hung up. It was tried 3 times; the next try is Nov"),
        (MailState.FAILED, "SMTPRecipientsRefused", "address. It was tried 3 times and is not tried again."),
    ],
)
def test_a_mail_that_does_not_leave_says_why_and_when_it_is_tried_next(
    robin: ShopClient, order: Order, page: str, state: MailState, error: str, said: str
) -> None:
    due_at = clock.now() + timedelta(hours=2)
    Mail.update(state=state, error=error, attempts=3, due_at=due_at).execute()
    text = robin.get(page).text
    assert text.count(said.replace("Nov", f"{due_at.astimezone(settings().zone):%b}")) == 2
    assert error not in text


@pytest.fixture
def refused(order: Order) -> Refund:
    """A refund that the gateway would not make."""
    payment = Payment.get()
    made: Refund = Refund.create(order=order, payment=payment, ref="R1", amount_cents=500, state=RefundState.FAILED)
    return made


def test_a_refund_that_failed_is_tried_again_once(either: ShopClient, order: Order, page: str, refused: Refund) -> None:
    form, action = either.get(page), f"{page}/refunds/{refused.id}/again"
    for _ in range(2):
        assert either.submit(form, action=action).status_code in {200, 303}
    text = either.get(page).text
    assert Refund.select().count() == 2
    assert "Tried again" in text
    assert action not in text
    assert Order.get().refunded_cents == 500


def test_a_refund_is_tried_again_by_the_owner_and_on_its_own_order_alone(
    robin: ShopClient, sam: ShopClient, app: Flask, shelf: Shelf, order: Order, page: str, refused: Refund
) -> None:
    form = sam.get(page)
    assert "Try again" not in form.text
    again = f"refunds/{refused.id}/again"
    assert sam.post(f"{page}/{again}", data={"csrf_token": token_in(form.text)}).status_code == 403
    token = token_in(robin.get(page).text)
    other = bought(app, shelf)
    assert robin.post(f"/admin/orders/{other.number}/{again}", data={"csrf_token": token}).status_code == 404
    assert robin.post(f"{page}/{again}").status_code == 400
    assert Refund.get().state == RefundState.FAILED


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]
