from __future__ import annotations

import pytest

from shop import clock
from shop.db import ImpersonalBlob, ImpersonalText, db
from shop.vault import Personal, Purpose, Recipient, Sealed, SealedModel
from shop.vault.models import NameToken

NAME = Personal(
    label="Name",
    why="The parcel needs a name.",
    without="We cannot send the parcel.",
    required=True,
    purposes=(Purpose.ORDER, Purpose.DELIVERY),
    recipients=(Recipient.CARRIER,),
    retention="order",
    autocomplete="name",
)
EMAIL = Personal(
    label="E-mail",
    why="We confirm the order by mail.",
    without="We cannot take the order.",
    required=True,
    purposes=(Purpose.ORDER, Purpose.CORRESPONDENCE),
    retention="order",
    autocomplete="email",
)
PHONE = Personal(
    label="Phone",
    why="The driver may ring.",
    without="The driver cannot reach you.",
    required=False,
    purposes=(Purpose.DELIVERY,),
    retention="order",
    autocomplete="tel",
)


class Person(SealedModel):
    """A table like those of the shop, for these tests alone."""

    name = Sealed(NAME)
    nickname = Sealed(NAME)
    email_index = ImpersonalBlob(null=True, index=True)
    phone_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(EMAIL, blind_index="email_index")
    phone = Sealed(PHONE, blind_index="phone_index")
    colour = ImpersonalText(default="green")


@pytest.fixture
def people(app):
    """The table of people, empty."""
    with app.app_context():
        db.connect(reuse_if_open=True)
        db.drop_tables([Person])
        db.create_tables([Person, NameToken])
        yield Person
        db.drop_tables([Person])


@pytest.fixture(autouse=True)
def present():
    yield
    from datetime import timedelta

    clock.travel(timedelta(0))
