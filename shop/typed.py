"""What people type, made clean or refused with a reason; what it costs to leave it out stands in its declaration."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from wtforms import Field, Form
from wtforms.validators import StopValidation, ValidationError

from .vault import Personal

Check = Callable[[Form, Field], None]
LINE_ENDS = "\n"
# Signs that turn the direction of text around, or mean nothing by themselves.
UNWANTED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str | None) -> str:
    """Composed letters, single blanks, none at the ends."""
    return re.sub(r"[ \t\u00a0]+", " ", unicodedata.normalize("NFC", text or "")).strip(" ")


def lines(text: str | None) -> str:
    """The same for several lines, however they ended and without empty ones."""
    found = (one_line(line) for line in (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in found if line)


def paragraphs(text: str | None) -> str:
    """The same, with an empty line wherever there was at least one."""
    kept = "\n".join(one_line(line) for line in (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")


def markdown(text: str | None) -> str:
    """Lines as they were typed, for what stands at their beginning means something."""
    typed = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "\n".join(line.rstrip() for line in typed.split("\n")).strip("\n")


def given(personal: Personal) -> Check:
    """Something must stand here, if the country's addresses need it."""

    def check(_form: Form, field: Field) -> None:
        if not field.data:
            field.errors = []
            raise StopValidation(f"{personal.label} is missing.")

    return check


def may_be_left_out(_form: Form, field: Field) -> None:
    if not field.data:
        raise StopValidation


def plain(most: int, *, several_lines: bool = False) -> Check:
    """At most so many letters, and none that cannot be printed."""
    allowed = LINE_ENDS if several_lines else ""

    def check(_form: Form, field: Field) -> None:
        if len(field.data) > most:
            raise StopValidation(f"This is too long: {most} letters fit, and there are {len(field.data)}.")
        printable = "".join(letter for letter in field.data if letter in allowed or not is_unwanted(letter))
        if printable != field.data:
            field.data = printable
            raise StopValidation("This held signs that cannot be printed. We took them out: please look at it again.")

    return check


def is_unwanted(letter: str) -> bool:
    """Whether it cannot be printed, or turns the direction of what stands around it."""
    return letter in TURNING or unicodedata.category(letter) in UNWANTED


def mail_address(_form: Form, field: Field) -> None:
    """An address that mail can be sent to, as far as its spelling tells; nobody is asked about it."""
    try:
        field.data = validate_email(field.data, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValidationError("This is not a complete e-mail address, such as name@example.com.") from None


def phone_number(country: Callable[[Form], str]) -> Check:
    """A number that can be dialled, read in the delivery's country; kept as E.164."""

    def check(form: Form, field: Field) -> None:
        try:
            number = phonenumbers.parse(field.data, country(form) or None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError("This is not a complete phone number. With the country it begins with a +.")
        field.data = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    return check


def one_of(choices: Any, words: str) -> Check:
    """One of the codes; its name is as good, for browsers that fill in names."""
    codes = {code.casefold(): code for code, _ in choices} | {name.casefold(): code for code, name in choices}

    def check(_form: Form, field: Field) -> None:
        code = codes.get((field.data or "").casefold())
        if code is None:
            raise ValidationError(words)
        field.data = code

    return check
