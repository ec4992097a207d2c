"""Catalogue pages are drawn again only when they would look different: an ETag from all that they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from flask import Response, current_app, g, make_response, request

from .. import clock
from ..config import ROOT, settings
from ..static_files import static_files
from ..web import is_htmx
from .queries import version

View = TypeVar("View", bound=Callable[..., Any])


def kept_by_version(view: View) -> View:
    """Answer 304 while the catalogue's version and the visitor's badge are what they were; for pages and fragments."""

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        etag = _etag(str(items_in_cart()), "fragment" if is_htmx() else "page")
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        else:
            response = make_response(view(**arguments))
            if response.status_code != 200:
                return response
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(("Cookie", "HX-Request"))
        response.set_etag(etag, weak=True)
        return response

    return answer  # type: ignore[return-value]


def kept_for_all(view: View) -> View:
    """The same for what is alike for everybody and no page: the feed, the sitemap."""

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        etag = _etag("everybody")
        is_known = request.if_none_match.contains_weak(etag)
        response = Response(status=304) if is_known else make_response(view(**arguments))
        response.headers["Cache-Control"] = "public, no-cache"
        response.set_etag(etag, weak=True)
        return response

    return answer  # type: ignore[return-value]


def current_version() -> int:
    """The catalogue's version, asked once in a request."""
    if "catalogue_version" not in g:
        g.catalogue_version = version()
    return int(g.catalogue_version)


def items_in_cart() -> int:
    """What the badge will show; the one thing on a catalogue page that is the visitor's own."""
    if "items_in_cart" not in g:
        count = current_app.jinja_env.globals.get("items_in_my_cart")
        g.items_in_cart = count() if callable(count) else 0
    return int(g.items_in_cart)


def _etag(*parts: str) -> str:
    # "New" depends on the day.
    day = clock.now().date().isoformat()
    known = "|".join((str(current_version()), day, _program(), repr(settings()), request.full_path, *parts))
    return hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:24]


@cache
def _program() -> str:
    """A hash of the code and templates that draw the pages: an upgrade makes every page new."""
    paths = [*(ROOT / "shop").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    whole = hashlib.sha256(static_files().version.encode())
    for path in sorted(paths):
        whole.update(path.read_bytes())
    return whole.hexdigest()
