"""Jobs are kicked by name after the commit, run alone in the worker, and leave a note of how they went."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from huey.utils import utcnow

from shop import clock, jobs
from shop.config import settings
from shop.db import db, open_connection
from shop.jobs import Job, JobRun, kick, queue, run_job
from shop.ops import worker

from ..support.shops import environment_of

RAN: list[str] = []


def note_that_it_ran() -> None:
    assert has_app_context()
    JobRun.select().count()
    RAN.append("ran")


def break_down() -> None:
    with db.atomic():
        JobRun.create(name="half done", started_at=clock.now(), finished_at=clock.now(), ok=True)
        raise LookupError("wren@oakes.example was not found")


@pytest.fixture(autouse=True)
def known_jobs(app: Flask) -> Iterator[None]:
    RAN.clear()
    jobs.init_app(app, [Job("note", note_that_it_ran), Job("break", break_down, every=timedelta(days=1))])
    open_connection()
    yield
    queue().storage.close()


def waiting() -> list[str]:
    return [task.args[0] for task in queue().pending()]


def test_a_job_that_went_well_is_noted(app: Flask) -> None:
    assert run_job("note")
    assert RAN == ["ran"]
    run = JobRun.get()
    assert (run.name, run.ok, run.error) == ("note", True, "")
    assert run.started_at <= run.finished_at


def test_only_the_last_run_is_kept(app: Flask) -> None:
    run_job("note")
    first = JobRun.get().finished_at
    clock.travel(timedelta(hours=1))
    run_job("note")
    assert JobRun.get().finished_at - first >= timedelta(hours=1)


def test_a_job_that_failed_is_noted_without_its_message(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    jobs.log.parent.handlers[0].stream = sys.stderr  # type: ignore[union-attr,attr-defined]
    assert not run_job("break")
    run = JobRun.get()
    assert (run.name, run.ok, run.error) == ("break", False, "LookupError")
    logged = capfd.readouterr().err
    assert '"message": "job failed"' in logged and '"error": "LookupError"' in logged
    assert "wren@" not in logged


def test_what_a_failed_job_left_half_done_is_undone(app: Flask) -> None:
    run_job("break")
    assert [run.name for run in JobRun.select()] == ["break"]


def test_a_daily_job_that_failed_is_tried_again_within_minutes(app: Flask) -> None:
    for _ in range(3):
        kick("break")
        queue().execute(queue().dequeue())
    queue().execute(queue().dequeue())
    assert [task.args for task in queue().scheduled()] == [("break",)]
    assert waiting() == []


def test_a_kick_waits_for_the_commit(app: Flask) -> None:
    with db.atomic():
        kick("note")
        assert waiting() == []
    assert waiting() == ["note"]


def test_a_kick_is_forgotten_with_its_transaction(app: Flask) -> None:
    with pytest.raises(LookupError), db.atomic():
        kick("note")
        raise LookupError
    assert waiting() == []


def test_a_kick_outside_a_transaction_goes_at_once(app: Flask) -> None:
    kick("note")
    assert waiting() == ["note"]
    queue().execute(queue().dequeue())
    assert RAN == ["ran"]


def test_a_kick_may_be_for_later(app: Flask) -> None:
    kick("note", after=5)
    queue().execute(queue().dequeue())
    assert RAN == []
    assert queue().read_schedule(utcnow() + timedelta(seconds=4)) == []
    (task,) = queue().read_schedule(utcnow() + timedelta(seconds=6))
    assert task.args == ("note",)


def test_a_kick_never_troubles_whoever_kicks(app: Flask) -> None:
    kick("no such job")
    assert waiting() == []
    queue().storage.close()
    jobs.init_app(app, [Job("note", note_that_it_ran)])
    (settings().shop_instance / "queue.db").write_bytes(b"this is no database, whatever it is called" * 100)
    kick("note")
    (settings().shop_instance / "queue.db").unlink()


def test_the_queue_holds_names_and_nothing_else(app: Flask) -> None:
    kick("note")
    (message,) = queue().storage.enqueued_items()
    assert b"note" in message
    assert message.startswith(b'["')
    assert (settings().shop_instance / "queue.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("every", "at", "due"),
    [
        (timedelta(minutes=1), datetime(2026, 3, 1, 10, 7, tzinfo=UTC), True),
        (timedelta(hours=1), datetime(2026, 3, 1, 10, 0, tzinfo=UTC), True),
        (timedelta(hours=1), datetime(2026, 3, 1, 10, 7, tzinfo=UTC), False),
        (timedelta(days=1), datetime(2026, 3, 1, 0, 0, tzinfo=UTC), True),
        (timedelta(days=1), datetime(2026, 3, 1, 1, 0, tzinfo=UTC), False),
    ],
)
def test_a_job_is_looked_at_in_its_own_time(every: timedelta, at: datetime, due: bool) -> None:
    assert worker.is_time(every)(at) is due


def test_the_jobs_of_the_shop_have_names_of_their_own_and_all_run(app: Flask) -> None:
    names = [job.name for job in worker.JOBS]
    assert len(set(names)) == len(names)
    jobs.init_app(app, worker.JOBS)
    for name in names:
        run_job(name)
    assert {run.name for run in JobRun.select()} == set(names)
    assert {run.error for run in JobRun.select()} <= {"", "GatewayDidNotAnswer"}


WORKER = "from shop import create_app; from shop.ops import worker; app = create_app(); worker.run()"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_runs_every_job_at_its_start_and_those_that_are_kicked_and_stops_when_told(
    app: Flask, how: signal.Signals
) -> None:
    jobs.init_app(app, worker.JOBS)
    root = Path(__file__).parent.parent.parent
    process = subprocess.Popen([sys.executable, "-c", WORKER], cwd=root, env=environment_of(settings()))
    try:
        until(lambda: {run.name for run in JobRun.select()} >= {job.name for job in worker.JOBS}, process)
        first = JobRun.get(JobRun.name == "send mail").finished_at
        kick("send mail")
        until(lambda: JobRun.get(JobRun.name == "send mail").finished_at > first, process)
        process.send_signal(how)
        assert process.wait(timeout=30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def until(is_so: Any, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, "the worker ended"
        assert time.monotonic() < deadline, "the worker did not get there"
        time.sleep(0.1)
