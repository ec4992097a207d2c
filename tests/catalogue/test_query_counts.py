"""How many statements a page takes does not depend on how much there is in the shop."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from shop.catalogue.models import Picture, Product, ProductCollection, Variant
from shop.db import db, is_sqlite
from tests.support.client import HtmxClient, ShopClient
from tests.support.queries import count_queries

from .conftest import Goods

# The catalogue's version, and what the page itself asks.
STATEMENTS = {
    "/": 6,
    "/s/bags/": 8,
    "/s/bags/?option=Colour:Moss&price=25-50&price=50-100&stock=1&sort=price": 8,
    "/s/bags/backpacks/": 6,
    "/p/product-3": 5,
    "/search": 6,
    "/search?q=product": 7,
    "/search?q=prodcut": 9,
}


@pytest.mark.parametrize("number", [10, 10_000])
def test_a_page_takes_as_many_statements_as_ever(
    client: ShopClient, htmx: HtmxClient, goods: Goods, number: int
) -> None:
    fill(goods, number)
    client.get("/cart")
    taken, again, asked = {}, {}, {}
    for path in STATEMENTS:
        page, taken[path] = statements(client, path)
        assert page.status_code == 200
        kept, again[path] = statements(client, path)
        assert (kept.text, kept.headers["ETag"]) == (page.text, page.headers["ETag"])
        answer, asked[path] = statements(client, path, headers={"If-None-Match": page.headers["ETag"]})
        assert answer.status_code == 304
    assert taken == STATEMENTS
    assert again == asked == dict.fromkeys(STATEMENTS, 1)
    _, by_htmx = statements(htmx, "/s/bags/?stock=1")
    assert by_htmx == STATEMENTS["/s/bags/"]


def statements(client: ShopClient, path: str, **options: Any) -> tuple[TestResponse, int]:
    with count_queries() as sent:
        answer = client.get(path, **options)
    return answer, len(sent)


def fill(goods: Goods, number: int) -> None:
    """A product with two variants and a picture, and copies of it until there are `number`."""
    first = goods.add(
        "Product",
        {"option1": "Moss", "price_cents": 2600},
        {"option1": "Teal", "price_cents": 2600},
        slug="product-1",
        option1_name="Colour",
    )
    Picture.create(product=first, file="a" * 24, width=640, height=640, widths="320 640")
    with db.atomic():
        copy(Product, number, {"id": "t.id + n.i", "slug": "'product-' || (t.id + n.i)"})
        for model in (ProductCollection, Picture):
            copy(model, number, {"id": "t.id + n.i", "product_id": "t.product_id + n.i"})
        copy(
            Variant, number, {"id": "t.id + 2 * n.i", "product_id": "t.product_id + n.i", "sku": "t.sku || '-' || n.i"}
        )
        text = "rowid, name, words, body" if is_sqlite() else "rowid, document"
        values = text.replace("rowid", "n.i + 1")
        db.execute_sql(
            f"{NUMBERS.format(number - 1)} INSERT INTO product_text ({text}) SELECT {values} FROM product_text, n"
        )


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"


def copy(model: Any, number: int, changed: dict[str, str]) -> None:
    columns = [field.column_name for field in model._meta.sorted_fields]
    values = ", ".join(changed.get(column, f"t.{column}") for column in columns)
    table = model._meta.table_name
    db.execute_sql(
        f"{NUMBERS.format(number - 1)} INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} t, n"
    )
