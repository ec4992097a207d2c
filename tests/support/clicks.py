"""One form of a page, sent many times at the same moment, as by somebody who goes on clicking."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from werkzeug.test import TestResponse

from .client import ShopClient, form_fields


def click(
    client: ShopClient, page: str | TestResponse, *, action: str, times: int = 20, **typed: str
) -> list[TestResponse]:
    """The answers to the form of `page` whose action is `action`, each to a browser of its own with these cookies."""
    response = client.get(page) if isinstance(page, str) else page
    return send(client, action, {**form_fields(response, action), **typed}, times=times)


def send(client: ShopClient, path: str, fields: Mapping[str, str], *, times: int = 20) -> list[TestResponse]:
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (client._cookies or {}).values())

    def once(_: int) -> TestResponse:
        alone = type(client)(client.application, use_cookies=False)
        return alone.post(path, data=fields, headers={"Cookie": cookies})

    with ThreadPoolExecutor(8) as hands:
        return list(hands.map(once, range(times)))
