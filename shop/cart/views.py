from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cart", __name__)
