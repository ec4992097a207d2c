"""One row for each paper that names somebody. What stands on it is not kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import Check, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField, one_of


class Document(StrEnum):
    """What a paper is. The first five the shop prints itself; the others come in or are written by hand."""

    PACKING_SLIP = "packing-slip"
    LABEL = "label"
    ROUTE_SHEET = "route-sheet"
    INVOICE = "invoice"
    COPY = "copy"
    LETTER = "letter"
    IDENTITY = "identity"
    FORM = "form"
    OTHER = "other"

    @property
    def words(self) -> str:
        """ "packing slip" """
        return _DOCUMENTS[self]


_DOCUMENTS = {
    Document.PACKING_SLIP: "packing slip",
    Document.LABEL: "address label",
    Document.ROUTE_SHEET: "line on a route sheet",
    Document.INVOICE: "invoice",
    Document.COPY: "copy of what we hold",
    Document.LETTER: "letter that came in",
    Document.IDENTITY: "copy of a proof of identity",
    Document.FORM: "form filled in by hand",
    Document.OTHER: "another paper",
}


class How(StrEnum):
    """What became of a paper in the end."""

    SHREDDED = "shredded"
    WITH_PARCEL = "with-parcel"
    HANDED_BACK = "handed-back"
    BY_A_FIRM = "by-a-firm"

    @property
    def words(self) -> str:
        return _HOW[self]


_HOW = {
    How.SHREDDED: "shredded here",
    How.WITH_PARCEL: "gone to the customer with their parcel",
    How.HANDED_BACK: "handed to the person it is about",
    How.BY_A_FIRM: "destroyed by a firm that certifies it",
}


class PaperRecord(BaseModel):
    """`about_kind` and `about_id` say whom it names, ("order", 12). `location` is where it lies, `keyholder` the member
    of staff who has the key there. `batch` joins what was printed together. While it is taken out `out_by` has it.

    It is closed by whoever signs what became of it.
    """

    document = ImpersonalText(constraints=[Check(one_of("document", Document))])
    about_kind = ImpersonalText()
    about_id = IntegerField()
    batch = ImpersonalText(default="", index=True)
    location = ImpersonalText(constraints=[Check("TRIM(location) <> ''")])
    keyholder = IntegerField()
    made_at = UtcDateTimeField(default=clock.now)
    made_by = IntegerField()
    destroy_by = UtcDateTimeField()
    out_at = UtcDateTimeField(null=True)
    out_by = IntegerField(null=True)
    closed_at = UtcDateTimeField(null=True)
    closed_by = IntegerField(null=True)
    how = ImpersonalText(default="")

    class Meta:
        constraints = (
            Check(
                "(closed_at IS NULL AND closed_by IS NULL AND how = '') "
                f"OR (closed_at IS NOT NULL AND closed_by IS NOT NULL AND {one_of('how', How)})"
            ),
        )
        indexes = ((("about_kind", "about_id", "id"), False), (("closed_at", "destroy_by", "id"), False))

    @property
    def words(self) -> str:
        return Document(self.document).words

    @property
    def how_words(self) -> str:
        """What became of it; "" while it is kept."""
        return How(self.how).words if self.how else ""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been destroyed before `now`."""
        destroy_by: Any = self.destroy_by
        return self.is_open and bool(destroy_by < now)
