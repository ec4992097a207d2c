"""Tables as files that spreadsheets open, sent while they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from ..db import while_connected
from ..spreadsheets import csv_lines


def csv_answer(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, is_for_excel: bool = False
) -> Response:
    """`name` is the file's."""
    return csv_download(name, csv_lines(headings, rows, is_for_excel=is_for_excel))


def csv_download(name: str, pieces: Iterator[str]) -> Response:
    """The same for a file that is in pieces already."""
    response = Response(stream_with_context(while_connected(pieces)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
