"""The desk's one blueprint: every view below /admin hangs on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
