"""A file's bytes as text, whichever program wrote them; what is no text is refused in words."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

AS_CSV = "In the spreadsheet choose “Save as” or “Download”, then “CSV UTF-8 (comma delimited)”, and bring that file."
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# What is no text, by its first bytes.
_NO_TEXT = (
    (b"PK\x03\x04", "This is a spreadsheet or a ZIP, not a CSV."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook, not a CSV."),
    (b"\x1f\x8b", "This is a compressed file, not a CSV."),
    (b"%PDF", "This is a PDF, not a CSV."),
    (b"\x89PNG", "This is a picture, not a CSV."),
    (b"\xff\xd8\xff", "This is a picture, not a CSV."),
    (b"{\\rtf", "This is a text document, not a CSV."),
)
_USUAL, _MAC = "cp1252", "mac_roman"
_LATIN, _OTHER_LETTERS = [_USUAL, "cp1250"], ["cp1251", "cp1253"]
# In Western languages a letter beyond ASCII stands among small ones or begins a word of them; signs stand apart.
_AT_ODDS = re.compile(
    r"(?<=[a-z])[^\x00-\x7fß-öø-ÿœž’](?=[a-z])|(?<=[a-z])(?=[À-ÖØ-ÞŒŠŽŸ])|[ƒˆ˜\u0080-\u009f\ufffd‡†‰◊√∞≈ﬂﬁ]"
)
# Cyrillic and Greek words have no ASCII letter in them.
_WORDS_APART = re.compile(rb"[\x80-\xff]{3,}")
# Bytes that text may hold: no control signs but tabs, new lines and the like.
_NO_CONTROLS = bytes(byte for byte in range(256) if byte > 31 or byte in b"\t\n\v\f\r")
_BEYOND_ASCII = bytes(range(128, 256))
_SAMPLE = 200_000
_WORDS = {"mac_roman": "Mac Roman"}


class Refused(ValueError):
    """The whole file cannot be read: `text` says why, `fix` what to do."""

    def __init__(self, text: str, fix: str = "", row: int = 0, column: str = "") -> None:
        super().__init__(text)
        self.text, self.fix, self.row, self.column = text, fix, row, column


@dataclass(frozen=True)
class Decoded:
    """The text, the encoding as people call it, whether that is a guess, and whether letters were lost."""

    text: str
    encoding: str
    is_guess: bool = False
    has_losses: bool = False


def decode(content: bytes) -> Decoded:
    """Raises Refused for what is no text."""
    for beginning, said in _NO_TEXT:
        if content.startswith(beginning):
            raise Refused(said, AS_CSV)
    if content[:500].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refused("This is a web page, not a CSV.", "Perhaps the download asked for a sign-in: fetch it again.")
    decoded = _by_mark(content) or _as_utf(content) or _guessed(content)
    if not decoded.text.strip("\0 \t\r\n\ufeff"):
        raise Refused("There is nothing in this file.", "Was it saved? Open it and look.")
    return decoded


def _by_mark(content: bytes) -> Decoded | None:
    for mark, codec, words in _MARKS:
        if content.startswith(mark):
            text = content.decode(codec, errors="replace")
            return Decoded(text, words, has_losses="\ufffd" in text)
    return None


def _as_utf(content: bytes) -> Decoded | None:
    zeros = (content[:_SAMPLE:2].count(0), content[1:_SAMPLE:2].count(0))
    pairs = min(len(content), _SAMPLE) // 2
    for count, codec in zip(zeros, ("utf-16-be", "utf-16-le"), strict=True):
        # Latin letters in UTF-16 have a zero in every second byte.
        if pairs and count > 0.4 * pairs:
            text = content.decode(codec, errors="replace")
            return Decoded(text, "UTF-16", is_guess=True, has_losses="\ufffd" in text)
    text = content.decode("utf-8", errors="replace")
    lost, there = text.count("\ufffd"), sum(letter > "\x7f" for letter in text[:_SAMPLE])
    # A file that was cut within a letter is still UTF-8.
    if lost and _has_broken_letters(content) and lost * 10 > there:
        return None
    return Decoded(text, "UTF-8", has_losses=bool(lost))


def _has_broken_letters(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _guessed(content: bytes) -> Decoded:
    sample = content[:_SAMPLE]
    if len(sample.translate(None, _NO_CONTROLS)) > len(sample) // 50:
        raise Refused("This is no text file.", AS_CSV)
    codec = _likeliest(sample)
    text = content.decode(codec, errors="replace")
    return Decoded(text, _WORDS.get(codec, codec.replace("cp", "Windows-")), is_guess=True, has_losses="\ufffd" in text)


def _likeliest(sample: bytes) -> str:
    """Windows-1252, which spreadsheets of the West write, unless another makes better sense of the letters."""
    beyond = len(sample) - len(sample.translate(None, _BEYOND_ASCII))
    if sum(map(len, _WORDS_APART.findall(sample))) * 2 > beyond:
        best = from_bytes(sample, cp_isolation=_OTHER_LETTERS).best()
        return best.encoding if best else _OTHER_LETTERS[0]
    if len(_AT_ODDS.findall(sample.decode(_MAC))) < len(_AT_ODDS.findall(sample.decode(_USUAL, errors="replace"))):
        return _MAC
    found = from_bytes(sample, cp_isolation=_LATIN)
    best = found.best()
    if best is None or _USUAL in best.could_be_from_charset:
        return _USUAL
    usual = next((each for each in found if each.encoding == _USUAL), None)
    if usual is not None and usual.chaos <= best.chaos and usual.coherence >= best.coherence:
        return _USUAL
    return best.encoding
