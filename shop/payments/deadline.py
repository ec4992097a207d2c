"""A total deadline around a blocking call, and the circuit that stops asking a gateway that keeps failing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
MOST_AT_ONCE = 16
FAILURES_TO_OPEN = 6
SECONDS_DOWN = 20.0


class NotStarted(Exception):
    """All threads were taken for too long: the call was certainly never made."""


_slots = threading.BoundedSemaphore(MOST_AT_ONCE)


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` returns or raises; TimeoutError after `seconds` in all, whatever the other side drips meanwhile.

    The thread that is left behind ends by itself and, being a daemon, never holds up the end of the process.
    """
    end = time.monotonic() + seconds
    # Half of the time at least is the call's own: one that starts too late would only end unknown.
    if not _slots.acquire(timeout=seconds / 2):
        raise NotStarted
    future: Future[T] = Future()
    threading.Thread(target=_run, args=(call, future), name="gateway-call", daemon=True).start()
    return future.result(timeout=max(end - time.monotonic(), 0.001))


def _run(call: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)
    finally:
        _slots.release()


class Circuit:
    """Down for a while after several failures in a row; after that one success closes the matter, one failure not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._down_until = 0.0

    def note(self, *, worked: bool) -> None:
        with self._lock:
            self._failures = 0 if worked else self._failures + 1
            if worked:
                self._down_until = 0.0
            elif self._failures >= FAILURES_TO_OPEN:
                self._down_until = time.monotonic() + SECONDS_DOWN

    @property
    def is_down(self) -> bool:
        return time.monotonic() < self._down_until
