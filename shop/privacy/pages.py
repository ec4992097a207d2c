"""The blueprints that the pages hang on: people's own, the ones that anybody may ask at, and the desk's."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("my_data", __name__, url_prefix="/my-data")
# Its forms need no session: whoever sends them is nobody yet.
asking = Blueprint("asking", __name__, url_prefix="/my-data")
desk = Blueprint("privacy_desk", __name__, url_prefix="/admin/privacy")
