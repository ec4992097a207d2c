"""Creating and changing products: checked whole, saved whole, and never over what somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import IntegrityError

from .. import clock
from ..audit.services import record
from . import matrix, slugs
from .checking import Problem, problems_of
from .drafts import PLAIN, ProductDraft, VariantDraft, collections_of, draft_of
from .models import Collection, Product, ProductCollection, ProductEdit
from .services import changing, product_changed
from .slugs import Kind

PRICES = ("price_cents", "compare_at_cents")


class WrongProduct(Exception):
    """The product cannot be saved like this; `problems` says why, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = list(problems)


class Overtaken(Exception):
    """Somebody else saved the product since `version`; `product` is what it is now."""

    def __init__(self, product: Product, version: int) -> None:
        super().__init__(f"product {product.id} is at version {product.version}, not {version}")
        self.product = product
        self.version = version


class NoSuchProduct(Exception):
    """It was deleted meanwhile."""


def save_product(
    *, draft: ProductDraft, staff_id: int, product_id: int | None = None, version: int | None = None
) -> Product:
    """A new product, as a draft that nobody sees yet, or with `product_id` a change to one.

    `version` is the one that whoever wrote the draft has seen; None does not ask. Raises WrongProduct, Overtaken,
    NoSuchProduct. A draft that changes nothing leaves no trace.
    """
    if problems := problems_of(draft):
        raise WrongProduct(problems)
    try:
        with changing():
            if product_id is None:
                return _create(draft, staff_id)
            return _change(product_with(product_id), draft, staff_id, version)
    except IntegrityError as error:
        raise WrongProduct(
            [Problem("slug", "Somebody took this address or a SKU just now. Save once more.")]
        ) from error


def product_with(product_id: int) -> Product:
    """Raises NoSuchProduct."""
    found: Product | None = Product.get_or_none(Product.id == product_id)
    if found is None:
        raise NoSuchProduct(f"there is no product {product_id}")
    return found


def changed_fields(before: ProductDraft, after: ProductDraft) -> list[str]:
    """The names of the fields that differ; a price is told apart from other changes to variants."""
    found = [name for name in PLAIN if getattr(before, name) != getattr(after, name)]
    found += [name for name in ("option_names", "collections") if getattr(before, name) != getattr(after, name)]
    if _without_prices(before.variants) != _without_prices(after.variants):
        found.append("variants")
    had = {row.id: _prices(row) for row in before.variants}
    if any(had.get(row.id, _prices(row)) != _prices(row) for row in after.variants):
        found.append("prices")
    return found


def _without_prices(rows: Sequence[VariantDraft]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.__dict__.items() if name not in PRICES} for row in rows]


def _prices(row: VariantDraft) -> tuple[int, int | None]:
    return (row.price_cents, row.compare_at_cents)


def _create(draft: ProductDraft, staff_id: int) -> Product:
    slug = draft.slug or slugs.free_slug(slugs.slug_of(draft.name, "product"), _is_taken)
    _refuse_clashes(draft, None)
    product = Product.create(**_columns(draft), slug=slug)
    slugs.taken(Kind.PRODUCT, slug)
    _save_collections(product.id, draft.collections)
    by = f"staff:{staff_id}"
    saved = matrix.save_variants(product, draft, by=by)
    ProductEdit.create(product=product.id, version=product.version, by=by)
    product_changed(product.id)
    record("product-created", actor=by, about=("product", product.id))
    _record_rows(saved, by)
    return product_with(product.id)


def _change(product: Product, draft: ProductDraft, staff_id: int, version: int | None) -> Product:
    if version is not None and product.version != version:
        raise Overtaken(product, version)
    before = draft_of(product)
    slug = draft.slug or product.slug
    draft = ProductDraft(**{**draft.__dict__, "slug": slug})
    changed = changed_fields(before, draft)
    if not changed:
        return product
    _refuse_clashes(draft, product.id)
    by = f"staff:{staff_id}"
    Product.update(**_columns(draft), slug=slug, version=product.version + 1, changed_at=clock.now()).where(
        Product.id == product.id
    ).execute()
    slugs.moved(Kind.PRODUCT, target=product.id, before=product.slug, after=slug)
    _save_collections(product.id, draft.collections)
    saved = matrix.save_variants(product_with(product.id), draft, by=by)
    ProductEdit.create(product=product.id, version=product.version + 1, fields=" ".join(changed), by=by)
    product_changed(product.id)
    record("product-changed", actor=by, about=("product", product.id), version=product.version + 1)
    _record_rows(saved, by)
    return product_with(product.id)


def _columns(draft: ProductDraft) -> dict[str, Any]:
    names = [*draft.option_names, "", "", ""]
    columns = {name: getattr(draft, name) for name in PLAIN if name != "slug"}
    return {**columns, "option1_name": names[0], "option2_name": names[1], "option3_name": names[2]}


def _refuse_clashes(draft: ProductDraft, product_id: int | None) -> None:
    problems = matrix.problems_with_others(draft, product_id)
    holder = Product.get_or_none(Product.slug == draft.slug) if draft.slug else None
    if holder is not None and holder.id != product_id:
        problems.append(Problem("slug", f"“{holder.name}” has this address already."))
    known = Collection.select().where(Collection.id.in_(draft.collections)).count() if draft.collections else 0
    if known != len(set(draft.collections)) or known != len(draft.collections):
        problems.append(Problem("collections", "One of the collections is not there any more."))
    if problems:
        raise WrongProduct(problems)


def _is_taken(slug: str) -> bool:
    return bool(Product.select().where(Product.slug == slug).exists())


def _save_collections(product_id: int, wanted: Sequence[int]) -> None:
    """Places that stay keep their rank."""
    if list(wanted) == collections_of(product_id):
        return
    places = ProductCollection
    places.delete().where(places.product == product_id, places.collection.not_in(list(wanted) or [0])).execute()
    for position, collection in enumerate(wanted):
        places.insert(product=product_id, collection=collection, position=position).on_conflict(
            conflict_target=[places.product, places.collection], update={places.position: position}
        ).execute()


def _record_rows(saved: matrix.Saved, by: str) -> None:
    for variant_id, before, after in saved.prices:
        record("price-changed", actor=by, about=("variant", variant_id), before_cents=before, after_cents=after)
    for variant_id, quantity in saved.stocked:
        record("stock-corrected", actor=by, about=("variant", variant_id), quantity=quantity, reason="received")
