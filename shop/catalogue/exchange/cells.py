"""What single cells mean: prices with points or commas, whole numbers, weights, yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from ...money import CENTS_AT_MOST
from ...typed import is_unwanted

MOST = 1_000_000
_CURRENCY = r"(?:[A-Z]{2,3}\$?|[$€£¥₹₽₺₩]|kr\.?|zł|Kč|Ft|Fr\.|Rs\.?|R\$?)"
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
# What stands between thousands beside points and commas.
_GROUPS = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")
YES = {"1", "true", "yes", "y", "x", "wahr", "vrai", "on"}
NO = {"0", "false", "no", "n", "", "falsch", "faux", "off"}
GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}


class Unreadable(ValueError):
    """A cell cannot be understood: `text` says why, `fix` how to write it."""

    def __init__(self, text: str, fix: str) -> None:
        super().__init__(text)
        self.text, self.fix = text, fix


def one_line(text: str) -> str:
    """Composed letters, single blanks, no signs that cannot be seen to be there."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(
        " " if letter.isspace() else letter for letter in text if letter.isspace() or not is_unwanted(letter)
    )
    return " ".join(unicodedata.normalize("NFC", seen).split())


def several_lines(text: str) -> str:
    """The same for text of several lines, whose beginnings mean something in Markdown."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    return "\n".join(_printable(line).rstrip() for line in lines).strip("\n")


def _printable(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    line = unicodedata.normalize("NFC", line)
    return "".join(letter for letter in line if not is_unwanted(letter))


def decimal_sign(prices: Iterable[str], digits: int) -> str:
    """The sign that a file's prices have before their last digits: "." or ",", or "" when none of them tells.

    Where money has three digits after the point, 1.234 tells only if nothing tells better, and nothing else differs.
    """
    numbers = [number for price in prices if (number := _number(price))]
    for telling in (_telling, _last_of_three) if digits == 3 else (_telling,):
        seen = {sign for number in numbers if (sign := telling(number))}
        if seen:
            return seen.pop() if len(seen) == 1 else ""
    return ""


def price(text: str, digits: int, sign: str = "") -> int | None:
    """In the smallest unit of a currency with so many `digits`; None for an empty cell. Raises Unreadable."""
    number = _number(text)
    if not number:
        if text.strip():
            raise Unreadable(f"“{text[:40]}” is no price.", f"Write digits only, such as {_example(digits)}.")
        return None
    if number.startswith("-"):
        raise Unreadable(f"“{text[:40]}” is less than nothing.", "A price is 0 or more.")
    amount = _amount(number, _telling(number) or sign, digits)
    if amount is None:
        raise Unreadable(f"“{text[:40]}” can be read in more than one way.", f"Write it as {_example(digits)}.")
    cents = amount.scaleb(digits)
    if cents != cents.to_integral_value():
        raise Unreadable(f"“{text[:40]}” has more digits than the currency.", f"Round it, as in {_example(digits)}.")
    if cents > CENTS_AT_MOST:
        raise Unreadable(f"“{text[:40]}” is too much.", f"Write it as {_example(digits)}.")
    return int(cents)


def _number(text: str) -> str:
    """The digits and signs of an amount, without its currency; "" where there is something else."""
    bare = re.sub(rf"^(-?)\s*{_CURRENCY}\s*(?=[-\d.,])|\s*{_CURRENCY}$", r"\1", _BLANKS.sub(" ", text).strip())
    joined = _GROUPS.sub("", bare)
    return joined if joined.isascii() and re.fullmatch(r"-?(?:\d[\d.,]*|[.,]\d+)", joined) else ""


def _telling(number: str) -> str:
    """The decimal sign of a number that leaves no doubt, or ""."""
    signs = [letter for letter in number if letter in ".,"]
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) != 1:
        return ""
    after = len(number) - number.index(signs[0]) - 1
    return signs[0] if after != 3 or number.lstrip("-").startswith(("0", *".,")) else ""


def _last_of_three(number: str) -> str:
    signs = [letter for letter in number if letter in ".,"]
    return signs[0] if len(signs) == 1 else ""


def _amount(number: str, sign: str, digits: int) -> Decimal | None:
    signs = {letter for letter in number if letter in ".,"}
    if not sign and len(signs) == 1 and (number.count(next(iter(signs))) > 1 or digits == 0):
        # 1,234,567, or yen.
        sign = "." if "," in signs else ","
    if not sign and signs:
        return None
    whole, _, rest = number.rpartition(sign) if sign and sign in number else (number, "", "")
    thousands = {".", ","} - {sign}
    groups = re.split(r"[.,]", whole) if any(each in whole for each in thousands) else [whole]
    if sign and sign in whole or len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
        return None
    try:
        return Decimal(f"{''.join(groups) or '0'}.{rest or '0'}")
    except InvalidOperation:
        return None


def _example(digits: int) -> str:
    return f"1234.{'50'.ljust(digits, '0')[:digits]}" if digits else "1234"


def whole(text: str, *, may_be_negative: bool = False) -> int | None:
    """None for an empty cell. Raises Unreadable."""
    bare = _GROUPS.sub("", _BLANKS.sub(" ", text).strip())
    if not bare:
        return None
    # Spreadsheets like to add a point and zeros, and signs between thousands.
    bare = re.sub(r"[.,]0{1,2}$", "", bare)
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+|-?\d{1,3}(?:\.\d{3})+", bare):
        bare = re.sub(r"[.,]", "", bare)
    if not re.fullmatch(r"-?\d{1,15}", bare, re.ASCII):
        raise Unreadable(f"“{text[:40]}” is no whole number.", "Write digits only, such as 12.")
    found = int(bare)
    if found < 0 and not may_be_negative:
        raise Unreadable(f"“{text[:40]}” is less than nothing.", "Write 0 or more.")
    if abs(found) > MOST:
        raise Unreadable(f"“{text[:40]}” is too much.", "Write the number there really is.")
    return found


def grams(text: str, unit: str = "g") -> int | None:
    """A weight in grams, half a gram rounded up; the cell's own unit, if it has one, goes before `unit`."""
    found = re.fullmatch(r"\s*([\d.,]+)\s*(kg|g|lbs?|oz)?\s*", text, re.IGNORECASE | re.ASCII)
    if not text.strip():
        return None
    try:
        if found is None:
            raise InvalidOperation
        number, unit = found[1], (found[2] or unit).lower()
        weight = Decimal(number.replace(",", "") if "." in number else number.replace(",", ".")) * GRAMS[unit]
    except InvalidOperation:
        raise Unreadable(f"“{text[:40]}” is no weight.", "Write digits only, such as 250 or 1.5.") from None
    if weight > MOST:
        raise Unreadable(f"“{text[:40]}” is too much.", "Write the weight of one piece.")
    return int(weight + Decimal("0.5"))


def yes_or_no(text: str) -> bool:
    """Raises Unreadable."""
    answer = text.strip().casefold()
    if answer in YES:
        return True
    if answer in NO:
        return False
    raise Unreadable(f"“{text[:40]}” is neither yes nor no.", "Write yes or no.")
