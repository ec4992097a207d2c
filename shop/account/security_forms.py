"""The forms of the way into an account, and of what keeps it safe."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ..customers import personal_data as declared
from ..passwords import LONGEST
from ..sign_in_tries import LONGEST_EMAIL, SignInForm
from ..typed import given, mail_address, may_be_left_out, one_line, plain

LONGEST_NAME, LONGEST_CODE = 100, 40


def _email(label: str = "E-mail") -> EmailField:
    checks = [given(declared.EMAIL), plain(LONGEST_EMAIL), mail_address]
    return EmailField(label, filters=[one_line], validators=checks)


def _new_password() -> PasswordField:
    return PasswordField("New password", [InputRequired("Choose a password."), Length(max=LONGEST)])


def _current_password() -> PasswordField:
    return PasswordField("Your password", [InputRequired("Type your password."), Length(max=LONGEST)])


def _code() -> StringField:
    return StringField("Code", [InputRequired("Type the code."), Length(max=LONGEST_CODE)], filters=[one_line])


class WithoutSession:
    """For forms of people who have no session yet: nobody gets a cookie for looking at one. That they come from our own
    pages, security has asked before."""

    csrf = False


class OwnSignInForm(SignInForm):
    """The customers' own, which needs no session before it."""

    Meta = WithoutSession


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Asks for a mailed link."""

    Meta = WithoutSession
    personal = {"email": declared.EMAIL}
    email = _email()


class ChoosePasswordForm(FlaskForm):  # type: ignore[misc]
    """Makes the account that a mailed link leads to."""

    personal = {"name": declared.NAME}
    name = StringField("Name", filters=[one_line], validators=[may_be_left_out, plain(LONGEST_NAME)])
    password = _new_password()
    key = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, by a mailed link."""

    password = _new_password()
    key = HiddenField()


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    current = PasswordField("Present password", [InputRequired("Type your present password."), Length(max=LONGEST)])
    password = _new_password()


class ChangeEmailForm(FlaskForm):  # type: ignore[misc]
    personal = {"email": declared.EMAIL}
    email = _email("New e-mail")
    password = _current_password()


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A button that a mailed link leads to."""

    key = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The second half of a sign-in, or the first code of a new app."""

    code = _code()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The password once more, before what must not happen by a borrowed browser."""

    password = _current_password()


class ProofForm(FlaskForm):  # type: ignore[misc]
    """The password and a code, before the second factor changes."""

    password = _current_password()
    code = _code()
