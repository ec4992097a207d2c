"""An import from its file to its undoing: what was read, what it will change, what became of each product."""

from __future__ import annotations

from enum import StrEnum

from peewee import BooleanField, ForeignKeyField, IntegerField

from ... import clock
from ...db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField


class Step(StrEnum):
    """Where an import stands; the worker carries on with those in READING, APPLYING and UNDOING."""

    READING = "reading"
    REFUSED = "refused"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What the import would do with a product."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT_OUT = "left-out"


class Fate(StrEnum):
    """What has become of a product of the import."""

    PLANNED = "planned"
    APPLIED = "applied"
    OVERTAKEN = "overtaken"
    UNDONE = "undone"
    KEPT = "kept"


class Import(BaseModel):
    """`done` of `total` products are through the present step; `plan_hash` names what was shown."""

    step = ImpersonalText(default=Step.READING, index=True)
    file_name = ImpersonalText(default="")
    size = IntegerField(default=0)
    staff_id = IntegerField()
    format = ImpersonalText(default="")
    encoding = ImpersonalText(default="")
    delimiter = ImpersonalText(default="")
    not_taken = ImpersonalText(default="")
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    plan_hash = ImpersonalText(default="")
    confirmed = ImpersonalText(default="")
    confirmed_by = IntegerField(null=True)
    is_overtaken = BooleanField(default=False)
    created_at = UtcDateTimeField(default=clock.now, index=True)
    planned_at = UtcDateTimeField(null=True)
    applied_at = UtcDateTimeField(null=True)
    undone_at = UtcDateTimeField(null=True)


class ImportPart(BaseModel):
    """A piece of the file, compressed; it goes once the import is done, or has been left lying."""

    imported = ForeignKeyField(Import, backref="parts", on_delete="CASCADE")
    number = IntegerField()
    content = ImpersonalBlob()

    class Meta:
        indexes = ((("imported", "number"), True),)


class ImportItem(BaseModel):
    """One product of the file. `changes` is what is shown, done and undone; `made` is a new product as it was written.

    `product_id` is a number and no reference: the product may go, and what was done stays written.
    """

    imported = ForeignKeyField(Import, backref="items", on_delete="CASCADE")
    number = IntegerField()
    row = IntegerField()
    name = ImpersonalText()
    slug = ImpersonalText(default="", index=True)
    outcome = ImpersonalText()
    fate = ImpersonalText(default=Fate.PLANNED)
    why = ImpersonalText(default="")
    product_id = IntegerField(null=True)
    changes = ImpersonalText(default="[]")
    made = ImpersonalText(default="")
    pictures = ImpersonalText(default="[]")

    class Meta:
        indexes = (
            (("imported", "number"), True),
            (("imported", "outcome", "number"), False),
            (("imported", "fate", "number"), False),
        )


class ImportProblem(BaseModel):
    """What is wrong in a row, or worth knowing, and what to do about it. `row` 0 is the file as a whole."""

    imported = ForeignKeyField(Import, backref="problems", on_delete="CASCADE")
    row = IntegerField()
    column = ImpersonalText(default="")
    text = ImpersonalText()
    fix = ImpersonalText(default="")
    is_error = BooleanField(default=True)

    class Meta:
        indexes = ((("imported", "is_error", "row"), False),)


class ImportPlace(BaseModel):
    """A section, or a collection, that an import made; it goes with the undoing when nothing is in it."""

    imported = ForeignKeyField(Import, backref="places", on_delete="CASCADE")
    is_section = BooleanField()
    place_id = IntegerField()
