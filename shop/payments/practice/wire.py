"""The gateway's XML, both ways: names with dashes, types as attributes, and a nil child rather than an empty object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from xml.parsers import expat

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadXml(Exception):
    """The request's body is no XML that this gateway takes."""


@dataclass(frozen=True)
class Items:
    """A list on the wire: `<name type="array"><tag>…</tag>…</name>`, or type="collection" for search results."""

    tag: str
    values: list[Any]
    kind: str = "array"


def to_xml(name: str, value: Any) -> bytes:
    """A whole answer; dicts nest, None is nil, and ints, booleans and times carry their type."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + _node(name, value)).encode()


def _node(name: str, value: Any) -> str:
    tag = name.replace("_", "-")
    kind, inner = _typed(value)
    return f"<{tag}{kind}>{inner}</{tag}>"


def _typed(value: Any) -> tuple[str, str]:
    match value:
        case None:
            return ' nil="true"', ""
        case bool():
            return ' type="boolean"', str(value).lower()
        case int():
            return ' type="integer"', str(value)
        case datetime():
            return ' type="datetime"', f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case dict():
            return "", "".join(_node(key, child) for key, child in value.items())
        case Items():
            return f' type="{value.kind}"', "".join(_node(value.tag, child) for child in value.values)
        case _:
            return "", escape(NOT_IN_XML.sub("", str(value)))


def from_xml(body: bytes) -> dict[str, Any]:
    """The request as nested dicts and lists; raises BadXml. A document type is refused: nobody needs entities here."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        # The SDK sends elements side by side when a call has none around them: give them a root.
        parser.Parse(b"<root>" + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", body) + b"</root>", True)
    except (expat.ExpatError, ValueError) as error:
        raise BadXml(str(error)) from error
    return reader.root if isinstance(reader.root, dict) else {}


class _Reader:
    def __init__(self) -> None:
        self.root: Any = {}
        self._open: list[tuple[str, str, list[tuple[str, Any]], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = "nil" if attributes.get("nil") == "true" else attributes.get("type", "")
        self._open.append((name.replace("-", "_"), kind, [], []))

    def text(self, data: str) -> None:
        self._open[-1][3].append(data)

    def end(self, _name: str) -> None:
        name, kind, children, text = self._open.pop()
        value = _value(kind, children, "".join(text))
        if self._open:
            self._open[-1][2].append((name, value))
        else:
            self.root = value

    def refuse(self, *_arguments: object) -> None:
        raise BadXml("a document type is not taken")


def _value(kind: str, children: list[tuple[str, Any]], text: str) -> Any:
    if kind == "array":
        return [child for _, child in children]
    if children:
        return dict(children)
    if kind == "nil" or not text.strip():
        return None
    if kind == "boolean":
        return text.strip() in {"true", "1"}
    return text.strip()
