"""What can be printed of orders: which values each paper shows, and for which orders it is of use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import clock
from ..disclosures.allowed import allowed_fields
from ..paper.models import Document
from ..paper.queries import papers_of
from ..vault import Recipient
from .in_work import IN_WORK, TO_PACK, Work, waiting, work_of
from .models import OrderState
from .queries import OrderFile, order_file

# How long what was printed can be looked at once more, by whoever printed it: a printer runs out of paper.
SHOWN_FOR = timedelta(hours=1)
_ADDRESS = (
    *("delivery_name", "delivery_company", "delivery_street", "delivery_district", "delivery_city"),
    *("delivery_region", "delivery_postcode", "delivery_country"),
)
_BILLING = (
    *("billing_name", "billing_company", "billing_street", "billing_district", "billing_city"),
    *("billing_region", "billing_postcode", "billing_country"),
)


@dataclass(frozen=True)
class Printable:
    """A paper for each order. `fields` are the most it may show: what the declarations do not let paper have is left
    out. `states` are those it is offered for by itself; one that is not for work is of use after that, too."""

    document: Document
    title: str
    fields: tuple[str, ...]
    is_for_parcels: bool
    states: tuple[OrderState, ...] = IN_WORK
    is_for_work: bool = True

    def refusal(self, work: Work) -> str:
        """Why it is not printed for this order, as the rest of a sentence; "" when it is."""
        if not self.is_for_work:
            return work.nobodys or ("" if work.order.placed_at else "was never placed")
        if work.refusal or not self.is_for_parcels or work.needs_address:
            return work.refusal
        return "is collected from the shop: it has no address"

    def shown(self, work: Work) -> list[str]:
        """The names of the personal values that stand on it for this order."""
        allowed = allowed_fields(Recipient.PAPER)
        return [name for name in self.fields if name in allowed and work.value(name)]


PRINTABLES = {
    printable.document.value: printable
    for printable in (
        Printable(Document.PACKING_SLIP, "Packing slips", (*_ADDRESS, "note"), False, TO_PACK),
        Printable(Document.LABEL, "Address labels", _ADDRESS, True),
        Printable(
            Document.ROUTE_SHEET,
            "Route sheet",
            (
                "delivery_name",
                "delivery_company",
                "delivery_street",
                "delivery_city",
                "delivery_postcode",
                "phone",
                "note",
            ),
            True,
        ),
        Printable(
            Document.INVOICE,
            "Invoices",
            (*_BILLING, *_ADDRESS),
            False,
            TO_PACK,
            is_for_work=False,
        ),
    )
}


def offered(printable: Printable) -> list[Work]:
    """The orders it is printed for when nobody chose any. A route sheet is for our own round alone."""
    works = [work for work in waiting(printable.states) if not printable.refusal(work)]
    return [work for work in works if work.is_own_round] if printable.document == Document.ROUTE_SHEET else works


def days_of(works: Sequence[Work]) -> list[date]:
    """The days on which they were promised, the first one first."""
    return sorted({work.order.deliver_on for work in works if work.order.deliver_on is not None})


@dataclass(frozen=True)
class Sheets:
    """What was printed at once, as long as it is shown. An order that nobody needs it for any more is not on it."""

    printable: Printable
    works: Sequence[Work]
    at: datetime
    destroy_by: datetime
    location: str
    left_out: int

    @property
    def day(self) -> date | None:
        """The day on which all of it was promised, if there is one."""
        days = days_of(self.works)
        return days[0] if len(days) == 1 else None

    def files(self) -> Iterator[OrderFile]:
        """All of each order, for a paper that shows its figures."""
        for work in self.works:
            yield order_file(work.order)


def sheets_of(batch: str, *, staff_id: int) -> Sheets | None:
    """None when this member of staff printed no such thing within the last hour."""
    papers = papers_of(batch)
    if not papers or papers[0].made_by != staff_id or papers[0].made_at < clock.now() - SHOWN_FOR:
        return None
    printable = PRINTABLES[papers[0].document]
    works = [work for work in work_of(paper.about_id for paper in papers) if not printable.refusal(work)]
    return Sheets(
        printable=printable,
        works=list(_by_way(works)) if printable.document == Document.ROUTE_SHEET else works,
        at=papers[0].made_at,
        destroy_by=papers[0].destroy_by,
        location=papers[0].location,
        left_out=len(papers) - len(works),
    )


def _by_way(works: Sequence[Work]) -> Iterator[Work]:
    """Houses of one street follow each other."""
    yield from sorted(
        works, key=lambda work: [work.value(f"delivery_{part}") for part in ("postcode", "street", "name")]
    )
