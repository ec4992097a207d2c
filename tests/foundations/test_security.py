"""Headers on every answer, and forms that come from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from shop.static_files import static_url
from tests.support.client import ShopClient

pytestmark = pytest.mark.once

EVERYWHERE = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Strict-Transport-Security",
)
HTTPS = {"shop_url": "https://shop.example"}
OURS, THEIRS = "https://shop.example", "https://evil.example"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return HTTPS


@pytest.mark.parametrize(
    "path", ["/", "/cart", "/s/bags", "/no-such-page", "/healthz", "/static/none.css", "/sitemap.xml"]
)
def test_every_answer_carries_the_headers(client: ShopClient, path: str) -> None:
    assert set(EVERYWHERE) <= set(client.get(path).headers.keys())


def test_files_carry_them_too_known_ones_included(client: ShopClient) -> None:
    file = client.get(static_url("icons/favicon.svg"))
    known = client.get(static_url("icons/favicon.svg"), headers={"If-None-Match": file.headers["ETag"]})
    assert known.status_code == 304
    assert set(EVERYWHERE) <= set(file.headers.keys()) & set(known.headers.keys())


@pytest.mark.parametrize("asked", ["/s/bags", "//s/bags/", "//evil.example//s/bags"])
def test_no_redirect_leads_to_another_host(client: ShopClient, asked: str) -> None:
    answer = client.get("/", environ_overrides={"HTTP_HOST": "evil.example", "PATH_INFO": asked})
    location = answer.headers.get("Location", "/")
    assert location.startswith("/") and not location.startswith("//")


def _add(client: ShopClient, **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/cart/lines", headers=names, base_url=OURS).status_code


@pytest.mark.parametrize(
    "origin",
    [
        THEIRS,
        "null",
        "",
        f"{OURS}:444",
        f"{OURS}.evil.example",
        f"{OURS}@evil.example",
        "http://shop.example",
        "http://[::1",
    ],
)
def test_a_form_from_another_site_is_refused(client: ShopClient, origin: str) -> None:
    assert _add(client, Origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_the_browser_says_about_the_sender_is_believed(client: ShopClient, site: str) -> None:
    assert _add(client, Sec_Fetch_Site=site, Origin=OURS) == 403


def test_our_own_forms_and_clients_that_are_no_browsers_get_through(client: ShopClient) -> None:
    accepted = [_add(client), _add(client, Origin=OURS), _add(client, Sec_Fetch_Site="same-origin")]
    assert accepted == [422, 422, 422]
