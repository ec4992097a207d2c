"""The same form sent twice, by a double click or by a browser that tries again: carried out once, and answered alike.

The second waits until the first has its answer, and is led where that led. A form that was carried out a moment ago is
never told of what it has itself brought about, such as that its link was used or that what it removed is not there. Of
what was sent only a keyed hash is kept; where its answer led is sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from flask import Flask, Response, current_app, g, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from peewee import PeeweeException

from .. import clock
from ..cookies import CART
from ..db import db
from ..signing_in import go_to, own_path
from ..vault import derived_key
from ..web import is_htmx
from .models import FormSent

# Carts count every click, and a payment has a token of its own; neither waits.
LEFT_ALONE = ("cart.", "webhooks.", "checkout.pay")
WAITS_AT_MOST_SECONDS, LOOKS_EVERY_SECONDS = 12.0, 0.03
# Who died on the way keeps nobody waiting; what was done is remembered for as long as a browser may try again.
GIVEN_UP_AFTER, REMEMBERED_FOR = timedelta(seconds=20), timedelta(seconds=30)
ONCE = "once"
log = logging.getLogger("shop.forms")
DONE, REFUSED = {200, 204, 302, 303}, {404, 409, 410, 422}


def init_app(app: Flask) -> None:
    """After whatever refuses requests: nobody waits for a form that would not be let in."""
    app.jinja_env.globals["once"] = once
    app.before_request(_take_turn)
    app.after_request(_end_turn)
    app.teardown_request(_leave)


def once() -> Markup:
    """A hidden field of a form, another in each page: what was made of it already is not made again."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(ONCE, secrets.token_urlsafe(9))


def forget_old() -> int:
    """Delete what nobody sends again any more; how many there were."""
    with db.atomic():
        return int(FormSent.delete().where(FormSent.begun_at < clock.now() - timedelta(hours=1)).execute())


def _take_turn() -> ResponseReturnValue | None:
    g.pop("form_sent", None)
    if not _is_looked_at():
        return None
    g.form_sent, g.sent_by, g.has_waited = _digest(), _browser(), False
    until = time.monotonic() + WAITS_AT_MOST_SECONDS
    while not _begin(g.form_sent):
        found = FormSent.get_or_none(FormSent.digest == g.form_sent)
        if found is not None and found.done_at is not None:
            # A button pressed again after its answer is meant, unless the form says which page of ours it stood on.
            is_the_same = g.has_waited or ONCE in request.form
            return _answered(found) if is_the_same and found.is_for_all else None
        if time.monotonic() > until:
            return None
        g.has_waited = True
        time.sleep(LOOKS_EVERY_SECONDS)
    g.has_turn = True
    return None


def _is_looked_at() -> bool:
    return request.method == "POST" and not (request.endpoint or "webhooks.").startswith(LEFT_ALONE)


def _begin(digest: bytes) -> bool:
    """Whether the turn is ours: nobody is at it, and nobody has just done it."""
    now = clock.now()
    given_up = FormSent.done_at.is_null() & (FormSent.begun_at < now - GIVEN_UP_AFTER)
    # Begun in a future that the clock came back from.
    is_over = given_up | (FormSent.done_at < now - REMEMBERED_FOR) | (FormSent.begun_at > now + GIVEN_UP_AFTER)
    with db.atomic():
        FormSent.delete().where((FormSent.digest == digest) & is_over).execute()
        new = FormSent.insert(
            {FormSent.digest: digest, FormSent.begun_at: now, FormSent.is_for_all: False}
        ).on_conflict_ignore()
        return bool(new.as_rowcount().execute())


def _end_turn(response: Response) -> Response:
    digest = g.get("form_sent")
    if digest is None:
        return response
    if response.status_code in DONE:
        _remember(digest, response)
    elif response.status_code in REFUSED and _is_from_here():
        found = FormSent.get_or_none((FormSent.digest == digest) & FormSent.done_at.is_null(False))
        if found is not None:
            return current_app.make_response(_answered(found))
    return response


def _is_from_here() -> bool:
    """Whether it comes from the browser that sent it before, and not from somebody else who knows what was in it."""
    return g.has_waited or ONCE in request.form or any(g.sent_by)


def _remember(digest: bytes, response: Response) -> None:
    """Only who had the turn: others were answered by what it did."""
    if not g.pop("has_turn", False):
        return
    location = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    done = {
        FormSent.done_at: clock.now(),
        FormSent.location: _cipher().encrypt(location.encode()) if location else None,
        FormSent.is_for_all: bool(location) and "Set-Cookie" not in response.headers and g.sent_by == _browser(),
    }
    try:
        with db.atomic():
            FormSent.update(done).where(FormSent.digest == digest).execute()
    except PeeweeException:
        # What was asked for is done, and said so. A second click is told by the view how things stand.
        log.exception("what became of a form was not written down")


def _leave(_error: BaseException | None) -> None:
    """What was not carried out may be sent again at once."""
    if g.pop("has_turn", False):
        with db.atomic():
            FormSent.delete().where(FormSent.digest == g.form_sent).execute()


def _answered(found: FormSent) -> ResponseReturnValue:
    """Where the first was led; else the page that the form is on. Nothing is written into the session: the first may
    have begun another, and a browser keeps the cookie that comes last."""
    return go_to(_cipher().decrypt(bytes(found.location)).decode() if found.location else _page())


def _page() -> str:
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    target = f"/{came_from.path.lstrip('/')}" + (f"?{came_from.query}" if came_from.query else "")
    return (came_from.netloc == request.host and own_path(target, below=["/"])) or "/"


def _digest() -> bytes:
    """Of this browser, where it sent the form to, and all that is in it; the form's token is another on every page."""
    files = [(name, file.filename, _content(file)) for name, file in request.files.items(multi=True)]
    sent = [_browser(), request.full_path, sorted(request.form.items(multi=True)), files, is_htmx()]
    return hmac.digest(derived_key("form sent"), json.dumps(sent).encode(), "sha256")


def _browser() -> list[str]:
    """Whose browser it is: by its session, its sign-in and its cart, as far as it has any."""
    return [session.get("csrf_token", ""), session.get("_user_id", ""), request.cookies.get(CART.full_name, "")]


def _content(file: Any) -> str:
    found = hashlib.file_digest(file.stream, "sha256").hexdigest()
    file.stream.seek(0)
    return found


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(derived_key("form answered")))
