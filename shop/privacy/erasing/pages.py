"""The blueprint that the pages of removing hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("erasing", __name__, url_prefix="/my-data")
