"""What the shop's modules import, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shop.config import ROOT

SHOP = ROOT / "shop"


@dataclass(frozen=True)
class Import:
    """`importer` and `imported` are dotted names; one that runs later stands in a function or serves types only."""

    importer: str
    imported: str
    line: int
    is_later: bool


@cache
def sources() -> dict[str, Path]:
    """The shop's modules by dotted name. Migrations are scripts and stand apart."""
    found = {}
    for path in sorted(SHOP.rglob("*.py")):
        if path.parent.name != "migrations":
            found[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import of the shop's code, of itself and of others."""
    return tuple(found for name, path in sources().items() for found in _imports_of(name, path))


def _imports_of(name: str, path: Path) -> Iterator[Import]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text())
    later = {id(node) for branch in ast.walk(tree) if _is_later(branch) for node in ast.walk(branch)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(name, alias.name, node.lineno, id(node) in later) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(package, node)
            for alias in node.names:
                whole = f"{base}.{alias.name}" if f"{base}.{alias.name}" in sources() else base
                yield Import(name, whole, node.lineno, id(node) in later)


def _is_later(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _base(package: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])
