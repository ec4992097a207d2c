"""What a monitor or a load balancer asks."""

from __future__ import annotations

from flask import Blueprint, Response

from ..access_rules import public
from . import checks

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """This process is up, whatever else may be down."""
    return _plain("up\n")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """Whether orders can be taken here; 503 says in words what is missing."""
    unwell = [f"{finding.name}: {finding.says}\n" for finding in checks.readiness() if not finding.is_well]
    return _plain("".join(unwell), 503) if unwell else _plain("ready\n")


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/plain")
