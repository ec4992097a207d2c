"""The blueprint that every page of the checkout hangs on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("checkout", __name__)
