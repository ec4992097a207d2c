"""Files under static/ and compressed pages: as small as they can be over the wire, and kept as long as they may be."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import pytest
from flask import Flask, Response

from shop.access_rules import public
from shop.config import ROOT
from shop.static_files import FOR_A_YEAR, StaticFiles, static_url
from tests.support.client import ShopClient

pytestmark = pytest.mark.once

GZIP = {"Accept-Encoding": "gzip, br"}
TEXT = "Kale and bags. " * 200


@public
def everybodys_page() -> Response:
    return Response(TEXT, headers={"Cache-Control": "public, max-age=60"}, content_type="text/plain")


@public
def somebodys_page() -> Response:
    return Response(TEXT, content_type="text/plain")


@pytest.fixture
def app(app: Flask) -> Flask:
    app.add_url_rule("/everybodys", view_func=everybodys_page)
    app.add_url_rule("/somebodys", view_func=somebodys_page)
    return app


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("css/shop.css", "text/css; charset=utf-8"),
        ("js/status.js", "text/javascript; charset=utf-8"),
        ("fonts/newsreader-400.woff2", "font/woff2"),
        ("icons/favicon.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_kept_for_a_year_under_its_version(client: ShopClient, name: str, kind: str) -> None:
    answer = client.get(static_url(name))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == FOR_A_YEAR
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == (ROOT / "static" / name).read_bytes()


def test_text_comes_compressed_to_whoever_takes_it(client: ShopClient) -> None:
    small = client.get(static_url("css/shop.css"), headers=GZIP)
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert gzip.decompress(small.data) == client.get(static_url("css/shop.css")).data
    assert small.headers["Vary"] == "Accept-Encoding"


def test_what_is_compressed_already_is_left_alone(client: ShopClient) -> None:
    assert "Content-Encoding" not in client.get(static_url("fonts/newsreader-400.woff2"), headers=GZIP).headers


def test_head_gives_the_headers_alone(client: ShopClient) -> None:
    answer = client.head(static_url("css/shop.css"))
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.data == b""


def test_an_unchanged_file_is_not_sent_again(client: ShopClient) -> None:
    etag = client.get(static_url("css/shop.css")).headers["ETag"]
    again = client.get(static_url("css/shop.css"), headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("old", ["/static/0123456789/css/shop.css", "/static/css/shop.css"])
def test_a_page_from_before_an_upgrade_still_finds_its_files_but_may_not_keep_them(
    client: ShopClient, old: str
) -> None:
    answer = client.get(old)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/", "/static/css", "/static/x/../../wsgi.py", "/static/%2e%2e/wsgi.py"])
def test_nothing_else_can_be_reached(client: ShopClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    before = StaticFiles(tmp_path).version
    (tmp_path / "b.js").write_text("b()")
    assert StaticFiles(tmp_path).version != before


def test_a_name_that_is_not_there_is_noticed() -> None:
    with pytest.raises(KeyError, match="css/shoop.css"):
        static_url("css/shoop.css")


def test_the_stylesheet_finds_its_fonts(client: ShopClient) -> None:
    sheet = client.get(static_url("css/shop.css")).text
    names = re.findall(r'url\("\.\./([^"]+)"\)', sheet)
    assert names
    for name in names:
        assert client.get(static_url(name)).status_code == 200


def test_anybodys_page_is_compressed(client: ShopClient) -> None:
    answer = client.get("/everybodys", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.GzipFile(fileobj=io.BytesIO(answer.data)).read().decode() == TEXT
    assert "Accept-Encoding" in answer.headers["Vary"]
    plain = client.get("/everybodys")
    assert plain.text == TEXT
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_persons_own_page_is_not_compressed(client: ShopClient) -> None:
    assert "Content-Encoding" not in client.get("/somebodys", headers=GZIP).headers


def test_the_stylesheet_is_whole(client: ShopClient) -> None:
    sheet = client.get(static_url("css/shop.css")).text
    assert sheet.count("{") == sheet.count("}")
    for forbidden in ("!important", "<<<<<<<", ">>>>>>>"):
        assert forbidden not in sheet
    assert not re.search(r"(^|[\s,])#[a-z][\w-]*\s*[{,.:]", sheet), "no ids in the stylesheet"
