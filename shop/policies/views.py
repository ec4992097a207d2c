from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("policies", __name__)
