"""Putting products into collections as an import does, which makes those that there are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .. import slugs
from ..models import Collection, ProductCollection, Section
from ..slugs import Kind, free_slug, slug_of
from .models import ImportPlace


@dataclass
class Places:
    """The collections that an import has come upon in this transaction, so that each is looked up once."""

    import_id: int
    _found: dict[str, Collection] = field(default_factory=dict)

    def put_into(self, product_id: int, places: Sequence[str]) -> list[str]:
        """Into these collections and no others, the first first; returns their paths."""
        rows = [self._collection(place) for place in places]
        ids = [row.id for row in rows]
        places_of = ProductCollection
        places_of.delete().where(places_of.product == product_id, places_of.collection.not_in(ids or [0])).execute()
        for position, collection_id in enumerate(ids):
            places_of.insert(product=product_id, collection=collection_id, position=position).on_conflict(
                conflict_target=[places_of.product, places_of.collection], update={places_of.position: position}
            ).execute()
        return [f"{row.section.slug}/{row.slug}" for row in rows]

    def put_new(self, wanted: dict[int, Sequence[str]]) -> None:
        """The same for products that are in none yet, by their ids."""
        rows = [
            {"product": product_id, "collection": collection_id, "position": position}
            for product_id, places in wanted.items()
            for position, collection_id in enumerate(dict.fromkeys(self._collection(place).id for place in places))
        ]
        if rows:
            ProductCollection.insert_many(rows).execute()

    def _collection(self, place: str) -> Collection:
        """The one at a path, or the one called "Bags > Totes", which is made if there is none."""
        if place not in self._found:
            self._found[place] = self._called(*place.split(" > ", 1)) if " > " in place else self._at(place)
        return self._found[place]

    def _at(self, path: str) -> Collection:
        section_slug, slug = path.split("/")
        found: Collection = (
            Collection.select(Collection, Section)
            .join(Section)
            .where(Section.slug == section_slug, Collection.slug == slug)
            .get()
        )
        return found

    def _called(self, above: str, name: str) -> Collection:
        section = self._section(above)
        for collection in Collection.select().where(Collection.section == section.id):
            if collection.name.casefold() == name.casefold():
                collection.section = section
                return collection
        taken = {row.slug for row in Collection.select(Collection.slug).where(Collection.section == section.id)}
        free = free_slug(slug_of(name, "collection"), taken.__contains__)
        made: Collection = Collection.create(section=section, name=name, slug=free, position=len(taken))
        slugs.taken(Kind.COLLECTION, free, within=section.id)
        ImportPlace.create(imported=self.import_id, is_section=False, place_id=made.id)
        return made

    def _section(self, name: str) -> Section:
        sections = list(Section.select())
        found = next((each for each in sections if each.name.casefold() == name.casefold()), None)
        if found is not None:
            return found
        taken = {each.slug for each in sections}
        free = free_slug(slug_of(name, "section"), taken.__contains__)
        made: Section = Section.create(name=name, slug=free, position=len(sections))
        slugs.taken(Kind.SECTION, free)
        ImportPlace.create(imported=self.import_id, is_section=True, place_id=made.id)
        return made
