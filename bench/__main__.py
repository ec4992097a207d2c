"""`make bench`: what the shop's pages cost, as multiples of a bare Flask "hello" on the same server in the same run."""

from __future__ import annotations

import gzip
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from html import unescape
from pathlib import Path

from . import scale, servers
from .visitor import Visitor

ROUNDS, BLOCK = 12, 25
CHECKOUTS = 6
BUDGET = 45_000
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"')
STEPS = {
    "/checkout/contact": {"email": "ada@example.org"},
    "/checkout/delivery": {
        "delivery_name": "Ada Lovelace",
        "delivery_street": "12 Analytical Way",
        "delivery_city": "Los Angeles",
        "delivery_region": "CA",
        "delivery_postcode": "90012",
        "delivery_country": "US",
        "billing_is_delivery": "y",
        "way": "deliver",
    },
    "/checkout/pay": {"payment_method_nonce": "fake-valid-nonce"},
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        gateway = servers.free_port()
        environment = {"SHOP_INSTANCE": folder, "PRACTICE_GATEWAY_URL": f"http://127.0.0.1:{gateway}"}
        prepare = [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "prepare"]
        subprocess.run(prepare, cwd=servers.ROOT, env={**os.environ, **environment}, check=True, capture_output=True)
        practice = [sys.executable, "-m", "shop.payments.practice"]
        with (
            servers.running(practice, environment),
            servers.served("bench.hello:app", {}, "/") as hello,
            servers.served("wsgi:app", environment, "/readyz") as shop,
        ):
            servers.wait_for(f"http://127.0.0.1:{gateway}/practice/health")
            print(_speed(Visitor(hello), shop), _weight(Visitor(shop)), sep="\n\n")


def _speed(hello: Visitor, shop: str) -> str:
    visitor, buyer = Visitor(shop), Visitor(shop)

    def add_first() -> None:
        buyer.cookies.clear()
        buyer.post("/cart/lines", variant_id=variant, quantity="1")

    product = _product(visitor)
    variant = _variant(visitor, product)
    etag = visitor.get("/")[0].headers["ETag"]
    calls: dict[str, Callable[[], object]] = {
        "bare Flask hello": lambda: hello.get("/"),
        "home": lambda: visitor.get("/"),
        "home, seen before (304)": lambda: visitor.get("/", **{"If-None-Match": etag}),
        "collection": lambda: visitor.get("/s/bags/handbags/"),
        "product": lambda: visitor.get(product),
        "search": lambda: visitor.get("/search?q=tote"),
        "add to cart": add_first,
    }
    medians = _in_turns(calls)
    bare = medians["bare Flask hello"]
    checkouts = [_checkout_time(Visitor(shop), variant) for _ in range(CHECKOUTS)]
    medians["a whole checkout"] = statistics.median(checkouts)
    lines = [f"{name:<26}{ms:>9.2f} ms{ms / bare:>9.1f} x" for name, ms in medians.items()]
    return "One request at a time, median, and as a multiple of the bare hello in this run:\n" + "\n".join(lines)


def _in_turns(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Medians in milliseconds; the calls take turns, so that a slow moment of the machine falls on all of them."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            for _ in range(BLOCK if name != "add to cart" else BLOCK // 5):
                start = time.perf_counter()
                call()
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


def _product(visitor: Visitor) -> str:
    found = re.search(rb'href="(/p/[a-z0-9-]+)', visitor.get("/s/produce/")[1])
    if found is None:
        raise SystemExit("the collection shows no product")
    return found[1].decode()


def _variant(visitor: Visitor, product: str) -> str:
    found = re.search(rb'name="variant_id"[^>]*value="(\d+)"', visitor.get(product)[1])
    if found is None:
        raise SystemExit(f"{product} cannot be bought")
    return found[1].decode()


def _checkout_time(buyer: Visitor, variant: str) -> float:
    """From the filled cart to the placed order's page, in milliseconds."""
    buyer.post("/cart/lines", variant_id=variant, quantity="1")
    start = time.perf_counter()
    page = buyer.get("/checkout")[1].decode()
    for action, typed in STEPS.items():
        answer, _ = buyer.post(action, **{**_hidden(page, action), **typed})
        page = buyer.get(answer.headers["Location"])[1].decode()
    return (time.perf_counter() - start) * 1000


def _hidden(page: str, action: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(_form(page, action))}


def _form(page: str, action: str) -> str:
    found = re.search(rf'<form[^>]*action="{action}".*?</form>', page, re.DOTALL)
    if found is None:
        raise SystemExit(f"no form leads to {action}")
    return found[0]


def _weight(visitor: Visitor) -> str:
    """What a first visit of home fetches before any picture, as sent."""
    zipped = {"Accept-Encoding": "gzip"}
    answer, body = visitor.get("/", **zipped)
    html = gzip.decompress(body).decode() if answer.headers["Content-Encoding"] == "gzip" else body.decode()
    wanted = re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', html)
    fonts = re.findall(r'<link rel="preload" href="([^"]+)"', html)
    sizes = {"/": len(body)} | {path: len(visitor.get(path, **zipped)[1]) for path in [*wanted, *fonts]}
    total = sum(sizes[path] for path in ["/", *wanted])
    lines = [f"{Path(path).name or 'home':<26}{size:>9,} bytes" for path, size in sizes.items()]
    summary = f"{total:,} bytes of html, css and js in {1 + len(wanted)} requests; the budget is {BUDGET:,}"
    return "A first visit of home, without pictures, compressed:\n" + "\n".join([*lines, summary])


if __name__ == "__main__":
    options = ArgumentParser(prog="bench", description=__doc__)
    options.add_argument("--scale", action="store_true", help="the desk at 1,000 and at 100,000 orders instead")
    options.add_argument("--postgres", action="store_true", help="these on a PostgreSQL of their own")
    options.add_argument("--keep", default="", metavar="FOLDER", help="keep these shops, or take them from there")
    given = options.parse_args()
    if given.scale:
        scale.main(given.keep, on_postgres=given.postgres)
    else:
        main()
