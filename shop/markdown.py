"""Markdown that people of the shop wrote, as HTML that cannot do harm."""

from __future__ import annotations

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "blockquote", "code", "hr"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


def to_html(text: str) -> Markup:
    """A few quiet tags, links only to http, https and mail."""
    html = _MARKDOWN.render(text.replace("\0", ""))
    # A page has one h1, and it is not in here.
    html = re.sub(r"<(/?)h1>", r"<\1h2>", html)
    safe = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    return Markup(safe)  # noqa: S704


def to_text(text: str) -> str:
    """Its words without the marks, in one line: for meta descriptions, feeds and search."""
    bare = nh3.clean(_MARKDOWN.render(text.replace("\0", "")), tags=set())
    return " ".join(unescape(bare).split())


def split_story(text: str) -> tuple[str, str]:
    """The headline of a story, and the rest of its Markdown."""
    headline, _, rest = text.strip().partition("\n")
    return headline.lstrip("# ").strip(), rest.strip()
