"""Imports at the desk: a file is brought, looked at, carried out and taken back, with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from shop.catalogue.exchange import services
from shop.catalogue.models import Variant

from ...support.client import HtmxClient, ShopClient
from ...support.import_pages import HOME, send_file
from ...support.till import Shelf

FILE = "SKU,Price,Stock\nalder-tote,49.50,20\nkale,1,1\ncurly-kale,abc,50\n"


@pytest.fixture
def planned(robin: ShopClient, shelf: Shelf, app: Flask) -> str:
    """The page of a file that was read."""
    page = send_file(robin, FILE.encode(), "<img src=x onerror=alert(1)>.csv").location
    assert "Reading the file" in robin.get(page).text
    work(app)
    return str(page)


def work(app: Flask) -> None:
    with app.app_context():
        services.work_on_imports()


def price() -> int:
    return int(Variant.get(sku="alder-tote").price_cents)


def test_a_file_is_read_shown_carried_out_and_taken_back(app: Flask, robin: ShopClient, planned: str) -> None:
    page = robin.get(f"{planned}?show=changed")
    assert "Price of alder-tote" in page.text
    assert "$48.00" in page.text
    assert "$49.50" in page.text
    assert "&lt;img src=x" in page.text
    errors = robin.get(f"{planned}?show=errors").text
    assert "“abc” is no price." in errors
    assert "a new one needs a name" in errors
    assert price() == 4800
    assert robin.submit(page, action=f"{planned}/confirm").status_code == 303
    work(app)
    assert price() == 4950
    done = robin.get(planned)
    assert "1 product was written" in done.text
    assert robin.submit(done, action=f"{planned}/undo").status_code == 303
    work(app)
    assert price() == 4800
    assert "1 product is as before" in robin.get(planned).text


def test_the_same_with_htmx(app: Flask, robin_htmx: HtmxClient, shelf: Shelf) -> None:
    page = send_file(robin_htmx, FILE.encode()).location
    reading = robin_htmx.get(page)
    assert 'hx-trigger="every 2s"' in reading.text
    work(app)
    ready = robin_htmx.get(f"{page}?was=reading")
    assert "hx-trigger" not in ready.text
    assert "The file is read." in ready.text
    answer = robin_htmx.submit(ready, action=f"{page}/confirm")
    assert (answer.status_code, 'id="admin-import"' in answer.text) == (200, True)
    work(app)
    assert price() == 4950


def test_a_plan_that_was_not_looked_at_is_not_carried_out(app: Flask, robin: ShopClient, planned: str) -> None:
    assert robin.submit(planned, action=f"{planned}/confirm", seen="0" * 64).status_code == 409
    assert robin.submit(planned, action=f"{planned}/confirm").status_code == 303
    again = robin.post(f"{planned}/undo", data={})
    assert again.status_code in {400, 409, 422}
    work(app)
    assert price() == 4950


def test_what_changed_meanwhile_is_shown_anew(app: Flask, robin: ShopClient, planned: str) -> None:
    Variant.update(price_cents=4700).where(Variant.sku == "alder-tote").execute()
    robin.submit(planned, action=f"{planned}/confirm")
    work(app)
    page = robin.get(f"{planned}?show=changed").text
    assert price() == 4700
    assert "changed meanwhile, so nothing was imported" in page
    assert "$47.00" in page


def test_problems_come_as_a_file_whose_cells_are_harmless(robin: ShopClient, app: Flask, shelf: Shelf) -> None:
    page = send_file(robin, b"SKU,Price,=cmd|x\nalder-tote,=1+1,y\n").location
    work(app)
    answer = robin.get(f"{page}/problems.csv")
    assert answer.mimetype == "text/csv"
    assert "\n=" not in answer.text
    assert ",=" not in answer.text
    assert "'=cmd|x" in answer.text


@pytest.mark.parametrize("path", [HOME, f"{HOME}/1", "/admin/products/export", "/admin/products/export.csv"])
def test_only_the_owner_moves_goods_in_files(sam: ShopClient, path: str) -> None:
    assert sam.get(path).status_code == 403


def test_what_is_too_large_is_said_at_the_field(robin: ShopClient, shelf: Shelf) -> None:
    """The test client would have to hold 51 MB: a length that is claimed will do."""
    claimed = {"CONTENT_LENGTH": str(60 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = robin.post(HOME, environ_overrides=claimed)
    assert answer.status_code == 413
    assert re.search(r'id="file-error">This file is larger than 50 MB', answer.text)


def test_a_file_may_be_larger_than_other_requests_and_hold_barcodes(
    robin: ShopClient, app: Flask, shelf: Shelf
) -> None:
    """4111111111111111 could be a card, as one barcode in ten could. The test client leaks large files."""
    rows = "".join(f"x{number},Bag {number},4111111111111111,1.00,{'long ' * 60}\n" for number in range(8_000))
    token = re.findall(r'name="csrf_token" value="([^"]+)"', robin.get(HOME).text)[-1]
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        f"SKU,Name,Barcode,Price,Summary\n{rows}\r\n--x--\r\n"
    )
    assert len(body) > 2 * 1024 * 1024
    answer = robin.post(HOME, data=body.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 303


def test_no_file_no_import(robin: ShopClient) -> None:
    answer = robin.submit(HOME, action=HOME)
    assert answer.status_code == 422
    assert "Choose the file" in answer.text


def test_a_plan_is_thrown_away_and_strange_numbers_lead_nowhere(robin: ShopClient, planned: str) -> None:
    assert robin.submit(planned, action=f"{planned}/discard").status_code == 303
    assert robin.get(planned).status_code == 404
    assert robin.get(f"{HOME}/999").status_code == 404


def test_the_export_is_what_was_asked_for(robin: ShopClient, shelf: Shelf) -> None:
    some = robin.get("/admin/products/export.csv?q=TOTE&state=active")
    assert [line.split(",")[0] for line in some.text.splitlines()[1:]] == ["alder-tote"]
    assert robin.get("/admin/products/export.csv?state=nonsense").status_code == 422
    assert "The shop has 4 products." in robin.get("/admin/products/export").text
