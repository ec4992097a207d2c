from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("orders", __name__)
