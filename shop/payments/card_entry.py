"""What the payment page loads to take a card, and the inventory of its scripts: each with the reason it is there."""

from __future__ import annotations

import base64
import functools
import hashlib
import ipaddress
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import request

from .. import config
from ..config import settings
from ..static_files import static_url

# What may go into a content policy: an address whose host is nothing but a host.
ADDRESS = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/|$)")
DROP_IN = "drop-in"
DROP_IN_FILES = ("web/dropin/1.48.0/js/dropin.min.js",)
HOSTED_FIELDS_FILES = ("web/3.123.2/js/client.min.js", "web/3.123.2/js/hosted-fields.min.js")
VENDORED = {
    "web/dropin/1.48.0/js/dropin.min.js": "vendor/braintree-web-drop-in-1.48.0/dropin.js",
    "web/3.123.2/js/client.min.js": "vendor/braintree-web-3.123.2/client.js",
    "web/3.123.2/js/hosted-fields.min.js": "vendor/braintree-web-3.123.2/hosted-fields.js",
}
# PCI DSS 6.4.3: every script that a payment page may run, by its name in static/, and why the page needs it.
INVENTORY = {
    "vendor/htmx.min.js": "swaps the region that a form changed; every page has it",
    "vendor/braintree-web-drop-in-1.48.0/dropin.js": "Braintree's Drop-in: shows Braintree's own frames for the card",
    "vendor/braintree-web-3.123.2/client.js": "Braintree's client, which hosted fields need",
    "vendor/braintree-web-3.123.2/hosted-fields.js": "Braintree's frames for each field of the card",
    "js/status.js": "reads messages out to screen readers; every page has it",
    "js/card-entry.js": "creates the card form, and puts the one-time code it gives into our form",
}


@dataclass(frozen=True)
class File:
    """`integrity` is set for each file that the shop serves; the practice gateway alters its bundle as sent."""

    url: str
    integrity: str | None


@dataclass(frozen=True)
class CardEntry:
    """`content_policy` is meant for `widen_content_policy(**…)`. Without a token there is no card entry for now.

    `is_out_of_reach`: the frames come from this machine's loopback address, and the visitor asked for another one.
    """

    kind: str
    client_token: str | None
    scripts: tuple[File, ...]
    stylesheet: File
    content_policy: dict[str, str]
    is_out_of_reach: bool = False


def card_entry_for(client_token: str | None) -> CardEntry:
    """The parts of card entry, by the hosts that the token names. Needs a request, for the static files' addresses."""
    kind = settings().card_entry
    files = DROP_IN_FILES if kind == DROP_IN else HOSTED_FIELDS_FILES
    if settings().is_practice:
        practice = _practice_hosts(client_token)
        host, policy = practice.bundle, practice.policy
    else:
        host, policy = None, _braintree_policy()
    scripts = [File(f"{host}/{file}", None) if host else _own(VENDORED[file]) for file in files]
    is_away = host is not None and _is_loopback(host) and not _is_loopback(request.host_url)
    style = _own("css/card-entry.css")
    return CardEntry(kind, client_token, (*scripts, _own("js/card-entry.js")), style, policy, is_away)


@dataclass(frozen=True)
class _PracticeHosts:
    """`bundle` is where the practice gateway serves its own; None when it stands behind Braintree's names."""

    bundle: str | None
    policy: dict[str, str]


def _practice_hosts(client_token: str | None) -> _PracticeHosts:
    """The token decides: this may be anybody's practice gateway, with its parts on several ports."""
    named = _named(client_token) or [settings().practice_gateway_url]
    assets, origins = named[0].rstrip("/"), " ".join(dict.fromkeys(_origin(one) for one in named))
    is_braintree = (urlsplit(assets).hostname or "").endswith(".braintreegateway.com")
    policy = dict.fromkeys(("style_src", "frame_src", "img_src"), _origin(assets)) | {"connect_src": origins}
    return (
        _PracticeHosts(None, policy)
        if is_braintree
        else _PracticeHosts(assets, policy | {"script_src": _origin(assets)})
    )


def _named(client_token: str | None) -> list[str]:
    """The addresses in a client token, that of the frames first; none when it cannot be read."""
    try:
        token = json.loads(base64.b64decode(client_token or ""))
        found = [token["assetsUrl"], token["clientApiUrl"], token["configUrl"], token["graphQL"]["url"]]
    except (ValueError, KeyError, TypeError):
        return []
    return found if all(isinstance(one, str) and ADDRESS.match(one) for one in found) else []


def _is_loopback(address: str) -> bool:
    name = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _braintree_policy() -> dict[str, str]:
    sandbox = "" if settings().braintree_environment == config.PRODUCTION else ".sandbox"
    assets = "https://assets.braintreegateway.com"
    api = f"https://api{sandbox}.braintreegateway.com https://*.braintree-api.com"
    return {"style_src": assets, "frame_src": assets, "img_src": assets, "connect_src": api}


def _own(name: str) -> File:
    return File(static_url(name), _integrity(config.ROOT / "static" / name))


@functools.cache
def _integrity(file: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()
