"""Headers on every answer, and the refusal of POSTs that another site sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, g, request
from flask_wtf import CSRFProtect

from .config import settings

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def init_app(app: Flask) -> None:
    app.before_request(refuse_other_sites)
    app.after_request(_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def ask_forms_for_tokens(app: Flask, *, except_for: Iterable[Blueprint]) -> None:
    """Let every form carry its session's token, except for those that need no session, or look at it themselves."""
    asking = CSRFProtect(app)
    for blueprint in except_for:
        asking.exempt(blueprint)


def refuse_other_sites() -> None:
    """Every POST must come from the shop's own pages. A client that is no browser sends neither header and may pass."""
    if request.method in SAFE_METHODS or (request.endpoint or "").startswith("webhooks."):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            abort(403, "This form was sent from another site.")
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403, "This form was sent from another site.")


def csp_nonce() -> str:
    """This answer's nonce; asking for it puts it into the answer's policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def widen_content_policy(**directives: str) -> None:
    """For this answer only, add sources: `widen_content_policy(frame_src="https://…")`. The payment page's alone."""
    g.csp_widened = {name.replace("_", "-"): sources for name, sources in directives.items()}


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _content_policy()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), browsing-topics=()"
    # Whoever does not say otherwise is personal: kept nowhere.
    response.headers.setdefault("Cache-Control", "no-store")
    if settings().is_https:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response


def _content_policy() -> str:
    policy = dict(CONTENT_POLICY)
    if "csp_nonce" in g:
        policy["script-src"] += f" 'nonce-{g.csp_nonce}'"
    for name, sources in g.get("csp_widened", {}).items():
        policy[name] = f"{policy[name]} {sources}" if policy.get(name, "'none'") != "'none'" else sources
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())
