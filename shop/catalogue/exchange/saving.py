"""Writing products and changes to them, as an import does and as its undoing does, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ... import clock
from .. import slugs
from ..models import PriceChange, Product, ProductEdit, ProductState, StockMovement, Variant
from ..prices import NewPrice, note_prices
from ..services import products_changed
from ..slugs import Kind
from ..stock import adjust_stocks
from .comparing import Change
from .current import CurrentProduct, CurrentVariant
from .placing import Places

PRICES = ("price_cents", "compare_at_cents")


@dataclass
class Hand:
    """Who writes, for which import, and the reason that the stock's ledger gives.

    It writes what many products have in common once for all of them: `finish` must be called at the end.
    """

    import_id: int
    by: str
    reason: str
    places: Places = field(init=False)
    _touched: list[int] = field(default_factory=list)
    _edits: list[dict[str, Any]] = field(default_factory=list)
    _moves: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = Places(self.import_id)

    @property
    def ref(self) -> str:
        return f"import {self.import_id}"

    def make(self, made: Sequence[dict[str, Any]]) -> list[int]:
        """New products; returns their ids."""
        if not made:
            return []
        ids = self._make_products([each["values"] for each in made])
        self.places.put_new({product_id: each["places"] for product_id, each in zip(ids, made, strict=True)})
        self._make_variants(
            [
                {"product": product_id, "position": position, **values}
                for product_id, each in zip(ids, made, strict=True)
                for position, values in enumerate(each["variants"])
            ]
        )
        self._edits += [{"product": product_id, "version": 1, "fields": "", "by": self.by} for product_id in ids]
        self._touched += ids
        return ids

    def change(self, current: CurrentProduct, changes: list[Change]) -> list[Change]:
        """Returns the changes as they were written: with the ids of what was made, and what goes with them."""
        done = [self._done(current, change) for change in changes]
        own = {change.field: change.new for change in done if change.variant is None and change.field in current.values}
        if own.get("state") == ProductState.ACTIVE and not current.published:
            own["published_at"] = clock.now()
        if "slug" in own:
            slugs.moved(Kind.PRODUCT, target=current.id, before=current.values["slug"], after=own["slug"])
        self._change_variants(current, done)
        version = current.version + 1
        Product.update(**own, version=version, changed_at=clock.now()).where(Product.id == current.id).execute()
        fields = " ".join(sorted({_edited(change) for change in done}))
        self._edits.append({"product": current.id, "version": version, "fields": fields, "by": self.by})
        self._touched.append(current.id)
        return done

    def finish(self) -> None:
        """Write the ledger of the stock and the products' histories, and bring sums and search in line."""
        adjust_stocks(self._moves, reason=self.reason, refs=self._refs(), by=self.by)
        if self._edits:
            ProductEdit.insert_many(self._edits).execute()
            products_changed(self._touched)

    def _make_products(self, wanted: Sequence[dict[str, Any]]) -> list[int]:
        now = clock.now()
        alike = {"created_at": now, "changed_at": now}
        columns = dict.fromkeys(name for values in wanted for name in values)
        rows = [
            {
                **{name: values.get(name, _default(name)) for name in columns},
                "published_at": now if values["state"] == ProductState.ACTIVE else None,
                **alike,
            }
            for values in wanted
        ]
        made = {row.slug: row.id for row in Product.insert_many(rows).returning(Product.id, Product.slug).execute()}
        slugs.all_taken(Kind.PRODUCT, list(made))
        return [made[values["slug"]] for values in wanted]

    def _done(self, current: CurrentProduct, change: Change) -> Change:
        if change.field == "collections":
            return replace(change, new=self.places.put_into(current.id, change.new))
        if change.field == "variant" and change.new is not None:
            values = {"product": current.id, "position": len(current.variants), **change.new}
            (made,) = self._make_variants([values])
            is_archived = change.new.get("is_archived", False)
            return replace(change, variant=made, new={**change.new, "is_archived": is_archived})
        if change.field == "variant":
            Variant.delete().where(Variant.id == change.variant).execute()
        return change

    def _make_variants(self, wanted: Sequence[dict[str, Any]]) -> list[int]:
        """What is new is in nobody's cart yet: its stock needs no guard, only its line in the ledger."""
        if not wanted:
            return []
        columns = dict.fromkeys(name for values in wanted for name in values)
        rows = [{name: values.get(name, _default(name, Variant)) for name in columns} for values in wanted]
        made = {row.sku: row.id for row in Variant.insert_many(rows).returning(Variant.id, Variant.sku).execute()}
        ids = [made[values["sku"]] for values in wanted]
        both = list(zip(ids, wanted, strict=True))
        prices = [{"variant": at, **{name: values.get(name) for name in PRICES}, "by": self.by} for at, values in both]
        PriceChange.insert_many(prices).execute()
        moved = {"reason": self.reason, "ref": self.ref, "by": self.by}
        stock = [
            {"variant": at, "quantity": values["on_hand"], **moved} for at, values in both if values.get("on_hand")
        ]
        if stock:
            StockMovement.insert_many(stock).execute()
        return ids

    def _change_variants(self, current: CurrentProduct, done: Sequence[Change]) -> None:
        """Prices are written down first, for an announced reduction is compared with those before."""
        wanted = {
            each.id: {change.field: change.new for change in done if change.variant == each.id}
            for each in current.variants
        }
        new = [
            _new_price(current, each, wanted[each.id])
            for each in current.variants
            if wanted[each.id].keys() & set(PRICES)
        ]
        lowest = note_prices(new, by=self.by) if new else {}
        for each in current.variants:
            values = wanted[each.id]
            columns = {name: value for name, value in values.items() if name in each.values and name != "on_hand"}
            if each.id in lowest:
                columns["lowest_before_cents"] = lowest[each.id]
            if columns:
                Variant.update(**columns).where(Variant.id == each.id).execute()
            if "on_hand" in values:
                self._moves[each.id] = values["on_hand"] - each.values["on_hand"]

    def _refs(self) -> dict[int, str]:
        """A file may name a variant twice, by its SKU and by its address: the ledger wants a reference for each."""
        named = (StockMovement.variant.in_(list(self._moves))) & (StockMovement.reason == self.reason)
        rows: Any = StockMovement.select(StockMovement.variant).where(named & StockMovement.ref.startswith(self.ref))
        times = Counter(variant_id for (variant_id,) in rows.tuples()) if self._moves else Counter()
        return {at: f"{self.ref}.{times[at] + 1}" if times[at] else self.ref for at in self._moves}


def _default(name: str, model: Any = Product) -> Any:
    return getattr(model, name).default


def _new_price(product: CurrentProduct, variant: CurrentVariant, values: dict[str, Any]) -> NewPrice:
    was = (variant.values["price_cents"], variant.values["compare_at_cents"])
    new = {name: values.get(name, variant.values[name]) for name in PRICES}
    return NewPrice(variant.id, product.id, was, **new)


def _edited(change: Change) -> str:
    """What the product's history calls it."""
    if change.field in PRICES:
        return "prices"
    return "variants" if change.variant is not None or change.field == "variant" else change.field
