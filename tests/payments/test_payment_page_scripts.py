"""What the payment page may run, and that vendored files are what npm ships."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask, render_template

from shop import config
from shop.payments.card_entry import INVENTORY, card_entry_for

from ..practice import PracticeGateway
from .card_page import add_card_page

pytestmark = pytest.mark.once

STATIC = config.ROOT / "static"
VENDOR = STATIC / "vendor"
ROW = re.compile(r"^\| (?P<file>\S+) \| \[.+?\]\(.+?\) \| \S+ \| \S+ \| (?P<sha384>\S{64}) \| .+ \|$", re.MULTILINE)


class Scripts(HTMLParser):
    """The page's script elements, as their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append(dict(attrs))


def sha384(content: bytes) -> str:
    return base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_every_vendored_script_is_the_one_written_down() -> None:
    rows = {row["file"]: row["sha384"] for row in ROW.finditer((VENDOR / "README.md").read_text())}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}}

    assert rows.keys() == there
    assert {name: sha384((VENDOR / name).read_bytes()) for name in rows} == rows


def test_every_vendored_package_comes_with_its_licence() -> None:
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == {
        path.parent.name for path in VENDOR.glob("*/LICENSE")
    }
    assert (VENDOR / "htmx.LICENSE.txt").exists()


@pytest.fixture
def page(app: Flask) -> tuple[str, str]:
    """The page with a card form, and its content policy."""
    add_card_page(app)
    answer = app.test_client().get("/try-card")
    return answer.text, answer.headers["Content-Security-Policy"]


def unlisted(html: str) -> list[str | None]:
    """Scripts that are neither in the inventory nor the practice gateway's bundle."""
    own = [one.get("src") or "" for one in Scripts(html).found if not (one.get("src") or "").startswith("http://127.")]
    return [src for src in own if re.sub(r"^/static/[0-9a-f]+/", "", src) not in INVENTORY]


def test_the_payment_page_runs_only_what_the_inventory_gives_a_reason_for(page: tuple[str, str]) -> None:
    assert unlisted(page[0]) == []


def test_an_unknown_script_would_be_noticed(page: tuple[str, str]) -> None:
    html, _ = page

    assert unlisted(html + '<script src="/static/abc/js/more.js"></script>') == ["/static/abc/js/more.js"]
    assert unlisted(html + "<script>1</script>") == [""]
    assert unlisted(html + '<script src="https://cdn.example/x.js"></script>') == ["https://cdn.example/x.js"]


def test_every_script_of_the_inventory_exists_and_has_a_reason() -> None:
    assert [name for name, reason in INVENTORY.items() if not (STATIC / name).exists() or len(reason) < 20] == []


class TestWithRealKeys:
    @pytest.fixture(params=["sandbox", "production"])
    def environment(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def settings_overrides(self, environment: str) -> dict[str, Any]:
        names = ("braintree_merchant_id", "braintree_public_key", "braintree_private_key")
        return {"braintree_environment": environment, **dict.fromkeys(names, "some-key"), "braintree_timeout": 1}

    def test_our_copy_of_the_bundle_is_loaded_with_its_checksum(self, app: Flask) -> None:
        with app.test_request_context():
            entry = card_entry_for("token")

        assert [script.url.split("/", 3)[3] for script in entry.scripts] == [
            "vendor/braintree-web-drop-in-1.48.0/dropin.js",
            "js/card-entry.js",
        ]
        for script in entry.scripts:
            file = STATIC / script.url.split("/", 3)[3]
            assert script.integrity == f"sha384-{sha384(file.read_bytes())}"

    def test_the_policy_opens_to_braintree_alone(self, app: Flask, environment: str) -> None:
        with app.test_request_context():
            policy = card_entry_for("token").content_policy
        api = {"sandbox": "https://api.sandbox.braintreegateway.com", "production": "https://api.braintreegateway.com"}

        assert policy == {
            "style_src": "https://assets.braintreegateway.com",
            "frame_src": "https://assets.braintreegateway.com",
            "img_src": "https://assets.braintreegateway.com",
            "connect_src": f"{api[environment]} https://*.braintree-api.com",
        }


def test_the_practice_page_opens_to_the_practice_gateway_alone(
    page: tuple[str, str], practice_gateway: PracticeGateway
) -> None:
    _, policy = page

    directives = dict(one.split(" ", 1) for one in policy.split("; "))
    assert directives["frame-src"] == practice_gateway.url
    assert directives["script-src"] == f"'self' {practice_gateway.url}"
    assert "'unsafe-inline'" not in policy


def token_naming(assets: object, api: str, graphql: str) -> str:
    named = {"assetsUrl": assets, "clientApiUrl": f"{api}/c", "configUrl": f"{api}/v", "graphQL": {"url": graphql}}
    return base64.b64encode(json.dumps(named).encode()).decode()


def test_somebody_elses_practice_gateway_may_have_its_parts_anywhere(app: Flask) -> None:
    token = token_naming("http://127.0.0.1:9001/assets/", "http://127.0.0.1:9002", "http://127.0.0.1:9003/graphql")

    with app.test_request_context():
        entry = card_entry_for(token)

    assert entry.scripts[0].url == "http://127.0.0.1:9001/assets/web/dropin/1.48.0/js/dropin.min.js"
    assert entry.content_policy["script_src"] == "http://127.0.0.1:9001"
    assert entry.content_policy["connect_src"] == "http://127.0.0.1:9001 http://127.0.0.1:9002 http://127.0.0.1:9003"


def test_a_practice_gateway_behind_braintrees_names_gets_the_untouched_bundle(app: Flask) -> None:
    api = "https://api.sandbox.braintreegateway.com:443"
    token = token_naming(
        "https://assets.braintreegateway.com", api, "https://payments.sandbox.braintree-api.com/graphql"
    )

    with app.test_request_context():
        entry = card_entry_for(token)

    assert entry.scripts[0].integrity is not None
    assert entry.content_policy["frame_src"] == "https://assets.braintreegateway.com"
    assert "script_src" not in entry.content_policy


@pytest.mark.parametrize("assets", ["http://x; script-src *", "javascript:1", "//x", "http://a b/", None, 7])
def test_what_a_token_names_cannot_write_into_the_policy(
    app: Flask, practice_gateway: PracticeGateway, assets: object
) -> None:
    with app.test_request_context():
        policy = card_entry_for(token_naming(assets, practice_gateway.url, practice_gateway.url)).content_policy

    assert set(policy.values()) == {practice_gateway.url}


@pytest.mark.parametrize("token", [None, "", "not base64", "bm90IGpzb24=", "W10=", "e30="])
def test_a_token_that_cannot_be_read_means_the_gateway_itself(
    app: Flask, practice_gateway: PracticeGateway, token: str | None
) -> None:
    with app.test_request_context():
        policy = card_entry_for(token).content_policy

    assert set(policy.values()) == {practice_gateway.url}


@pytest.mark.promise("P15")
def test_our_own_page_has_no_field_for_a_card(page: tuple[str, str]) -> None:
    html, _ = page

    assert re.findall(r'autocomplete="cc-|name="(?:number|card|cvv|cvc|expir)', html) == []
    assert 'name="payment_method_nonce"' in html


@pytest.mark.promise("P61")
def test_the_page_names_the_four_brands(page: tuple[str, str]) -> None:
    assert "We take Visa, Mastercard, Discover and American Express." in page[0]


@pytest.mark.parametrize(
    ("asked_for", "gateway", "is_out_of_reach"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8801", False),
        ("http://localhost:8000", "http://127.0.0.1:8801", False),
        ("http://192.168.1.5:8000", "http://127.0.0.1:8801", True),
        ("https://shop.example", "http://practice.example:8801", False),
    ],
)
def test_where_the_practice_frames_cannot_be_reached_the_page_says_so(
    app: Flask, asked_for: str, gateway: str, is_out_of_reach: bool
) -> None:
    config.activate(replace(config.settings(), practice_gateway_url=gateway))
    with app.test_request_context(base_url=asked_for):
        entry = card_entry_for(None)
        page = render_template("payments/_card.html", card_entry=entry, card_page="/checkout")
    assert entry.is_out_of_reach is is_out_of_reach
    assert ("Here the card form stays empty" in page) is is_out_of_reach
