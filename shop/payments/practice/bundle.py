"""Braintree's browser bundles and frames, as the demo serves them: over plain http, with this gateway in the place of
Braintree's hosts. The vendored files stay as they are; what changes is changed while it is sent."""

from __future__ import annotations

import json
from pathlib import Path

from ... import config
from .answers import NOT_FOUND, Answer
from .browser_api import Hosts
from .cards import BRAND_OF

VENDOR = config.ROOT / "static" / "vendor"
FRAME = Path(__file__).parent / "frame"
DROP_IN, WEB = VENDOR / "braintree-web-drop-in-1.48.0", VENDOR / "braintree-web-3.123.2"
BUNDLES = {
    "/web/dropin/1.48.0/js/dropin.min.js": DROP_IN / "dropin.js",
    "/web/dropin/1.48.0/js/dropin.js": DROP_IN / "dropin.js",
    "/web/3.123.2/js/client.min.js": WEB / "client.js",
    "/web/3.123.2/js/hosted-fields.min.js": WEB / "hosted-fields.js",
}
FILES = {
    "/web/dropin/1.48.0/css/dropin.min.css": (DROP_IN / "dropin.css", "text/css"),
    "/web/dropin/1.48.0/css/dropin.css": (DROP_IN / "dropin.css", "text/css"),
    "/web/3.123.2/html/hosted-fields-frame.min.html": (FRAME / "frame.html", "text/html"),
    "/web/3.123.2/html/hosted-fields-frame.html": (FRAME / "frame.html", "text/html"),
    "/web/3.123.2/html/frame.css": (FRAME / "frame.css", "text/css"),
    "/web/3.123.2/html/frame.js": (FRAME / "frame.js", "text/javascript"),
    "/web/3.123.2/html/bus.js": (FRAME / "bus.js", "text/javascript"),
    "/web/3.123.2/html/brands.js": (FRAME / "brands.js", "text/javascript"),
    "/web/3.123.2/html/fields.js": (FRAME / "fields.js", "text/javascript"),
}
TEST_NUMBERS = "/web/3.123.2/html/test-numbers.js"
DOMAIN_CHECK = "function isVerifiedDomain(url) {\n  var mainDomain;\n"


class UnexpectedBundle(Exception):
    """A vendored bundle lacks a text that must be replaced: it is another version than this gateway knows."""


def adapted(file: Path, here: Hosts) -> str:
    """The bundle with its constant addresses and its check of domains replaced; raises UnexpectedBundle."""
    text = file.read_text()
    for old, new in _replacements(here):
        if old not in text:
            raise UnexpectedBundle(f"{file.name} does not contain {old!r}: is it the version that static/vendor names?")
        text = text.replace(old, new)
    return text


def _replacements(here: Hosts) -> list[tuple[str, str]]:
    allowed = f"  if ((url + '/').indexOf({json.dumps(here.assets + '/')}) === 0) {{ return true; }}\n"
    return [
        ('"https://api.braintreegateway.com:443"', json.dumps(here.api)),
        ('"https://api.sandbox.braintreegateway.com:443"', json.dumps(here.api)),
        ('"https://assets.braintreegateway.com"', json.dumps(here.assets)),
        ('"https://payments.braintree-api.com/graphql"', json.dumps(here.graphql)),
        ('"https://payments.sandbox.braintree-api.com/graphql"', json.dumps(here.graphql)),
        ('"https://www.paypal.com/xoplatform/logger/api/logger"', json.dumps(here.analytics)),
        (DOMAIN_CHECK, DOMAIN_CHECK + allowed),
    ]


class Assets:
    """`hosts` decides: bundles are adapted to this gateway's address, or sent untouched behind Braintree's names."""

    def __init__(self, hosts: Hosts, *, untouched: bool) -> None:
        read = Path.read_text if untouched else lambda file: adapted(file, hosts)
        self._bundles = {path: read(file).encode() for path, file in BUNDLES.items()}
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
            f"connect-src {hosts.graphql}"
        )

    def get(self, path: str) -> Answer:
        if path in self._bundles:
            return Answer(200, self._bundles[path], "text/javascript; charset=utf-8")
        if path == TEST_NUMBERS:
            numbers = json.dumps(sorted(BRAND_OF))
            return Answer(200, f"export const NUMBERS = new Set({numbers});\n".encode(), "text/javascript")
        if path not in FILES:
            return NOT_FOUND
        file, kind = FILES[path]
        headers = {"Content-Security-Policy": self._policy, "X-Content-Type-Options": "nosniff"}
        return Answer(200, file.read_bytes(), f"{kind}; charset=utf-8", headers)
