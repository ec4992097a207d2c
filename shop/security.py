"""Headers on every answer, and the refusal of POSTs that another site sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
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


def ask_forms_for_tokens(app: Flask, *, except_for: Iterable[Blueprint | Callable[..., object]]) -> None:
    """Let every form carry its session's token, except for those that need no session, or look at it themselves."""
    asking = CSRFProtect(app)
    for blueprint_or_view in except_for:
        asking.exempt(blueprint_or_view)


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
    if origin is not None and not _is_our_own(origin):
        abort(403, "This form was sent from another site.")


def _is_our_own(origin: str) -> bool:
    """A page of the same name that came without encryption may be anybody's."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc == request.host and (parts.scheme == "https" or not settings().is_https)


def csp_nonce() -> str:
    """This answer's nonce; asking for it puts it into the answer's policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def widen_content_policy(**directives: str) -> None:
    """For this answer only, add sources: `widen_content_policy(frame_src="https://…")`. The payment page's alone."""
    g.csp_widened = {name.replace("_", "-"): sources for name, sources in directives.items()}


def fixed_headers() -> dict[str, str]:
    """What every answer carries, a file's too; an answer of Flask's may have a wider content policy."""
    found = {
        "Content-Security-Policy": _policy(CONTENT_POLICY),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    }
    if settings().is_https:
        found["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return found


def _headers(response: Response) -> Response:
    response.headers.update(fixed_headers())
    response.headers["Content-Security-Policy"] = _content_policy()
    # Whoever does not say otherwise is personal: kept nowhere.
    response.headers.setdefault("Cache-Control", "no-store")
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        # Whatever name the request called us by: nobody is led away from where they are.
        response.headers["Location"] = "/" + location.removeprefix(request.host_url).lstrip("/")
    return response


def _content_policy() -> str:
    policy = dict(CONTENT_POLICY)
    if "csp_nonce" in g:
        policy["script-src"] += f" 'nonce-{g.csp_nonce}'"
    for name, sources in g.get("csp_widened", {}).items():
        policy[name] = f"{policy[name]} {sources}" if policy.get(name, "'none'") != "'none'" else sources
    return _policy(policy)


def _policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
