"""Other shops' HTML as the Markdown that products are described in."""

from __future__ import annotations

import re

import nh3

_TAGS = {"p", "br", "div", "strong", "b", "em", "i", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4", "h5", "h6"}
_TAGS |= {"blockquote", "code", "pre", "hr", "table", "thead", "tbody", "tr", "th", "td"}
_BLOCK = re.compile(r"<(?:p|div|br|ul|ol|h[1-6]|table|blockquote|pre)\b", re.IGNORECASE)


def to_markdown(html: str) -> str:
    """Scripts, styles, frames and pictures are left out; text that has no paragraphs keeps its own lines."""
    if not html.strip():
        return ""
    # With its parsers it takes longer to load than a page to make, and only imports ever need it.
    from markdownify import markdownify

    if not _BLOCK.search(html):
        paragraphs = re.split(r"\n\s*\n", html.replace("\r\n", "\n").strip())
        html = "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)
    safe = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    text = markdownify(safe, heading_style="ATX", bullets="-", autolinks=False)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
