"""With REDIS_URL, limits are counted and jobs are queued in Redis, for as many machines as there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from shop import jobs, limits
from shop.config import settings
from shop.jobs import Job, JobRun, kick, queue

from ..support.redis import redis_server


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def settings_overrides(redis_url: str) -> dict[str, Any]:
    return {"redis_url": redis_url}


def test_limits_are_counted_in_redis(app: Flask) -> None:
    assert [limits.seconds_to_wait("2 per minute", "a test") for _ in range(2)] == [0, 0]
    assert limits.seconds_to_wait("2 per minute", "a test") > 0
    assert not (settings().shop_instance / "limits.db").exists()


def test_jobs_are_queued_in_redis_and_run_from_there(app: Flask) -> None:
    ran = []
    jobs.init_app(app, [Job("note", lambda: ran.append("ran"))])
    kick("note")
    kick("note", after=60)
    assert not (settings().shop_instance / "queue.db").exists()
    task = queue().dequeue()
    queue().execute(task)
    assert ran == ["ran"]
    assert JobRun.get().ok
    assert queue().pending_count() == 1
    queue().flush()
