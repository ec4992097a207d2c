"""From draft to the shelf, off it and back: a product's states, its copies, and its end if nobody ever saw it."""

from __future__ import annotations

from collections.abc import Iterator

from .. import clock
from ..audit.services import record
from . import search, slugs
from .checking import NAME_AT_MOST
from .drafts import ProductDraft, VariantDraft, draft_of
from .models import Picture, Product, ProductState, Variant
from .saving import product_with, save_product
from .services import bump_version, changing, product_changed
from .slugs import Kind


class NotReady(Exception):
    """The product cannot be shown to shoppers yet; the message says what is missing."""


class WasSold(Exception):
    """What has been on show is archived and not deleted: orders and carts may name it."""


def change_state(*, product_id: int, state: ProductState, staff_id: int) -> bool:
    """Publish, take back to the drafts, archive or bring back; False when it was so already.

    Raises NotReady, saving.NoSuchProduct.
    """
    with changing():
        product = product_with(product_id)
        if product.state == state:
            return False
        if state == ProductState.ACTIVE:
            _be_ready(product)
        shown_since = product.published_at or (clock.now() if state == ProductState.ACTIVE else None)
        Product.update(state=state, published_at=shown_since, changed_at=clock.now()).where(
            Product.id == product_id
        ).execute()
        product_changed(product_id)
        record("product-state-changed", actor=f"staff:{staff_id}", about=("product", product_id), state=state.value)
    return True


def duplicate(*, product_id: int, staff_id: int) -> Product:
    """A draft like the product, pictures included, with SKUs of its own and nothing in stock.

    Raises saving.NoSuchProduct, and saving.WrongProduct for what an import has let in and a form would not.
    """
    with changing():
        product = product_with(product_id)
        draft = draft_of(product)
        rows = tuple(VariantDraft(**{**row.__dict__, "id": None, "sku": ""}) for row in draft.variants)
        name = f"{draft.name[: NAME_AT_MOST - 7]} (copy)"
        copy = save_product(
            draft=ProductDraft(**{**draft.__dict__, "name": name, "slug": "", "variants": rows}), staff_id=staff_id
        )
        _copy_pictures(product.id, copy.id)
    return copy


def remove_product(*, product_id: int, staff_id: int) -> None:
    """Delete a draft that was never on show. Raises WasSold, saving.NoSuchProduct."""
    with changing():
        product = product_with(product_id)
        is_held = Variant.select().where(Variant.product == product_id, Variant.held > 0).exists()
        if product.published_at is not None or product.sold_count or is_held:
            raise WasSold("This product was on show: it can be archived, not deleted.")
        search.forget_products([product_id])
        slugs.gone(Kind.PRODUCT, product_id)
        Product.delete().where(Product.id == product_id).execute()
        bump_version()
        record("product-deleted", actor=f"staff:{staff_id}", about=("product", product_id))


def _be_ready(product: Product) -> None:
    missing = list(_missing(product))
    if missing:
        raise NotReady(" ".join(missing))


def _missing(product: Product) -> Iterator[str]:
    if not Variant.select().where(Variant.product == product.id, ~Variant.is_archived).exists():
        yield "It needs at least one variant to sell."
    nameless = Picture.select().where(Picture.product == product.id, Picture.needs_alt).count()
    if nameless:
        yield (
            "1 picture lacks words for those who cannot see it: say what it shows."
            if nameless == 1
            else f"{nameless} pictures lack words for those who cannot see them: say what they show."
        )


def _copy_pictures(source: int, target: int) -> None:
    """Renditions are named by what is in them, so that copies share them."""
    copies = {_options(row): row.id for row in Variant.select().where(Variant.product == target)}
    like = {row.id: copies.get(_options(row)) for row in Variant.select().where(Variant.product == source)}
    for picture in Picture.select().where(Picture.product == source).order_by(Picture.position, Picture.id):
        columns = ("file", "alt", "needs_alt", "width", "height", "widths", "position")
        Picture.create(
            product=target,
            variant=like.get(picture.variant_id or 0),
            **{name: getattr(picture, name) for name in columns},
        )


def _options(variant: Variant) -> tuple[str, ...]:
    return (variant.option1, variant.option2, variant.option3)
