"""The blueprint that every page of the account hangs on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__)
