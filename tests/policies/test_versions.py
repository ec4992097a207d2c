"""The policy in its versions: the newest is in force from the moment it is posted, and none is ever changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from peewee import IntegrityError

from shop.db import db
from shop.policies.models import PolicyVersion
from shop.policies.queries import current_policy
from shop.policies.services import NothingNew, Overtaken, post_first_policy, post_policy
from shop.written_once import WrittenOnce


def test_a_shop_begins_with_a_policy_and_only_one(app: Flask) -> None:
    assert current_policy().number == 1
    assert post_first_policy().number == 1
    assert PolicyVersion.select().count() == 1


@pytest.mark.promise("P24")
def test_a_posted_version_is_the_one_in_force(app: Flask) -> None:
    post_policy(text="We changed our mind.", after=1, staff_id=3)
    assert (current_policy().number, current_policy().text) == (2, "We changed our mind.")
    assert current_policy().posted_by == "staff:3"


@pytest.mark.promise("P24")
def test_a_version_is_neither_changed_nor_deleted_through_the_model(app: Flask) -> None:
    version = current_policy()
    version.text = "We never said that."
    with pytest.raises(WrittenOnce):
        version.save()
    with pytest.raises(WrittenOnce):
        version.delete_instance()


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    "statement",
    [
        PolicyVersion.update(text="We never said that."),
        PolicyVersion.delete(),
        PolicyVersion.update(number=PolicyVersion.number + 1).where(PolicyVersion.number == 1),
    ],
    ids=["update", "delete", "renumber"],
)
def test_the_database_lets_nobody_change_or_delete_a_version(app: Flask, statement: Any) -> None:
    before = current_policy().text
    with pytest.raises(IntegrityError), db.atomic():
        statement.execute()
    assert (current_policy().number, current_policy().text) == (1, before)


def test_what_was_written_against_an_older_version_is_not_posted_over_a_newer_one(app: Flask) -> None:
    post_policy(text="Mine.", after=1, staff_id=1)
    with pytest.raises(Overtaken):
        post_policy(text="Yours.", after=1, staff_id=2)
    assert current_policy().text == "Mine."


def test_the_same_words_make_no_version(app: Flask) -> None:
    with pytest.raises(NothingNew):
        post_policy(text=current_policy().text, after=1, staff_id=1)
