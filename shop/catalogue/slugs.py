"""The last part of a page's address: proposed from its name, and remembered when it is changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import count

from .models import Collection, OldSlug, Product, Section
from .search import fold

LETTERS_AT_MOST = 80
# Letters that are none with an accent.
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
SHAPE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Kind(StrEnum):
    """Whose address it is."""

    PRODUCT = "product"
    SECTION = "section"
    COLLECTION = "collection"


def slug_of(name: str, otherwise: str = "page") -> str:
    """A proposal: "Käfer & Größe" becomes "kafer-grosse". `otherwise` is for names without a Latin letter or digit."""
    words = "-".join(re.findall(r"[a-z0-9]+", fold(name).translate(_SPELLED)))
    return words[:LETTERS_AT_MOST].strip("-") or otherwise


def free_slug(wished: str, is_taken: Callable[[str], bool]) -> str:
    """The wish itself, or with the first number behind it that nobody has."""
    return next(slug for slug in _numbered(wished) if not is_taken(slug))


def _numbered(wished: str) -> Iterator[str]:
    yield wished
    for number in count(2):
        yield f"{wished[: LETTERS_AT_MOST - 6]}-{number}"


def moved(
    kind: Kind, *, target: int, before: str, after: str, within: int = 0, within_after: int | None = None
) -> None:
    """Remember where a page was; in the transaction that gives it another address. An address in use leads nowhere."""
    now_within = within if within_after is None else within_after
    taken(kind, after, within=now_within)
    if (before, within) == (after, now_within):
        return
    OldSlug.insert(kind=kind, within=within, slug=before, target=target).on_conflict(
        conflict_target=[OldSlug.kind, OldSlug.within, OldSlug.slug], update={OldSlug.target: target}
    ).execute()


def taken(kind: Kind, slug: str, *, within: int = 0) -> None:
    """Say that a page has this address now, whoever had it before."""
    OldSlug.delete().where(OldSlug.kind == kind, OldSlug.within == within, OldSlug.slug == slug).execute()


def all_taken(kind: Kind, those: Sequence[str]) -> None:
    """The same for many pages at once."""
    OldSlug.delete().where(OldSlug.kind == kind, OldSlug.within == 0, OldSlug.slug.in_(list(those))).execute()


def gone(kind: Kind, *targets: int) -> None:
    """Forget where pages were that are no more."""
    OldSlug.delete().where(OldSlug.kind == kind, OldSlug.target.in_(targets)).execute()


def new_product_path(slug: str) -> str | None:
    """Where the product is that once had this slug."""
    target = _target(Kind.PRODUCT, slug)
    found = Product.get_or_none(Product.id == target) if target else None
    return f"/p/{found.slug}" if found else None


def new_section_path(slug: str) -> str | None:
    section = _section_once(slug)
    return f"/s/{section.slug}/" if section else None


def new_collection_path(section: str, slug: str) -> str | None:
    """Where the collection is that had this slug in a section that has, or had, that one."""
    above = Section.get_or_none(Section.slug == section) or _section_once(section)
    if above is None:
        return None
    found = Collection.get_or_none(Collection.section == above.id, Collection.slug == slug)
    if found is None:
        target = _target(Kind.COLLECTION, slug, within=above.id)
        found = Collection.get_or_none(Collection.id == target) if target else None
    return f"/s/{found.section.slug}/{found.slug}/" if found else None


def _section_once(slug: str) -> Section | None:
    target = _target(Kind.SECTION, slug)
    found: Section | None = Section.get_or_none(Section.id == target) if target else None
    return found


def _target(kind: Kind, slug: str, *, within: int = 0) -> int | None:
    wanted = (OldSlug.kind == kind) & (OldSlug.within == within) & (OldSlug.slug == slug)
    found: int | None = OldSlug.select(OldSlug.target).where(wanted).scalar()
    return found
