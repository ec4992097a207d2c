"""Compress answers that anybody may see; personal ones stay as they are (docs/decisions: static-and-compression)."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

LEVEL = 5
NOT_WORTH_IT_BELOW = 1000
TYPES = ("text/", "application/json", "application/xml", "application/rss+xml", "application/atom+xml")


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_public_text(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _is_public_text(response: Response) -> bool:
    """A page that may be kept nowhere is somebody's own: its length, compressed, could tell a stranger its secrets."""
    return (
        response.status_code == 200
        and not response.is_streamed
        and not response.direct_passthrough
        and not response.cache_control.no_store
        and "Content-Encoding" not in response.headers
        and (response.mimetype or "").startswith(TYPES)
        and (response.content_length or 0) >= NOT_WORTH_IT_BELOW
    )
