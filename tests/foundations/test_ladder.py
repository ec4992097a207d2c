"""The ladder: a package leans only on those below it, and never on another's pages."""

from __future__ import annotations

import re

import pytest

from tests.support.imports import Import, imports, sources

RUNGS = (
    {"policies", "catalogue"},
    {"customers", "preferences"},
    {"payments", "pricing"},
    {"cart"},
    {"orders"},
    {"checkout"},
    {"reports"},
    {"deliveries"},
    {"privacy"},
    {"account", "admin"},
    {"ops"},
    {"cli"},
)
STEPS = ("models", "queries", "services", "forms", "views")
PAGES = {"forms", "views"}


def package(module: str) -> str:
    """The part of the shop that a module belongs to; the app itself is "shop"."""
    return (module.split(".") + [""])[1] or "shop"


def rung(module: str) -> int:
    """How high a module stands; what no rung names is a foundation, and the app stands above all."""
    if package(module) == "shop":
        return len(RUNGS) + 1
    return next((height for height, names in enumerate(RUNGS, 1) if package(module) in names), 0)


def within() -> list[Import]:
    return [found for found in imports() if found.imported.split(".")[0] == "shop"]


def lines(wrong: list[Import]) -> list[str]:
    return [f"{found.importer}:{found.line} imports {found.imported}" for found in wrong]


def step(module: str) -> int | None:
    """Which of a package's steps a module stands on; `orders.services.paying` stands on services."""
    return next((STEPS.index(part) for part in module.split(".")[2:3] if part in STEPS), None)


def test_a_package_imports_only_lower_rungs() -> None:
    wrong = [
        found
        for found in within()
        if package(found.importer) != package(found.imported) and rung(found.imported) >= max(rung(found.importer), 1)
    ]
    assert lines(wrong) == []


def test_nobody_imports_anothers_views_or_forms() -> None:
    wrong = [
        found
        for found in within()
        if PAGES & set(found.imported.split(".")[2:])
        and package(found.importer) not in {package(found.imported), "shop"}
    ]
    assert lines(wrong) == []


def test_within_a_package_nothing_leans_on_a_later_step() -> None:
    wrong = [
        found
        for found in within()
        if package(found.importer) == package(found.imported)
        and (above := step(found.importer)) is not None
        and (below := step(found.imported)) is not None
        and below > above
    ]
    assert lines(wrong) == []


def test_nobody_inside_imports_the_app() -> None:
    assert lines([found for found in within() if found.imported == "shop"]) == []


def test_only_the_payment_module_knows_braintree() -> None:
    knowing = {found.importer for found in imports() if found.imported.split(".")[0] == "braintree"}
    assert knowing == {"shop.payments.gateway", "shop.payments.connection"}


def test_services_and_queries_never_see_the_request() -> None:
    seeing = re.compile(r"^from flask(_login)? import .*\b(request|session|current_user)\b", re.MULTILINE)
    below = {name: path for name, path in sources().items() if set(STEPS[:3]) & set(name.split(".")[2:])}
    assert [name for name, path in below.items() if seeing.search(path.read_text())] == []
    assert len(below) > len(RUNGS)


def test_no_modules_import_each_other_in_a_circle() -> None:
    leans_on: dict[str, set[str]] = {}
    for found in within():
        if not found.is_later and found.imported != found.importer:
            leans_on.setdefault(found.importer, set()).add(found.imported)
    assert circle(leans_on) == []


def circle(leans_on: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        found = next((way for other in sorted(leans_on.get(name, ())) if (way := walk(other, [*way, name]))), [])
        done.add(name)
        return found

    return next((found for name in sorted(leans_on) if (found := walk(name, []))), [])


@pytest.mark.parametrize("planted", [{"a": {"b"}, "b": {"c"}, "c": {"a"}}, {"a": {"a2"}, "a2": {"a"}}])
def test_a_planted_circle_is_found(planted: dict[str, set[str]]) -> None:
    assert len(circle(planted)) > 2
