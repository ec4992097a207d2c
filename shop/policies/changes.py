"""What changed between two texts: paragraph by paragraph, and word by word where a paragraph was only mended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from markupsafe import Markup, escape

from ..markdown import to_html, to_text

# Below this share of words in common, two paragraphs are not the same one mended.
ALIKE = 0.4
WORDS = re.compile(r"\s+|[^\s\w]|\w+")
HEADING, PARAGRAPH = Markup("<h2>{}</h2>"), Markup("<p>{}</p>")
NEW, GONE = Markup("<ins>{}</ins>"), Markup("<del>{}</del>")


@lru_cache(maxsize=16)
def changes(before: str, after: str) -> Markup:
    """Both texts as one, with <ins> and <del>; what stayed is shown as it is."""
    return Markup("\n").join(_blocks(_paragraphs(before), _paragraphs(after)))


def changes_if_any(before: str, after: str) -> Markup:
    """Nothing when both say the same."""
    return changes(before, after) if _paragraphs(before) != _paragraphs(after) else Markup("")


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[Markup]:
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from map(to_html, before[i:j])
        else:
            yield from _replaced(before[i:j], after[k:m])


def _replaced(gone: Sequence[str], new: Sequence[str]) -> Iterator[Markup]:
    """Each new paragraph in the place of the one it was made of; what has none stands after what went before it."""
    place, without = 0, 0
    for at, paragraph in enumerate(new):
        origin = next((one for one in range(place, len(gone)) if _is_alike(gone[one], paragraph)), None)
        if origin is None:
            continue
        yield from _whole(gone[place:origin], new[without:at])
        yield _mended(gone[origin], paragraph)
        place, without = origin + 1, at + 1
    yield from _whole(gone[place:], new[without:])


def _whole(gone: Sequence[str], new: Sequence[str]) -> Iterator[Markup]:
    yield from (GONE.format(to_html(paragraph)) for paragraph in gone)
    yield from (NEW.format(to_html(paragraph)) for paragraph in new)


def _is_alike(before: str, after: str) -> bool:
    if before.startswith("#") != after.startswith("#"):
        return False
    match = SequenceMatcher(None, before.split(), after.split(), autojunk=False)
    return match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE


def _mended(before: str, after: str) -> Markup:
    """One paragraph with its words marked; a heading stays one."""
    frame = HEADING if after.startswith("#") else PARAGRAPH
    return frame.format(Markup("").join(_words_marked(_words(before), _words(after))))


def _words(paragraph: str) -> list[str]:
    return WORDS.findall(to_text(paragraph))


def _words_marked(before: Sequence[str], after: Sequence[str]) -> Iterator[Markup]:
    """What went before what is new, for as many words as there is no other between them."""
    gone = new = ""
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old_words, new_words = "".join(before[i:j]), "".join(after[k:m])
        if kind == "equal" and not ((gone or new) and old_words.isspace()):
            yield _pair(gone, new) + escape(old_words)
            gone = new = ""
        else:
            gone, new = gone + old_words, new + new_words
    yield _pair(gone, new)


def _pair(gone: str, new: str) -> Markup:
    """Blanks that both end with are not part of what changed."""
    end = gone[len(gone.rstrip()) :] if gone.strip() and new.strip() and gone[-1:] == new[-1:] == " " else ""
    gone, new = gone.removesuffix(end), new.removesuffix(end)
    return (GONE.format(gone) if gone else Markup("")) + (NEW.format(new) if new else Markup("")) + escape(end)
