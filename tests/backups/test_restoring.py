"""Restoring: the same shop again, or nothing changed; and what was erased stays erased, whatever is put back."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from shop import clock, create_app
from shop.audit.queries import verify
from shop.audit.services import mark_tail, record
from shop.backups import running
from shop.backups.models import Backup, BackupKind
from shop.backups.rotating import rotate
from shop.backups.services import make_backup
from shop.backups.writing import folder_of
from shop.catalogue.models import Product, ProductState
from shop.catalogue.queries import version
from shop.config import ROOT, Settings, WrongSettings, settings
from shop.customers.models import Customer, CustomerSession
from shop.customers.services.sessions import begin_session
from shop.db import close_connection, db, open_connection
from shop.ops.restoring import NotRestored, Restored, restore
from shop.outbox.models import Mail
from shop.outbox.services import queue_mail
from shop.vault import REMOVED, blind, destroy_subject, destroyed_at, empty_logs, rotate_master_key, rows_with_name
from shop.vault.store import SubjectKey, keys_db

from ..support.customers import CARO, make_customer
from ..support.shops import disconnect, environment_of
from .test_making import files_no_larger_than

CANARY = "Wilhelmina Quetzal-Canary"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    open_connection()
    yield
    running.release()


def some_data() -> Customer:
    customer = make_customer(CARO, CANARY)
    Product.create(name="Alder Tote", slug="alder-tote", state=ProductState.ACTIVE, published_at=clock.now())
    queue_mail(
        key="one", kind="order-confirmed", to=CARO, subject_line="Yours", text="Dear", html="<p>", about=("order", 1)
    )
    record("order-packed", actor="staff:1", about=("order", 1))
    mark_tail()
    return customer


def back_up_both(*, with_pictures: bool = False) -> tuple[Path, Path]:
    made = [make_backup(kind, with_pictures=with_pictures and kind == BackupKind.DATA) for kind in BackupKind]
    data, keys = (folder_of(BackupKind(each.kind)) / each.file for each in made)
    return data, keys


def stop() -> None:
    disconnect()
    running.release()


def start() -> None:
    known = settings()
    disconnect()
    create_app(**places(known))
    open_connection()


def places(known: Settings) -> dict[str, object]:
    return {
        "shop_instance": known.shop_instance,
        "database_url": known.database_url,
        "keys_url": known.keys_url,
        "media_root": known.media_root,
    }


def put_back(path: Path, *, may_replace: bool = False, accept_older_keys: bool = False) -> Restored:
    stop()
    done = restore(settings(), path, may_replace=may_replace, accept_older_keys=accept_older_keys)
    disconnect()
    return done


def wipe(kind: BackupKind) -> None:
    stop()
    known = settings()
    url = known.database_url if kind == BackupKind.DATA else known.keys_url
    if url is None:
        for path in known.shop_instance.glob("shop.db*" if kind == BackupKind.DATA else "keys.db*"):
            path.unlink()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.mark.promise("P13")
def test_after_the_data_are_lost_a_backup_gives_the_same_shop_again(app: Flask) -> None:
    customer = some_data()
    (settings().media_root).mkdir(exist_ok=True)
    (settings().media_root / "abc-320.webp").write_bytes(b"a picture")
    data, _ = back_up_both()
    before = everything()
    wipe(BackupKind.DATA)
    shutil.rmtree(settings().media_root)
    done = put_back(data)
    assert (done.settled.problem, done.settled.broken, done.lacking) == ("", None, [])
    start()
    assert everything() == before
    assert Customer.get_by_id(customer.id).name == CANARY
    assert Customer.get(Customer.email_index == blind("email", CARO)).id == customer.id
    assert [row.id for row in rows_with_name(Customer, "quetzal")] == [customer.id]
    assert (settings().media_root / "abc-320.webp").read_bytes() == b"a picture"
    assert verify() is None
    another = make_customer("eve@customers.example", "Eve")
    assert another.id > customer.id


def everything() -> dict[str, object]:
    """What is worth comparing, but for what a restore itself notes."""
    return {
        "products": list(Product.select().order_by(Product.id).dicts()),
        "customers": [(row.id, row.email, row.name) for row in Customer.select().order_by(Customer.id)],
        "mails": [(row.id, row.text, row.recipient) for row in Mail.select().order_by(Mail.id)],
    }


@pytest.mark.promise("P13")
def test_after_everything_is_lost_both_backups_and_the_master_key_give_the_shop_again(app: Flask) -> None:
    some_data()
    data, keys = back_up_both()
    before = everything()
    wipe(BackupKind.DATA)
    wipe(BackupKind.KEYS)
    assert "data" in put_back(keys).settled.problem
    assert put_back(data).settled.problem == ""
    start()
    assert everything() == before
    assert verify() is None


def test_the_key_store_may_be_put_back_alone(app: Flask) -> None:
    some_data()
    _, keys = back_up_both()
    before = everything()
    wipe(BackupKind.KEYS)
    with pytest.raises(WrongSettings, match="The key store is lost"):
        start()
    assert put_back(keys).settled.problem == ""
    start()
    assert everything() == before


def test_the_data_open_with_the_master_key_alone_and_with_the_key_store_after_a_rotation(app: Flask) -> None:
    some_data()
    data, keys = back_up_both()
    rotate_master_key()
    with pytest.raises(NotRestored, match="rotating the master key ends"):
        put_back(keys, may_replace=True)
    assert put_back(data, may_replace=True).settled.problem == ""
    start()
    assert Customer.get().name == CANARY


def test_rotating_the_master_key_ends_the_copies_of_the_key_store_and_makes_a_new_one(app: Flask) -> None:
    some_data()
    _, old = back_up_both()
    assert rotate() == 1
    assert not old.exists()
    (new,) = folder_of(BackupKind.KEYS).glob("*.backup")
    wipe(BackupKind.KEYS)
    assert put_back(new).settled.problem == ""
    start()
    assert Customer.get().name == CANARY


def test_pictures_in_the_file_need_nothing_beside_it(app: Flask, tmp_path: Path) -> None:
    settings().media_root.mkdir(exist_ok=True)
    (settings().media_root / "abc-320.webp").write_bytes(b"a picture")
    data, _ = back_up_both(with_pictures=True)
    alone = tmp_path / "carried-away.backup"
    shutil.copy(data, alone)
    shutil.rmtree(settings().backup_root)
    shutil.rmtree(settings().media_root)
    assert put_back(alone, may_replace=True).lacking == []
    assert (settings().media_root / "abc-320.webp").read_bytes() == b"a picture"


def test_a_picture_that_no_backup_has_is_named(app: Flask) -> None:
    settings().media_root.mkdir(exist_ok=True)
    (settings().media_root / "abc-320.webp").write_bytes(b"a picture")
    data, _ = back_up_both()
    shutil.rmtree(settings().media_root)
    shutil.rmtree(settings().backup_root / "pictures")
    assert put_back(data, may_replace=True).lacking == ["abc-320.webp"]


@pytest.mark.promise("P13", "P23")
def test_what_was_erased_after_the_backup_stays_erased_when_the_data_come_back(app: Flask) -> None:
    customer = some_data()
    data, _ = back_up_both()
    destroy_subject(customer.subject)
    done = put_back(data, may_replace=True)
    assert done.settled.again == 1
    start()
    assert_erased(customer)


@pytest.mark.promise("P13", "P23")
def test_what_was_erased_after_the_backup_stays_erased_when_data_and_keys_come_back(app: Flask) -> None:
    customer = some_data()
    data, keys = back_up_both()
    destroy_subject(customer.subject)
    wipe(BackupKind.DATA)
    wipe(BackupKind.KEYS)
    put_back(keys)
    put_back(data)
    start()
    assert_erased(customer)
    assert Mail.get().text == "Dear"


@pytest.mark.promise("P23")
def test_files_put_back_by_hand_are_followed_up_by_the_next_start(app: Flask, tmp_path: Path) -> None:
    if settings().database_url:
        pytest.skip("a database cannot be copied by hand here")
    customer = some_data()
    disconnect()
    for name in ("shop.db", "keys.db"):
        shutil.copy(settings().shop_instance / name, tmp_path / name)
    start()
    destroy_subject(customer.subject)
    wipe(BackupKind.DATA)
    wipe(BackupKind.KEYS)
    for name in ("shop.db", "keys.db"):
        shutil.copy(tmp_path / name, settings().shop_instance / name)
        (settings().shop_instance / name).chmod(0o600)
    start()
    assert_erased(customer)


def assert_erased(customer: Customer) -> None:
    assert destroyed_at(customer.subject) is not None
    with keys_db.connection_context():
        assert SubjectKey.get_by_id(customer.subject).wrapped is None
    row = Customer.get_by_id(customer.id)
    assert (row.name, row.email, row.email_index) == (REMOVED, REMOVED, None)
    assert list(rows_with_name(Customer, "quetzal")) == []


@pytest.mark.promise("P23")
def test_a_canary_is_in_no_byte_of_databases_logs_or_backups_and_nothing_opens_it_once_destroyed(app: Flask) -> None:
    """A backup of the data holds it sealed only. The key store's copy made before holds its key, wrapped, until that
    copy is deleted or the master key is rotated."""
    customer = some_data()
    data, keys = back_up_both()
    with keys_db.connection_context():
        wrapped = bytes(SubjectKey.get_by_id(customer.subject).wrapped)
    destroy_subject(customer.subject)
    empty_logs()
    disconnect()
    known = settings()
    files = [path for path in known.shop_instance.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {data.name, keys.name, "erasures.log"}
    for path in files:
        content = path.read_bytes()
        assert CANARY.encode() not in content and CARO.encode() not in content, path.name
        if path.name.startswith("keys.db"):
            assert wrapped not in content
    for url in filter(None, (known.database_url, known.keys_url)):
        assert CANARY not in dumped(url) and CARO not in dumped(url)


def dumped(url: str) -> str:
    with psycopg.connect(url) as connection:
        names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return "".join(str(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names)


def test_an_older_key_store_is_refused_until_what_is_lost_is_accepted(app: Flask) -> None:
    some_data()
    _, keys = back_up_both()
    later = make_customer("late@customers.example", "Late Comer")
    wipe(BackupKind.KEYS)
    assert "is older than" in put_back(keys).settled.problem
    with pytest.raises(WrongSettings, match="is older than"):
        start()
    done = put_back(keys, may_replace=True, accept_older_keys=True)
    assert (done.settled.problem, done.settled.lost) == ("", 1)
    start()
    assert Customer.get_by_id(later.id).name == REMOVED
    assert Customer.get_by_id(later.id).email_index is None
    assert Customer.get(Customer.id != later.id).name == CANARY


def test_what_was_ended_since_does_not_come_back_to_life(app: Flask) -> None:
    customer = some_data()
    begin_session(customer=customer)
    data, _ = back_up_both()
    before = version()
    put_back(data, may_replace=True)
    start()
    assert CustomerSession.select().count() == 0
    assert version() > before + 1000


def test_an_end_of_the_audit_trail_that_older_data_lack_is_accepted_and_that_is_told(app: Flask) -> None:
    some_data()
    data, _ = back_up_both()
    record("order-shipped", actor="staff:1", about=("order", 1), carrier="post")
    mark_tail()
    assert put_back(data, may_replace=True).settled.broken is None
    start()
    assert verify() is None


def test_a_shop_with_data_is_not_replaced_unless_told_to(app: Flask) -> None:
    some_data()
    data, keys = back_up_both()
    for path in (data, keys):
        with pytest.raises(NotRestored, match="--replace"):
            put_back(path)
    start()
    assert Customer.get().name == CANARY


def test_nothing_is_replaced_while_the_shop_runs(app: Flask) -> None:
    some_data()
    data, _ = back_up_both()
    disconnect()
    with pytest.raises(NotRestored, match="stop it first"):
        restore(settings(), data, may_replace=True)


def test_a_database_that_another_machine_uses_is_not_replaced(app: Flask) -> None:
    if not settings().database_url:
        pytest.skip("a file is used by this machine alone")
    some_data()
    data, _ = back_up_both()
    with psycopg.connect(str(settings().database_url)), pytest.raises(NotRestored, match="in use"):
        put_back(data, may_replace=True)
    start()
    assert Customer.get().name == CANARY


@pytest.mark.parametrize("wrong", ["altered", "cut off", "something else", "other master key"])
def test_a_backup_that_cannot_be_believed_changes_nothing(app: Flask, tmp_path: Path, wrong: str) -> None:
    some_data()
    data, _ = back_up_both()
    content = bytearray(data.read_bytes())
    bad = tmp_path / "bad.backup"
    if wrong == "altered":
        content[len(content) // 2] ^= 1
    elif wrong == "cut off":
        del content[-100:]
    elif wrong == "something else":
        content = bytearray(b"SQLite format 3\0" * 100)
    bad.write_bytes(content)
    later = make_customer("late@customers.example", "Late Comer")
    if wrong == "other master key":
        wipe(BackupKind.KEYS)
        (settings().shop_instance / "master.key").unlink()
        with pytest.raises(NotRestored, match="master.key is missing"):
            put_back(bad, may_replace=True)
        return
    with pytest.raises(NotRestored, match=r"bad.backup cannot be used"):
        put_back(bad, may_replace=True)
    start()
    assert Customer.get_by_id(later.id).name == "Late Comer"
    assert not [path.name for path in settings().shop_instance.glob(".shop.db.*")]


def test_a_restore_that_runs_out_of_room_changes_nothing(app: Flask) -> None:
    if settings().database_url:
        pytest.skip("the room is on the database's machine")
    some_data()
    data, _ = back_up_both()
    later = make_customer("late@customers.example", "Late Comer")
    stop()
    with files_no_larger_than(40_000), pytest.raises(NotRestored, match="Nothing was changed"):
        restore(settings(), data, may_replace=True)
    start()
    assert Customer.get_by_id(later.id).name == "Late Comer"
    assert not list(settings().shop_instance.glob(".shop.db.*"))


@pytest.mark.promise("P13")
def test_a_backup_made_while_others_write_is_whole(app: Flask) -> None:
    """Each writer puts two rows in one transaction: a backup holds both of a pair, or none."""
    going, failures = threading.Event(), []

    def write(writer: int) -> None:
        try:
            with db.connection_context():
                number = 0
                while not going.is_set():
                    number += 1
                    with db.atomic():
                        for half in "ab":
                            name = f"w{writer}-{number}-{half}"
                            Product.create(name=name, slug=name, state=ProductState.DRAFT)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    while Product.select().count() < 20:
        pass
    data, _ = back_up_both()
    going.set()
    for writer in writers:
        writer.join()
    assert failures == []
    put_back(data, may_replace=True)
    start()
    names = {row.name for row in Product.select()}
    assert len(names) >= 20
    assert {name[:-1] + ("b" if name.endswith("a") else "a") for name in names} == names


def test_the_command_works_where_the_shop_refuses_to_start(app: Flask) -> None:
    some_data()
    _, keys = back_up_both()
    wipe(BackupKind.KEYS)
    shop = [sys.executable, "-m", "flask", "--app", "wsgi", "shop"]
    environment = environment_of(settings())
    refused = subprocess.run([*shop, "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "The key store is lost" in refused.stderr
    done = subprocess.run(
        [*shop, "restore", str(keys)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "The shop can start." in done.stdout
    start()
    assert Customer.get().name == CANARY


def test_the_register_knows_the_backups_made_after_the_one_put_back(app: Flask) -> None:
    first, _ = back_up_both()
    clock.travel(timedelta(hours=1))
    second, _ = back_up_both()
    put_back(first, may_replace=True)
    start()
    assert {row.file for row in Backup.select()} >= {first.name, second.name}
    close_connection()
