"""Work that is not done while somebody waits: named jobs on a queue, run by the worker, all of them safe to run twice.

The rows are the truth and the queue is only a nudge: a kick that is lost costs a minute, until the next sweep.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, has_app_context
from huey import Huey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from peewee import BooleanField

from . import clock
from .config import Settings, settings
from .db import BaseModel, ImpersonalText, UtcDateTimeField, connect_until_answered, db

AGAIN_AFTER = timedelta(minutes=2)

log = logging.getLogger("shop.jobs")


@dataclass(frozen=True)
class Job:
    """`run` does everything that is due, whenever that fell due; `every` is how often it is looked at."""

    name: str
    run: Callable[[], object]
    every: timedelta = timedelta(minutes=1)


class JobRun(BaseModel):
    """When each job last ran, and how that ended; of an error only its class is kept."""

    name = ImpersonalText(unique=True)
    started_at = UtcDateTimeField()
    finished_at = UtcDateTimeField()
    ok = BooleanField()
    error = ImpersonalText(default="")


class _NamesOnly(Serializer):  # type: ignore[misc]
    """A message in the queue is the name of a job and when, as JSON: nothing personal, and reading it runs no code."""

    def _serialize(self, message: Message) -> bytes:
        eta = message.eta and message.eta.isoformat()
        return json.dumps([message.id, message.name, eta, list(message.args)]).encode()

    def _deserialize(self, data: bytes) -> Message:
        task_id, name, eta, args = json.loads(data)
        return Message(
            id=task_id, name=name, eta=eta and datetime.fromisoformat(eta), args=tuple(args), kwargs={}, retries=0
        )


class _Queue:
    """This process's end of the queue, and the app that jobs run in."""

    def __init__(self, app: Flask, jobs: Iterable[Job]) -> None:
        self.app = app
        self.jobs = {job.name: job for job in jobs}
        self._opening = threading.Lock()
        self._opened: tuple[Huey, Callable[[str], Any]] | None = None

    def open(self) -> tuple[Huey, Any]:
        """The queue and its one task; made when first needed, so that no connection is older than a fork."""
        with self._opening:
            if self._opened is None:
                huey = _new_queue(settings())
                self._opened = huey, huey.task(name="run_job")(run_queued)
            return self._opened


_queue: _Queue | None = None
_first: list[Callable[[], object]] = []


def before_each(first: Callable[[], object]) -> None:
    """Have `first` called before every job, on the job's own connection."""
    if first not in _first:
        _first.append(first)


def init_app(app: Flask, jobs: Iterable[Job]) -> None:
    """Make `jobs` known by their names."""
    global _queue
    _queue = _Queue(app, jobs)


def all_jobs() -> list[Job]:
    return list(_here().jobs.values())


def kick(name: str, *, after: float = 0) -> None:
    """Have the job run at once, or `after` seconds, once the current transaction has committed. Never raises."""
    db.after_commit(lambda: _enqueue(name, after))


def run_job(name: str) -> bool:
    """Run one job here and now, and note how it went; an error is logged, not raised. Whether it went well."""
    job = _here().jobs[name]
    with nullcontext() if has_app_context() else _here().app.app_context():
        started, error = clock.now(), ""
        try:
            connect_until_answered()
            for first in _first:
                first()
            job.run()
        except Exception as raised:
            error = type(raised).__name__
            log.exception("job failed", extra={"fields": {"job": name}})
        _note(name, started, error)
    return not error


def run_queued(name: str) -> None:
    """Run a job from the queue; one that failed, and would not be looked at for long, is tried again before that."""
    if run_job(name) or _here().jobs[name].every <= AGAIN_AFTER:
        return
    if not any(task.args == (name,) for task in queue().scheduled()):
        _enqueue(name, AGAIN_AFTER.total_seconds())


def queue() -> Huey:
    """The queue itself, for the worker to consume."""
    return _here().open()[0]


def _enqueue(name: str, after: float) -> None:
    try:
        _, nudge = _here().open()
        if name not in _here().jobs:
            raise LookupError(f"there is no job {name!r}")
        if after > 0:
            nudge.schedule((name,), delay=after)
        else:
            nudge(name)
    except Exception:
        log.exception("kick failed", extra={"fields": {"job": name}})


def _note(name: str, started: datetime, error: str) -> None:
    try:
        seen = {"started_at": started, "finished_at": clock.now(), "ok": not error, "error": error}
        with db.atomic():
            JobRun.insert(name=name, **seen).on_conflict(conflict_target=[JobRun.name], update=seen).execute()
    except Exception:
        log.exception("job run not noted", extra={"fields": {"job": name}})


def _here() -> _Queue:
    if _queue is None:
        raise RuntimeError("create_app() has not run in this process")
    return _queue


def _new_queue(using: Settings) -> Huey:
    if using.redis_url:
        return RedisHuey("shop", url=using.redis_url, results=False, serializer=_NamesOnly())
    path = using.shop_instance / "queue.db"
    if not path.exists():
        path.touch(0o600)
    # Losing a kick to a power cut is harmless, so nothing waits for the disk. The journal is truncated rather than
    # WAL because Python's own SQLite may be one that damages WAL databases (see db).
    return SqliteHuey(
        "shop", filename=str(path), journal_mode="truncate", fsync=False, results=False, serializer=_NamesOnly()
    )
