"""What every template may use besides its own view's values."""

from __future__ import annotations

from flask import Flask

from .config import settings
from .money import money, percent


def init_app(app: Flask) -> None:
    app.jinja_env.filters["money"] = money
    app.jinja_env.filters["percent"] = percent
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"shop": settings()})
