"""No column can hold personal data without saying so."""

from __future__ import annotations

import peewee
import pytest
from flask import Flask

from shop.db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField
from shop.ops.models import all_models
from shop.vault import Sealed
from shop.vault.store import Secret, SubjectKey

SAYS_SO = (Sealed, ImpersonalText, ImpersonalBlob)
CANNOT = (peewee.IntegerField, peewee.BooleanField, peewee.ForeignKeyField, UtcDateTimeField, peewee.DateField)


@pytest.mark.promise("P47")
@pytest.mark.parametrize("model", [*all_models(), SubjectKey, Secret], ids=lambda model: model.__name__)
def test_every_text_is_sealed_or_plainly_impersonal(model: type[BaseModel]) -> None:
    silent = [field.name for field in model._meta.sorted_fields if not isinstance(field, (*SAYS_SO, *CANNOT))]
    assert silent == []


def test_dates_and_numbers_are_no_way_around(app: Flask) -> None:
    """A birthday fits in a date column: each date that is not a moment of the shop's own is named here."""
    dates = {
        f"{model.__name__}.{field.name}"
        for model in all_models()
        for field in model._meta.sorted_fields
        if isinstance(field, peewee.DateField)
    }
    # The month in which a saved card ends, so that its customer can be told in time; the days that a report's figures
    # are of; the day an order is promised for; the last day to answer a bank.
    of_orders = {"Order.deliver_on", "OrderTally.deliver_on", "Dispute.reply_by"}
    of_reports = {"ReportDay.day", "ReportPart.day", "ReportKey.named_on", "ReportZone.summed_from"}
    assert dates == {"StoredCard.expires_on", *of_reports, *of_orders}
