"""The owner names the shop, says where it is and who looks after privacy; the shop's pages say it at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.config import settings
from shop.paper.services import default_destroy_by

from ...support.client import HtmxClient, ShopClient

pytestmark = pytest.mark.once

SHOP = "/admin/settings/shop"
PRIVACY = "/admin/settings/privacy"


def test_the_shops_new_name_stands_on_every_page(app: Flask, robin: ShopClient) -> None:
    before = ShopClient(app, use_cookies=True)
    assert "Fern &amp; Strap" in before.get("/").text
    answer = robin.submit(SHOP, action=SHOP, shop_name="Oak <b> & Thread", return_days="30")
    assert (answer.status_code, answer.location) == (303, SHOP)
    assert "Oak &lt;b&gt; &amp; Thread" in before.get("/").text
    assert "Use what the shop was started with" in robin.get(SHOP).text
    assert robin.submit(SHOP, action=f"{SHOP}/back").status_code == 303
    assert settings().shop_name == "Fern & Strap"


def test_a_region_is_a_code_and_an_address_fits_on_an_invoice(robin: ShopClient) -> None:
    place = "/admin/settings/place"
    assert "such as CA for California" in robin.submit(place, action=place, region="California").text
    assert "too many lines" in robin.submit(SHOP, action=SHOP, shop_address="Oak\n" * 11 + "Elm").text


def test_htmx_gets_the_form_again_and_is_told(robin_htmx: HtmxClient) -> None:
    answer = robin_htmx.submit(PRIVACY, action=PRIVACY, privacy_name="Sam Oak")
    assert answer.status_code == 200
    assert "Saved." in answer.text
    assert settings().privacy_name == "Sam Oak"


@pytest.mark.promise("P50")
def test_paper_and_the_time_that_things_are_kept_are_chosen_at_the_desk(app: Flask, robin: ShopClient) -> None:
    paper, keeping = "/admin/settings/paper", "/admin/settings/keeping"
    assert robin.submit(paper, action=paper, paper_place="Drawer 3", label_sheet="4x6").status_code == 303
    assert robin.submit(keeping, action=keeping, keep_paper_days="3", keep_cart_days="7").status_code == 303
    chosen = settings()
    assert (chosen.paper_place, chosen.label_sheet, chosen.keep_paper_days, chosen.keep_cart_days) == (
        *("Drawer 3", "4x6"),
        *(3, 7),
    )
    assert default_destroy_by() < clock.now() + timedelta(days=4)
    noted = [json.loads(event.details)["name"] for event in AuditEvent.select() if event.kind == "setting-changed"]
    assert sorted(noted) == ["keep_cart_days", "keep_paper_days", "label_sheet", "paper_place"]


@pytest.mark.promise("P34")
def test_the_policy_names_the_new_privacy_administrator(app: Flask, robin: ShopClient) -> None:
    robin.submit(PRIVACY, action=PRIVACY, privacy_name="Sam Oak", privacy_email="sam@oak.example")
    page = ShopClient(app, use_cookies=True).get("/privacy").text
    assert "Sam Oak" in page
    assert "sam@oak.example" in page


@pytest.mark.parametrize(
    ("sheet", "typed", "says"),
    [
        ("shop", {"shop_name": " "}, "A shop needs a name."),
        ("shop", {"return_days": "900"}, "Days to return something must be between"),
        ("shop", {"return_days": "soon"}, "Type a whole number"),
        ("shop", {"mail_from": "the shop"}, "not a complete e-mail address"),
        ("privacy", {"privacy_email": "Robin <robin@fern.example>"}, "not a complete e-mail address"),
        ("privacy", {"privacy_name": ""}, "Customers were promised a name."),
        ("place", {"currency": "XAU"}, "Not a valid choice"),
        ("paper", {"paper_place": " "}, "Paper without a place is lost."),
        ("keeping", {"keep_cart_days": "0"}, "must be at least 1 day"),
        ("keeping", {"keep_mail_days": "31"}, "At most 30 days: that is what customers were promised."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    robin: ShopClient, sheet: str, typed: dict[str, str], says: str
) -> None:
    where = f"/admin/settings/{sheet}"
    answer = robin.submit(where, action=where, **typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert settings().shop_name == "Fern & Strap"


def test_packers_do_not_change_the_shop(sam: ShopClient) -> None:
    assert [sam.get(f"/admin/settings/{name}").status_code for name in ("shop", "delivery", "tax", "mails")] == [
        403
    ] * 4
