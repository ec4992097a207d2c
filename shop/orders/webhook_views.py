"""Where Braintree tells us things by itself. Its signature is the only key; whatever else comes is refused."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ..access_rules import public
from ..payments.webhooks import NotFromTheGateway, answer_challenge
from .disputes.services import take_webhook

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.get("/braintree")
@public
def challenge() -> Response:
    """Asked once, when the address is entered at Braintree's."""
    try:
        return _plain(answer_challenge(request.args.get("bt_challenge", "")))
    except NotFromTheGateway:
        return _plain("not a challenge\n", 400)


@blueprint.post("/braintree")
@public
def take() -> Response:
    """200 for what was believed, now or before; a fault of ours is a 500, and the gateway comes again."""
    try:
        take_webhook(signature=request.form.get("bt_signature", ""), payload=request.form.get("bt_payload", ""))
    except NotFromTheGateway:
        return _plain("not from the gateway\n", 400)
    return _plain("taken\n")


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/plain")
