"""Writing products and changes to them, as an import does and as its undoing does, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ... import clock
from .. import slugs
from ..models import (
    Collection,
    PriceChange,
    Product,
    ProductCollection,
    ProductEdit,
    ProductState,
    Section,
    StockMovement,
    Variant,
)
from ..prices import note_price
from ..services import product_changed
from ..slugs import Kind, free_slug, slug_of
from ..stock import adjust_stock
from .comparing import Change
from .current import CurrentProduct, CurrentVariant
from .models import ImportPlace

PRICES = ("price_cents", "compare_at_cents")


@dataclass(frozen=True)
class Hand:
    """Who writes, for which import, and the reason that the stock's ledger gives."""

    import_id: int
    by: str
    reason: str

    @property
    def ref(self) -> str:
        return f"import {self.import_id}"

    def make(self, made: dict[str, Any]) -> int:
        """A new product; returns its id."""
        values = dict(made["values"])
        if values["state"] == ProductState.ACTIVE:
            values["published_at"] = clock.now()
        product = Product.create(**values)
        slugs.taken(Kind.PRODUCT, product.slug)
        self._put_into(product.id, made["places"])
        for position, variant in enumerate(made["variants"]):
            self._make_variant(product.id, variant, position)
        ProductEdit.create(product=product.id, version=1, by=self.by)
        product_changed(product.id)
        return int(product.id)

    def change(self, current: CurrentProduct, changes: list[Change]) -> list[Change]:
        """Returns the changes as they were written: with the ids of what was made, and what goes with them."""
        done = [self._done(current, change) for change in changes]
        own = {change.field: change.new for change in done if change.variant is None and change.field in current.values}
        if own.get("state") == ProductState.ACTIVE and not current.published:
            own["published_at"] = clock.now()
        if "slug" in own:
            slugs.moved(Kind.PRODUCT, target=current.id, before=current.values["slug"], after=own["slug"])
        for variant in current.variants:
            self._change_variant(variant, {each.field: each.new for each in done if each.variant == variant.id})
        version = Product.select(Product.version).where(Product.id == current.id).scalar() + 1
        Product.update(**own, version=version, changed_at=clock.now()).where(Product.id == current.id).execute()
        fields = " ".join(sorted({_edited(change) for change in done}))
        ProductEdit.create(product=current.id, version=version, fields=fields, by=self.by)
        product_changed(current.id)
        return done

    def _done(self, current: CurrentProduct, change: Change) -> Change:
        if change.field == "collections":
            return replace(change, new=self._put_into(current.id, change.new))
        if change.field == "variant" and change.new is not None:
            made = self._make_variant(current.id, change.new, len(current.variants))
            return replace(change, variant=made.id, new={**change.new, "is_archived": made.is_archived})
        if change.field == "variant":
            Variant.delete().where(Variant.id == change.variant).execute()
        return change

    def _make_variant(self, product_id: int, values: dict[str, Any], position: int) -> Variant:
        """What is new is in nobody's cart yet: its stock needs no guard, only its line in the ledger."""
        variant: Variant = Variant.create(product=product_id, position=position, **values)
        PriceChange.create(variant=variant.id, **{name: values.get(name) for name in PRICES}, by=self.by)
        if variant.on_hand:
            moved = {"quantity": variant.on_hand, "reason": self.reason, "ref": self.ref, "by": self.by}
            StockMovement.create(variant=variant.id, **moved)
        return variant

    def _change_variant(self, variant: CurrentVariant, values: dict[str, Any]) -> None:
        columns = {name: value for name, value in values.items() if name in variant.values and name != "on_hand"}
        if columns.keys() & set(PRICES):
            row = Variant.get_by_id(variant.id)
            prices = {name: columns.get(name, variant.values[name]) for name in PRICES}
            columns["lowest_before_cents"] = note_price(row, **prices, by=self.by)
        if columns:
            Variant.update(**columns).where(Variant.id == variant.id).execute()
        if "on_hand" in values:
            self._move(variant.id, values["on_hand"] - variant.values["on_hand"])

    def _move(self, variant_id: int, quantity: int) -> None:
        """A file may name a variant twice, by its SKU and by its address: the ledger wants a reference for each."""
        named = (StockMovement.variant == variant_id) & (StockMovement.reason == self.reason)
        times = StockMovement.select().where(named & StockMovement.ref.startswith(self.ref)).count()
        ref = f"{self.ref}.{times + 1}" if times else self.ref
        adjust_stock(variant_id=variant_id, quantity=quantity, reason=self.reason, ref=ref, by=self.by)

    def _put_into(self, product_id: int, places: list[str]) -> list[str]:
        """Into these collections and no others, the first first; returns their paths."""
        rows = [self._collection(place) for place in places]
        places_of = ProductCollection
        ids = [row.id for row in rows]
        places_of.delete().where(places_of.product == product_id, places_of.collection.not_in(ids or [0])).execute()
        for position, collection_id in enumerate(ids):
            places_of.insert(product=product_id, collection=collection_id, position=position).on_conflict(
                conflict_target=[places_of.product, places_of.collection], update={places_of.position: position}
            ).execute()
        return [f"{row.section.slug}/{row.slug}" for row in rows]

    def _collection(self, place: str) -> Collection:
        """The one at a path, or the one called "Bags > Totes", which is made if there is none."""
        if " > " not in place:
            section_slug, slug = place.split("/")
            found: Collection = (
                Collection.select(Collection, Section)
                .join(Section)
                .where(Section.slug == section_slug, Collection.slug == slug)
                .get()
            )
            return found
        above, name = place.split(" > ", 1)
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


def _edited(change: Change) -> str:
    """What the product's history calls it."""
    if change.field in PRICES:
        return "prices"
    return "variants" if change.variant is not None or change.field == "variant" else change.field
