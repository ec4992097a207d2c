"""An order becomes another one, and the difference is settled: less, as much, or more by the saved card."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop import db as database
from shop.catalogue.models import Variant
from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, withdraw
from shop.orders.cancelling import Reason
from shop.orders.editing.changing import FiguresChanged, Settling, change_order
from shop.orders.editing.planning import Change, NotEditable
from shop.orders.models import (
    EditState,
    EditWay,
    Order,
    OrderEdit,
    OrderEvent,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from shop.orders.services.errors import GatewayDown
from shop.orders.services.fulfilment import cancel_order, pack_order
from shop.orders.services.parcels import ship_order
from shop.orders.services.refunds import send_due_refunds
from shop.orders.services.revisions import ChangedMeanwhile
from shop.orders.services.settling import settle_due, void_due
from shop.outbox.models import Mail, MailKind
from shop.payments import gateway
from shop.vault import Source

from ...practice import PracticeGateway
from ...support.books import on_shelf, wrong_in_the_books
from ...support.changed import by_card, card_for, change_it, line_of, planned
from ...support.till import Shelf
from ...support.worker import work, work_until_decided


def now(order: Order) -> Order:
    found: Order = Order.get_by_id(order.id)
    return found


def shelf_at_first(shelf: Shelf) -> dict[int, int]:
    return {shelf.tote: 20, shelf.kale: 50, shelf.last: 10, shelf.free: 9}


def test_less_of_it_goes_back_once_the_bank_has_paid_out(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    before = order.total_cents
    edit = change_it(order, Change(quantities={line_of(order, shelf.tote): 1}, restock={line_of(order, shelf.tote)}))
    assert (edit.state, edit.way, edit.difference_cents) == (EditState.APPLIED, EditWay.BACK, -5256)
    assert (now(order).total_cents, now(order).refunded_cents) == (before - 5256, 0)
    assert OrderLine.get().quantity == 1
    send_due_refunds()
    assert Refund.get().state == RefundState.REQUESTED
    settle_due()
    practice_gateway.night()
    clock.travel(timedelta(minutes=20))
    send_due_refunds()
    assert (Refund.get().state, Refund.get().amount_cents) == (RefundState.DONE, 5256)
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []
    told = Mail.get(Mail.kind == MailKind.ORDER_CHANGED)
    assert "Alder Tote, Moss: 1 instead of 2" in str(told.text)
    assert "$52.56 less" in str(told.text)


def test_a_swap_for_as_much_moves_stock_and_no_money(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    Variant.update(price_cents=4800).where(Variant.id == shelf.last).execute()
    line = line_of(order, shelf.tote)
    edit = change_it(order, Change(quantities={line: 1}, added={shelf.last: 1}, restock={line}))
    assert (edit.state, edit.way, edit.difference_cents) == (EditState.APPLIED, EditWay.NOTHING, 0)
    assert [(line.sku, line.quantity) for line in OrderLine.select().order_by(OrderLine.position)] == [
        ("alder-tote", 1),
        ("clay-pouch", 1),
    ]
    assert (Payment.select().count(), Refund.select().count()) == (1, 0)
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []


def test_more_of_it_is_charged_to_the_saved_card_and_the_customer_is_told(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    pack_order(order=order, staff_id=1)
    card, before = card_for(order), order.total_cents
    edit = change_it(order, Change(added={shelf.last: 1}), settling=by_card(card))
    assert (edit.state, edit.source) == (EditState.APPLIED, Source.STAFF_BY_PHONE)
    more = Payment.get(Payment.edit == edit.id)
    assert (more.state, more.amount_cents) == (PaymentState.AUTHORIZED, edit.difference_cents)
    # It was packed without the pouch.
    assert (now(order).state, now(order).total_cents) == (OrderState.PLACED, before + edit.difference_cents)
    work(app)
    assert {payment.state for payment in Payment.select()} == {PaymentState.SETTLING}
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []
    text = str(Mail.get(Mail.kind == MailKind.ORDER_CHANGED).text)
    assert "Clay Pouch: 1 added" in text
    assert "charged to your Visa ending in 1881" in text
    kinds = [event.kind for event in OrderEvent.select().order_by(OrderEvent.id)]
    assert kinds.index("change begun") < kinds.index("changed")


def test_what_was_bought_keeps_its_price_and_more_of_it_costs_todays(order: Order, shelf: Shelf) -> None:
    Variant.update(price_cents=5000).where(Variant.id == shelf.tote).execute()
    plan, _ = planned(order, Change(quantities={line_of(order, shelf.tote): 3}))
    assert [(line.quantity, line.unit_price_cents) for line in plan.after.lines] == [(2, 4800), (1, 5000)]
    Variant.update(price_cents=4800).where(Variant.id == shelf.tote).execute()
    plan, _ = planned(order, Change(quantities={line_of(order, shelf.tote): 3}))
    assert [(line.quantity, line.unit_price_cents) for line in plan.after.lines] == [(3, 4800)]


def test_a_card_that_is_declined_changes_nothing(order: Order, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    card, before = card_for(order), now(order)
    Variant.update(price_cents=200_000).where(Variant.id == shelf.last).execute()
    edit = change_it(order, Change(added={shelf.last: 1}), settling=by_card(card))
    assert edit.state == EditState.FAILED
    assert (now(order).total_cents, now(order).quote) == (before.total_cents, before.quote)
    assert Variant.get_by_id(shelf.last).held == 0
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []


@pytest.mark.parametrize("fault", ["drop_after_commit", "html", "empty", 500, "drop_before"])
def test_an_answer_that_is_lost_is_found_by_the_worker(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway, fault: str | int
) -> None:
    card = card_for(order)
    practice_gateway.faults("sale", fault, after_commit=fault != "drop_before")
    edit = change_it(order, Change(added={shelf.last: 1}), settling=by_card(card))
    assert edit.state == EditState.PAYING
    with pytest.raises(NotEditable):
        change_it(order, Change(added={shelf.kale: 1}), settling=by_card(card))
    work_until_decided(app, within=timedelta(minutes=15), step=timedelta(seconds=30))
    is_there = fault != "drop_before"
    assert OrderEdit.get().state == (EditState.APPLIED if is_there else EditState.FAILED)
    assert (len(OrderLine.select()) == 2) == is_there
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []


def test_an_order_that_is_cancelled_while_the_bank_is_asked_takes_no_money(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = card_for(order)
    practice_gateway.faults("sale", "drop_after_commit")
    change_it(order, Change(added={shelf.last: 1}), settling=by_card(card))
    cancel_order(order=now(order), reason=Reason.CUSTOMER_ASKED, staff_id=1)
    work_until_decided(app)
    work(app, after=timedelta(minutes=2))
    assert OrderEdit.get().state == EditState.FAILED
    assert {payment.state for payment in Payment.select()} == {PaymentState.VOIDED}
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []


def test_cancelling_a_changed_order_gives_all_of_it_back(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    settle_due()
    practice_gateway.night()
    card = card_for(order)
    change_it(order, Change(added={shelf.last: 2}), settling=by_card(card))
    line = line_of(order, shelf.tote)
    change_it(order, Change(quantities={line: 1}, restock={line}))
    cancel_order(order=now(order), reason=Reason.CUSTOMER_ASKED, staff_id=1)
    work(app)
    send_due_refunds()
    void_due()
    held = {one["id"]: one for one in practice_gateway.ledger()}
    taken = [one for one in held.values() if one["type"] == "sale" and one["status"] == "settled"]
    credits = [one for one in held.values() if one["type"] == "credit"]
    assert sum(float(one["amount"]) for one in taken) == pytest.approx(sum(float(one["amount"]) for one in credits))
    assert on_shelf() == shelf_at_first(shelf)


def test_a_refund_after_a_change_takes_from_several_payments(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = card_for(order)
    change_it(order, Change(added={shelf.last: 2}), settling=by_card(card))
    settle_due()
    practice_gateway.night()
    line = line_of(order, shelf.last)
    change_it(order, Change(quantities={line: 0, line_of(order, shelf.tote): 1}, restock={line}))
    assert sorted(refund.amount_cents for refund in Refund.select())[0] > 0
    send_due_refunds()
    assert {refund.state for refund in Refund.select()} == {RefundState.DONE}
    paid = sum(payment.amount_cents for payment in Payment.select())
    assert paid - sum(refund.amount_cents for refund in Refund.select()) == now(order).total_cents


def test_twenty_at_once_make_one_change_and_one_charge(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card, change = card_for(order), Change(added={shelf.last: 10})
    plan, seen = planned(order, change)
    charged = len(practice_gateway.ledger())

    def click(_: int) -> int:
        with app.app_context():
            database.open_connection()
            edit, _ = change_order(
                order=order, change=change, settling=by_card(card), digest=plan.digest, seen=seen, staff_id=1
            )
            database.close_connection()
            return int(edit.id)

    with ThreadPoolExecutor(8) as clicks:
        made = set(clicks.map(click, range(20)))
    work_until_decided(app)
    assert len(made) == OrderEdit.select().count() == 1
    assert len(practice_gateway.ledger()) == charged + 1
    assert wrong_in_the_books(practice_gateway, shelf_at_first(shelf)) == []


def test_what_is_not_as_shown_is_not_done(order: Order, shelf: Shelf) -> None:
    card, change = card_for(order), Change(added={shelf.last: 1})
    plan, seen = planned(order, change)
    known = {"order": order, "change": change, "settling": by_card(card), "digest": plan.digest, "staff_id": 1}
    Variant.update(price_cents=1300).where(Variant.id == shelf.last).execute()
    with pytest.raises(FiguresChanged):
        change_order(seen=seen, **known)
    Variant.update(price_cents=1200, on_hand=0).where(Variant.id == shelf.last).execute()
    with pytest.raises(NotEditable):
        change_order(seen=seen, **known)
    Variant.update(on_hand=10).where(Variant.id == shelf.last).execute()
    pack_order(order=order, staff_id=1)
    with pytest.raises(ChangedMeanwhile):
        change_order(seen=seen, **known)
    assert OrderEdit.select().count() == 0
    assert Variant.get_by_id(shelf.last).held == 0


def test_a_card_is_charged_only_with_its_customers_word(
    app: Flask, order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card, change = card_for(order), Change(added={shelf.last: 1})
    with pytest.raises(NotEditable, match="how the customer agreed"):
        change_it(order, change, settling=Settling(way=EditWay.CARD, card_id=card.id))
    with pytest.raises(NotEditable, match="what becomes of the difference"):
        change_it(order, change, settling=Settling(way=EditWay.BACK))
    gateway.circuit.note(worked=False)
    while gateway.is_open():
        gateway.circuit.note(worked=False)
    with pytest.raises(GatewayDown):
        change_it(order, change, settling=by_card(card))
    gateway.circuit.note(worked=True)
    withdraw(customer=Customer.get_by_id(card.customer_id), purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    with pytest.raises(NotEditable, match="no longer saved"):
        change_it(order, change, settling=by_card(card))
    assert Payment.select().count() == 1
    assert Variant.get_by_id(shelf.last).held == 0


def test_what_has_left_is_not_changed(order: Order, shelf: Shelf) -> None:
    with pytest.raises(NotEditable, match="Cancel the order"):
        planned(order, Change(quantities={line_of(order, shelf.tote): 0}))
    plan, seen = planned(order, Change(added={shelf.free: 1}))
    ship_order(order=order, carrier="pick-up", tracking="", staff_id=1)
    settling = Settling(way=EditWay.NOTHING)
    with pytest.raises(NotEditable, match="nothing of it has left"):
        change_order(
            order=order, change=Change(added={shelf.free: 1}), settling=settling, digest=plan.digest,
            seen=seen + 1, staff_id=1,
        )  # fmt: skip
