"""Answers for a plain browser and for htmx, decided by the HX-Request header alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

# What an integer column holds on every database.
LARGEST_ID = 2**31 - 1

View = TypeVar("View", bound=Callable[..., Any])


class RowId(IntegerConverter):
    """`<id:…>` in a route: a larger number is no row's, so there is no such page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def number_in(text: str | None) -> int | None:
    """The whole number that a form's field, or an address, holds; None for what no integer column does."""
    is_short = text is not None and text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if text and is_short and int(text) <= LARGEST_ID else None


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = RowId
    app.before_request(_allow_uploads)


def takes_up_to(size: int, *, instead: Callable[..., Any]) -> Callable[[View], View]:
    """Let what is sent to a view be as large as `size` bytes; others take what the whole shop takes.

    What is larger is answered by `instead`, which has the view's own arguments and no form to read.
    """

    def allow(view: View) -> View:
        view.takes_up_to = size  # type: ignore[attr-defined]
        view.if_larger = instead  # type: ignore[attr-defined]
        return view

    return allow


def _allow_uploads() -> None:
    """Before anything reads the request's form. Whoever may not call the view is refused before that too."""
    size = getattr(current_app.view_functions.get(request.endpoint or ""), "takes_up_to", None)
    if size is not None:
        request.max_content_length = size


def answer_to_too_much() -> Any:
    """The answer of the view that was sent too much; None if it has none of its own."""
    instead = getattr(current_app.view_functions.get(request.endpoint or ""), "if_larger", None)
    return None if instead is None else current_app.make_response(instead(**(request.view_args or {})))


def is_htmx() -> bool:
    """Whether htmx asked, and not for a whole page (as it does when going back in history)."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def page_or_fragment(page: str, fragment: str, *, status: int = 200, **context: Any) -> Response:
    """`page` for a plain browser, `fragment` (the region or regions that changed) for htmx."""
    response = make_response(render_template(fragment if is_htmx() else page, **context), status)
    response.vary.add("HX-Request")
    return response


def see_other(location: str) -> AnyResponse:
    """The 303 that follows a form that did its work."""
    return redirect(location, 303)


def changed(fragment: str, *, location: str, **context: Any) -> AnyResponse:
    """After a POST that worked: the changed regions for htmx, a 303 to `location` for a plain browser."""
    response = make_response(render_template(fragment, **context)) if is_htmx() else see_other(location)
    response.vary.add("HX-Request")
    return response
