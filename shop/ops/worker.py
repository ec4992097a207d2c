"""The worker: runs every job once when it starts, then each at its time and whenever it is kicked."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from huey.consumer import Consumer

from .. import jobs, vault
from ..account import services as account
from ..audit import services as audit
from ..backups import services as backups
from ..backups.drilling import drill_due
from ..cart import services as cart
from ..catalogue import shelving, uploads
from ..catalogue.exchange import services as exchange
from ..checkout.taking import services as taking
from ..config import PRODUCTION, Settings
from ..customers.services import tidying
from ..jobs import Job
from ..orders.desk import coming
from ..orders.editing.ending import expire_changes
from ..orders.services.deciding import decide_unknown
from ..orders.services.expiring import expire_pending
from ..orders.services.reconciling import reconcile_day
from ..orders.services.refunds import send_due_refunds
from ..orders.services.settling import settle_due, void_due
from ..orders.services.tallies import fold_tallies
from ..outbox import services as outbox
from ..payments.services import cards
from ..preferences.services import note_changes
from ..privacy.erasing import services as erasing
from ..privacy.erasing.dormancy import look_after_dormant
from ..privacy.erasing.running import run_due_erasures
from ..privacy.retention import FORGET_EXPIRED, forget_expired
from ..privacy.services import opening
from ..reports import services as reports
from . import doctor
from .demo import orders as demo_orders

THREADS = 4
FINISH_SECONDS = 30

JOBS = (
    Job("ask about payments", decide_unknown),
    Job("settle payments", settle_due),
    Job("void payments", void_due),
    Job("send refunds", send_due_refunds),
    Job(cards.JOB, cards.delete_removed),
    Job("expire orders", expire_pending),
    Job(coming.JOB, coming.cancel_due),
    Job("expire changes", expire_changes),
    Job("count orders", fold_tallies),
    Job("reconcile payments", reconcile_day, every=timedelta(days=1)),
    Job("send mail", outbox.send_due),
    Job("mark audit trail", audit.mark_tail),
    Job("purge mail", outbox.purge_old, every=timedelta(hours=1)),
    Job("remind", account.remind_due, every=timedelta(hours=1)),
    Job(uploads.JOB, uploads.make_pictures),
    Job(uploads.SWEEPING, uploads.sweep_pictures, every=timedelta(hours=1)),
    Job(taking.JOB, taking.end_links, every=timedelta(hours=1)),
    Job("purge old carts", cart.purge_old_carts, every=timedelta(hours=1)),
    Job("note settings", note_changes, every=timedelta(days=1)),
    Job("close my data", opening.forget_old_keys, every=timedelta(hours=1)),
    Job("clear ended sign-ins", tidying.clear_ended, every=timedelta(hours=1)),
    Job("empty logs", vault.empty_logs),
    Job("keep erasure ledger", vault.keep_up),
    Job("back up", backups.back_up, every=timedelta(hours=1)),
    Job(FORGET_EXPIRED, forget_expired, every=timedelta(hours=1)),
    Job(erasing.JOB, run_due_erasures),
    Job("look after dormant accounts", look_after_dormant, every=timedelta(hours=1)),
    Job(exchange.JOB, exchange.work_on_imports),
    Job(shelving.INDEX_JOB, shelving.index_waiting),
    Job(exchange.FORGET_JOB, exchange.forget_old, every=timedelta(days=1)),
    Job("rehearse restore", drill_due, every=timedelta(days=1)),
    Job(reports.JOB, reports.sum_up),
    Job("look at everything", doctor.look, every=timedelta(hours=1)),
)

DEMO_JOBS = (Job(demo_orders.JOB, demo_orders.seed_orders, every=timedelta(days=1)),)


def jobs_for(settings: Settings) -> tuple[Job, ...]:
    """Every job of a shop with these settings."""
    return JOBS if settings.shop_mode == PRODUCTION else JOBS + DEMO_JOBS


class _Consumer(Consumer):  # type: ignore[misc]
    """Finishes the jobs it is at, whichever way it is told to stop."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._signal_actions = dict.fromkeys((signal.SIGINT, signal.SIGTERM), (False, True))


def run() -> None:
    """Work until told to stop by SIGTERM or SIGINT; a second signal stops at once. Call it in the main thread."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    queue = jobs.queue()
    for job in jobs.all_jobs():
        queue.periodic_task(is_time(job.every), name=job.name.replace(" ", "_"))(partial(jobs.run_queued, job.name))
        jobs.kick(job.name)
    _Consumer(queue, workers=THREADS, max_delay=0.5, shutdown_timeout=FINISH_SECONDS).run()


def is_time(every: timedelta) -> Callable[[datetime], bool]:
    minutes = max(1, int(every.total_seconds() // 60))
    return lambda at: (at.hour * 60 + at.minute) % minutes == 0
