"""Steps for several orders of the list, with and without htmx; and taking them back before any mail leaves."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.db import close_connection
from shop.disclosures.models import Disclosure
from shop.orders.cancelling import Reason
from shop.orders.desk.bulk import AT_MOST, act_on
from shop.orders.desk.coming import cancel_due
from shop.orders.desk.models import BulkAction, BulkItem, BulkStep, Outcome
from shop.orders.desk.steps import Wanted
from shop.orders.desk.undoing import undo
from shop.orders.models import Order, OrderEvent, OrderState, Payment, PaymentState, Shipment
from shop.orders.services.alarms import raise_alarm
from shop.orders.services.fulfilment import pack_order
from shop.orders.services.revisions import BeingCancelled
from shop.outbox.models import Mail, MailState
from shop.outbox.services import send_due

from ...support.client import ShopClient
from ...support.desk import ROBIN, say_why
from ...support.listed import listed
from ...support.shops import disconnect

LIST, BULK = "/admin/orders", "/admin/orders/bulk"
WHOLE = {"HX-History-Restore-Request": "true"}


@pytest.fixture(params=["plain", "htmx"])
def desk(request: pytest.FixtureRequest) -> ShopClient:
    """The owner's browser, without htmx and with it."""
    return request.getfixturevalue("robin" if request.param == "plain" else "robin_htmx")


def token(client: ShopClient) -> str:
    page = ShopClient.get(client, LIST, headers=WHOLE).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def press(client: ShopClient, does: str, *orders: Order, **more: Any) -> TestResponse:
    """The answer; a plain browser is taken back to the list by a 303."""
    chosen = {"csrf_token": token(client), "order": [order.number for order in orders], "back": "tab=pack"}
    answer = client.post(BULK, data={"do": does, **chosen, **more})
    return _followed(client, answer)


def _followed(client: ShopClient, answer: TestResponse) -> TestResponse:
    return client.get(answer.location) if answer.status_code == 303 else answer


def take_back(client: ShopClient, **more: Any) -> TestResponse:
    action = BulkAction.select().order_by(BulkAction.id.desc()).first()
    data = {"csrf_token": token(client), **more}
    return _followed(client, client.post(f"{BULK}/{action.token}/undo", data=data))


def states(*orders: Order) -> list[str]:
    return [Order.get_by_id(order.id).state for order in orders]


def outcomes() -> list[str]:
    return [item.outcome for item in BulkItem.select().order_by(BulkItem.id)]


def test_packing_several_packs_each_and_says_why_the_others_are_not(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        good, packed, unpaid = listed(), listed(state=OrderState.PACKED), listed()
        Payment.update(state=PaymentState.FAILED).where(Payment.order == unpaid.id).execute()
    page = press(desk, "pack", good, packed, unpaid)
    assert page.status_code == 200
    assert states(good, packed, unpaid) == [OrderState.PACKED, OrderState.PACKED, OrderState.PLACED]
    for said in ("1 order packed, 2 not", "It was packed already.", "This order is not paid", "Undo"):
        assert said in page.text
    assert 'aria-current="page">To pack today' in page.text, "the list stands as it stood"
    assert OrderEvent.select().where(OrderEvent.kind == "packed").count() == 1


def test_sending_several_takes_the_carrier_chosen_and_none_for_what_is_collected(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        brought, collected = listed(state=OrderState.PACKED), listed(state=OrderState.PACKED, is_collected=True)
    press(desk, "send", brought, collected, carrier="own-round")
    assert states(brought, collected) == [OrderState.SHIPPED] * 2
    carriers = {row.order_id: row.carrier for row in Shipment.select()}
    assert carriers == {brought.id: "own-round", collected.id: "pick-up"}


def test_a_carrier_that_numbers_its_parcels_is_refused_and_so_is_none(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        order = listed(state=OrderState.PACKED)
    assert "USPS gives each parcel a tracking number" in press(robin, "send", order, carrier="usps").text
    assert "Choose who takes the parcels" in press(robin, "send", order, carrier="").text
    assert "Choose who takes the parcels" in press(robin, "send", order, carrier="pick-up").text
    assert "register of recipients" in press(robin, "send", order, carrier="no-such-carrier").text
    assert states(order) == [OrderState.PACKED]


def test_done_seen_to_and_mailed_again(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        order, early = listed(state=OrderState.PACKED, needs_look=True), listed()
        act_on(numbers=[order.number], wanted=Wanted(BulkStep.SEND, carrier="own-round"), staff_id=1)
        clock.travel(timedelta(minutes=1))
        send_due()
    page = press(desk, "done", order, early)
    assert states(order, early) == [OrderState.DONE, OrderState.PLACED]
    assert "This order is not packed yet, so it cannot be done." in page.text
    assert Shipment.get(Shipment.order == order.id).delivered_at is not None
    press(desk, "seen", order)
    assert not Order.get_by_id(order.id).needs_look
    mail = Mail.get(Mail.about_id == order.id)
    assert mail.state == MailState.SENT
    assert "There is no mail of it" in press(desk, "resend", order, early).text
    assert Mail.get_by_id(mail.id).state == MailState.QUEUED


def test_a_rows_own_button_takes_its_next_step(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        order, other = listed(deliver_on=clock.now().date()), listed()
    for does in ("pack", "out", "done"):
        button = f"{does}:{order.number}"
        assert f'name="one" value="{button}"' in ShopClient.get(desk, LIST, headers=WHOLE).text
        _followed(desk, desk.post(BULK, data={"csrf_token": token(desk), "one": button, "order": [other.number]}))
    assert states(order, other) == [OrderState.DONE, OrderState.PLACED]
    assert Shipment.get().carrier == "own-round"


def test_the_owner_cancels_several_after_a_question_and_nobody_else_may(
    app: Flask, robin: ShopClient, sam: ShopClient
) -> None:
    with app.app_context():
        orders = [listed("Ada Lovelace"), listed("Bo Reed")]
        gone = listed(state=OrderState.SHIPPED)
    chosen = {"csrf_token": token(robin), "do": "cancel", "order": [each.number for each in (*orders, gone)]}
    question = robin.post(BULK, data=chosen)
    assert question.status_code == 303
    assert sam.get(question.location).status_code == 403
    page = robin.get(question.location)
    assert "Cancel 3 orders" in page.text
    assert states(*orders) == [OrderState.PLACED] * 2, "asking changes nothing"
    wrong = robin.submit(page, action="/admin/orders/cancel")
    assert wrong.status_code == 422
    assert "Choose a reason" in wrong.text
    done = robin.submit(page, action="/admin/orders/cancel", reason="sold-out")
    said = robin.get(done.location).text
    assert "2 orders are being cancelled, 1 not" in said
    assert "This order is sent already, so it cannot be cancelled." in said
    assert "Undo" in said
    clock.travel(timedelta(seconds=31))
    with app.app_context():
        assert cancel_due() == 2
        assert cancel_due() == 0, "each once"
    assert states(*orders, gone) == [OrderState.CANCELLED] * 2 + [OrderState.SHIPPED]
    said = robin.get(done.location).text
    assert "2 orders cancelled, 1 not" in said
    assert "Undo" not in said


def test_cancelling_moves_nothing_for_half_a_minute_and_is_taken_back(
    app: Flask, robin: ShopClient, staff: dict[str, Staff]
) -> None:
    with app.app_context():
        order = listed()
        say_why(staff[ROBIN], order)
        before = Order.select().where(Order.id == order.id).dicts().get()
        cancel = Wanted(BulkStep.CANCEL, reason=Reason.SOLD_OUT)
        action = act_on(numbers=[order.number], wanted=cancel, staff_id=staff[ROBIN].id)
        assert cancel_due() == 0
    page = robin.get(f"{LIST}?tab=pack").text
    assert "Being cancelled" in page
    assert f"pack:{order.number}" not in page
    assert "It is being cancelled" in robin.get(f"{LIST}/{order.number}").text
    assert "is being cancelled" in robin.get(f"/admin/orders/print/packing-slip?numbers={order.number}").text
    with app.app_context():
        with pytest.raises(BeingCancelled):
            pack_order(order=order, staff_id=1)
        again = act_on(numbers=[order.number], wanted=cancel, staff_id=1)
        assert [item.outcome for item in again.items] == [Outcome.ALREADY]
    assert (Mail.select().count(), OrderEvent.select().count()) == (0, 0)
    data = {"csrf_token": token(robin)}
    assert "1 taken back" in _followed(robin, robin.post(f"{BULK}/{action.token}/undo", data=data)).text
    clock.travel(timedelta(minutes=5))
    with app.app_context():
        assert cancel_due() == 0
        after = Order.select().where(Order.id == order.id).dicts().get()
        assert {**after, "revision": 0} == before
        assert pack_order(order=order, staff_id=1)


def test_a_cancellation_that_a_stopped_worker_left_is_caught_up_with_the_next_day(app: Flask) -> None:
    with app.app_context():
        order, other = listed(), listed()
        act_on(numbers=[order.number], wanted=Wanted(BulkStep.CANCEL, reason=Reason.SOLD_OUT), staff_id=1)
        clock.travel(timedelta(days=3))
        act_on(numbers=[other.number], wanted=Wanted(BulkStep.PACK), staff_id=1)
        assert cancel_due() == 1
        assert states(order) == [OrderState.CANCELLED]
        cancelled = OrderEvent.get(OrderEvent.kind == "cancelled")
        assert (cancelled.actor, json.loads(cancelled.details)["code"]) == ("staff:1", "sold-out")
        assert Mail.get().state == MailState.QUEUED


def test_a_mail_sent_again_and_what_was_seen_to_are_taken_back_too(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        order = listed(state=OrderState.PACKED)
        raise_alarm(order, "The gateway refused to be asked.")
        act_on(numbers=[order.number], wanted=Wanted(BulkStep.SEND, carrier="own-round"), staff_id=1)
        clock.travel(timedelta(minutes=1))
        send_due()
        sent = Mail.select().where(Mail.about_id == order.id).order_by(Mail.id.desc()).dicts().get()
    press(desk, "resend", order)
    with app.app_context():
        assert send_due() == 0, "it waits"
    assert "1 taken back" in take_back(desk).text
    again = Mail.select().where(Mail.id == sent["id"]).dicts().get()
    assert {**again, "due_at": sent["due_at"]} == sent
    press(desk, "seen", order)
    assert "1 taken back" in take_back(desk).text
    assert Order.get_by_id(order.id).needs_look
    assert "seen to" not in [event.kind for event in OrderEvent.select()]


def test_figures_leave_as_csv_without_anybody_in_them(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        orders = [listed("Ada Lovelace", email="ada@customers.example", discount_code="=1+1")]
        orders.append(listed("Bo Reed", currency="JPY"))
    answer = press(robin, "csv", *orders)
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Order", *(order.number for order in orders)]
    assert ",48.00," in lines[1] and ",4800," in lines[2]
    assert "'=1+1" in lines[1]
    for hidden in ("Ada", "Lovelace", "ada@", "Alder Row", "+1213"):
        assert hidden not in answer.text


@pytest.mark.parametrize(
    ("does", "leads_to"),
    [
        *(("slips", "packing-slip"), ("picks", "pick-list"), ("labels", "label")),
        *(("route", "route-sheet"), ("invoices", "invoice")),
    ],
)
def test_printing_leads_to_the_papers_of_the_chosen_orders(
    app: Flask, robin: ShopClient, does: str, leads_to: str
) -> None:
    with app.app_context():
        order = listed()
    answer = robin.post(BULK, data={"csrf_token": token(robin), "do": does, "order": [order.number]})
    assert answer.location == f"/admin/orders/print/{leads_to}?numbers={order.number}"
    assert robin.get(answer.location).status_code == 200


def test_what_makes_no_sense_changes_nothing(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        order = listed()
    assert "Select at least one order first." in (nothing := press(desk, "pack")).text
    assert nothing.status_code == 422
    assert press(desk, "pack", order, csrf_token="stale").status_code == 400
    assert press(desk, "eat", order).status_code == 404
    assert press(desk, "cancel", csrf_token=token(desk)).status_code == 422
    unknown = press(desk, "pack", order, order=["AAAA-AAAA", "<script>", "x" * 300])
    assert "0 orders packed" in unknown.text
    assert states(order) == [OrderState.PLACED]
    assert AT_MOST >= 25


def test_a_step_is_taken_back_wholly_before_its_mail_leaves(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        packed, sent = listed(), listed(state=OrderState.PACKED)
        before = [Order.select().where(Order.id == each.id).dicts().get() for each in (packed, sent)]
    press(desk, "pack", packed)
    page = take_back(desk, back="tab=send")
    assert "1 taken back" in page.text
    assert 'aria-current="page">To send' in page.text
    press(desk, "send", sent, carrier="own-round")
    with app.app_context():
        assert send_due() == 0, "the mail waits"
    take_back(desk)
    after = [Order.select().where(Order.id == each.id).dicts().get() for each in (packed, sent)]
    for was, now in zip(before, after, strict=True):
        assert {**now, "revision": 0} == was
    assert Shipment.select().count() == 0
    clock.travel(timedelta(minutes=5))
    with app.app_context():
        assert send_due() == 0, "nobody is told of it"
    assert Mail.get().state == MailState.WITHDRAWN
    kinds = [event.kind for event in OrderEvent.select()]
    assert kinds == ["step undone", "step undone"]
    undone = [event for event in AuditEvent.select() if event.kind == "order-step-undone"]
    assert [event.details for event in undone] == ['{"step":"pack"}', '{"step":"send"}']


def test_what_was_taken_back_can_be_done_again_and_is_told_once(app: Flask) -> None:
    with app.app_context():
        order, send = listed(state=OrderState.PACKED), Wanted(BulkStep.SEND, carrier="own-round")
        for _ in range(2):
            undo(token=act_on(numbers=[order.number], wanted=send, staff_id=1).token, staff_id=1)
        act_on(numbers=[order.number], wanted=send, staff_id=1)
        clock.travel(timedelta(seconds=31))
        assert send_due() == 1
        assert states(order) == [OrderState.SHIPPED]


def test_done_is_taken_back_with_the_parcels_arrival(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        order = listed(state=OrderState.SHIPPED)
        Shipment.create(order=order.id, carrier="own-round")
    press(robin, "done", order)
    assert Shipment.get().delivered_at is not None
    take_back(robin)
    assert states(order) == [OrderState.SHIPPED]
    assert Shipment.get().delivered_at is None


def test_after_half_a_minute_it_is_too_late(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        order = listed(state=OrderState.PACKED)
    press(desk, "send", order, carrier="own-round")
    assert Mail.get().due_at == BulkAction.get().undo_until
    clock.travel(timedelta(seconds=31))
    with app.app_context():
        assert send_due() == 1
    answer = take_back(desk)
    assert answer.status_code == 422
    assert "Half a minute is over" in answer.text
    assert states(order) == [OrderState.SHIPPED]


def test_only_whoever_did_it_can_take_it_back_and_each_order_once(
    app: Flask, robin: ShopClient, sam: ShopClient
) -> None:
    with app.app_context():
        order = listed()
    page = press(robin, "pack", order)
    assert take_back(sam).status_code == 404
    assert "bulk-result" not in sam.get(page.request.full_path).text
    assert states(order) == [OrderState.PACKED]
    take_back(robin)
    Order.update(state=OrderState.PACKED).where(Order.id == order.id).execute()
    take_back(robin)
    assert states(order) == [OrderState.PACKED], "what somebody did since stays"
    assert outcomes() == [Outcome.UNDONE]
    assert robin.post(f"{BULK}/no-such-token/undo", data={"csrf_token": token(robin)}).status_code == 404


def test_orders_whose_mail_has_left_or_that_went_on_stay_and_the_others_go_back(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        gone, trying, went_on, waits = (listed(state=OrderState.PACKED) for _ in range(4))
    press(robin, "send", gone, trying, went_on, waits, carrier="own-round")
    Mail.update(state=MailState.SENT).where(Mail.about_id == gone.id).execute()
    Mail.update(state=MailState.SENDING).where(Mail.about_id == trying.id).execute()
    Order.update(revision=Order.revision + 1).where(Order.id == went_on.id).execute()
    page = take_back(robin)
    assert states(gone, trying, went_on, waits) == [OrderState.SHIPPED] * 3 + [OrderState.PACKED]
    assert "1 taken back, 3 orders sent" in page.text
    assert page.text.count("Its mail has left.") == 2
    assert "Somebody has gone on with it since." in page.text
    assert Shipment.select().count() == 3


def test_what_a_carrier_was_noted_to_get_is_taken_back_too(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        order = listed(state=OrderState.PACKED)
    press(robin, "send", order, carrier="royal-mail")
    assert Disclosure.select().count() == 1
    take_back(robin)
    assert Disclosure.select().count() == 0


def test_twenty_clicks_at_once_pack_each_order_once(app: Flask) -> None:
    with app.app_context():
        orders = [listed(), listed()]
    disconnect()
    numbers = [order.number for order in orders]

    def click(_: int) -> list[str]:
        with app.app_context():
            action = act_on(numbers=numbers, wanted=Wanted(BulkStep.PACK), staff_id=1)
            found = [item.outcome for item in BulkItem.select().where(BulkItem.action == action)]
        close_connection()
        return found

    with ThreadPoolExecutor(20) as clicks:
        seen = [outcome for each in clicks.map(click, range(20)) for outcome in each]
    assert (seen.count(Outcome.DONE), seen.count(Outcome.ALREADY)) == (2, 38)
    assert OrderEvent.select().where(OrderEvent.kind == "packed").count() == 2


def test_undoing_at_the_same_time_takes_back_once(app: Flask) -> None:
    with app.app_context():
        order = listed(state=OrderState.PACKED)
        action = act_on(numbers=[order.number], wanted=Wanted(BulkStep.SEND, carrier="own-round"), staff_id=1)
    disconnect()

    def take(_: int) -> None:
        with app.app_context():
            undo(token=action.token, staff_id=1)
        close_connection()

    with ThreadPoolExecutor(8) as clicks:
        list(clicks.map(take, range(8)))
    assert states(order) == [OrderState.PACKED]
    assert OrderEvent.select().where(OrderEvent.kind == "step undone").count() == 1


def test_actions_are_forgotten_after_a_day(app: Flask) -> None:
    with app.app_context():
        act_on(numbers=[listed().number], wanted=Wanted(BulkStep.PACK), staff_id=1)
        clock.travel(timedelta(days=2))
        act_on(numbers=[], wanted=Wanted(BulkStep.PACK), staff_id=1)
    assert BulkAction.select().count() == 1
