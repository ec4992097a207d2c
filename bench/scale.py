"""`python -m bench --scale`: the desk's pages with a thousand orders, and with a hundred thousand.

Filling the larger shop takes some minutes. `--keep FOLDER` keeps both there for the next time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from urllib.parse import quote_plus

import psycopg

from tests.support.postgres import cluster, create_database

from . import servers
from .pages import FILES, PAGES, REPORTS
from .visitor import Visitor

COMPARED = """Like is compared with like: the same address in both shops, so the first page of a list, a search for what
is there once, a report over the same days. Both hold three years of orders: a report's days hold a hundred times as
many in the larger one. One of the newest orders has changed since the worker last summed up, as in a shop that is open.
A file is as long as there are goods to name in it: its time is for each thousand of its lines."""
SMALL, LARGE = (1_000, 1_000), (100_000, 10_000)
ROUNDS, BLOCK = 6, 4
AT_MOST = 3
Call = Callable[[], bytes]


class Shop:
    """One of the two; `known` is what can be looked for in it."""

    def __init__(self, environment: dict[str, str], address: str) -> None:
        self.visitor = Visitor(address)
        self.known: dict[str, str] = json.loads(_run([sys.executable, "-m", "bench.owner"], environment))
        self.visitor.cookies["session"] = self.known["cookie"]

    def page(self, path: str) -> bytes:
        return self.visitor.get(path.format(**{name: quote_plus(word) for name, word in self.known.items()}))[1]


def main(kept: str = "", *, on_postgres: bool = False) -> None:
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _databases(folder, on_postgres) as databases:
            environments = [
                _filled({"SHOP_INSTANCE": str(folder / size), "SHOP_MODE": "demo", **databases[size]}, *counts)
                for size, counts in (("small", SMALL), ("large", LARGE))
            ]
            with (
                servers.served("wsgi:app", environments[0], "/readyz") as small,
                servers.served("wsgi:app", environments[1], "/readyz") as large,
            ):
                shops = [Shop(environments[0], small), Shop(environments[1], large)]
                print(f"On {'PostgreSQL' if on_postgres else 'SQLite'}. {COMPARED}\n")
                worst = max(_compare(*shops), key=lambda found: found[1])
                print(f"\nAt most {worst[1]:.1f} x, {worst[0]}; {AT_MOST} x is the limit.")


@contextmanager
def _databases(folder: Path, on_postgres: bool) -> Iterator[dict[str, dict[str, str]]]:
    sizes = ("small", "large")
    if not on_postgres:
        yield {size: {} for size in sizes}
        return
    with cluster(kept=folder / "postgres") as server:
        yield {size: {"DATABASE_URL": _database(server, size)} for size in sizes}


def _database(server: str, name: str) -> str:
    """Its URL; it is made unless it was kept."""
    with psycopg.connect(server, autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return create_database(server, name)
    return f"{server.rpartition('/')[0]}/{name}"


def _filled(environment: dict[str, str], orders: int, products: int) -> dict[str, str]:
    """The environment of a shop with so much in it."""
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "shop"]
    sizes = ["--count", str(orders), "--products", str(products)]
    for command in ([*flask, "prepare"], [*flask, "demo", "orders", *sizes]):
        _run(command, environment)
    return environment


def _run(command: list[str], environment: dict[str, str]) -> str:
    whole = {**os.environ, **environment}
    done = subprocess.run(command, cwd=servers.ROOT, env=whole, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def _compare(small: Shop, large: Shop) -> Iterator[tuple[str, float]]:
    """Each page with its ratio, printed as soon as it is known."""
    print(f"{'Median of one request at a time':<44}{SMALL[0]:>10,}{LARGE[0]:>13,}")
    for name, path in {**PAGES, **REPORTS}.items():
        yield name, _compared(name, partial(small.page, path), partial(large.page, path))
    for name, path in FILES.items():
        lines = [shop.page(path).count(b"\n") / 1000 for shop in (small, large)]
        yield name, _compared(name, partial(small.page, path), partial(large.page, path), lines)


def _compared(name: str, small: Call, large: Call, parts: Sequence[float] = (1, 1)) -> float:
    """`parts` is what each's time is divided by."""
    few, many = (ms / part for ms, part in zip(_in_turns(small, large), parts, strict=True))
    print(f"{name:<44}{few:>7.1f} ms{many:>10.1f} ms{many / few:>7.1f} x", flush=True)
    return many / few


def _in_turns(*calls: Call) -> list[float]:
    """Medians in milliseconds; the calls take turns, so that a slow moment of the machine falls on both."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, each in zip(calls, times, strict=True):
            for _ in range(BLOCK):
                start = time.perf_counter()
                call()
                each.append((time.perf_counter() - start) * 1000)
    return [statistics.median(each) for each in times]
