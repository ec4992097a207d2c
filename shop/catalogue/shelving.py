"""The shelves: sections, their collections, and the order of everything on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Case, IntegrityError

from ..audit.services import record
from ..jobs import kick
from . import search, slugs
from .checking import NAME_AT_MOST, SUMMARY_AT_MOST, Problem, wrong_slug, wrong_text
from .models import Collection, ProductCollection, SearchWaiting, Section
from .saving import WrongProduct
from .services import bump_version, changing
from .slugs import Kind

INDEX_JOB = "index products"
STORY_AT_MOST = 5_000
RANKED_AT_ONCE = 500
# So many products at once hold back whoever else writes for a tenth of a second or so.
INDEXED_AT_ONCE = 50


class WrongShelf(WrongProduct):
    """A section or a collection cannot be so; `problems` says why, field by field."""


class NotEmpty(Exception):
    """Something stands on the shelf that was to be removed; the message says what."""


class NoSuchShelf(Exception):
    """It was removed meanwhile."""


@dataclass(frozen=True)
class SectionDraft:
    """A section as somebody wants it to be; an empty `slug` is made from the name, or stays as it is."""

    name: str = ""
    slug: str = ""
    intro: str = ""


@dataclass(frozen=True)
class CollectionDraft:
    """The same for a collection, with its section's id and its story, which the home page tells."""

    section_id: int
    name: str = ""
    slug: str = ""
    intro: str = ""
    story: str = ""


def save_section(*, draft: SectionDraft, staff_id: int, section_id: int | None = None) -> Section:
    """A new section at the end, or a change to one. Raises WrongShelf, NoSuchShelf."""
    _refuse(_texts(draft.name, draft.slug, draft.intro))
    try:
        with changing():
            before = _section(section_id) if section_id else None
            slug = draft.slug or (before.slug if before else slugs.free_slug(slugs.slug_of(draft.name), _has_section))
            columns = {"name": draft.name, "slug": slug, "intro": draft.intro}
            found = _put_section(before, columns)
            _tell("section", found.id, "changed" if before else "created", staff_id)
            return found
    except IntegrityError as error:
        raise WrongShelf([Problem("slug", "Another section has this address.")]) from error


def save_collection(*, draft: CollectionDraft, staff_id: int, collection_id: int | None = None) -> Collection:
    """A new collection at the end of its section, or a change to one. Raises WrongShelf, NoSuchShelf."""
    _refuse([*_texts(draft.name, draft.slug, draft.intro), *_story(draft.story)])
    try:
        with changing():
            before = _collection(collection_id) if collection_id else None
            section = Section.get_or_none(Section.id == draft.section_id)
            if section is None:
                raise WrongShelf([Problem("section_id", "Choose one of the sections.")])
            found = _put_collection(before, draft)
            _tell("collection", found.id, "changed" if before else "created", staff_id)
            return found
    except IntegrityError as error:
        raise WrongShelf([Problem("slug", "Another collection of this section has this address.")]) from error


def remove_section(*, section_id: int, staff_id: int) -> None:
    """Raises NotEmpty, NoSuchShelf."""
    with changing():
        section = _section(section_id)
        count = Collection.select().where(Collection.section == section_id).count()
        if count:
            raise NotEmpty(f"{section.name} still has {_many(count, 'collection')}: move or remove them first.")
        slugs.gone(Kind.SECTION, section_id)
        Section.delete().where(Section.id == section_id).execute()
        _tell("section", section_id, "removed", staff_id)


def remove_collection(*, collection_id: int, staff_id: int) -> None:
    """Raises NotEmpty, NoSuchShelf."""
    with changing():
        collection = _collection(collection_id)
        count = ProductCollection.select().where(ProductCollection.collection == collection_id).count()
        if count:
            raise NotEmpty(f"{collection.name} still holds {_many(count, 'product')}: take them out first.")
        slugs.gone(Kind.COLLECTION, collection_id)
        Collection.delete().where(Collection.id == collection_id).execute()
        _tell("collection", collection_id, "removed", staff_id)


def order_sections(*, ids: Sequence[int], staff_id: int) -> None:
    """Those named come in this order, and others after them."""
    with changing():
        present = [row.id for row in Section.select(Section.id).order_by(Section.position, Section.id)]
        _number(Section, _in_order(ids, present))
        _tell("section", 0, "ordered", staff_id)


def order_collections(*, section_id: int, ids: Sequence[int], staff_id: int) -> None:
    """The same for one section's."""
    with changing():
        inside = Collection.select(Collection.id).where(Collection.section == section_id)
        present = [row.id for row in inside.order_by(Collection.position, Collection.id)]
        _number(Collection, _in_order(ids, present))
        _tell("section", section_id, "ordered", staff_id)


def order_products(*, collection_id: int, ids: Sequence[int], staff_id: int) -> None:
    """Put these products first in the collection, in this order; all others follow as they did by themselves."""
    with changing():
        places: Any = ProductCollection
        inside = places.select(places.product).where(places.collection == collection_id).tuples()
        known = {product for (product,) in inside}
        wanted = [product for product in dict.fromkeys(ids) if product in known]
        places.update(rank=0).where(places.collection == collection_id, places.rank != 0).execute()
        for start in range(0, len(wanted), RANKED_AT_ONCE):
            part = wanted[start : start + RANKED_AT_ONCE]
            ranks = [(product, len(wanted) - start - at) for at, product in enumerate(part)]
            places.update(rank=Case(places.product, ranks, 0)).where(
                places.collection == collection_id, places.product.in_(part)
            ).execute()
        _tell("collection", collection_id, "ordered", staff_id)


def index_waiting() -> None:
    """Write anew what products are found by whose shelves were renamed, a slice at a time."""
    while _index_some():
        pass


def _index_some() -> int:
    with changing():
        rows: Any = SearchWaiting.select(SearchWaiting.product).order_by(SearchWaiting.id).limit(INDEXED_AT_ONCE)
        ids = [product_id for (product_id,) in rows.tuples()]
        if ids:
            search.index_products(ids)
            SearchWaiting.delete().where(SearchWaiting.product.in_(ids)).execute()
            bump_version()
    return len(ids)


def moved_by(ids: Sequence[int], moving: int, *, step: int) -> list[int]:
    """The same ids with one of them a place earlier (-1) or later (1)."""
    found = list(ids)
    if moving in found:
        at = found.index(moving)
        found.insert(min(len(found) - 1, max(0, at + step)), found.pop(at))
    return found


def rearranged(ids: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """The same ids, with those that are `wanted` in that order, in the places that they have among them now."""
    known = set(ids)
    moving = [each for each in dict.fromkeys(wanted) if each in known]
    those = iter(moving)
    return [next(those) if each in moving else each for each in ids]


def _many(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count} {word}s"


def _section(section_id: int) -> Section:
    found: Section | None = Section.get_or_none(Section.id == section_id)
    if found is None:
        raise NoSuchShelf(f"there is no section {section_id}")
    return found


def _collection(collection_id: int) -> Collection:
    found: Collection | None = Collection.get_or_none(Collection.id == collection_id)
    if found is None:
        raise NoSuchShelf(f"there is no collection {collection_id}")
    return found


def _texts(name: str, slug: str, intro: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem("name", "A name is needed: shoppers read it in the shop's head.")
    for field, text, most in (("name", name, NAME_AT_MOST), ("intro", intro, 2 * SUMMARY_AT_MOST)):
        if message := wrong_text(text, most, several_lines=field == "intro"):
            yield Problem(field, message)
    if message := wrong_slug(slug):
        yield Problem("slug", message)


def _story(story: str) -> Iterator[Problem]:
    if message := wrong_text(story, STORY_AT_MOST, several_lines=True):
        yield Problem("story", message)


def _refuse(problems: Any) -> None:
    if found := list(problems):
        raise WrongShelf(found)


def _has_section(slug: str) -> bool:
    return bool(Section.select().where(Section.slug == slug).exists())


def _put_section(before: Section | None, columns: dict[str, Any]) -> Section:
    if before is None:
        slugs.taken(Kind.SECTION, columns["slug"])
        created: Section = Section.create(**columns, position=Section.select().count())
        return created
    Section.update(columns).where(Section.id == before.id).execute()
    slugs.moved(Kind.SECTION, target=before.id, before=before.slug, after=columns["slug"])
    if before.name != columns["name"]:
        _index(Collection.section == before.id)
    return _section(before.id)


def _put_collection(before: Collection | None, draft: CollectionDraft) -> Collection:
    def is_taken(slug: str) -> bool:
        return bool(Collection.select().where(Collection.section == draft.section_id, Collection.slug == slug).exists())

    slug = draft.slug or (before.slug if before else slugs.free_slug(slugs.slug_of(draft.name), is_taken))
    columns = {"section": draft.section_id, "name": draft.name, "slug": slug, "intro": draft.intro}
    columns["story"] = draft.story
    inside = Collection.select().where(Collection.section == draft.section_id).count()
    if before is None:
        slugs.taken(Kind.COLLECTION, slug, within=draft.section_id)
        created: Collection = Collection.create(**columns, position=inside)
        return created
    if before.section_id != draft.section_id:
        columns["position"] = inside
    Collection.update(columns).where(Collection.id == before.id).execute()
    _remember(before, draft.section_id, slug)
    if (before.name, before.section_id) != (draft.name, draft.section_id):
        _index(Collection.id == before.id)
    return _collection(before.id)


def _remember(before: Collection, section_id: int, slug: str) -> None:
    slugs.moved(
        Kind.COLLECTION,
        target=before.id,
        before=before.slug,
        after=slug,
        within=before.section_id,
        within_after=section_id,
    )


def _index(which: Any) -> None:
    """What stands on a shelf is found by the shelf's name too: the worker sees to it, however much that is."""
    inside: Any = ProductCollection.select(ProductCollection.product).join(Collection).where(which).distinct()
    SearchWaiting.insert_from(inside, [SearchWaiting.product]).on_conflict_ignore().execute()
    kick(INDEX_JOB)


def _in_order(wanted: Sequence[int], present: Sequence[int]) -> list[int]:
    known = [each for each in dict.fromkeys(wanted) if each in set(present)]
    return [*known, *(each for each in present if each not in set(known))]


def _number(model: Any, ids: Sequence[int]) -> None:
    for position, each in enumerate(ids):
        model.update(position=position).where(model.id == each, model.position != position).execute()


def _tell(kind: str, row_id: int, what: str, staff_id: int) -> None:
    bump_version()
    record("shelf-changed", actor=f"staff:{staff_id}", about=(kind, row_id), what=what)
