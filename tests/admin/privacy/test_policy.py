"""The owner posts a new version of the policy, having seen what it changes; nobody edits an old one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from shop import config
from shop.admin.models import Staff
from shop.audit.queries import events_about
from shop.config import settings
from shop.policies.models import PolicyVersion
from shop.policies.queries import current_policy
from shop.policies.services import post_policy
from tests.support.client import HtmxClient, ShopClient
from tests.support.desk import SAM, sign_in
from tests.support.pages import parsed

PAGE = "/admin/policy"
PREVIEW, VERSIONS = f"{PAGE}/preview", f"{PAGE}/versions"
TEXT = "## Ours\n\nWe keep what we say.\n\n- one\n    - two"


@pytest.mark.promise("P24")
def test_a_text_is_looked_at_then_posted_then_in_force(robin: ShopClient, client: ShopClient) -> None:
    preview = robin.submit(PAGE, action=PREVIEW, text=TEXT)
    assert preview.status_code == 200
    assert "What version 2 changes" in preview.text
    assert "<ins><p>We keep what we say.</p>" in preview.text
    assert current_policy().number == 1
    posted = robin.post(VERSIONS, data=_fields(preview.text) | {"text": TEXT})
    assert (posted.status_code, posted.location) == (303, PAGE)
    assert current_policy().text == TEXT
    assert "We keep what we say." in client.get("/privacy").text
    assert [event.kind for event in events_about("policy", current_policy().id)] == ["policy-posted"]


def test_with_htmx_the_same_happens_in_its_place(robin_htmx: HtmxClient) -> None:
    preview = robin_htmx.submit(PAGE, action=PREVIEW, text=TEXT)
    assert not preview.text.lstrip().startswith("<!")
    posted = robin_htmx.post(VERSIONS, data=_fields(preview.text) | {"text": TEXT})
    assert "Version 2 is in force." in posted.text


def test_what_was_not_looked_at_is_not_posted(robin: ShopClient) -> None:
    preview = robin.submit(PAGE, action=PREVIEW, text=TEXT)
    answer = robin.post(VERSIONS, data=_fields(preview.text) | {"text": f"{TEXT}\n\nAnd more."})
    assert answer.status_code == 422
    assert "The text is not the one you looked at." in answer.text
    assert "And more." in answer.text
    assert current_policy().number == 1


def test_a_version_posted_meanwhile_is_not_overwritten(robin: ShopClient, app: Flask) -> None:
    preview = robin.submit(PAGE, action=PREVIEW, text=TEXT)
    with app.app_context():
        post_policy(text="Quicker.", after=1, staff_id=2)
    answer = robin.post(VERSIONS, data=_fields(preview.text) | {"text": TEXT})
    assert answer.status_code == 422
    assert "Another version was posted meanwhile." in answer.text
    again = robin.post(VERSIONS, data=_fields(answer.text) | {"text": TEXT})
    assert again.status_code == 303
    assert [version.number for version in PolicyVersion.select().order_by(PolicyVersion.number)] == [1, 2, 3]


@pytest.mark.parametrize(("text", "said"), [("", "Write the policy first."), (None, "in force already")])
def test_nothing_and_nothing_new_are_refused(robin: ShopClient, text: str | None, said: str) -> None:
    typed = current_policy().text if text is None else text
    answer = robin.submit(PAGE, action=PREVIEW, text=typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_table_that_changed_is_shown_and_may_be_posted_with_the_same_words(
    robin: ShopClient, client: ShopClient
) -> None:
    config.activate(replace(settings(), keep_case_days=77))
    assert "What changed in it since version 1 was posted" in client.get("/privacy").text
    page = robin.get(PAGE)
    assert "The table of what the shop holds has changed since version 1" in page.text
    preview = robin.submit(page, action=PREVIEW)
    assert "<ins>77 days</ins>" in preview.text
    assert robin.post(VERSIONS, data=_fields(preview.text) | {"text": current_policy().text}).status_code == 303
    assert "has changed since" not in robin.get(PAGE).text
    assert "What changed in it" not in client.get("/privacy").text


def test_only_the_owner_posts(app: Flask, staff: dict[str, Staff]) -> None:
    sam = sign_in(ShopClient(app, use_cookies=True), SAM)
    assert sam.get(PAGE).status_code == 403
    assert PAGE not in sam.get("/admin/orders").text


def _fields(page: str) -> dict[str, str]:
    tree, _ = parsed(page, fragment=not page.lstrip().startswith("<!"))
    form = next(each for each in tree.iter("form") if each.get("action") == PREVIEW)
    return {str(each.get("name")): str(each.get("value")) for each in form.iter("input")}
