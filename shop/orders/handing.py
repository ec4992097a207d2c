"""What goes to a carrier or a maker in a file: which orders, and of each exactly what the register lets them have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..catalogue.models import Product, Variant
from ..disclosures.models import Disclosure, RegisteredRecipient
from ..disclosures.queries import given_before, recipients_of
from ..phones import readable
from ..vault import Recipient
from .in_work import Item, Work, waiting

ANY_CARRIER = "other"
# How a value is written in the file, for whoever has to read it.
SHAPES = {
    "order_number": "our number of the order, such as K7QM-3RTX",
    "items": "what to make or send: quantity × name, options (article), parted by semicolons",
    "phone": "as it is dialled from here, with its country when that is another one",
    "delivery_country": "two letters, such as US",
    "delivery_region": "its code where the country has one, such as CA",
}


@dataclass(frozen=True)
class Candidate:
    """An order that a recipient needs; `before` is when it was given it last, if it ever was."""

    work: Work
    before: Disclosure | None


def recipients_of_files() -> list[RegisteredRecipient]:
    """Whom a file can be made for: carriers and makers with an agreement, and a name."""
    found = [*recipients_of(Recipient.CARRIER), *recipients_of(Recipient.MANUFACTURER)]
    return [row for row in found if row.code != ANY_CARRIER and row.field_names]


def candidates(to: RegisteredRecipient) -> list[Candidate]:
    """The orders that need this recipient now, the oldest first."""
    works = waiting()
    makers = makers_of(works) if to.recipient == Recipient.MANUFACTURER else {}
    needed = [work for work in works if not refusal(work, to, makers)]
    before = given_before("order", [work.order.id for work in needed], recipient=to.recipient, who=to.code)
    return [Candidate(work, before.get(work.order.id)) for work in needed]


def refusal(work: Work, to: RegisteredRecipient, makers: Mapping[int, str]) -> str:
    """Why this recipient needs nothing of the order, as the rest of a sentence; "" when it does."""
    if work.refusal:
        return work.refusal
    if to.recipient == Recipient.MANUFACTURER:
        return "" if items_made_by(work, to, makers) else f"has nothing that {to.name} makes"
    if not work.needs_address:
        return "is collected from the shop"
    return "goes with our own round" if work.is_own_round else ""


def makers_of(works: Sequence[Work]) -> dict[int, str]:
    """Who makes each variant in these orders, by its id, in small letters."""
    ids = {item.variant_id for work in works for item in work.items if item.variant_id is not None}
    variants = Variant.select(Variant.id, Product.maker).join(Product).where(Variant.id.in_(ids))
    return {variant.id: variant.product.maker.strip().casefold() for variant in variants}


def items_made_by(work: Work, to: RegisteredRecipient, makers: Mapping[int, str]) -> list[Item]:
    wanted = to.name.strip().casefold()
    return [item for item in work.items if makers.get(item.variant_id or 0) == wanted]


def payload(work: Work, to: RegisteredRecipient, makers: Mapping[int, str]) -> dict[str, str]:
    """What the file says of an order, by field: those of the register and no others, empty where there is nothing."""
    special = {
        "order_number": lambda: str(work.order.number),
        "items": lambda: "; ".join(_in_words(item) for item in items_made_by(work, to, makers)),
        "phone": lambda: readable(work.value("phone")),
    }
    return {name: special.get(name, lambda name=name: work.value(name))() for name in to.field_names}


def _in_words(item: Item) -> str:
    what = ", ".join(filter(None, (item.name, item.options)))
    return " ".join(f"{item.quantity} × {what} ({item.sku})".split())
