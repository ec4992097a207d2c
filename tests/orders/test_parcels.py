"""An order that leaves in several parcels, and pieces of it that come back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask import Flask

from shop import db as database
from shop.catalogue.models import StockMovement, Variant
from shop.disclosures.models import Disclosure
from shop.orders.cancelling import Reason
from shop.orders.models import Order, OrderContact, OrderEvent, OrderLine, OrderState, Refund, RefundState, Shipment
from shop.orders.pieces.models import RefundLine, ShipmentLine
from shop.orders.pieces.queries import pieces_of
from shop.orders.queries import order_file
from shop.orders.refund_reasons import RefundReason
from shop.orders.refundable import RefundTooLarge
from shop.orders.services.deactivating import NotFinished, deactivate
from shop.orders.services.fulfilment import NotCancellable, cancel_order, pack_order
from shop.orders.services.giving_back import NotRefundable, Wish, give_back
from shop.orders.services.parcels import NotShippable, ship_order
from shop.orders.services.refunds import send_due_refunds, try_refund_again
from shop.orders.services.revisions import ChangedMeanwhile
from shop.orders.services.settling import settle_due
from shop.orders.services.tracking import correct_parcel
from shop.outbox.models import Mail, MailKind

from ..practice import PracticeGateway
from ..support.client import ShopClient
from ..support.till import BUYER, Buyer, Shelf, order_of


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def mixed(app: Flask, shelf: Shelf) -> Order:
    """Two totes and one pouch."""
    buyer = Buyer(ShopClient(app, use_cookies=True))
    buyer.fill_cart(shelf.tote, 2)
    buyer.fill_cart(shelf.last)
    buyer.give_contact()
    buyer.give_delivery()
    return order_of(buyer.pay())


@pytest.fixture
def settled(mixed: Order, practice_gateway: PracticeGateway) -> Order:
    settle_due()
    practice_gateway.night()
    return mixed


def now(order: Order) -> Order:
    found: Order = Order.get_by_id(order.id)
    return found


def lines(order: Order) -> tuple[OrderLine, OrderLine]:
    totes, pouch = OrderLine.select().where(OrderLine.order == order.id).order_by(OrderLine.position)
    return totes, pouch


def send(order: Order, pieces: dict[int, int] | None = None, **more: object) -> bool:
    sending = {"carrier": "ups", "tracking": "1Z999AA10123456784", "staff_id": 1, "seen": now(order).revision, **more}
    return ship_order(order=order, pieces=pieces, **sending)  # type: ignore[arg-type]


def wish(quantities: dict[int, int] | None = None, **more: object) -> Wish:
    known = {"restock": (), "delivery": False, "amount_cents": None, "reason": RefundReason.GOODWILL}
    return Wish(**{"quantities": quantities or {}, "tells_customer": False, **known, **more})  # type: ignore[arg-type]


def given(order: Order, quantities: dict[int, int] | None = None, **more: object) -> Refund:
    cents, is_new = give_back(order=order, wish=wish(quantities, **more), seen=now(order).revision, staff_id=1)
    made: Refund = Refund.select().where(Refund.order == order.id).order_by(Refund.id.desc()).get()
    assert (is_new, made.amount_cents) == (True, cents)
    return made


def mails(order: Order) -> list[Mail]:
    return list(Mail.select().where(Mail.about_id == order.id).order_by(Mail.id))


def test_each_parcel_has_its_pieces_its_mail_and_its_hand_over(mixed: Order) -> None:
    totes, pouch = lines(mixed)
    pack_order(order=mixed, staff_id=1)
    assert send(mixed, {totes.id: 1, pouch.id: 1})
    assert now(mixed).state == OrderState.PARTLY_SENT
    assert now(mixed).shipped_at is None
    assert [each.to_send for each in pieces_of(mixed)] == [1, 0]
    first = mails(mixed)[-1]
    assert str(first.subject_line) == f"Part of your order {mixed.number} is on its way"
    assert "1 x Alder Tote, Moss" in str(first.text)
    assert "Still to come:\n\n1 x Alder Tote" in str(first.text)
    assert send(mixed, tracking="1Z999AA10123456785")
    assert now(mixed).state == OrderState.SHIPPED
    assert str(mails(mixed)[-1].subject_line) == f"The rest of your order {mixed.number} is on its way"
    assert [mail.kind for mail in mails(mixed)].count(MailKind.ORDER_SHIPPED) == 2
    assert [(row.what, row.quantity) for row in ShipmentLine.select().order_by(ShipmentLine.id)] == [
        ("Alder Tote, Moss", 1),
        ("Clay Pouch", 1),
        ("Alder Tote, Moss", 1),
    ]
    assert Disclosure.select().where(Disclosure.who == "ups").count() == 2


@pytest.mark.parametrize("too_many", [{"totes": 3}, {"totes": -1}, {"totes": 0}, {"nothing": 1}])
def test_no_more_leaves_than_there_is(mixed: Order, too_many: dict[str, int]) -> None:
    totes, _ = lines(mixed)
    pieces = {totes.id if name == "totes" else 10**6: count for name, count in too_many.items()}
    with pytest.raises(NotShippable):
        send(mixed, pieces)
    assert (now(mixed).state, Shipment.select().count()) == (OrderState.PLACED, 0)


def test_the_same_form_sends_one_parcel_and_an_old_one_none(app: Flask, mixed: Order) -> None:
    totes, pouch = lines(mixed)
    seen = now(mixed).revision

    def click(_: int) -> bool:
        with app.app_context():
            database.open_connection()
            return send(mixed, {totes.id: 1}, seen=seen)

    with ThreadPoolExecutor(8) as clicks:
        assert sum(clicks.map(click, range(20))) == 1
    assert Shipment.select().count() == 1


def test_a_step_from_an_old_page_is_not_taken(mixed: Order) -> None:
    seen = now(mixed).revision
    given(mixed, amount_cents=100)
    for step in (
        lambda: pack_order(order=mixed, staff_id=2, seen=seen),
        lambda: send(mixed, seen=seen),
        lambda: cancel_order(order=mixed, reason=Reason.OTHER, staff_id=2, seen=seen),
        lambda: give_back(order=mixed, wish=wish(amount_cents=200), seen=seen, staff_id=2),
    ):
        with pytest.raises(ChangedMeanwhile):
            step()
    assert (now(mixed).state, now(mixed).refunded_cents) == (OrderState.PLACED, 100)


def test_a_partly_sent_order_is_not_cancelled_nor_forgotten(mixed: Order) -> None:
    send(mixed, {lines(mixed)[0].id: 1})
    with pytest.raises(NotCancellable, match="partly sent, so it cannot be cancelled"):
        cancel_order(order=mixed, reason=Reason.OTHER, staff_id=1)
    with pytest.raises(NotFinished):
        deactivate(mixed)


def test_what_is_given_back_before_it_left_is_not_sent(mixed: Order, shelf: Shelf) -> None:
    totes, pouch = lines(mixed)
    before = Variant.get_by_id(shelf.tote).on_hand
    given(mixed, {totes.id: 1}, restock={totes.id}, reason=RefundReason.NOT_AVAILABLE)
    assert Variant.get_by_id(shelf.tote).on_hand == before + 1
    assert [each.to_send for each in pieces_of(mixed)] == [1, 1]
    send(mixed, {totes.id: 1})
    given(mixed, {pouch.id: 1}, reason=RefundReason.NOT_AVAILABLE)
    assert now(mixed).state == OrderState.SHIPPED


def test_what_came_back_of_a_part_leaves_the_rest_to_send(mixed: Order) -> None:
    totes, _ = lines(mixed)
    send(mixed, {totes.id: 1})
    given(mixed, {totes.id: 1}, restock={totes.id}, reason=RefundReason.SENT_BACK)
    assert [each.to_send for each in pieces_of(mixed)] == [1, 1]


def test_no_piece_is_given_back_twice_and_no_cent_above_the_total(settled: Order) -> None:
    totes, pouch = lines(settled)
    given(settled, {totes.id: 2})
    with pytest.raises(NotRefundable, match="More pieces"):
        given(settled, {totes.id: 1})
    with pytest.raises(RefundTooLarge):
        given(settled, amount_cents=now(settled).total_cents)
    given(settled, {pouch.id: 1}, delivery=True)
    assert now(settled).refunded_cents == now(settled).total_cents
    with pytest.raises(RefundTooLarge):
        given(settled, amount_cents=1)
    send_due_refunds()
    assert {refund.state for refund in Refund.select()} == {RefundState.DONE}


def test_a_refund_that_failed_frees_its_pieces_and_takes_them_along_when_tried_again(settled: Order) -> None:
    totes, _ = lines(settled)
    refund = given(settled, {totes.id: 1}, restock={totes.id})
    Refund.update(state=RefundState.FAILED).execute()
    Order.update(refunded_cents=0).execute()
    assert pieces_of(settled)[0].to_give_back == 2
    try_refund_again(refund=Refund.get(), staff_id=1)
    again = Refund.select().order_by(Refund.id.desc()).get()
    assert again.id != refund.id
    assert [row.refund_id for row in RefundLine.select()] == [again.id]
    assert pieces_of(settled)[0].to_give_back == 1


def test_all_of_what_was_not_taken_yet_is_given_free_and_the_customer_reads_that(
    mixed: Order, practice_gateway: PracticeGateway
) -> None:
    totes, pouch = lines(mixed)
    given(mixed, {totes.id: 2, pouch.id: 1}, delivery=True, tells_customer=True)
    send_due_refunds()
    assert Refund.get().state == RefundState.VOIDED
    assert [one["status"] for one in practice_gateway.ledger()] == ["voided"]
    assert "Nothing was taken" in str(mails(mixed)[-1].text)


def test_cancelling_after_a_part_went_back_gives_the_rest_and_restocks_the_rest(
    settled: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    totes, _ = lines(settled)
    given(settled, {totes.id: 1}, restock={totes.id})
    send_due_refunds()
    cancel_order(order=settled, reason=Reason.SOLD_OUT, staff_id=1)
    send_due_refunds()
    assert now(settled).refunded_cents == now(settled).total_cents
    assert (Variant.get_by_id(shelf.tote).on_hand, Variant.get_by_id(shelf.last).on_hand) == (20, 10)
    assert sum(row.quantity for row in StockMovement.select()) == 0
    assert "the rest of what you paid" in str(mails(settled)[-1].text)


def test_a_corrected_number_is_told_if_wished_and_forgotten_with_its_customer(mixed: Order) -> None:
    send(mixed)
    parcel = Shipment.get()
    change = partial(correct_parcel, shipment=parcel, carrier="dhl", tracking="JD0146000", tell=True, staff_id=1)
    assert change(seen=now(mixed).revision)
    assert not change(seen=None)
    assert "JD0146000" in str(mails(mixed)[-1].text)
    assert order_file(now(mixed)).shipments[0].tracking == "JD0146000"
    said = "".join(event.details for event in OrderEvent.select())
    assert "JD0146000" not in said
    assert OrderContact.get().email == BUYER["email"]
