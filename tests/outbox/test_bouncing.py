"""Reports of mail servers that a mail did not arrive: read as they come, believed only about mails that we sent."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.account.services import remind_due
from shop.audit.models import AuditEvent
from shop.outbox.bouncing import note_bounce, report_in
from shop.outbox.messages import message_id
from shop.outbox.models import Mail, MailState
from shop.outbox.services import queue_mail, send_due
from shop.outbox.troubles import what_happened
from tests.support.client import ShopClient
from tests.support.customers import CARO, as_customer, make_customer

# As Postfix writes it.
REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mail.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: shop@fern-and-strap.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; caro@customers.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--cut
Content-Description: Undelivered Message
{original}
--cut--
"""
WHOLE = """\
Content-Type: message/rfc822

From: shop@fern-and-strap.example
To: caro@customers.example
Subject: Yours
Message-ID: {id}

Dear Caro
"""
HEADERS = """\
Content-Type: text/rfc822-headers

From: shop@fern-and-strap.example
To: caro@customers.example
Message-Id: {id}
"""


def sent(key: str = "one") -> Mail:
    queue_mail(
        key=key, kind="order-confirmed", to=CARO, subject_line="Yours", text="Dear", html="<p>", about=("order", 1)
    )
    send_due()
    return Mail.get(Mail.key == key)


def report(key: str = "one", *, action: str = "failed", status: str = "5.1.1", original: str = WHOLE) -> io.BytesIO:
    text = REPORT.format(action=action, status=status, original=original.format(id=message_id(key)))
    return io.BytesIO(text.replace("\n", "\r\n").encode())


def read(text: io.BytesIO) -> Mail | None:
    found = report_in(text)
    return note_bounce(report=found) if found else None


@pytest.mark.parametrize("original", [WHOLE, HEADERS], ids=["the whole mail", "its headers alone"])
def test_a_report_marks_its_mail_and_no_other(app: Flask, original: str) -> None:
    with app.app_context():
        mail, other = sent(), sent("two")
        assert read(report(original=original)) == mail
        after = Mail.get_by_id(mail.id)
        assert (after.state, after.error) == (MailState.FAILED, "Bounced")
        assert "came back later" in what_happened(after)
        assert Mail.get_by_id(other.id).state == MailState.SENT
        event = AuditEvent.get(AuditEvent.kind == "mail-bounced")
        assert (event.about_kind, event.about_id, event.details) == (
            "order",
            1,
            f'{{"mail":{mail.id},"status":"5.1.1"}}',
        )
        assert read(report(original=original)) is None


@pytest.mark.promise("P45")
@pytest.mark.promise("P44")
def test_its_customer_is_asked_for_another_address_until_they_say_that_it_is_right(app: Flask) -> None:
    with app.app_context():
        caro = make_customer(CARO, "Caro Reed")
        caro.confirmed_at = clock.now() - timedelta(days=3)
        caro.save()
        sent()
        read(report())
        assert remind_due() == 1
        assert remind_due() == 0
        client = as_customer(ShopClient(app, use_cookies=True), caro)
    assert "takes no mail from us" in client.get("/account").text
    client.submit("/account", action="/account/confirm")
    assert "takes no mail from us" not in client.get("/account").text


def test_a_mail_that_was_refused_for_itself_says_nothing_of_the_address(app: Flask) -> None:
    with app.app_context():
        make_customer(CARO, "Caro Reed")
        mail = sent()
        assert read(report(status="5.7.1")) == mail
        assert Mail.get_by_id(mail.id).error == "SentBack"
        assert remind_due() == 0


@pytest.mark.parametrize(
    "text",
    [
        report_text.encode()
        for report_text in (
            "",
            "Subject: hello\n\nWhere is my parcel?",
            "Content-Type: multipart/report; boundary=cut\n\n--cut\nContent-Type: message/delivery-status\n\n--cut--",
            "Content-Type: message/delivery-status\n\nAction: failed\n\nAction: failed\nStatus: 5.1.1",
            "\x00\xff" * 50,
        )
    ],
    ids=["nothing", "a letter", "an empty report", "no mail", "noise"],
)
def test_what_is_no_report_is_left_alone(text: bytes) -> None:
    assert report_in(io.BytesIO(text)) is None


def test_a_delay_is_no_failure(app: Flask) -> None:
    with app.app_context():
        assert report_in(report(action="delayed", status="4.4.1")) is None


def test_a_report_about_what_we_never_sent_changes_nothing(app: Flask) -> None:
    with app.app_context():
        mail = sent()
        assert read(report("never")) is None
        assert Mail.get_by_id(mail.id).state == MailState.SENT


def test_the_command_reads_it_from_the_standard_input(app: Flask) -> None:
    with app.app_context():
        mail, text = sent(), report().read()
    runner = app.test_cli_runner()
    said = runner.invoke(args=["shop", "bounce"], input=text)
    assert (said.exit_code, said.output) == (0, f"Mail {mail.id} came back (5.1.1).\n")
    assert "Nothing was noted" in runner.invoke(args=["shop", "bounce", "-"], input=b"Subject: hi\n\nhi").output
