"""What changes a cart. Each change locks the cart's row first, so that two tabs at once lose nothing."""

from __future__ import annotations

from datetime import timedelta

from peewee import Expression

from .. import clock
from ..catalogue.queries import SaleVariant, variants_for_sale
from ..db import db
from ..pricing.queries import normal_code
from ..pricing.services import TOTAL_AT_MOST, BasketTooLarge, DiscountRefused, price_basket
from ..vault import SealedModel, destroy_subjects
from .cookie import hash_of, lifetime
from .models import Cart, CartLine
from .queries import UNDO_FOR, basket, to_buy

QUANTITY_AT_MOST = 999
LINES_AT_MOST = 100
PURGED_TOGETHER = 500
TOO_DEAR = "That is more than one order can come to. Please write to us."


class Refused(Exception):
    """The cart stays as it was; `reason` is for the shopper."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotForSale(Refused):
    """There is no such variant, or it is a draft's or archived."""


class TooMany(Refused):
    """More than are left, than one line may hold, or than one order may cost."""


class WasRemoved(Refused):
    """The line was taken out of the cart, in another tab perhaps."""


class CodeRefused(Refused):
    """The discount code cannot be used for this cart."""


class UnknownLine(Exception):
    """The cart has no such line: it is another cart's, or was never there."""


def add_to_cart(*, token: str, variant_id: int, quantity: int) -> Cart:
    """Put `quantity` more of a variant into the token's cart, which is made if there is none yet.

    Raises NotForSale or TooMany.
    """
    with db.atomic():
        return _add(_cart_for(token), variant_id, quantity)


def add_to_known_cart(*, cart: Cart, variant_id: int, quantity: int) -> Cart:
    """The same for a cart that is there. Raises UnknownLine too, when it is gone."""
    with db.atomic():
        _lock(cart.id)
        return _add(cart, variant_id, quantity)


def begin_cart(*, token: str) -> Cart:
    """The token's cart, with nothing in it yet."""
    with db.atomic():
        return _cart_for(token)


def hand_cart_to(*, cart: Cart, token: str) -> None:
    """From now on the cart is this token's alone; whoever had it has it no more. Raises UnknownLine."""
    with db.atomic():
        _lock(cart.id)
        Cart.update(token_hash=hash_of(token)).where(Cart.id == cart.id).execute()


def _add(cart: Cart, variant_id: int, quantity: int) -> Cart:
    """In the caller's transaction, with the cart's row taken."""
    variant = _for_sale(variant_id)
    found = CartLine.get_or_none(CartLine.cart == cart.id, CartLine.variant == variant_id)
    already = found.quantity if found is not None and found.removed_at is None else 0
    _refuse_too_many(variant, already + quantity, already=already)
    line = found or CartLine(cart=cart.id, variant=variant_id)
    if not already:
        _refuse_too_many_lines(cart)
        line.added_at = clock.now()
    _put(line, already + quantity, variant)
    _refuse_too_dear(cart, variant.price_cents * line.quantity)
    return cart


def change_quantity(*, cart: Cart, line_id: int, quantity: int) -> CartLine:
    """Set how many of a line are wanted, at today's price. Raises UnknownLine, WasRemoved, NotForSale or TooMany."""
    with db.atomic():
        line = _line(cart, line_id)
        if line.removed_at is not None:
            raise WasRemoved("It was taken out of the cart meanwhile. You can put it back below.")
        variant = _for_sale(line.variant_id)
        _refuse_too_many(variant, quantity, already=0)
        _put(line, quantity, variant)
        _refuse_too_dear(cart, variant.price_cents * quantity)
        return line


def remove_line(*, cart: Cart, line_id: int) -> CartLine:
    """Take a line out, so that it can be put back for a while; one that is out stays out. Raises UnknownLine."""
    with db.atomic():
        line = _line(cart, line_id)
        if line.removed_at is None:
            line.removed_at = clock.now()
            line.save()
        return line


def restore_line(*, cart: Cart, line_id: int) -> CartLine:
    """Put a removed line back, or leave one that is there. Raises UnknownLine, NotForSale or TooMany."""
    with db.atomic():
        line = _line(cart, line_id)
        if line.removed_at is not None:
            variant = _for_sale(line.variant_id)
            _refuse_too_many(variant, line.quantity, already=0)
            _refuse_too_many_lines(cart)
            line.removed_at = None
            line.save()
            _refuse_too_dear(cart, variant.price_cents * line.quantity)
        return line


def set_discount(*, cart: Cart, code: str) -> str:
    """Use a discount code, or none when it is empty; returns the code as it is written. Raises CodeRefused."""
    wanted = normal_code(code)
    with db.atomic():
        _lock(cart.id)
        if wanted:
            _refuse_code(cart, wanted)
        cart.discount_code = wanted
        cart.save()
    return wanted


def forget_cart(*, cart: Cart) -> None:
    """Delete the cart with all that hangs on it; what was typed at the checkout is unreadable in backups too."""
    with db.atomic():
        _forget([cart.id])


def end_cart(*, cart_id: int) -> None:
    """Delete a cart, as when its order is placed; in the caller's transaction if there is one."""
    with db.atomic():
        Cart.delete().where(Cart.id == cart_id).execute()


def purge_old_carts() -> int:
    """Delete carts that nobody touched for as long as their cookie lives, and lines removed a day ago; how many."""
    now = clock.now()
    with db.atomic():
        lines = CartLine.delete().where(CartLine.removed_at < now - max(UNDO_FOR, timedelta(days=1))).execute()
        old = [cart.id for cart in Cart.select(Cart.id).where(Cart.touched_at < now - lifetime())]
        for start in range(0, len(old), PURGED_TOGETHER):
            _forget(old[start : start + PURGED_TOGETHER])
    return int(lines) + len(old)


def _forget(cart_ids: list[int]) -> None:
    """Delete carts, and destroy the keys of whatever is sealed for them."""
    subjects: list[str] = []
    for field, model in Cart._meta.backrefs.items():
        if issubclass(model, SealedModel):
            subjects += [row.subject for row in model.select(model.subject).where(field.in_(cart_ids))]
    Cart.delete().where(Cart.id.in_(cart_ids)).execute()
    if subjects:
        destroy_subjects(subjects)


def _cart_for(token: str) -> Cart:
    """The token's cart, made if there is none, its row taken for this transaction."""
    this = Cart.token_hash == hash_of(token)
    if not _take(this):
        new = {Cart.token_hash: hash_of(token), Cart.created_at: clock.now(), Cart.touched_at: clock.now()}
        Cart.insert(new).on_conflict_ignore().execute()
        _take(this)
    cart: Cart = Cart.get(this)
    return cart


def _lock(cart_id: int) -> None:
    """Take the cart's row for this transaction. Raises UnknownLine when the cart is gone."""
    if not _take(Cart.id == cart_id):
        raise UnknownLine


def _take(this: Expression) -> bool:
    """Keep every other change of a cart waiting until this transaction ends, and count this one."""
    return bool(Cart.update(version=Cart.version + 1, touched_at=clock.now()).where(this).execute())


def _line(cart: Cart, line_id: int) -> CartLine:
    _lock(cart.id)
    line: CartLine | None = CartLine.get_or_none(CartLine.id == line_id, CartLine.cart == cart.id)
    if line is None:
        raise UnknownLine
    return line


def _for_sale(variant_id: int) -> SaleVariant:
    variant = variants_for_sale([variant_id]).get(variant_id)
    if variant is None or not variant.is_for_sale:
        raise NotForSale("This is no longer sold.")
    return variant


def _refuse_too_many(variant: SaleVariant, wanted: int, *, already: int) -> None:
    if variant.available <= 0:
        raise TooMany(f"{variant.name} is sold out.")
    if wanted > QUANTITY_AT_MOST:
        raise TooMany(f"At most {QUANTITY_AT_MOST} of one thing fit into a cart.")
    if wanted > variant.available:
        left = f"Only {variant.available} {'is' if variant.available == 1 else 'are'} left"
        raise TooMany(f"{left}, and {already} of them in your cart already." if already else f"{left}.")


def _refuse_too_many_lines(cart: Cart) -> None:
    if CartLine.select().where(CartLine.cart == cart.id, CartLine.removed_at.is_null()).count() >= LINES_AT_MOST:
        raise TooMany(f"At most {LINES_AT_MOST} different things fit into a cart. Please order these first.")


def _put(line: CartLine, quantity: int, variant: SaleVariant) -> None:
    line.quantity, line.seen_price_cents, line.removed_at = quantity, variant.price_cents, None
    line.save()


def _refuse_too_dear(cart: Cart, line_cents: int) -> None:
    if line_cents <= TOTAL_AT_MOST // LINES_AT_MOST:
        return
    try:
        price_basket(items=to_buy(basket(cart)), now=clock.now())
    except BasketTooLarge:
        raise TooMany(TOO_DEAR) from None


def _refuse_code(cart: Cart, code: str) -> None:
    try:
        price_basket(items=to_buy(basket(cart)), discount_code=code, now=clock.now())
    except DiscountRefused as refused:
        raise CodeRefused(refused.reason) from None
    except BasketTooLarge:
        raise CodeRefused(TOO_DEAR) from None
