"""A mail from its two templates: `mail/<name>.txt`, whose first line is the subject, and `mail/<name>.html`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template

from ..config import settings

PLACEHOLDER = "{number}"


@dataclass(frozen=True)
class OwnWords:
    """What the owner says in mails of one kind: another subject, and plain text before and after what the shop says;
    in all of them {number} is the order's."""

    subject_line: str = ""
    opening: str = ""
    closing: str = ""


OwnWordsOf = Callable[[str], OwnWords]
_own_words_of: list[OwnWordsOf] = []


def set_own_words(find: OwnWordsOf) -> None:
    """Let `find` say, by the name of a template, what the owner wants said."""
    _own_words_of[:] = [find]


@dataclass(frozen=True)
class RenderedMail:
    """A mail's three parts; `queue_mail(…, **rendered.parts)` takes them."""

    subject_line: str
    text: str
    html: str

    @property
    def parts(self) -> dict[str, str]:
        return {"subject_line": self.subject_line, "text": self.text, "html": self.html}


def render_mail(template: str, *, own: OwnWords | None = None, **context: Any) -> RenderedMail:
    """Render `templates/mail/<template>.txt` and `.html`; in them `link(endpoint, …)` gives a whole address.

    `own` are words to be tried instead of those that the owner has chosen.
    """
    own = own or (_own_words_of[0](template) if _own_words_of else OwnWords())
    number = getattr(context.get("order"), "number", "")
    own = OwnWords(**{part: words.replace(PLACEHOLDER, number) for part, words in asdict(own).items()})
    context.update(link=absolute_link, own=own)
    subject_line, _, text = render_template(f"mail/{template}.txt", **context).lstrip().partition("\n")
    if own.subject_line:
        subject_line = own.subject_line
    html = render_template(f"mail/{template}.html", subject_line=subject_line.strip(), **context)
    return RenderedMail(subject_line.strip(), text.strip() + "\n", html)


def absolute_link(endpoint: str, **values: Any) -> str:
    """The address of a page as it must stand in a mail: under SHOP_URL, whoever asks and from wherever."""
    base = urlsplit(settings().shop_url)
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)
