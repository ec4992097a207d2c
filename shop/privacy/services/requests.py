"""Somebody asks what is held about them by letter, by phone or in the shop."""

from __future__ import annotations

from ...audit.services import record
from ...config import settings
from ...customers.models import Customer
from ...customers.queries import customer_with
from ...db import db
from ...paper.models import Document
from ...paper.services import default_destroy_by, register_paper
from ...vault import REMOVED, Source, new_subject
from ..look_reasons import LookReason
from ..models import DataRequest, Proof, Way
from ..person import Person
from .opening import mail_link_from_desk


def answer_request(*, email: str, proof: str, way: str, staff_id: int) -> DataRequest:
    """Note who asked and how it was proved, and mail the link, if it is to be mailed: to the address on file alone."""
    customer = customer_with(email)
    with db.atomic():
        asked: DataRequest = DataRequest.create(
            subject=new_subject("case"),
            source=Source.LETTER,
            customer=customer and customer.id,
            email=email,
            proof=Proof(proof),
            way=Way(way),
            checked_by=staff_id,
        )
        if asked.way == Way.MAIL:
            mail_link_from_desk(email=email, customer=customer)
        about = ("customer", customer.id) if customer else ("data_request", asked.id)
        record("data-requested", actor=f"staff:{staff_id}", about=about, proof=proof, way=way)
        if asked.way == Way.PRINT:
            _register_paper(about, staff_id)
    return asked


def _register_paper(about: tuple[str, int], staff_id: int) -> None:
    """All that is held about somebody, on paper, until they have it in their hands."""
    register_paper(
        document=Document.COPY,
        about=about,
        location=settings().paper_place,
        keyholder=staff_id,
        destroy_by=default_destroy_by(),
        staff_id=staff_id,
    )


def person_of_request(asked: DataRequest) -> Person | None:
    """Whom it is about; None once that was forgotten."""
    if asked.email is None or asked.email is REMOVED:
        return None
    customer: Customer | None = Customer.get_or_none(Customer.id == asked.customer_id) if asked.customer_id else None
    return Person(customer, str(asked.email))


def note_printing(*, asked: DataRequest, staff_id: int) -> None:
    """That staff have seen all of it."""
    about = ("customer", asked.customer_id) if asked.customer_id else ("data_request", asked.id)
    with db.atomic():
        record("data-printed", actor=f"staff:{staff_id}", about=about, reason=LookReason.REQUEST.value)
