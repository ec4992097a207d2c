from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from shop.db import ImpersonalBlob, ImpersonalText, db, open_connection
from shop.vault import Personal, Purpose, Recipient, Sealed, SealedModel, fields

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


# Whoever forgets a subject looks into every sealed table: into this one only while it is there.
REGISTER = fields._sealed_fields
OF_PERSON = [field for field in REGISTER if field.model is Person]
REGISTER[:] = [field for field in REGISTER if field.model is not Person]


@pytest.fixture
def people(app: Flask) -> Iterator[type[Person]]:
    """The table of people, empty, inside a context like a request's."""
    REGISTER.extend(OF_PERSON)
    with app.app_context():
        open_connection()
        db.create_tables([Person])
        yield Person
    REGISTER[:] = [field for field in REGISTER if field.model is not Person]
