"""Faults that a test or a rehearsal orders: each strikes the next calls of its kind, before or after their commit."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any

KINDS = {"delay", "drop_before", "drop_after_commit", "html", "empty", "bad_xml", "drip"}
AFTER_COMMIT = {"drop_after_commit", "html", "empty", "bad_xml", "drip"}
STATUSES = {"401", "403", "404", "408", "426", "429", "500", "502", "503", "504"}
CALLS = {
    "*", "client_token", "sale", "find", "void", "submit_for_settlement", "refund", "search", "nonce", "customer",
    "payment_method", "testing", "graphql", "assets",
}  # fmt: skip


class WrongFault(Exception):
    """The order for a fault names a call or a fault that does not exist."""


@dataclass
class Fault:
    """`times` is how many calls it still strikes; `seconds` is for delay and drip."""

    call: str
    fault: str
    after_commit: bool
    seconds: float
    times: int


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []

    def order(self, asked: dict[str, Any]) -> None:
        """{"call": "sale", "fault": "500", "seconds": 30, "times": 1, "after_commit": false}; raises WrongFault."""
        call, kind = str(asked.get("call", "*")), str(asked.get("fault", ""))
        if call not in CALLS:
            raise WrongFault(f"call must be one of {', '.join(sorted(CALLS))}")
        if kind not in KINDS | STATUSES:
            raise WrongFault(f"fault must be one of {', '.join(sorted(KINDS | STATUSES))}")
        after = bool(asked.get("after_commit", kind in AFTER_COMMIT))
        fault = Fault(call, kind, after, float(asked.get("seconds", 60)), int(asked.get("times", 1)))
        with self._lock:
            self._ordered.append(fault)

    def strike(self, call: str) -> Fault | None:
        """The fault for this call, used up by it."""
        with self._lock:
            for fault in self._ordered:
                if fault.call in {call, "*"} and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._ordered if fault.times > 0]
