"""Mails are queued with what they tell, leave once, and wait when they cannot."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from shop import clock, config
from shop.config import settings
from shop.db import close_connection, db, is_sqlite, open_connection
from shop.outbox import transport
from shop.outbox.models import Mail, MailKind, MailState
from shop.outbox.queries import mails_about
from shop.outbox.services import (
    ATTEMPTS,
    BadAddress,
    absolute_link,
    forget_mails_about,
    forget_mails_to,
    keep_no_copy,
    purge_old,
    queue_mail,
    render_mail,
    send_again,
    send_due,
)
from shop.outbox.troubles import what_happened
from shop.vault import REMOVED

from .conftest import MailServer, free_port

StartServer = Callable[..., tuple[MailServer, int]]


def queued(key: str = "order 12 confirmed", **values: Any) -> Mail:
    told: dict[str, Any] = {
        "kind": MailKind.ORDER_CONFIRMED,
        "to": "wren@oakes.example",
        "subject_line": "Your order K7QM-3RTX",
        "text": "Thank you, Žofie.\n",
        "html": "<p>Thank you, Žofie.</p>",
        "about": ("order", 12),
    }
    return queue_mail(key=key, **{**told, **values})


def use_server(port: int, scheme: str = "smtp", user: str = "", host: str = "localhost") -> None:
    config.activate(replace(settings(), smtp_url=f"{scheme}://{user}{host}:{port}"))


def mail_files() -> list[Path]:
    return sorted((settings().shop_instance / "mail").glob("*.eml"))


def state_of(mail: Mail) -> tuple[str, int, str]:
    row = Mail.get_by_id(mail.id)
    return row.state, row.attempts, row.error


def test_without_a_server_mails_become_files_that_only_the_shop_reads(shop: Flask) -> None:
    mail = queued()
    assert send_due() == 1
    (file,) = mail_files()
    assert file.name == f"{mail.id:04d}-order-confirmed.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "wren@oakes.example"
    assert message["From"] == "Fern & Strap <shop@fern-and-strap.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()  # type: ignore[attr-defined]
    assert (text.get_content_type(), text.get_content()) == ("text/plain", "Thank you, Žofie.\r\n")
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", "<p>Thank you, Žofie.</p>")
    assert text.get_content_charset() == html.get_content_charset() == "utf-8"
    assert state_of(mail) == (MailState.SENT, 1, "")


def test_a_mail_goes_to_the_server_that_the_settings_name(shop: Flask, start_server: StartServer) -> None:
    server, port = start_server()
    use_server(port)
    queued()
    assert send_due() == 1
    assert send_due() == 0
    assert [envelope.rcpt_tos for envelope in server.envelopes] == [["wren@oakes.example"]]
    assert server.messages[0]["Subject"] == "Your order K7QM-3RTX"
    assert server.messages[0]["Date"].datetime == Mail.get().created_at.replace(microsecond=0)
    assert mail_files() == []


def test_the_same_key_twice_is_one_mail_and_the_first_one_stays(shop: Flask) -> None:
    first, second = queued(text="first"), queued(text="second")
    assert first.id == second.id
    assert Mail.get().text == "first"
    send_due()
    queued(text="third")
    assert send_due() == 0


def test_a_mail_goes_with_the_transaction_it_tells_of(shop: Flask) -> None:
    with pytest.raises(RuntimeError), db.atomic():
        queued()
        raise RuntimeError
    assert send_due() == 0
    assert Mail.select().count() == 0


def test_starttls_is_used_where_it_is_offered(
    shop: Flask, start_server: StartServer, certificate: ssl.SSLContext
) -> None:
    server, port = start_server(tls_context=certificate)
    use_server(port)
    queued()
    assert send_due() == 1
    assert server.over_tls == [True]


def test_smtps_is_tls_from_the_first_byte(shop: Flask, start_server: StartServer, certificate: ssl.SSLContext) -> None:
    server, port = start_server(over_tls=certificate)
    use_server(port, "smtps")
    queued()
    assert send_due() == 1
    assert len(server.messages) == 1


def test_a_certificate_that_is_not_trusted_gets_no_mail(
    shop: Flask, start_server: StartServer, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server, port = start_server(tls_context=certificate)
    use_server(port)
    mail = queued()
    assert send_due() == 0
    assert server.messages == []
    assert state_of(mail) == (MailState.QUEUED, 1, "SSLCertVerificationError")


def test_name_and_password_may_hold_any_sign(
    shop: Flask, start_server: StartServer, certificate: ssl.SSLContext
) -> None:
    server, port = start_server(tls_context=certificate, auth_required=True)
    use_server(port, user="pannier:s%40cret%2Fp%3Ass@")
    queued()
    assert send_due() == 1
    assert server.sign_ins == [("pannier", "s@cret/p:ss")]


def test_a_refused_sign_in_keeps_the_mail_for_later(
    shop: Flask, start_server: StartServer, certificate: ssl.SSLContext
) -> None:
    _, port = start_server(tls_context=certificate, auth_required=True)
    use_server(port, user="pannier:wrong@")
    mail = queued()
    assert send_due() == 0
    assert state_of(mail) == (MailState.QUEUED, 1, "SMTPAuthenticationError")


def test_a_server_that_is_away_is_tried_again_later_and_later(shop: Flask) -> None:
    use_server(free_port())
    mail = queued()
    waits, passed = [], timedelta(0)
    for _ in range(5):
        assert send_due() == 0
        due_at = Mail.get_by_id(mail.id).due_at
        waits.append(due_at - clock.now())
        passed += waits[-1]
        assert send_due() == 0
        clock.travel(passed + timedelta(seconds=5))
    assert state_of(mail) == (MailState.QUEUED, 5, "ConnectionRefusedError")
    assert all(later > sooner * 1.2 for sooner, later in zip(waits, waits[1:], strict=False))
    assert timedelta(seconds=20) < waits[0] < timedelta(seconds=40)


def test_a_mail_that_waited_leaves_when_the_server_is_back(shop: Flask, start_server: StartServer) -> None:
    use_server(free_port())
    mail = queued()
    send_due()
    server, port = start_server()
    use_server(port)
    clock.travel(timedelta(minutes=2))
    assert send_due() == 1
    assert len(server.messages) == 1
    assert state_of(mail) == (MailState.SENT, 2, "")


def test_a_server_that_stays_away_makes_it_fail_in_the_end(shop: Flask) -> None:
    use_server(free_port())
    mail = queued()
    for attempt in range(1, ATTEMPTS + 1):
        clock.travel(timedelta(days=attempt))
        send_due()
    assert state_of(mail) == (MailState.FAILED, ATTEMPTS, "ConnectionRefusedError")
    clock.travel(timedelta(days=ATTEMPTS + 2))
    assert send_due() == 0


def test_one_server_that_is_away_costs_one_mail_its_turn_and_not_all(shop: Flask) -> None:
    use_server(free_port())
    mails = [queued(f"mail {number}") for number in range(3)]
    send_due()
    assert [state_of(mail)[1] for mail in mails] == [1, 0, 0]


def test_a_silent_server_is_left_after_a_while(
    shop: Flask, silent_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.3)
    use_server(silent_server, host="127.0.0.1")
    mail = queued()
    assert send_due() == 0
    assert state_of(mail) == (MailState.QUEUED, 1, "SMTPServerDisconnected")


@pytest.mark.parametrize("where", ["answer_to_recipient", "answer_to_data"])
def test_a_5xx_is_the_last_word(shop: Flask, start_server: StartServer, where: str) -> None:
    server, port = start_server()
    setattr(server, where, "550 no such user")
    use_server(port)
    mail = queued()
    assert send_due() == 0
    state, attempts, error = state_of(mail)
    assert (state, attempts) == (MailState.FAILED, 1)
    assert error in {"SMTPRecipientsRefused", "SMTPDataError"}


@pytest.mark.parametrize("where", ["answer_to_recipient", "answer_to_data"])
def test_a_4xx_is_tried_again_and_the_others_still_leave(shop: Flask, start_server: StartServer, where: str) -> None:
    server, port = start_server()
    setattr(server, where, "451 come back later")
    use_server(port)
    mail, other = queued(), queued("other")
    assert send_due() == 0
    setattr(server, where, "" if where == "answer_to_recipient" else "250 OK")
    clock.travel(timedelta(minutes=1))
    assert send_due() == 2
    assert state_of(mail)[:2] == state_of(other)[:2] == (MailState.SENT, 2)


def test_two_workers_never_send_the_same_mail(shop: Flask, start_server: StartServer) -> None:
    server, port = start_server()
    use_server(port)
    for number in range(20):
        queued(f"mail {number}")
    counts: list[int] = []

    def work() -> None:
        with shop.app_context():
            open_connection()
            counts.append(send_due())
            close_connection()
            if is_sqlite():
                db.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 20
    assert len({message["Message-ID"] for message in server.messages}) == len(server.messages) == 20


def test_a_worker_killed_while_sending_sends_it_again_under_the_same_id(shop: Flask, start_server: StartServer) -> None:
    class Killed(BaseException):
        pass

    server, port = start_server()
    use_server(port)
    mail = queued()

    def die(*_: object) -> None:
        raise Killed

    db.query_hooks.append(lambda event: die() if server.messages and event.sql.startswith("UPDATE") else None)
    with pytest.raises(Killed):
        send_due()
    db.query_hooks.clear()
    assert state_of(mail)[0] == MailState.SENDING
    assert send_due() == 0
    clock.travel(timedelta(minutes=11))
    assert send_due() == 1
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_password_that_no_server_understands_keeps_the_mail_for_later(
    shop: Flask, start_server: StartServer, certificate: ssl.SSLContext
) -> None:
    _, port = start_server(tls_context=certificate, auth_required=True)
    use_server(port, user="pannier:s%E2%82%ACcret@")
    mail = queued()
    assert send_due() == 0
    assert state_of(mail) == (MailState.QUEUED, 1, "UnicodeEncodeError")


def test_a_slow_worker_does_not_overwrite_the_note_of_the_next(shop: Flask, start_server: StartServer) -> None:
    server, port = start_server()
    use_server(port)
    mail = queued()
    server.answer_to_data = "451 later"

    def the_next_takes_over() -> None:
        with db.connection_context():
            Mail.update(claimed_at=clock.now() + timedelta(minutes=11)).where(Mail.id == mail.id).execute()

    server.on_data = the_next_takes_over
    send_due()
    assert state_of(mail) == (MailState.SENDING, 1, "")


def test_a_mail_that_every_worker_dies_of_fails_in_the_end(shop: Flask) -> None:
    mail = queued()
    Mail.update(state=MailState.SENDING, attempts=ATTEMPTS, claimed_at=clock.now()).execute()
    clock.travel(timedelta(minutes=11))
    assert send_due() == 0
    assert state_of(mail) == (MailState.FAILED, ATTEMPTS, "WorkerDied")


def test_a_subject_is_one_line_whatever_is_in_it(shop: Flask, start_server: StartServer) -> None:
    server, port = start_server()
    use_server(port)
    queued(subject_line="Order\r\nBcc: everybody@example.com\nX: y\x00\u2028z")
    assert send_due() == 1
    message = server.messages[0]
    assert message["Subject"] == "Order Bcc: everybody@example.com X: y z"
    assert message["Bcc"] is None
    assert server.envelopes[0].rcpt_tos == ["wren@oakes.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example c@d.example",
        "Wren <a@b.example>",
        "a@b@c.example",
        "a@b.example\n",
    ],
)
def test_what_is_not_one_address_is_refused_at_once(shop: Flask, address: str) -> None:
    with pytest.raises(BadAddress):
        queued(to=address)
    assert Mail.select().count() == 0


def test_only_declared_kinds_of_mail_are_written(shop: Flask) -> None:
    with pytest.raises(ValueError, match="newsletter"):
        queued(kind="newsletter")
    assert "promotion" not in " ".join(MailKind)


@pytest.mark.promise("P12")
def test_bodies_are_shredded_when_their_days_are_over(shop: Flask) -> None:
    old = queued()
    send_due()
    clock.travel(timedelta(days=settings().keep_mail_days - 1))
    assert purge_old() == 0
    young = queued("another")
    clock.travel(timedelta(days=settings().keep_mail_days, seconds=5))
    assert purge_old() == 1
    assert purge_old() == 0
    g.pop("vault_keys")
    row = Mail.get_by_id(old.id)
    assert (row.text, row.html, row.recipient, row.subject_line) == (None, None, REMOVED, REMOVED)
    assert row.purged_at is not None
    assert row.state == MailState.SENT
    assert mail_files() == []
    assert Mail.get_by_id(young.id).text == "Thank you, Žofie.\n"


@pytest.mark.promise("P12")
def test_of_the_last_mail_to_somebody_the_shop_keeps_no_copy(shop: Flask) -> None:
    mail = queued()
    keep_no_copy(mail)
    assert forget_mails_to("wren@oakes.example") == 0
    assert send_due() == 1
    kept = Mail.get_by_id(mail.id)
    assert (kept.recipient, kept.recipient_index, kept.text, kept.html) == (REMOVED, None, None, None)
    assert len(mail_files()) == 1
    clock.travel(timedelta(days=settings().keep_mail_days, minutes=1))
    purge_old()
    assert mail_files() == []


def test_the_copy_of_a_last_mail_goes_though_its_worker_died(shop: Flask) -> None:
    mail = queued()
    keep_no_copy(mail)
    Mail.update(state=MailState.SENT).execute()
    assert purge_old() == 1
    assert Mail.get_by_id(mail.id).recipient is REMOVED


def test_mails_about_a_row_are_withdrawn_to_whomever_they_go(shop: Flask) -> None:
    queued(), queued("elsewhere", to="robin@fern.example"), queued("another", about=("order", 13))
    assert forget_mails_about("order", 12) == 2
    assert [mail.state for mail in Mail.select().order_by(Mail.id)] == ["withdrawn", "withdrawn", "queued"]


def test_mails_about_what_is_still_needed_stay(shop: Flask) -> None:
    queued(), queued("another", about=("order", 13))
    assert forget_mails_to("wren@oakes.example", but_about=[("order", 13)]) == 1
    assert send_due() == 1


def test_mails_to_somebody_forgotten_are_never_sent(shop: Flask) -> None:
    waiting, other = queued(to="Wren@Oakes.example"), queued("other", to="robin@fern.example")
    assert forget_mails_to("wren@oakes.example") == 1
    assert send_due() == 1
    assert state_of(waiting) == (MailState.WITHDRAWN, 0, "")
    assert state_of(other)[0] == MailState.SENT


def test_a_failed_mail_can_be_sent_again(shop: Flask, start_server: StartServer) -> None:
    server, port = start_server()
    server.answer_to_data = "554 no"
    use_server(port)
    mail = queued()
    send_due()
    server.answer_to_data = "250 OK"
    send_again(mail=mail)
    assert send_due() == 1
    assert state_of(mail) == (MailState.SENT, 1, "")


def test_an_orders_page_can_list_its_mails(shop: Flask) -> None:
    first = queued()
    queued("elsewhere", about=("order", 13))
    second = queued("shipped", kind=MailKind.ORDER_SHIPPED, subject_line="On its way")
    listed = list(mails_about("order", 12))
    assert [(mail.id, mail.subject_line) for mail in listed] == [
        (first.id, "Your order K7QM-3RTX"),
        (second.id, "On its way"),
    ]


def test_nothing_of_a_mail_is_readable_in_the_database(shop: Flask) -> None:
    queued(text="canary-in-the-text", html="<p>canary-in-the-html</p>", subject_line="canary-in-the-subject")
    if is_sqlite():
        files = [file for file in settings().shop_instance.glob("*") if file.is_file()]
        stored = b"".join(file.read_bytes() for file in files)
    else:
        stored = str(db.execute_sql("SELECT * FROM mail").fetchall()).encode()
    assert b"canary" not in stored
    assert b"wren@" not in stored


def test_a_mail_is_rendered_from_its_two_templates(shop: Flask) -> None:
    rendered = render_mail("correspondence", heading="About <your> order", body="First.\n\nSecond & last.")
    assert rendered.subject_line == "About <your> order"
    assert rendered.text.startswith("First.\n\nSecond & last.\n")
    assert "<h1>About &lt;your&gt; order</h1>" in rendered.html
    assert "<p>Second &amp; last.</p>" in rendered.html
    assert "<title>About &lt;your&gt; order</title>" in rendered.html


def test_links_in_mails_are_whole_and_under_the_shops_address(shop: Flask) -> None:
    config.activate(replace(settings(), shop_url="https://shop.example/bags"))
    link = absolute_link("ops.healthz")
    assert link == "https://shop.example/bags/healthz"
    with shop.test_request_context(base_url="http://evil.example"):
        assert absolute_link("ops.healthz") == link


@pytest.mark.parametrize("error", ["SMTPRecipientsRefused", "ConnectionRefusedError", "TimeoutError", "NeverHeardOf"])
def test_what_went_wrong_is_said_in_words(shop: Flask, error: str) -> None:
    mail = queued()
    assert what_happened(mail) == ""
    mail.error = error
    said = what_happened(mail)
    assert said.endswith(".")
    assert error not in said
    mail.state = MailState.SENT
    assert what_happened(mail) == ""
