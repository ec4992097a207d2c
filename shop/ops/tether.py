"""Processes that end with the one that started them: an orphan would go on holding the shop's port."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from honcho.process import Popen, Process

MARK = "SHOP_TETHERED"
_PR_SET_PDEATHSIG = 1


class Tethered(Process):  # type: ignore[misc]
    """One of the Procfile's processes; it is told to stop when `shop start` is killed and can tell nobody."""

    def run(self, events: object = None, ignore_signals: bool = False) -> None:
        end_with_parent(signal.SIGKILL)
        self._child_ctor = _start
        self.env[MARK] = "1"
        super().run(events, ignore_signals)


def _start(command: str, **options: object) -> Popen:
    return Popen(command, preexec_fn=lambda: end_with_parent(signal.SIGTERM), **options)


def end_with_parent_if_marked() -> None:
    """For processes that the web server starts in turn, which `shop start` does not see."""
    if os.environ.get(MARK):
        end_with_parent(signal.SIGKILL)


def end_with_parent(how: signal.Signals) -> None:
    """Have the kernel send this process `how` when its parent dies. Only Linux knows how; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
