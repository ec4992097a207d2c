"""Imports as a test asks for them: the file goes in, the worker runs, and what is there now is looked at."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from shop.catalogue.exchange import services
from shop.catalogue.exchange.models import Import, ImportItem, ImportProblem
from shop.catalogue.exchange.writing import export, products_to_export

from ..conftest import bag, goods

__all__ = ["bag", "goods"]

ROBIN = 1


class Desk:
    """Robin with a file."""

    def plan(self, content: bytes | str) -> Import:
        data = content.encode() if isinstance(content, str) else content
        received = services.receive_file(content=data, file_name="goods.csv", staff_id=ROBIN)
        services.work_on_imports()
        return self.now(received)

    def apply(self, imported: Import) -> Import:
        services.confirm(import_id=imported.id, seen=imported.plan_hash, staff_id=ROBIN)
        services.work_on_imports()
        return self.now(imported)

    def bring_in(self, content: bytes | str) -> Import:
        return self.apply(self.plan(content))

    def undo(self, imported: Import) -> Import:
        services.undo(import_id=imported.id, staff_id=ROBIN)
        services.work_on_imports()
        return self.now(imported)

    def now(self, imported: Import) -> Import:
        return Import.get_by_id(imported.id)

    def outcomes(self, imported: Import) -> list[tuple[str, str]]:
        rows = ImportItem.select().where(ImportItem.imported == imported.id).order_by(ImportItem.number)
        return [(item.name, item.outcome) for item in rows]

    def fates(self, imported: Import) -> list[tuple[str, str, str]]:
        rows = ImportItem.select().where(ImportItem.imported == imported.id).order_by(ImportItem.number)
        return [(item.name, item.fate, item.why) for item in rows]

    def errors(self, imported: Import) -> list[tuple[int, str, str]]:
        return self._problems(imported, is_error=True)

    def notes(self, imported: Import) -> list[tuple[int, str, str]]:
        return self._problems(imported, is_error=False)

    def _problems(self, imported: Import, **which: Any) -> list[tuple[int, str, str]]:
        rows = ImportProblem.select().where(
            ImportProblem.imported == imported.id, ImportProblem.is_error == which["is_error"]
        )
        return [(each.row, each.column, each.text) for each in rows.order_by(ImportProblem.row, ImportProblem.id)]

    def export(self, **filters: str) -> str:
        return "".join(export(products_to_export(**filters)))


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk()
