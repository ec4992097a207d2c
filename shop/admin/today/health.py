"""Whether the shop looks after itself, for the first page: jobs, backups, disk, version, and the last examination."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from ... import clock
from ...config import ROOT, settings
from ...health.models import HealthFinding
from ...health.queries import findings
from ...reports.freshness import orders_to_sum_up
from ..standing import Standing, standing

MEGABYTE = 1024 * 1024
# Below this many times the room that an order needs, somebody should make more.
ROOM_TO_SPARE = 10
SILENT_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Health:
    """`wrong` is what the last examination found not to be well; None as long as none has taken place."""

    standing: Standing
    free_megabytes: int
    version: str
    wrong: list[HealthFinding] | None
    orders_to_sum_up: int

    @property
    def is_disk_low(self) -> bool:
        return self.free_megabytes < settings().disk_megabytes_needed * ROOM_TO_SPARE

    @property
    def is_worker_down(self) -> bool:
        """The slow jobs are not late for days; but some run each minute, and none did."""
        last = self.standing.last
        return bool(self.standing.late) and (last is None or last < clock.now() - SILENT_FOR)

    @property
    def is_well(self) -> bool:
        is_running = not (self.standing.late or self.standing.failed or self.standing.backups.problems)
        return is_running and not self.is_disk_low and not self.wrong


def health() -> Health:
    looked = findings()
    return Health(
        standing=standing(),
        free_megabytes=shutil.disk_usage(settings().shop_instance).free // MEGABYTE,
        version=version(),
        wrong=[found for found in looked if not found.is_well] if looked else None,
        orders_to_sum_up=orders_to_sum_up(),
    )


@cache
def version() -> str:
    """As pyproject.toml names it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
