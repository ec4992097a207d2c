"""Tables as files that spreadsheets open, sent while they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from ...catalogue.exchange.cells import defused
from ...catalogue.exchange.writing import MARK
from ...db import while_connected


def csv_answer(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    return csv_download(name, _lines([headings], rows))


def csv_download(name: str, pieces: Iterator[str]) -> Response:
    """`name` is the file's."""
    response = Response(stream_with_context(while_connected(pieces)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(headings: Iterable[Sequence[str]], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield MARK
    for group in (headings, rows):
        for row in group:
            out = io.StringIO()
            csv.writer(out).writerow([defused(cell) for cell in row])
            yield out.getvalue()
