"""The form of one address: the fields of its country, beside whatever else a form asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import request
from wtforms import Field

from ..config import settings
from ..vault import Personal
from .countries import all_countries, rules_for, speaking
from .fields import COUNTRY_CHANGED, PARTS, AskedAddress, by_width
from .lines import Address


class AddressFields:
    """What a form of an address can do, beside FlaskForm; `with_fields_of` adds the fields themselves."""

    personal: dict[str, Personal]

    @property
    def by_width(self) -> tuple[list[Field], list[Field]]:
        """Its fields but name and country: those of a line's width, then the short ones."""
        wide, short = by_width(self)  # type: ignore[arg-type]
        return [one for one in wide if one.name != "name"], short

    @property
    def postal(self) -> Address:
        form: Any = self
        return Address(**{part: form[part].data or "" for part in PARTS if part in form})

    @property
    def asks_for_fields(self) -> bool:
        """Whether it was sent for another country's fields: what is missing in them is no mistake yet."""
        form: Any = self
        return "update" in request.form and bool(form.csrf_token.validate(form))


def with_fields_of(
    form: Any, country: str, declared: Callable[[str], Personal], countries: tuple[str, ...] = ()
) -> Any:
    """`form` with the address fields of `country`, which may be changed for another of `countries`, or of all.

    `declared` gives the declaration of a part ("street"); make it once, for each is remembered.
    """
    return _with_fields_of(form, country, declared, countries or all_countries(), speaking())


@lru_cache(maxsize=600)
def _with_fields_of(
    form: Any,
    country: str,
    declared: Callable[[str], Personal],
    countries: tuple[str, ...],
    _speaking: tuple[str, str],
) -> Any:
    both = AskedAddress(rules_for(country), countries, declared=declared).fields()
    fields: dict[str, Any] = {part: field for part, (field, _) in both.items()}
    personal = {part: declaration for part, (_, declaration) in both.items()}
    return type(form.__name__, (form,), {**fields, "personal": {**getattr(form, "personal", {}), **personal}})


def country_asked(kept: str) -> str:
    """The country whose fields are shown: as it was sent, else as it is `kept`, else the shop's own."""
    country = request.form.get("country", kept)
    return country if country in all_countries() else settings().country


def fetching(here: str, target: str) -> Mapping[str, str]:
    """What the country's field has: changed, it fetches its fields from `here` at once. Without JavaScript a button
    named `update` does."""
    return {"hx-post": here, "hx-target": target, "hx-trigger": COUNTRY_CHANGED, "hx-vals": '{"update": "country"}'}
