"""What is answered when something is wrong: a page in the shop's look, or a short message for htmx."""

from __future__ import annotations

import errno
import logging
from typing import NamedTuple, cast

import apsw
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from .limits import in_words, seconds_left
from .web import answer_to_too_much, is_htmx

log = logging.getLogger("shop.errors")
RETRY_AFTER_SECONDS = "20"


class Words(NamedTuple):
    """`step` and `url` are the next thing to do; an empty url means trying this page again."""

    title: str
    text: str
    step: str = "Go to the shop"
    url: str = "/"


WORDS = {
    400: Words("We could not read that", "Something in what was sent does not make sense to us. Nothing was changed."),
    403: Words("That is not allowed from here", "Nothing was changed. Open the page again from the shop and retry."),
    404: Words(
        "There is nothing here",
        "The page may have moved, or its address has a slip in it.",
        "Search the shop",
        "/search",
    ),
    405: Words("That page cannot be used this way", "Nothing was changed. Start again from the shop's first page."),
    409: Words("Something changed meanwhile", "Nothing was done. Open the page again and have another look.", url=""),
    410: Words(
        "This has gone for good", "It was here once. Perhaps there is something like it.", "Search the shop", "/search"
    ),
    413: Words("That is too large for us", "Send something smaller; nothing was changed.", "Try again", ""),
    415: Words("We cannot read that kind of thing", "Nothing was changed. Please use the shop's own pages."),
    422: Words(
        "Something is missing or wrong", "Nothing was changed. Go back, look at what was typed and send it again."
    ),
    429: Words(
        "That was a lot at once",
        "To keep the shop safe we only take so many tries. Wait a minute, then go on where you were.",
        "Try again",
        "",
    ),
    500: Words(
        "That was our mistake",
        "Something broke on our side, and it has been written down for us. "
        "If you were paying, look for our mail before you try again: you are never charged twice.",
        "Try again",
        "",
    ),
    503: Words(
        "We will be back in a moment",
        "The shop cannot answer just now. Your cart is kept. Please try again in half a minute.",
        "Try again",
        "",
    ),
}
# A form without its token: most often one that stood open while somebody signed in or out in another tab.
OLD_FORM = Words(
    "This form was too old",
    "Nothing was changed. Somebody signed in or out since it was opened, or the browser keeps no cookies. Open it "
    "again and send it once more.",
    "Try again",
    "",
)
DESK, TO_THE_DESK = "/admin/", "Go to the desk"
# These may come when the database is out of reach, so their page asks it nothing.
BARE = {500, 503}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _expected)
    app.register_error_handler(Exception, _unexpected)


def _expected(error: HTTPException) -> AnyResponse:
    """An error that the code named; its own headers (Allow, Retry-After) go along."""
    if error.response is not None:
        return cast(AnyResponse, error.response)
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _unexpected(error.original_exception)
    code = error.code or 500
    if isinstance(error, RequestEntityTooLarge) and (page := answer_to_too_much()) is not None:
        return cast(AnyResponse, page)
    response = answer(code, OLD_FORM if isinstance(error, CSRFError) else None, said=_said(error))
    response.headers.extend([pair for pair in error.get_headers() if pair[0] not in {"Content-Type", "Content-Length"}])
    return response


def _unexpected(error: Exception) -> Response:
    """A fault: 503 when the database is away or the disk is full, else 500. Logged without anybody's values."""
    code = 503 if _is_passing(error) else 500
    if code == 500 and _wants_traceback():
        raise error
    log.error("", exc_info=error, extra={"fields": {"request": g.get("request_id"), "status": code}})
    return answer(code)


def _wants_traceback() -> bool:
    """As Flask itself decides it: in tests and under the debugger a fault is shown raw."""
    asked = current_app.config["PROPAGATE_EXCEPTIONS"]
    return current_app.testing or current_app.debug if asked is None else bool(asked)


def _is_passing(error: Exception) -> bool:
    if isinstance(error, OperationalError | InterfaceError):
        # Wrong SQL is our fault and does not pass.
        return not isinstance(getattr(error, "orig", None), apsw.SQLError)
    if isinstance(error, MaxConnectionsExceeded):
        return True
    return isinstance(error, OSError) and error.errno == errno.ENOSPC


def _said(error: HTTPException) -> str:
    """The sentence given to abort(), if there was one; Werkzeug's own words are not ours, nor are the limiter's."""
    if isinstance(error, RateLimitExceeded):
        return f"To keep the shop safe we only take so many tries. Please wait {in_words(seconds_left())}, then go on."
    if isinstance(error, CSRFError):
        return ""
    return error.description if error.description and error.description != type(error).description else ""


def answer(code: int, words: Words | None = None, *, said: str = "") -> Response:
    """The error page for `code`, or for htmx a message in the status region that leaves the page as it is."""
    words = words or WORDS.get(code) or WORDS[400 if code < 500 else 500]
    if words.url and request.path.startswith(DESK):
        words = words._replace(step=TO_THE_DESK, url=DESK)
    template = "errors/_message.html" if is_htmx() else "errors/page.html"
    response = make_response(
        render_template(
            template,
            code=code,
            words=words,
            said=said,
            url=words.url or _here(),
            reference=g.get("request_id", "") if code >= 500 else "",
            bare=code in BARE,
        ),
        code,
    )
    response.vary.add("HX-Request")
    if is_htmx():
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#status", "innerHTML"
    if code == 503:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _here() -> str:
    """The page to try again: this one, or for a form the page of ours that it was on."""
    url = request.url if request.method == "GET" else request.referrer or ""
    return url if url.startswith(request.host_url) else "/"
