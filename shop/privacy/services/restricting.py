"""Withholding something from the person it is about, on one of the policy's five grounds, and ending that."""

from __future__ import annotations

from datetime import datetime

from ... import clock
from ...audit.services import record
from ...customers.queries import customer_with
from ...db import db
from ...vault import Source, new_subject
from ..models import Ground, Restriction
from ..person import peoples_tables
from ..tables import TABLES

REASON_AT_LEAST = 10


class WrongRestriction(ValueError):
    """The message says what it lacks, for whoever decides it."""


class NoSuchRestriction(LookupError):
    pass


def restrict(
    *,
    email: str,
    of_table: str,
    ground: str,
    reason: str,
    until: datetime,
    staff_id: int,
    of_column: str = "",
    row_id: int | None = None,
    quoted_cents: int | None = None,
) -> Restriction:
    """Withhold a table, a column or a row from whoever has this e-mail, until a day in the future.

    The person reads `reason`, and it is all they read. Raises WrongRestriction.
    """
    _check(of_table, of_column, ground, reason, until, quoted_cents)
    customer = customer_with(email)
    with db.atomic():
        found: Restriction = Restriction.create(
            subject=new_subject("case"),
            source=Source.SHOP,
            customer=customer and customer.id,
            email=email,
            of_table=of_table,
            of_column=of_column,
            row_id=row_id,
            ground=Ground(ground),
            reason=reason,
            quoted_cents=quoted_cents,
            decided_by=staff_id,
            until=until,
        )
        record("restriction-placed", actor=f"staff:{staff_id}", about=("restriction", found.id), ground=ground)
    return found


def _check(of_table: str, of_column: str, ground: str, reason: str, until: datetime, quoted_cents: int | None) -> None:
    models = {str(model._meta.table_name): model for model in peoples_tables()}
    if of_table not in models:
        raise WrongRestriction(f"There is nothing called {of_table!r} to withhold.")
    if of_column and of_column not in models[of_table]._meta.fields:
        raise WrongRestriction(f"There is no {of_column!r} in {TABLES[of_table].one.lower()}.")
    if ground not in set(Ground):
        raise WrongRestriction(f"The policy knows five grounds and no other: {', '.join(Ground)}.")
    if len(reason.strip()) < REASON_AT_LEAST:
        raise WrongRestriction("Say the reason in a sentence: the person reads it in place of what is withheld.")
    if until <= clock.now():
        raise WrongRestriction("It needs a day in the future on which it ends by itself.")
    if ground == Ground.COST and quoted_cents is None:
        raise WrongRestriction("Before anything is withheld for its cost, tell the person how much it would be.")


def lift(*, restriction_id: int, staff_id: int) -> bool:
    """Show it again from now on; False when that was done already. Raises NoSuchRestriction."""
    with db.atomic():
        if not Restriction.select().where(Restriction.id == restriction_id).exists():
            raise NoSuchRestriction(restriction_id)
        is_on = (Restriction.id == restriction_id) & Restriction.lifted_at.is_null()
        if not Restriction.update(lifted_at=clock.now(), lifted_by=staff_id).where(is_on).execute():
            return False
        record("restriction-lifted", actor=f"staff:{staff_id}", about=("restriction", restriction_id))
    return True
