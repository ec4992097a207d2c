"""Sections hold collections, collections hold products, products hold the variants that are sold."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from peewee import SQL, BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField, db, is_sqlite

OPTIONS_AT_MOST = 3


class ProductState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class Measure(StrEnum):
    """What a unit price is given per: a kilogram, a litre, a piece of several; or nothing."""

    NONE = ""
    KILOGRAM = "kg"
    LITRE = "l"
    PIECE = "piece"


class Section(BaseModel):
    """A department of the shop: Bags, Produce."""

    name = ImpersonalText()
    slug = ImpersonalText(unique=True)
    intro = ImpersonalText(default="")
    position = IntegerField(default=0)


class Collection(BaseModel):
    """`story` is Markdown with a headline; the home page tells the collections' stories, the first at its top."""

    section_id: int
    section = ForeignKeyField(Section, backref="collections", on_delete="CASCADE")
    name = ImpersonalText()
    slug = ImpersonalText()
    intro = ImpersonalText(default="")
    story = ImpersonalText(default="")
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("section", "slug"), True),)


class Product(BaseModel):
    """What is shown. `services.summarise` keeps its prices and stock in line with its variants: lists need no joins."""

    name = ImpersonalText()
    slug = ImpersonalText(unique=True)
    state = ImpersonalText(default=ProductState.DRAFT, index=True)
    summary = ImpersonalText(default="")
    description = ImpersonalText(default="")
    care = ImpersonalText(default="")
    origin = ImpersonalText(default="")
    maker = ImpersonalText(default="")
    tax_class = ImpersonalText(default="standard")
    measure = ImpersonalText(default=Measure.NONE)
    option1_name = ImpersonalText(default="")
    option2_name = ImpersonalText(default="")
    option3_name = ImpersonalText(default="")
    # What the owner puts first: higher comes earlier.
    featured = IntegerField(default=0)
    # From this many down the desk is told; None is the shop's own number.
    low_at = IntegerField(null=True)
    # Goes up with every edit at the desk, so that nobody overwrites what they have not seen.
    version = IntegerField(default=1)
    created_at = UtcDateTimeField(default=clock.now)
    changed_at = UtcDateTimeField(default=clock.now)
    published_at = UtcDateTimeField(null=True)
    # Kept by services.summarise:
    price_from_cents = BigIntegerField(default=0)
    price_to_cents = BigIntegerField(default=0)
    compare_at_cents = BigIntegerField(null=True)
    unit_price_cents = BigIntegerField(null=True)
    choices = IntegerField(default=0)
    available = IntegerField(default=0)
    sold_count = IntegerField(default=0)

    class Meta:
        indexes = (
            (("state", "featured", "published_at", "id"), False),
            (("state", "published_at", "id"), False),
            (("state", "price_from_cents", "id"), False),
            (("state", "sold_count", "id"), False),
            (("changed_at", "id"), False),
        )


class ProductCollection(BaseModel):
    """A product's place in one of its collections; position 0 is its first, which breadcrumbs show.

    `rank` is where it stands in that collection: higher comes earlier, 0 is where nobody has put it anywhere.
    """

    product = ForeignKeyField(Product, backref="places", on_delete="CASCADE")
    collection = ForeignKeyField(Collection, backref="places", on_delete="CASCADE")
    position = IntegerField(default=0)
    rank = IntegerField(default=0)

    class Meta:
        indexes = ((("product", "collection"), True),)


class Variant(BaseModel):
    """What is sold: a product in one colour, size or weight, with its own price and stock.

    `on_hand` is what lies on the shelf, `held` what of it is promised to payments under way. Both move only by
    services that write a StockMovement or a hold beside it.
    """

    product_id: int
    product = ForeignKeyField(Product, backref="variants", on_delete="CASCADE")
    sku = ImpersonalText(unique=True)
    option1 = ImpersonalText(default="")
    option2 = ImpersonalText(default="")
    option3 = ImpersonalText(default="")
    position = IntegerField(default=0)
    is_archived = BooleanField(default=False)
    price_cents = BigIntegerField(constraints=[Check("price_cents >= 0")])
    compare_at_cents = BigIntegerField(null=True)
    # The lowest price of the 30 days before a reduction that compare_at_cents announces.
    lowest_before_cents = BigIntegerField(null=True)
    # How much one is, in grams, millilitres or pieces, for the unit price.
    measure_amount = IntegerField(null=True)
    weight_grams = IntegerField(default=0)
    on_hand = IntegerField(default=0)
    held = IntegerField(default=0)

    class Meta:
        constraints = (Check("held >= 0 AND on_hand >= held"),)
        indexes = ((("product", "option1", "option2", "option3"), True),)


class Picture(BaseModel):
    """A product's picture. `file` is the hash that its renditions under MEDIA_ROOT are named by, `widths` theirs.

    An empty `alt` is a picture that only decorates; until somebody says what one shows it has the product's name.
    """

    product_id: int
    variant_id: int | None
    product = ForeignKeyField(Product, backref="pictures", on_delete="CASCADE")
    variant = ForeignKeyField(Variant, null=True, backref="pictures", on_delete="SET NULL")
    file = ImpersonalText()
    alt = ImpersonalText(default="")
    needs_alt = BooleanField(default=False)
    width = IntegerField()
    height = IntegerField()
    widths = ImpersonalText()
    position = IntegerField(default=0)


class UploadState(StrEnum):
    WAITING = "waiting"
    BROKEN = "broken"


class PictureUpload(BaseModel):
    """A picture somebody sent, and the worker has not made into a Picture: `file` is the original, `problem` why.

    A worker that takes it on puts `due_at` off, so that no other does, and somebody does should that one die.
    """

    product_id: int
    product = ForeignKeyField(Product, backref="uploads", on_delete="CASCADE")
    file = ImpersonalText(unique=True)
    state = ImpersonalText(default=UploadState.WAITING, index=True)
    problem = ImpersonalText(default="")
    tries = IntegerField(default=0)
    due_at = UtcDateTimeField(default=clock.now)
    by = ImpersonalText(default="shop")


class OldSlug(BaseModel):
    """An address that a page once had: whoever asks for it is led to where `target` is now.

    `kind` is product, section or collection; `within` the section of a collection, else 0.
    """

    kind = ImpersonalText()
    within = IntegerField(default=0)
    slug = ImpersonalText()
    target = IntegerField()

    class Meta:
        indexes = ((("kind", "within", "slug"), True), (("kind", "target"), False))


class PriceChange(BaseModel):
    """From `at` on a variant had this price, until its next row."""

    variant = ForeignKeyField(Variant, backref="price_changes", on_delete="CASCADE")
    price_cents = BigIntegerField()
    compare_at_cents = BigIntegerField(null=True)
    at = UtcDateTimeField(default=clock.now)
    by = ImpersonalText(default="shop")

    class Meta:
        indexes = ((("variant", "at", "id"), False),)


class ProductEdit(BaseModel):
    """An edit at the desk: it made the product `version`, and changed `fields`, separated by blanks."""

    product = ForeignKeyField(Product, backref="edits", on_delete="CASCADE")
    version = IntegerField()
    fields = ImpersonalText(default="")
    at = UtcDateTimeField(default=clock.now)
    by = ImpersonalText(default="shop")

    class Meta:
        indexes = ((("product", "version"), False),)


class StockMovement(BaseModel):
    """The stock ledger: a variant's movements add up to its `on_hand`; `ref` makes one unique for its reason."""

    variant = ForeignKeyField(Variant, backref="movements", on_delete="CASCADE")
    quantity = IntegerField()
    reason = ImpersonalText()
    ref = ImpersonalText()
    at = UtcDateTimeField(default=clock.now)
    by = ImpersonalText(default="shop")

    class Meta:
        indexes = ((("variant", "reason", "ref"), True),)


class CatalogueVersion(BaseModel):
    """One row. Whatever changes what a catalogue page shows adds one to it, in its own transaction."""

    number = IntegerField(default=1, constraints=[SQL("CHECK (id = 1)")])


class ProductText(BaseModel):
    """What is searched: FTS5 on SQLite, a tsvector on PostgreSQL; rowid is the product. search.py alone uses it."""

    @classmethod
    def create_table(cls, safe: bool = True, **_options: Any) -> None:
        for statement in _TEXT_ON_SQLITE if is_sqlite() else _TEXT_ON_POSTGRESQL:
            db.execute_sql(statement)


_TEXT_ON_SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS product_text USING fts5(name, words, body, tokenize = 'porter ascii')",
    # How much more a word counts in the name than among the words about a product, and than in its description.
    "INSERT INTO product_text (product_text, rank) VALUES ('rank', 'bm25(10.0, 4.0, 1.0)')",
)
_TEXT_ON_POSTGRESQL = (
    "CREATE TABLE IF NOT EXISTS product_text (rowid integer PRIMARY KEY, document tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS product_text_document ON product_text USING gin (document)",
)


class SearchWord(BaseModel):
    """A word that a product on show can be found by; what a misspelt word is compared with."""

    word = ImpersonalText()
    product = ForeignKeyField(Product, on_delete="CASCADE")

    class Meta:
        indexes = ((("word", "product"), True),)


class SearchWaiting(BaseModel):
    """A product whose search text the worker is to write anew, since a shelf that it stands on is called otherwise."""

    product = ForeignKeyField(Product, unique=True, on_delete="CASCADE")


class SearchTrigram(BaseModel):
    """Three letters in a row of a word that `SearchWord` has or had."""

    trigram = ImpersonalText()
    word = ImpersonalText(index=True)

    class Meta:
        indexes = ((("trigram", "word"), True),)
