"""`flask --app wsgi shop …`: what the shop's keeper types."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask
from flask.cli import AppGroup
from peewee import OperationalError

from .config import settings

_WHERE = "Is it running, are DATABASE_URL and KEYS_URL right, may the folder SHOP_INSTANCE be written?"

shop = AppGroup("shop", help="Run and look after the shop.")


def init_app(app: Flask) -> None:
    app.cli.add_command(shop)


# By whether the shop is for practice.
_SECOND_STEP = {
    True: "the page after the password shows the code it asks for, as this is a demo",
    False: "an authenticator app on your phone is set up there first",
}


def is_restoring() -> bool:
    """Whether this process was started as `flask shop restore`."""
    return ("shop", "restore") in pairwise(sys.argv)


@shop.command()
def prepare() -> None:
    """Make folders, tables and, at the very first time, the demo shop and the owner's sign-in."""
    from .ops import prepare as preparing

    try:
        done = preparing.prepare()
    except OperationalError as error:
        said = str(error).partition("\n")[0]
        raise click.ClickException(f"A database of the shop does not answer ({said}). {_WHERE}") from error
    for name in done.migrations:
        click.echo(f"applied {name}")
    if done.is_seeded:
        click.echo("The shelves were empty: the demo shop is on them now.")
    if done.owner:
        email, password = done.owner
        click.echo(f"owner: {email}  password: {password}")
        click.echo(f"sign in at {settings().shop_url}/admin/; {_SECOND_STEP[settings().is_practice]}")


@shop.command()
@click.pass_context
def start(context: click.Context) -> None:
    """Prepare, then run web, worker and, unless Braintree takes the payments, the practice gateway."""
    from .ops import serving

    try:
        serving.check_ports(settings())
    except serving.PortTaken as error:
        raise click.ClickException(str(error)) from error
    context.invoke(prepare)
    click.echo(_welcome())
    sys.exit(serving.run(settings()))


def _welcome() -> str:
    mail = "by SMTP_URL" if settings().smtp_url else f"written to {settings().shop_instance / 'mail'}"
    money = {
        "practice": "practice payments: no money moves, and only test cards are taken, such as 4111 1111 1111 1111",
        "sandbox": "Braintree's sandbox: no money moves",
    }.get(settings().braintree_environment, "real, by Braintree")
    return (
        f"\n{settings().shop_name} is open: {settings().shop_url}/\n"
        f"its desk:  {settings().shop_url}/admin/\n"
        f"mail:      {mail}\n"
        f"payments:  {money}\n"
        "Ctrl-C closes the shop.\n"
    )


@shop.command()
def worker() -> None:
    """Do what is due: send mail, settle payments, expire, purge. `start` runs it."""
    from .ops import worker as working

    working.run()


@shop.command()
def migrate() -> None:
    """Apply the migrations that are not applied yet; a second one at the same time waits."""
    from .ops import schema

    applied = schema.migrate()
    click.echo("\n".join(f"applied {name}" for name in applied) or "Nothing to apply.")


@shop.command()
def doctor() -> None:
    """Look at everything the shop depends on, and say what to do about what is wrong."""
    from .ops import doctor as examining

    findings = examining.examine()
    for finding in findings:
        click.echo(f"{'ok  ' if finding.is_well else 'WRONG'.ljust(4)} {finding.name:<11} {finding.says}")
        if not finding.is_well:
            click.echo(f"     -> {finding.advice}")
    sys.exit(0 if all(finding.is_well for finding in findings) else 1)


@shop.command()
@click.argument("file", default="-", type=click.File("rb"))
def bounce(file: BinaryIO) -> None:
    """Read a mail server's report that a mail did not arrive, from FILE or the standard input, and note it."""
    from .db import db
    from .outbox.bouncing import note_bounce, report_in

    report = report_in(file)
    if report is None:
        click.echo("This is no report that a mail did not arrive. Nothing was noted.")
        return
    with db.connection_context():
        mail = note_bounce(report=report)
    if mail is None:
        click.echo("It is about no mail of this shop that was sent. Nothing was noted.")
    else:
        click.echo(f"Mail {mail.id} came back ({report.status or 'no code'}).")


@shop.command()
@click.option("--with-pictures", is_flag=True, help="Put the pictures into the file too, to carry it away alone.")
def backup(with_pictures: bool) -> None:
    """Back up the data and, apart from it, the key store, while the shop runs."""
    from .backups.models import BackupKind
    from .backups.services import BackupFailed, make_backup
    from .backups.writing import folder_of
    from .db import db

    with db.connection_context():
        for kind in BackupKind:
            try:
                made = make_backup(kind, with_pictures=with_pictures and kind == BackupKind.DATA)
            except BackupFailed as error:
                raise click.ClickException(str(error)) from error
            click.echo(
                f"{kind}: {folder_of(kind) / made.file}  ({made.bytes:,} bytes, until {made.expires_at:%Y-%m-%d})"
            )


@shop.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also when there are data, or keys: they are lost.")
@click.option("--older-keys", is_flag=True, help="Go on without what was sealed after the key store was copied.")
@click.option("--new-ledger", is_flag=True, help="The erasure ledger is lost: make one of what the key store knows.")
def restore(file: Path | None, replace: bool, older_keys: bool, new_ledger: bool) -> None:
    """Put back the data or the key store from FILE, and erase again what was erased since."""
    from .ops import restoring, settling

    if file is None and not (older_keys or new_ledger):
        raise click.UsageError("Name the backup to put back, or say --older-keys or --new-ledger.")
    try:
        if file is None:
            settled = restoring.settle_alone(settings(), accept_older_keys=older_keys, make_new_ledger=new_ledger)
        else:
            done = restoring.restore(settings(), file, may_replace=replace, accept_older_keys=older_keys)
            settled = done.settled
            click.echo(
                f"Restored the {done.kind} of {done.manifest.moment}: {sum(done.manifest.rows.values()):,} rows."
            )
            if done.lacking:
                click.echo(f"{len(done.lacking)} pictures are in no backup here; the first is {done.lacking[0]}.")
    except restoring.NotRestored as error:
        raise click.ClickException(str(error)) from error
    for line in settling.in_words(settled):
        click.echo(line)
    sys.exit(1 if file is None and settled.problem else 0)


@shop.command("verify-backup")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_backup(file: Path) -> None:
    """Rehearse the restore of FILE aside: unpack it, open it, count, check the audit trail. Nothing is replaced."""
    from .backups.drilling import DrillFailed, drill
    from .db import db

    try:
        with db.connection_context():
            done = drill(file)
    except DrillFailed as error:
        raise click.ClickException(str(error)) from error
    trail = f", {done.events:,} rows of the audit trail hold" if done.events else ""
    click.echo(f"The {done.kind} of {done.moment} can be restored: {done.rows:,} rows{trail}.")
    if done.lacking:
        click.echo(f"{len(done.lacking)} pictures are in no backup here; the first is {done.lacking[0]}.")


@shop.command("rotate-key")
def rotate_key() -> None:
    """Wrap every key with a new master key: all earlier copies of the key store open no more, and are deleted."""
    from .backups.rotating import rotate
    from .db import db
    from .vault.master import UnusableMasterKey, decoded

    try:
        given = settings().shop_master_key and click.prompt("The new SHOP_MASTER_KEY", hide_input=True)
        with db.connection_context():
            ended = rotate(decoded(given, "The new master key") if given else None)
    except UnusableMasterKey as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The master key is a new one; {ended} copies of the key store were ended, and one was made.")
    click.echo(
        "Set SHOP_MASTER_KEY to it and start the shop again." if given else "Keep a copy of master.key elsewhere."
    )


@shop.group()
def staff() -> None:
    """The people who work in the shop."""


@staff.command("add")
@click.argument("email")
@click.option("--name", prompt=True, help="Shown to colleagues beside what was done.")
@click.option("--role", default="owner", show_default=True, help="What they may do.")
@click.password_option(help="Asked for when it is not given.")
def add_staff(email: str, name: str, role: str, password: str) -> None:
    """Let somebody sign in at /admin."""
    from .admin.services import EmailTaken, PasswordTooWeak, UnknownRole, create_staff
    from .db import db

    try:
        with db.connection_context():
            create_staff(email=email, name=name, password=password, role=role)
    except (EmailTaken, PasswordTooWeak, UnknownRole) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} can sign in at {settings().shop_url}/admin/")


@staff.command("reset")
@click.argument("email")
def reset_staff(email: str) -> None:
    """Forget somebody's second factor, when phone and recovery codes are gone: they set up another first."""
    from .admin.access.second_factor import remove_second_factor
    from .admin.queries import staff_with
    from .db import db

    with db.connection_context():
        found = staff_with(email)
        if found is None:
            raise click.ClickException("Nobody signs in at the desk with this e-mail.")
        remove_second_factor(staff=found, by="shop")
    click.echo("Forgotten, and every sign-in of theirs has ended. The password is as it was.")


@shop.group()
def demo() -> None:
    """A shop of any size, for trying and measuring."""


@demo.command("orders")
@click.option("--count", default=100_000, show_default=True, help="So many orders there are to be in all.")
@click.option("--products", default=10_000, show_default=True, help="And so many products.")
def demo_orders(count: int, products: int) -> None:
    """Make up orders and products until there are so many. Never in production."""
    from .db import db
    from .ops.demo.many import ForTrying, fill

    try:
        with db.connection_context():
            made = fill(orders=count, products=products, say=click.echo)
    except ForTrying as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Added {made.orders:,} orders and {made.products:,} products.")
