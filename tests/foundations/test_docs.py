"""What the keeper of the shop can set and type is written down."""

from __future__ import annotations

import re
from dataclasses import fields

from click import Group
from flask import Flask

from shop.cli import shop
from shop.config import ROOT, Settings

RUNNING = (ROOT / "docs" / "running.md").read_text()


def test_every_setting_is_documented_and_no_other() -> None:
    table = RUNNING.split("## Settings")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = set(re.findall(r"`([A-Z_]+)`", " ".join(first_cells)))
    assert documented == {field.name.upper() for field in fields(Settings)}


def test_every_command_is_documented_and_no_other(app: Flask) -> None:
    documented = set(re.findall(r"^\| `(shop [a-z -]+?)(?: [A-Z-]+)?` \|", RUNNING, re.MULTILINE))
    assert documented == set(commands(shop, "shop"))


def commands(group: Group, name: str) -> list[str]:
    found = []
    for word, command in group.commands.items():
        found += commands(command, f"{name} {word}") if isinstance(command, Group) else [f"{name} {word}"]
    return found


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text().lower()
    asked_for = (ROOT / "requirements.txt").read_text().split("\n\n")[0]
    names = re.findall(r"^([A-Za-z0-9_-]+)", asked_for, re.MULTILINE)
    assert len(names) > 10
    assert [name for name in names if name.lower() not in reasons] == []


def test_every_make_target_explains_itself() -> None:
    lines = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", lines, re.MULTILINE)
    assert targets is not None
    assert [name for name in targets[1].split() if not re.search(rf"^{name}:.*## ", lines, re.MULTILINE)] == []
