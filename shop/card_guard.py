"""No card number may reach the shop: a request that brings one is refused before anything reads, stores or logs it.

Cards are typed into the payment provider's own frames. Whoever types one into another field is told so at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

SHORTEST, LONGEST = 13, 19
GROUPS_AT_MOST = 8
PHONE_AT_MOST = 15
REFUSAL = (
    "That looks like a card number. Please type it only into the secure card form: there it goes straight to the "
    "payment provider. What you sent was neither stored nor logged."
)
# Groups of digits with little between them, and no letter at either end: those are codes and tokens.
_DIGITS = re.compile(r"(?<![^\W_])\d+(?:[ \t\r\n\u00a0./-]{1,3}\d+)*(?![^\W_])")
# As it stands on a card, whatever is between the groups and around them.
_EMBOSSED = re.compile(r"(?<!\d)(?:\d{4}(?:[\W_]{1,3}\d{4}){3}|\d{4}[\W_]{1,3}\d{6}[\W_]{1,3}\d{5})(?!\d)")
# A number of the four brands we take, even with letters at its ends.
_OF_A_BRAND = re.compile(
    r"(?<!\d)(?:4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12})(?!\d)"
)
_ONE_BY_ONE = re.compile(r"(?<!\w)\d(?:[\W_]\d){12,18}(?!\w)")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_GROUP = re.compile(r"\d+")
_BARCODE = re.compile(r"\d{8,14}")
_PHONE = re.compile(r"\s*\+[\d\s()./-]+")


View = TypeVar("View", bound=Callable[..., Any])


def files_hold_barcodes(view: View) -> View:
    """For a view whose files list goods: one barcode in ten has a card's check digit. Files are not looked into."""
    view.files_hold_barcodes = True  # type: ignore[attr-defined]
    return view


def may_hold_barcodes(*fields: str) -> Callable[[View], View]:
    """For a view that asks for SKUs in fields whose names begin like this: up to 14 digits there are a barcode."""

    def mark(view: View) -> View:
        view.barcode_fields = fields  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Look at every request; after whatever else may refuse it, before whatever reads its form."""
    app.before_request(refuse_card_numbers)


def refuse_card_numbers() -> None:
    """Answers 422 when the address, a form, JSON, text or a text file of the request holds a card number."""
    if any(holds_card_number(text) for text in _texts()):
        abort(422, REFUSAL)


def holds_card_number(text: str) -> bool:
    """Whether `text` holds 13 to 19 digits, in groups or not, with a right check digit. A "+49 …" is a phone number."""
    if _PHONE.fullmatch(text) and sum(map(str.isdigit, text)) <= PHONE_AT_MOST:
        return False
    return any(map(_is_card, _candidates(text)))


def _candidates(text: str) -> Iterator[str]:
    for run in _DIGITS.findall(text):
        yield from _joined(_GROUP.findall(run))
    for shape in (_EMBOSSED, _OF_A_BRAND, _ONE_BY_ONE):
        yield from ("".join(_GROUP.findall(found)) for found in shape.findall(text))


def _joined(groups: list[str]) -> Iterator[str]:
    """Neighbouring groups together, as far as they are of a card's length: a date may follow the number."""
    for start in range(len(groups)):
        for digits in accumulate(groups[start : start + GROUPS_AT_MOST]):
            if len(digits) > LONGEST:
                break
            if len(digits) >= SHORTEST:
                yield digits


def _is_card(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (Luhn)."""
    return (sum(map(int, digits[-1::-2])) + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])) % 10 == 0


def _texts() -> Iterator[str]:
    view = current_app.view_functions.get(request.endpoint or "")
    skus: tuple[str, ...] = getattr(view, "barcode_fields", ())
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            yield name
            if not (name.startswith(skus) and _BARCODE.fullmatch(value.strip())):
                yield value
    holds_goods = hasattr(view, "files_hold_barcodes")
    for file in request.files.values():
        yield file.filename or ""
        if not holds_goods and _is_text(file.mimetype):
            yield file.stream.read().decode(errors="replace")
            file.stream.seek(0)
    if request.is_json:
        yield from _strings(request.get_json(silent=True))
    elif request.mimetype.startswith("text/"):
        yield request.get_data(as_text=True)


def _is_text(mimetype: str) -> bool:
    return mimetype.startswith("text/") or mimetype in {"application/json", "application/xml"}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
