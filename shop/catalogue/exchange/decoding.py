"""A file's bytes as text, whichever program wrote them; what is no text is refused in words."""

from __future__ import annotations

import codecs
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
_SINGLE_BYTE = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "iso8859_15"]
_SAMPLE = 200_000
_WORDS = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "iso8859_15": "ISO 8859-15"}


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
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Decoded(text, "UTF-8", has_losses="\ufffd" in text)


def _guessed(content: bytes) -> Decoded:
    if content[:_SAMPLE].count(0) > len(content[:_SAMPLE]) // 20:
        raise Refused("This is no text file.", AS_CSV)
    found = from_bytes(content[:_SAMPLE], cp_isolation=_SINGLE_BYTE).best()
    codec = found.encoding if found is not None else "cp1252"
    # The two differ in signs that nobody uses; spreadsheets write the first.
    codec = "cp1252" if codec in {"iso8859_15", "ascii", "cp1254"} else codec
    text = content.decode(codec, errors="replace")
    return Decoded(text, _WORDS.get(codec, codec.replace("cp", "Windows-")), is_guess=True, has_losses="\ufffd" in text)
