"""Whether the shop looks after itself: when each job last ran, and which mails do not get through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import clock, jobs
from ..backups.queries import BackupStanding
from ..backups.queries import standing as backup_standing
from ..jobs import JobRun
from ..outbox.models import Mail
from ..outbox.queries import is_stuck

# A job is late when it has missed this many of its turns, and a while for the machine to be started.
TURNS_MISSED, STARTING = 3, timedelta(minutes=5)


@dataclass(frozen=True)
class JobStanding:
    name: str
    last: datetime | None
    is_late: bool
    error: str


@dataclass(frozen=True)
class Standing:
    """`failing_mails` counts those given up and those that did not get through so far."""

    jobs: list[JobStanding]
    failing_mails: int
    backups: BackupStanding

    @property
    def late(self) -> list[JobStanding]:
        return [job for job in self.jobs if job.is_late]

    @property
    def failed(self) -> list[JobStanding]:
        return [job for job in self.jobs if job.error and not job.is_late]

    @property
    def last(self) -> datetime | None:
        """When any job last ran."""
        return max((job.last for job in self.jobs if job.last), default=None)


def standing() -> Standing:
    runs = {run.name: run for run in JobRun.select()}
    return Standing(
        jobs=[_job_standing(job, runs.get(job.name)) for job in jobs.all_jobs()],
        failing_mails=Mail.select().where(is_stuck()).count(),
        backups=backup_standing(),
    )


def _job_standing(job: jobs.Job, run: JobRun | None) -> JobStanding:
    if run is None:
        return JobStanding(job.name, None, True, "")
    due = run.finished_at + job.every * TURNS_MISSED + STARTING
    return JobStanding(job.name, run.finished_at, clock.now() > due, "" if run.ok else run.error)
