"""What is asked of every HTML page that a test gets, whatever the test is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as MESSAGES

NO_LABEL_NEEDED = {"hidden", "submit", "button", "image", "reset"}
WORDS, BARE_AMPERSAND = re.compile(r">[^<]*[^<\s][^<]*<"), re.compile(r"&(?!#?\w+;)")
NONCE = re.compile(r"'nonce-[^']+'")
VALUES = re.compile(r'\b(value|href|src|srcset|content|action|alt|title|datetime|hx-[a-z]+)="[^"]+"')
_seen: set[tuple[str, str]] = set()
POLICY_MUSTS = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


class BadPage(AssertionError):
    """What is wrong with a page, one line for each thing."""


def check_page(path: str, body: str, policy: str) -> None:
    """Raises BadPage for a whole page that breaks a house rule."""
    shape = _shape(body, policy)
    if shape in _seen:
        return
    tree, complaints = parsed(body, fragment=False)
    problems = [*complaints, *(f"no {must} in Content-Security-Policy" for must in POLICY_MUSTS if must not in policy)]
    if "unsafe" in policy:
        problems.append("the Content-Security-Policy allows something unsafe")
    problems += _whole_page(tree)
    problems += _everywhere(tree)
    _complain(path, problems)
    _seen.add(shape)


def check_fragment(path: str, body: str) -> None:
    """Raises BadPage for an htmx answer that breaks a house rule."""
    shape = _shape(body, "fragment")
    if shape in _seen:
        return
    tree, problems = parsed(body, fragment=True)
    _complain(path, [*problems, *_everywhere(tree)])
    _seen.add(shape)


def _shape(body: str, policy: str) -> tuple[str, str]:
    """What pages have in common that differ in their words, links and values alone: looking at one of them is enough.
    One in which an ampersand stands bare is like no other."""
    if BARE_AMPERSAND.search(body):
        return body, policy
    return VALUES.sub(r'\1="x"', WORDS.sub(">x<", body)), NONCE.sub("", policy)


@lru_cache(maxsize=4)
def parsed(body: str, *, fragment: bool) -> tuple[Element, tuple[str, ...]]:
    """The tree, and what the parser of the HTML standard had to forgive."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(body) if fragment else parser.parse(body)
    lines = body.splitlines()
    problems = []
    for (line, column), code, values in parser.errors:
        source = lines[line - 1][max(0, column - 60) : column + 20].strip() if line <= len(lines) else ""
        problems.append(f"line {line}: {MESSAGES[code] % values} near {source!r}")
    return tree, tuple(problems)


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _complain(path: str, problems: list[str]) -> None:
    if problems:
        raise BadPage(f"{path}:\n" + "\n".join(f"  - {problem}" for problem in problems))


def _whole_page(tree: Element) -> Iterator[str]:
    if not tree.get("lang"):
        yield "<html> has no lang"
    title, headings = tree.find(".//title"), tree.findall(".//h1")
    if title is None or not text_of(title):
        yield "no <title>"
    if len(headings) != 1:
        yield f"{len(headings)} <h1>"
    elif title is not None and text_of(headings[0]).lower() not in text_of(title).lower():
        yield f"the title {text_of(title)!r} does not hold the heading {text_of(headings[0])!r}"
    if len(tree.findall(".//main")) != 1:
        yield f"{len(tree.findall('.//main'))} <main>"
    if tree.find(".//meta[@name='viewport']") is None:
        yield "no viewport"


def _everywhere(tree: Element) -> Iterator[str]:
    ids = Counter(found for element in tree.iter() if (found := element.get("id")))
    yield from (f"id {name!r} is used {count} times" for name, count in ids.items() if count > 1)
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(control) for label in tree.iter("label") for control in label.iter()}
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        yield from _attributes(element)
        if element.tag in {"input", "select", "textarea"} and element.get("type") not in NO_LABEL_NEEDED:
            named = element.get("aria-label") or element.get("aria-labelledby")
            if not named and element.get("id") not in labelled and id(element) not in inside:
                yield f"<{element.tag} name={element.get('name')!r}> has no label"
        if element.tag == "img" and (element.get("alt") is None or not element.get("width")):
            yield f"<img src={element.get('src')!r}> lacks alt or width"
        if element.tag in {"button", "a"} and not _name_of(element):
            yield f"<{element.tag}> without a name: {element.attrib}"
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for element in tree.iter():
            for target in (element.get(attribute) or "").split():
                if target not in ids and attribute != "aria-controls":
                    yield f"{attribute}={target!r} points at nothing"


def _name_of(element: Element) -> str:
    if element.tag == "a" and element.get("href") is None:
        return "no link"
    pictures = " ".join(image.get("alt") or "" for image in element.iter("img"))
    labels = " ".join(child.get("aria-label") or "" for child in element.iter())
    return (text_of(element) + pictures + labels).strip() or element.get("aria-labelledby") or ""


def _attributes(element: Element) -> Iterator[str]:
    if element.tag == "style" or element.get("style") is not None:
        yield f"inline style on <{element.tag}>"
    if element.tag == "script" and not element.get("src") and "json" not in (element.get("type") or ""):
        yield "inline <script>"
    handlers = [name for name in element.attrib if re.match(r"on[a-z]+$", str(name)) or str(name).startswith("hx-on")]
    yield from (f"{name} on <{element.tag}>" for name in handlers)
    if (element.get("href") or "").startswith("javascript:"):
        yield "a javascript: link"
    if element.tag == "form" and (element.get("method") or "get").lower() not in {"get", "post", "dialog"}:
        yield f"form with method {element.get('method')!r}"
