"""Passkeys: what the browser needs to make and to use them, and what it answers."""

from __future__ import annotations

from flask import abort, flash, jsonify, request, session, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer, public
from ..customers.services import passkeys
from ..customers.services.passwords import check_password
from ..customers.services.steps import StepGone
from ..customers.signed_in import KIND
from ..limits import limiter
from ..signing_in import go_to, start_session
from .entering import here, own_path
from .pages import blueprint
from .security_forms import PasswordForm

STEP = "passkey_step"
TRIES = "60 per hour"
NOT_READ = "That passkey did not work here. Sign in with your password instead, or try again."
NOT_ADDED = "The passkey was not added. Nothing was changed; try again."
WRONG = "This is not your password."
TOO_MANY = "Your account has as many passkeys as it may have. Remove one first."


@blueprint.post("/sign-in/passkey/begin")
@public
@limiter.limit(TRIES)
def begin_passkey_sign_in() -> ResponseReturnValue:
    if not passkeys.are_possible():
        abort(404)
    session[STEP], options = passkeys.begin_sign_in()
    return jsonify(options)


@blueprint.post("/sign-in/passkey")
@public
@limiter.limit(TRIES)
def passkey_sign_in() -> ResponseReturnValue:
    try:
        token = passkeys.sign_in_with_passkey(token=session.pop(STEP, ""), answer=request.form.get("answer", ""))
    except (StepGone, passkeys.PasskeyRefused):
        return jsonify(problem=NOT_READ), 422
    start_session(KIND, token)
    return jsonify(location=own_path(request.form.get("next")) or url_for(".home"))


@blueprint.post("/account/passkeys/begin")
@customer
def begin_passkey() -> ResponseReturnValue:
    if not passkeys.are_possible():
        abort(404)
    form = PasswordForm()
    if not form.validate() or not check_password(customer=here(), password=form.password.data):
        return jsonify(problem=WRONG), 422
    try:
        session[STEP], options = passkeys.begin_adding(customer=here())
    except passkeys.TooManyPasskeys:
        return jsonify(problem=TOO_MANY), 422
    return jsonify(options)


@blueprint.post("/account/passkeys")
@customer
def add_passkey() -> ResponseReturnValue:
    answer = request.form.get("answer", "")
    try:
        passkeys.add_passkey(customer=here(), token=session.pop(STEP, ""), answer=answer)
    except (StepGone, passkeys.PasskeyRefused):
        return jsonify(problem=NOT_ADDED), 422
    flash("The passkey is added.")
    return jsonify(location=url_for(".security"))


@blueprint.post("/account/passkeys/<id:passkey_id>/remove")
@customer
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    try:
        passkeys.remove_passkey(customer=here(), passkey_id=passkey_id)
    except passkeys.PasskeyRefused:
        abort(404)
    flash("The passkey is removed. You may delete it from your device as well.")
    return go_to(url_for(".security"))
