"""Going through the shop as a curious visitor does: every link, and a look at where forms and pictures lead."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from .client import ShopClient
from .pages import parsed

LINKS = (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("source", "src"))
SENDS = (("form", "action"), ("button", "formaction"), (None, "hx-post"), (None, "hx-get"))
NOT_FETCHED = {"canonical", "preconnect", "dns-prefetch"}
QUERIES_AT_MOST = 1


@dataclass
class Crawl:
    """What was seen. `pages` are HTML answers by address; `broken` tells which page leads nowhere, and where to."""

    app: Flask
    client: ShopClient
    pages: dict[str, TestResponse] = field(default_factory=dict)
    others: dict[str, TestResponse] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    cookies: set[str] = field(default_factory=set)
    fields: dict[str, str] = field(default_factory=dict)

    def go(self, *starts: str, stay_below: str = "/") -> Crawl:
        """Follow links until there are no new ones; of one page only a few of its many filters and sortings."""
        waiting, seen, variants = deque((start, "the start") for start in starts), set(starts), Counter[str]()
        while waiting:
            address, seen_on = waiting.popleft()
            page = self._visit(address, seen_on)
            for found in self._links_of(page) if page is not None else ():
                path = urlsplit(found).path
                is_variant = bool(urlsplit(found).query)
                if found in seen or not path.startswith((stay_below, "/static/", "/media/")):
                    continue
                if is_variant and variants[path] >= QUERIES_AT_MOST:
                    continue
                variants[path] += is_variant
                seen.add(found)
                waiting.append((found, address))
        return self

    def _visit(self, address: str, seen_on: str) -> TestResponse | None:
        answer = self.client.get(address)
        self.cookies |= {header.partition("=")[0] for header in answer.headers.getlist("Set-Cookie")}
        if answer.status_code in {302, 303}:
            return self._visit(urljoin(address, answer.location), seen_on)
        if answer.status_code != 200:
            self.broken.append(f"{address} ({answer.status_code}), linked on {seen_on}")
            return None
        if answer.mimetype != "text/html":
            self.others[address] = answer
            return None
        self.pages[address] = answer
        return answer

    def _links_of(self, page: TestResponse) -> Iterator[str]:
        here = page.request.path
        for element in parsed(page.text, fragment=False)[0].iter():
            if not isinstance(element.tag, str):
                continue
            self._note_field(element, here)
            self._check_targets(element, here)
            for target in _targets(element):
                if urlsplit(target).scheme in {"mailto", "tel", "data"}:
                    continue
                whole = urljoin(page.request.url, target)
                if urlsplit(whole).netloc != urlsplit(page.request.url).netloc:
                    self.foreign.add(whole)
                else:
                    yield whole.split("#")[0].replace(page.request.host_url.rstrip("/"), "", 1) or "/"

    def _note_field(self, element: Element, here: str) -> None:
        if element.tag in {"input", "select", "textarea"} and element.get("type") not in {"hidden", "submit"}:
            self.fields.setdefault(element.get("name") or "", here)

    def _check_targets(self, element: Element, here: str) -> None:
        for tag, attribute in SENDS:
            target = element.get(attribute)
            if target is None or (tag is not None and element.tag != tag):
                continue
            method = "GET" if attribute == "hx-get" else "POST"
            if attribute == "action":
                method = (element.get("method") or "get").upper()
            if not _leads_somewhere(self.app, urljoin(here, target), method):
                self.broken.append(f"{attribute}={target!r} ({method}) on {here}")


def _targets(element: Element) -> Iterator[str]:
    if element.tag == "link" and set((element.get("rel") or "").split()) & NOT_FETCHED:
        return
    for tag, attribute in LINKS:
        if element.tag == tag and element.get(attribute):
            yield str(element.get(attribute))
    for part in re.split(r",\s+", element.get("srcset") or ""):
        if part.strip():
            yield part.split()[0]


def _leads_somewhere(app: Flask, target: str, method: str) -> bool:
    try:
        app.url_map.bind("localhost").match(urlsplit(target).path, method=method)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
