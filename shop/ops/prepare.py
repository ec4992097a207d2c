"""What a start needs: folders, tables, something to sell, and somebody who may sign in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ..admin.access.second_factor import give_demo_app
from ..admin.models import Staff
from ..admin.services import create_staff
from ..catalogue.models import Product
from ..config import PRODUCTION, settings
from ..db import db
from . import demo, folders, schema


@dataclass(frozen=True)
class Prepared:
    """What a start did. `owner` is the e-mail and password of the sign-in just made, or None; shown once. The demo
    shows the code that signing in asks for after them."""

    migrations: list[str]
    is_seeded: bool
    owner: tuple[str, str] | None


def prepare() -> Prepared:
    """Bring the shop up to date; a second time changes nothing. Call it in an app context."""
    folders.make_folders(settings())
    migrations = schema.migrate()
    with db.connection_context():
        is_seeded = settings().shop_mode != PRODUCTION and not Product.select().exists()
        if is_seeded:
            # All or nothing: a start that was broken off fills the shelves again.
            with db.atomic():
                demo.seed()
        owner = None if Staff.select().exists() else _first_owner()
    return Prepared(migrations, is_seeded, owner)


def _first_owner() -> tuple[str, str]:
    email = f"owner@{settings().mail_from.rpartition('@')[2]}"
    password = secrets.token_urlsafe(12)
    give_demo_app(staff=create_staff(email=email, name="Owner", password=password, role="owner"))
    return email, password
