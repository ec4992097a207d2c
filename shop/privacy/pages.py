"""The blueprints that the pages hang on: people's own, and the ones that anybody may ask at."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("my_data", __name__, url_prefix="/my-data")
# Its forms need no session: whoever sends them is nobody yet.
asking = Blueprint("asking", __name__, url_prefix="/my-data")
