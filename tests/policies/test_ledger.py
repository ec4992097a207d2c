"""The promise ledger and the tests keep each other honest."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

from shop.config import ROOT
from shop.policies.queries import LEDGER, kept_promises, promises

TESTS = ROOT / "tests"


@cache
def marked() -> dict[str, set[str]]:
    """The tests that carry each promise's id."""
    found: dict[str, set[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "promise":
                for argument in node.args:
                    if isinstance(argument, ast.Constant):
                        found.setdefault(str(argument.value), set()).add(f"{_name(path)}:{node.lineno}")
    return found


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_all_sixty_three_promises_are_in_the_ledger() -> None:
    assert [promise.id for promise in promises()] == [f"P{number:02}" for number in range(1, 64)]


def test_nothing_is_called_kept_without_a_test() -> None:
    assert [promise.id for promise in kept_promises() if promise.id not in marked()] == []


def test_no_test_carries_an_id_that_is_not_in_the_ledger() -> None:
    known = {promise.id for promise in promises()}
    assert {id: places for id, places in marked().items() if id not in known} == {}


def test_what_has_a_test_counts_as_kept() -> None:
    kept = {promise.id for promise in kept_promises()}
    assert {id: places for id, places in marked().items() if id not in kept} == {}


def test_each_entry_says_what_it_quotes_and_how_it_is_proved() -> None:
    for entry in tomllib.loads(LEDGER.read_text())["promise"]:
        assert entry.keys() - {"how"} == {"id", "source", "quote", "keeps", "proof"}
        assert all(entry.values())
