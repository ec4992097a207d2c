"""What the shop holds about people is declared, column by column, in words for those people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import peewee
import pytest

from shop.checkout.models import CheckoutDraft
from shop.db import ImpersonalBlob, ImpersonalText
from shop.ops.models import all_models
from shop.orders.models import OrderContact, WhereItGoes
from shop.vault import RETENTION, Personal, Purpose, Recipient, Sealed, SealedModel, declarations
from shop.vault.fields import sealed_models

from .conftest import NAME, Person

PLAIN = (peewee.TextField, peewee.CharField, peewee.BlobField)


@pytest.mark.promise("P02")
def test_every_column_that_could_hold_a_person_is_declared_personal_or_impersonal() -> None:
    undeclared = [
        f"{model._meta.table_name}.{field.column_name}"
        for model in all_models()
        for field in model._meta.sorted_fields
        if isinstance(field, PLAIN) and not isinstance(field, Sealed | ImpersonalText | ImpersonalBlob)
    ]
    assert undeclared == []


@pytest.mark.promise("P02", "P07")
def test_every_personal_column_says_what_for_why_and_what_happens_without_it() -> None:
    all_models()
    assert len(declarations()) > 20
    for declared in declarations():
        said = declared.personal
        where = f"{declared.model.__name__}.{declared.field.name}"
        assert said.label, where
        assert said.why.endswith("."), where
        assert said.without.endswith("."), where
        assert said.purposes, where
        assert said.retention in RETENTION, where


def test_every_personal_column_stands_in_a_table_with_a_subject_and_a_source() -> None:
    all_models()
    assert all(issubclass(declared.model, SealedModel) for declared in declarations())


def test_the_tables_of_tests_are_no_declarations_of_the_shop() -> None:
    assert Person not in {declared.model for declared in declarations()}


def test_columns_that_tables_share_are_declared_once_for_each_table_and_not_for_themselves() -> None:
    shared = {"delivery_name", "billing_street", "note"}
    declared = {(each.model, each.field.name) for each in declarations() if each.field.name in shared}
    assert declared == {(model, name) for model in (OrderContact, CheckoutDraft) for name in shared}
    assert not {WhereItGoes, SealedModel} & {*all_models(), *sealed_models()}


@pytest.mark.promise("P08")
def test_promotion_is_no_purpose() -> None:
    assert "promotion" not in set(Purpose)
    with pytest.raises(ValueError, match="promotion"):
        replace(NAME, purposes=("promotion",))
    with pytest.raises(ValueError, match="newsletter"):
        replace(NAME, recipients=("newsletter service",))


def test_every_purpose_recipient_and_retention_has_words() -> None:
    assert all(purpose.words.startswith("to ") for purpose in Purpose)
    assert all(recipient.words for recipient in Recipient)
    assert all(kind.words for kind in RETENTION.values())


@pytest.mark.parametrize(
    "wrong", [{"label": ""}, {"why": ""}, {"without": ""}, {"purposes": ()}, {"retention": "for ever"}], ids=str
)
def test_a_declaration_that_leaves_something_out_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        replace(NAME, **wrong)


def test_a_blind_index_needs_its_column_and_a_known_kind() -> None:
    with pytest.raises(ValueError, match="shoe size"):
        Sealed(NAME, blind_index="shoe size_index")
    with pytest.raises(TypeError, match="email_index = ImpersonalBlob"):
        type("NoColumn", (SealedModel,), {"email": Sealed(NAME, blind_index="email_index")})


def test_a_declaration_is_a_value_that_cannot_change() -> None:
    with pytest.raises(AttributeError):
        NAME.why = "because"  # type: ignore[misc]
    assert isinstance(NAME, Personal)
