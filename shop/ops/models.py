"""Every table of the shop, found in the packages' `models.py` or `models/`, and in `jobs`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from peewee import sort_models  # type: ignore[attr-defined]

from .. import jobs
from ..db import BaseModel

PACKAGES = Path(__file__).parent.parent


def all_models() -> list[type[BaseModel]]:
    """Those that are referred to first, so that they can be created in this order."""
    root = __name__.split(".", maxsplit=1)[0]
    for path in sorted([*PACKAGES.rglob("models.py"), *PACKAGES.rglob("models/*.py")]):
        import_module(".".join([root, *path.relative_to(PACKAGES).with_suffix("").parts]))
    return list(sort_models(model for model in _below(BaseModel) if _is_a_table_of(root, model)))


def _below(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {found for child in model.__subclasses__() for found in {child, *_below(child)}}


def _is_a_table_of(root: str, model: type[BaseModel]) -> bool:
    if getattr(model, "is_abstract", False):
        return False
    is_of_a_package = model.__module__.startswith(f"{root}.") and "models" in model.__module__.split(".")
    return is_of_a_package or model.__module__ == jobs.__name__
