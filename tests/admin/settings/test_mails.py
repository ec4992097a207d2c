"""The owner's own words in the shop's mails."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.orders.models import Order
from shop.orders.services.parcels import ship_order
from shop.orders.services.sample_mails import KINDS
from shop.outbox.models import Mail

from ...support.client import HtmxClient, ShopClient
from ...support.desk import ROBIN

pytestmark = pytest.mark.once

MAILS = "/admin/settings/mails"
SHIPPED = f"{MAILS}/order-shipped"


def test_every_mail_about_an_order_can_be_read(robin: ShopClient) -> None:
    page = robin.get(MAILS).text
    for kind in KINDS:
        assert f"{MAILS}/{kind.value}" in page
        assert "K7QM-3RTX" in robin.get(f"{MAILS}/{kind.value}").text
    assert robin.get(f"{MAILS}/sign-in").status_code == 404


def test_words_are_tried_before_they_are_saved(robin: ShopClient) -> None:
    tried = robin.submit(
        SHIPPED, action=SHIPPED, do="look", subject_line="{number} flies", closing="Yours, <Robin>, about {number}"
    )
    assert "K7QM-3RTX flies" in tried.text
    assert tried.text.count("Yours, &lt;Robin&gt;, about") == 2
    assert "about K7QM-3RTX" in tried.text
    assert "Yours" not in robin.get(SHIPPED).text


def test_a_placeholder_that_stands_for_nothing_is_refused_where_it_stands(robin: ShopClient) -> None:
    for field in ("subject_line", "opening", "closing"):
        told = robin.submit(SHIPPED, action=SHIPPED, button="do=save", **{field: "{number} for {name}"})
        assert (told.status_code, "in the place of {name}: only {number} is known" in told.text) == (422, True)


def test_a_test_mail_goes_to_whoever_asks(robin_htmx: HtmxClient) -> None:
    answer = robin_htmx.submit(SHIPPED, action=SHIPPED, do="test", opening="Good news!")
    mail = Mail.get()
    assert (mail.recipient, "Good news!" in mail.text, "On its way to" in answer.text) == (ROBIN, True, True)


def test_saved_words_stand_in_the_next_mail(app: Flask, robin: ShopClient, order: Order) -> None:
    saved = robin.submit(SHIPPED, action=SHIPPED, do="save", opening="Good & new!\nReally.", closing="Yours,\n\nRobin")
    assert saved.location == SHIPPED
    with app.app_context():
        ship_order(order=order, carrier="usps", tracking="9400111202555550123456", staff_id=1)
    mail = Mail.select().order_by(Mail.id.desc()).get()
    assert "Good & new!\nReally." in mail.text
    assert mail.text.index("has left the shop") < mail.text.index("Robin")
    assert "<p>Good &amp; new!<br>Really.</p>" in mail.html


def test_words_that_cannot_be_printed_are_refused(robin: ShopClient) -> None:
    answer = robin.submit(SHIPPED, action=SHIPPED, do="save", closing="Yours\u202e", subject_line="x" * 200)
    assert answer.status_code == 422
    assert "too long" in answer.text
    assert "cannot be printed" in answer.text
