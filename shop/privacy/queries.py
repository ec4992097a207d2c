"""What the desk sees of requests and restrictions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .. import clock
from ..vault import preload
from .models import DataRequest, Restriction, Way

# How long the desk may open what was asked for, to print it.
PRINTED_WITHIN = timedelta(hours=1)
AT_MOST = 50


def restrictions_in_force() -> list[Restriction]:
    """All of them, those that end first at the top."""
    is_on = Restriction.lifted_at.is_null() & (Restriction.until > clock.now())
    return _readable(Restriction.select().where(is_on).order_by(Restriction.until).limit(AT_MOST))


def recent_requests() -> list[DataRequest]:
    return _readable(DataRequest.select().order_by(DataRequest.id.desc()).limit(AT_MOST))


def request_with(request_id: int) -> DataRequest | None:
    """A request that is to be printed, for as long as that may be done."""
    found: DataRequest | None = DataRequest.get_or_none(
        DataRequest.id == request_id,
        DataRequest.way == Way.PRINT,
        DataRequest.created_at > clock.now() - PRINTED_WITHIN,
    )
    return found


def _readable(query: Any) -> list[Any]:
    rows = list(query)
    preload(row.subject for row in rows)
    return rows
