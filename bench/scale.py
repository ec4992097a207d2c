"""`python -m bench --scale`: the desk's order list with a thousand orders, and with a hundred thousand.

Filling the larger shop takes some minutes. `--scale FOLDER` keeps both there for the next time.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from . import servers
from .visitor import Visitor

SMALL, LARGE = (1_000, 1_000), (100_000, 10_000)
ROUNDS, BLOCK = 8, 5
PAGES = {
    "newest orders": "/admin/orders",
    "to pack today": "/admin/orders?tab=pack",
    "by day": "/admin/orders?tab=days",
    "done": "/admin/orders?tab=done",
    "by total": "/admin/orders?sort=total",
    "paid, with a note": "/admin/orders?money=paid&note=1",
    "to one country": "/admin/orders?country=DE",
    "search: a name": "/admin/orders?q=Keller",
    "search: a product": "/admin/orders?q=umbrella",
    "search: nothing": "/admin/orders?q=nobody@example.org",
}


def main(kept: str = "") -> None:
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory() as folder:
        shops = [_filled(Path(folder) / name, *size) for name, size in (("small", SMALL), ("large", LARGE))]
        with (
            servers.served("wsgi:app", shops[0][0], "/readyz") as small,
            servers.served("wsgi:app", shops[1][0], "/readyz") as large,
        ):
            visitors = [Visitor(small), Visitor(large)]
            for visitor, (_, cookie) in zip(visitors, shops, strict=True):
                visitor.cookies["session"] = cookie
            print(_compared(*visitors))


def _filled(instance: Path, orders: int, products: int) -> tuple[dict[str, str], str]:
    """The environment of a shop with so much in it, and the cookie of its owner."""
    environment = {"SHOP_INSTANCE": str(instance), "SHOP_MODE": "demo"}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "shop"]
    sizes = ["--count", str(orders), "--products", str(products)]
    for command in ([*flask, "prepare"], [*flask, "demo", "orders", *sizes]):
        _run(command, environment)
    return environment, _run([sys.executable, "-m", "bench.owner"], environment).strip()


def _run(command: list[str], environment: dict[str, str]) -> str:
    whole = {**os.environ, **environment}
    done = subprocess.run(command, cwd=servers.ROOT, env=whole, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def _compared(small: Visitor, large: Visitor) -> str:
    lines = [f"{'':<22}{SMALL[0]:>12,}{LARGE[0]:>12,}"]
    for name, path in PAGES.items():
        few, many = _in_turns(partial(_page, small, path), partial(_page, large, path))
        lines.append(f"{name:<22}{few:>9.1f} ms{many:>9.1f} ms{many / few:>7.1f} x")
    return "The order list, one request at a time, median, with so many orders:\n" + "\n".join(lines)


def _page(visitor: Visitor, path: str) -> None:
    answer, _ = visitor.get(path)
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status}")


def _in_turns(*calls: Callable[[], None]) -> list[float]:
    """Medians in milliseconds; the calls take turns, so that a slow moment of the machine falls on both."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, each in zip(calls, times, strict=True):
            for _ in range(BLOCK):
                start = time.perf_counter()
                call()
                each.append((time.perf_counter() - start) * 1000)
    return [statistics.median(each) for each in times]
