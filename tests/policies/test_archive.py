"""The newest policy, every earlier one, and what changed: for anybody, with date and number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.config import settings
from shop.policies.queries import current_policy
from shop.policies.services import post_policy
from shop.templating import moment
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of

pytestmark = pytest.mark.once


@pytest.fixture
def second(app: Flask) -> None:
    """A second version, posted a month after the first."""
    clock.travel(timedelta(days=30))
    with app.app_context():
        post_policy(
            text=current_policy().text.replace("You never need an account to buy.", "Nobody needs an account to buy."),
            after=1,
            staff_id=1,
        )


@pytest.mark.promise("P24")
@pytest.mark.promise("P25")
def test_the_next_request_shows_what_was_posted(client: ShopClient, app: Flask) -> None:
    assert "You never need an account to buy." in client.get("/privacy").text
    with app.app_context():
        post_policy(text="We start **afresh**.", after=1, staff_id=1)
    page = client.get("/privacy").text
    assert "<strong>afresh</strong>" in page
    assert "Version 2, in force since" in page
    assert "You never need an account to buy." not in page


@pytest.mark.promise("P25")
def test_every_version_stays_with_its_day(client: ShopClient, second: None) -> None:
    rows = [text_of(row) for row in parsed(client.get("/privacy/archive").text, fragment=False)[0].iter("tr")][1:]
    assert [row[:9] for row in rows] == ["Version 2", "Version 1"]
    assert moment(current_policy().posted_at) in rows[0]
    first, newest = client.get("/privacy/1").text, client.get("/privacy/2").text
    assert "You never need an account to buy." in first
    assert "This version is no longer in force." in first
    assert "This is the version in force." in newest
    assert moment(current_policy().posted_at) in newest


@pytest.mark.promise("P25")
def test_the_difference_between_two_versions_is_shown(client: ShopClient, second: None) -> None:
    page = client.get("/privacy/2/changes").text
    assert "<del>You never need</del><ins>Nobody needs</ins> an account to buy." in page
    assert client.get("/privacy/1/changes?from=2").status_code == 200


def test_what_the_table_said_then_is_kept_with_the_version(client: ShopClient) -> None:
    page = text_of(parsed(client.get("/privacy/1").text, fragment=False)[0])
    assert "For the driver, if they cannot find your door." in page


@pytest.mark.parametrize(
    "path", ["/privacy/3", "/privacy/0", "/privacy/99999999999", "/privacy/1/changes", "/privacy/2/changes?from=7"]
)
def test_a_version_that_never_was_is_nowhere(client: ShopClient, second: None, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.promise("P34")
@pytest.mark.parametrize("path", ["/privacy", "/privacy/contact"])
def test_the_privacy_administrator_is_named_with_title_post_and_mail(client: ShopClient, path: str) -> None:
    page = text_of(parsed(client.get(path).text, fragment=False)[0])
    shop = settings()
    for said in (shop.privacy_name, shop.privacy_title, shop.privacy_email, *shop.privacy_address.splitlines()):
        assert said in page
