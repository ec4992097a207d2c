"""Catalogue pages are drawn again only when they would look different.

Their ETag is made of all that they depend on, so it serves the browser that asks again, and as the name under which
this process keeps what it drew for the next visitor.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any, TypeVar

from flask import Response, current_app, g, make_response, request

from .. import clock
from ..config import ROOT, settings
from ..static_files import static_files
from ..web import is_htmx
from .queries import version

View = TypeVar("View", bound=Callable[..., Any])

PAGES_KEPT_AT_MOST = 256
_kept: OrderedDict[str, bytes] = OrderedDict()
_keeping = Lock()


def kept_by_version(view: View) -> View:
    """Answer 304, or with the page as it was kept, while catalogue and badge are what they were."""

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        etag = _etag(str(items_in_cart()), "fragment" if is_htmx() else "page")
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        else:
            response = _kept_page(etag) or _keep_page(etag, make_response(view(**arguments)))
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


def _kept_page(etag: str) -> Response | None:
    with _keeping:
        body = _kept.get(etag)
        if body is None:
            return None
        _kept.move_to_end(etag)
    return Response(body, mimetype="text/html")


def _keep_page(etag: str, response: Response) -> Response:
    if response.status_code == 200:
        with _keeping:
            _kept[etag] = response.get_data()
            while len(_kept) > PAGES_KEPT_AT_MOST:
                _kept.popitem(last=False)
    return response


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
