"""The form that everybody signs in with, customers and staff, and how often it may be tried."""

from __future__ import annotations

from flask import Response, request
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from .limits import address_key, value_key
from .passwords import LONGEST
from .vault import blind

LONGEST_EMAIL = 254
# By account and address together: whoever guesses elsewhere never keeps the rightful person out.
TRIES_EACH = "10 per 15 minutes"
TRIES_BY_ADDRESS = "60 per hour"
WRONG = "This e-mail and password do not go together. Please check both."


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = EmailField("E-mail", [InputRequired("Type your e-mail."), Length(max=LONGEST_EMAIL)])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=LONGEST)])
    next = HiddenField()


def account_key() -> str:
    """Stands for the account whose e-mail was typed, whether it exists or not."""
    account = blind("email", request.form.get("email", "")[:LONGEST_EMAIL]) or b""
    return value_key("sign-in", account.hex())


def account_and_address() -> str:
    return value_key("sign-in", f"{account_key()} {address_key()}")


def failed(response: Response) -> bool:
    """Only what failed is counted."""
    return response.status_code == 422
