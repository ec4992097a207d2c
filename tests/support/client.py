"""Clients of the shop that look at every page they get, as a plain browser and as htmx."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
from flask.testing import FlaskClient
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from .pages import check_fragment, check_page


class ShopClient(FlaskClient):
    """A plain browser without JavaScript: keeps cookies, fills in forms, fails on any page that breaks a house rule.

    `checks = False` lets a page through unseen, for the rare test that wants it. Pages are the same whichever database
    lies behind them: on PostgreSQL none is looked at again.
    """

    checks = "TEST_DATABASE_URL" not in os.environ

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Read to the end, and closed: an answer may be a file.
        response = super().open(*args, **{"buffered": True, **kwargs})
        if self.checks and response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 307, 308}:
            self._check(response)
        return response

    def _check(self, response: TestResponse) -> None:
        if response.request.headers.get("HX-Request") == "true" and not response.text.lstrip().startswith("<!"):
            check_fragment(response.request.path, response.text)
        elif response.request.method != "HEAD":
            policy = response.headers.get("Content-Security-Policy", "")
            check_page(response.request.path, response.text, policy)

    def submit(self, page: str | TestResponse, *, action: str, button: str | None = None, **typed: Any) -> TestResponse:
        """Send the form whose action is `action` from `page` (an address or an answer), as a browser would.

        Fields keep what the page put in them unless `typed`; a typed name that the form lacks raises. None leaves a
        field out. `button` is the name=value of the button pressed, as "name=value".
        """
        response = self.get(page) if isinstance(page, str) else page
        form = _form(response, action)
        fields = _fields(form)
        unknown = typed.keys() - _names(form)
        if unknown:
            raise LookupError(f"the form {action} has no field {sorted(unknown)}")
        fields.update({name: value for name, value in typed.items() if value is not None})
        for name in [name for name, value in typed.items() if value is None]:
            fields.pop(name, None)
        if button:
            name, _, value = button.partition("=")
            fields[name] = value
        return self.post(urljoin(response.request.path, form.get("action") or response.request.path), data=fields)


class HtmxClient(ShopClient):
    """The same browser with htmx: each request carries its header."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        return super().open(*args, headers={"HX-Request": "true", **headers}, **kwargs)


def form_fields(response: TestResponse, action: str) -> dict[str, Any]:
    """What stands in the form of a page that posts to `action`."""
    return _fields(_form(response, action))


def _form(response: TestResponse, action: str) -> HtmlElement:
    for form in lxml.html.document_fromstring(response.text).iter("form"):
        target = urljoin(response.request.path, form.get("action") or response.request.path)
        if urlsplit(target).path == action and (form.get("method") or "get").lower() == "post":
            return form
    raise LookupError(f"{response.request.path} has no form that posts to {action}")


def _names(form: HtmlElement) -> set[str]:
    return {name for element in _elements(form) if (name := element.get("name"))}


def _elements(form: HtmlElement) -> list[HtmlElement]:
    """What stands in the form, and what stands elsewhere and says that it belongs to it."""
    name = form.get("id")
    elsewhere = form.getroottree().getroot().iterfind(f".//*[@form='{name}']") if name else ()
    return [*form.iter(), *elsewhere]


def _fields(form: HtmlElement) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for element in _elements(form):
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "textarea":
            found[name] = (element.text or "").removeprefix("\n")
        elif element.tag == "select":
            found[name] = _chosen(element)
        elif element.tag == "input":
            _input(element, name, found)
    return found


def _input(element: HtmlElement, name: str, found: dict[str, Any]) -> None:
    kind = element.get("type", "text")
    if kind in {"submit", "button", "image", "reset", "file"}:
        return
    if kind not in {"checkbox", "radio"}:
        found[name] = element.get("value", "")
    elif element.get("checked") is not None:
        found[name] = element.get("value", "on")


def _chosen(select: HtmlElement) -> str:
    options = list(select.iter("option"))
    chosen = next((option for option in options if option.get("selected") is not None), options[0] if options else None)
    return "" if chosen is None else chosen.get("value", chosen.text or "")
