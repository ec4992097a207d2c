"""The erasure ledger: what was destroyed stays destroyed, whichever older copy of data or key store is put back."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from shop import clock, create_app
from shop.config import WrongSettings, settings
from shop.db import db, is_sqlite, open_connection
from shop.outbox.models import Mail
from shop.outbox.services import queue_mail
from shop.vault import (
    REMOVED,
    LedgerNotWritten,
    blind,
    destroy_subject,
    destroy_subjects,
    destroyed_at,
    keep_up,
    new_subject,
    rows_with_name,
)
from shop.vault import index_name as index_name_of
from shop.vault.erasures import follow, write_anew
from shop.vault.ledger import opened
from shop.vault.models import KeyStoreBond
from shop.vault.store import SubjectKey, connected, keys_db, remember, remembered

from ..support.shops import disconnect

WREN = "wren@oakes.example"


def a_mail(key: str = "first") -> Mail:
    return queue_mail(
        key=key, kind="order-confirmed", to=WREN, subject_line="Yours", text="Dear Wren", html="<p>", about=("order", 1)
    )


def lines() -> list[str]:
    return settings().erasure_ledger.read_text().splitlines()


def start_again() -> None:
    known = settings()
    disconnect()
    create_app(shop_instance=known.shop_instance, database_url=known.database_url, keys_url=known.keys_url)
    open_connection()


def problem() -> str:
    with pytest.raises(WrongSettings) as refused:
        start_again()
    (found,) = refused.value.problems
    return found


class OldKeys:
    """The key store as it is now, to be put back later."""

    def __init__(self) -> None:
        with keys_db.connection_context():
            self.keys = list(SubjectKey.select().dicts())
            self.marked = remembered("erasures followed")

    def put_back(self) -> None:
        with connected(), keys_db.atomic():
            for row in self.keys:
                SubjectKey.replace(**row).execute() if is_sqlite() else SubjectKey.update(**row).where(
                    SubjectKey.id == row["id"]
                ).execute()
            keys_db.execute_sql("DELETE FROM secret WHERE name = 'erasures followed'")
            if self.marked is not None:
                remember("erasures followed", self.marked)


class OldMails:
    """The mails as the data holds them now, to be put back later."""

    def __init__(self) -> None:
        self.rows = list(Mail.select(Mail.id, Mail.recipient_index).tuples())
        self.followed = KeyStoreBond.get().erasures

    def put_back(self) -> None:
        for mail_id, index in self.rows:
            Mail.update(recipient_index=index).where(Mail.id == mail_id).execute()
        KeyStoreBond.update(erasures=self.followed).execute()


def test_a_destroyed_subject_stands_in_the_ledger_once(app: Flask) -> None:
    subject = a_mail().subject
    destroy_subject(subject)
    destroy_subject(subject)
    assert len(lines()) == 2
    assert subject in lines()[1]
    assert settings().erasure_ledger.stat().st_mode & 0o077 == 0


def test_a_thousand_subjects_take_a_few_lines(app: Flask) -> None:
    destroy_subjects([new_subject("cart") for _ in range(1000)])
    assert len(lines()) == 3
    assert settings().erasure_ledger.stat().st_size < 40 * 1000


def test_a_destroyed_key_that_an_older_key_store_brings_back_is_destroyed_again(app: Flask) -> None:
    a_mail("kept")
    subject = a_mail("gone").subject
    before = OldKeys()
    destroy_subject(subject)
    before.put_back()
    assert destroyed_at(subject) is None
    start_again()
    assert destroyed_at(subject) is not None
    assert Mail.get(Mail.key == "gone").text == REMOVED
    assert Mail.get(Mail.key == "kept").text == "Dear Wren"


def test_what_older_data_finds_again_is_found_no_more(app: Flask) -> None:
    mail = a_mail()
    before = OldMails()
    destroy_subject(mail.subject)
    keep_up()
    assert KeyStoreBond.get().erasures == 1
    before.put_back()
    assert Mail.select().where(Mail.recipient_index == blind("email", WREN)).exists()
    start_again()
    assert not Mail.select().where(Mail.recipient_index == blind("email", WREN)).exists()
    assert KeyStoreBond.get().erasures == 1


def test_data_older_than_the_ledger_reaches_back_is_compared_as_a_whole(app: Flask) -> None:
    mail = a_mail()
    index_name_of(mail, "Wren Oakes")
    before = OldMails()
    destroy_subject(mail.subject)
    clock.travel(timedelta(days=60))
    destroy_subject(a_mail("later").subject)
    keep_up()
    assert len(lines()) == 2
    before.put_back()
    index_name_of(Mail.get(Mail.key == "first"), "Wren Oakes")
    start_again()
    assert not Mail.select().where(Mail.recipient_index == blind("email", WREN)).exists()
    assert list(rows_with_name(Mail, "wren")) == []


def test_a_key_store_older_than_the_ledger_reaches_back_stops_the_start(app: Flask) -> None:
    destroy_subject(a_mail().subject)
    before = OldKeys()
    destroy_subject(a_mail("second").subject)
    clock.travel(timedelta(days=60))
    destroy_subject(a_mail("later").subject)
    keep_up()
    with connected(), keys_db.atomic():
        SubjectKey.delete().where(SubjectKey.id.not_in([row["id"] for row in before.keys])).execute()
    before.put_back()
    assert "is older than" in problem()


def test_following_an_untouched_ledger_changes_nothing(app: Flask) -> None:
    destroy_subject(a_mail().subject)
    assert follow() == 1
    before = settings().erasure_ledger.read_bytes()
    assert follow() == 0
    start_again()
    assert settings().erasure_ledger.read_bytes() == before


@pytest.mark.promise("P13")
@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_an_altered_line_stops_the_start_and_is_named(app: Flask, number: int) -> None:
    for key in ("first", "second", "third"):
        destroy_subject(a_mail(key).subject)
    found = lines()
    altered = found[number].replace("0", "1") if "0" in found[number] else found[number].replace("1", "2")
    settings().erasure_ledger.write_text("\n".join([*found[:number], altered, *found[number + 1 :]]) + "\n")
    assert f"Line {number + 1} of" in problem()


@pytest.mark.promise("P13")
def test_a_cut_off_end_stops_the_start(app: Flask) -> None:
    for key in ("first", "second", "third"):
        destroy_subject(a_mail(key).subject)
    settings().erasure_ledger.write_text("\n".join(lines()[:2]) + "\n")
    assert "was cut off: 2 lines are missing" in problem()


def test_a_line_taken_out_of_the_middle_stops_the_start(app: Flask) -> None:
    for key in ("first", "second", "third"):
        destroy_subject(a_mail(key).subject)
    found = lines()
    settings().erasure_ledger.write_text("\n".join([*found[:2], *found[3:]]) + "\n")
    assert "Line 3 of" in problem()


def test_a_lost_ledger_stops_the_start_until_one_is_made_of_what_the_key_store_knows(app: Flask) -> None:
    subject = a_mail().subject
    before = OldKeys()
    destroy_subject(subject)
    settings().erasure_ledger.unlink()
    assert "is missing" in problem()
    write_anew()
    assert subject in lines()[1]
    start_again()
    before.put_back()
    start_again()
    assert destroyed_at(subject) is not None


def test_a_ledger_lost_while_the_shop_runs_is_made_anew(app: Flask) -> None:
    first, second = a_mail().subject, a_mail("second").subject
    destroy_subject(first)
    settings().erasure_ledger.unlink()
    destroy_subject(second)
    assert first in lines()[1] and second in lines()[2]
    start_again()


def test_half_a_line_that_a_killed_process_left_is_dropped(app: Flask) -> None:
    first, second = a_mail().subject, a_mail("second").subject
    destroy_subject(first)
    with settings().erasure_ledger.open("a") as file:
        file.write("2 20261122T0900")
    start_again()
    destroy_subject(second)
    assert [line.split(" ")[0] for line in lines()[1:]] == ["1", "2"]
    start_again()


def test_a_key_whose_destruction_was_noted_and_not_done_is_destroyed_by_the_next_start(app: Flask) -> None:
    subject = a_mail().subject
    destroy_subject(a_mail("earlier").subject)
    with opened() as ledger:
        ledger.note([subject], after=ledger.end())
    assert destroyed_at(subject) is None
    start_again()
    assert destroyed_at(subject) is not None
    assert Mail.get(Mail.key == "first").recipient_index is None


def test_a_ledger_that_cannot_be_written_keeps_the_key_and_says_so(app: Flask, tmp_path: Path) -> None:
    subject = a_mail().subject
    where = settings().erasure_ledger
    where.parent.mkdir(parents=True, exist_ok=True)
    where.mkdir()
    with pytest.raises(LedgerNotWritten, match="nothing was destroyed"):
        destroy_subject(subject)
    where.rmdir()
    assert destroyed_at(subject) is None
    destroy_subject(subject)
    assert destroyed_at(subject) is not None


def test_lines_that_no_backup_needs_are_dropped_and_the_rest_still_holds(app: Flask) -> None:
    old, new = a_mail().subject, a_mail("second").subject
    destroy_subject(old)
    clock.travel(timedelta(days=60))
    destroy_subject(new)
    keep_up()
    assert len(lines()) == 2 and new in lines()[1]
    destroy_subject(a_mail("third").subject)
    start_again()
    assert len(lines()) == 3


def test_many_at_once_make_one_ledger_that_holds(app: Flask) -> None:
    subjects = [[new_subject("cart") for _ in range(5)] for _ in range(6)]
    failures: list[BaseException] = []

    def destroy(some: list[str]) -> None:
        try:
            with db.connection_context():
                for subject in some:
                    destroy_subject(subject)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=destroy, args=(some,)) for some in subjects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with opened() as ledger:
        held = ledger.read()
    assert sorted(held.after(0)) == sorted(subject for some in subjects for subject in some)
    start_again()
