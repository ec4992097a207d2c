"""Products as lists show them: the columns that a card prints and no others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN

from .. import clock
from .models import Picture, Product
from .queries import PictureShown, first_picture, picture_shown
from .stock import FEW_LEFT

NEW_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Card:
    """A product in a list. `price_from_cents` is its cheapest variant's, and so are compare-at and unit price."""

    id: int
    slug: str
    name: str
    maker: str
    summary: str
    measure: str
    price_from_cents: int
    price_to_cents: int
    compare_at_cents: int | None
    unit_price_cents: int | None
    choices: int
    available: int
    published_at: datetime
    picture: PictureShown | None

    @property
    def has_one_price(self) -> bool:
        return self.price_from_cents == self.price_to_cents

    @property
    def was_cents(self) -> int | None:
        """The price before, when it was higher than now."""
        return self.compare_at_cents if (self.compare_at_cents or 0) > self.price_from_cents else None

    @property
    def flag(self) -> str:
        """The one word that matters most: sold out, how few are left, a lower price, or that it is new."""
        if self.available <= 0:
            return "Sold out"
        if self.available <= FEW_LEFT:
            return f"{self.available} left"
        if self.was_cents:
            return "Sale"
        # By the day, so that a page says the same for the whole of it.
        is_new = clock.now().date() - self.published_at.date() <= NEW_FOR
        return "New" if is_new else ""


def card_query() -> Any:
    """All products as rows for `card`; the caller says which, and in what order."""
    return (
        Product.select(
            Product.id,
            Product.slug,
            Product.name,
            Product.maker,
            Product.summary,
            Product.measure,
            Product.price_from_cents,
            Product.price_to_cents,
            Product.compare_at_cents,
            Product.unit_price_cents,
            Product.choices,
            Product.available,
            Product.published_at,
            Picture.file,
            Picture.widths,
            Picture.alt,
            Picture.width,
            Picture.height,
        )
        .join(Picture, JOIN.LEFT_OUTER, on=(Picture.id == first_picture()))
        .dicts()
    )


def card(row: dict[str, Any]) -> Card:
    """A row of `card_query`; whatever else the row holds is left out."""
    picture = picture_shown(row["file"], row["widths"], row["alt"], row["width"], row["height"])
    return Card(**{name: row[name] for name in _COLUMNS}, picture=picture)


_COLUMNS = [name for name in Card.__dataclass_fields__ if name != "picture"]
