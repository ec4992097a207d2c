"""How often a function is called, seen from outside: nothing is put in its place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def count_calls(*functions: Callable[..., Any]) -> Iterator[list[str]]:
    """The names of those functions, once for each call inside the block, in this thread."""
    codes = {function.__code__ for function in functions}
    seen: list[str] = []

    def look(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in codes:
            seen.append(frame.f_code.co_name)

    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(None)
