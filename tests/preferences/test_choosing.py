"""What is chosen at the desk holds over what the shop was started with, in every process, and can be taken back."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask_wtf import FlaskForm

from shop import config
from shop.addresses import country_name
from shop.addresses.asking import with_fields_of
from shop.audit.queries import events_about
from shop.catalogue.models import Product, Variant
from shop.config import settings
from shop.customers import personal_data
from shop.outbox.rendering import OwnWords
from shop.preferences import overlay
from shop.preferences.models import ChosenSetting
from shop.preferences.services import (
    WrongChoice,
    choose_mail_words,
    choose_settings,
    forget_choices,
    note_changes,
)
from shop.vault import Personal


def trail() -> list[tuple[str, str]]:
    return [(event.actor, json.loads(event.details)["name"]) for event in events_about("settings", 0)]


def test_a_choice_holds_at_once_and_is_in_the_trail_once(app: Flask) -> None:
    note_changes()
    assert choose_settings(values={"shop_name": "Oak & Thread", "return_days": "30"}, staff_id=1) == [
        "shop_name",
        "return_days",
    ]
    assert (settings().shop_name, settings().return_days) == ("Oak & Thread", 30)
    note_changes()
    assert sorted(trail()) == [("staff:1", "return_days"), ("staff:1", "shop_name")]


def test_another_process_sees_it_when_it_looks_next(app: Flask) -> None:
    overlay.look(at_once=True)
    ChosenSetting.create(name="shop_name", value="Oak & Thread")
    assert settings().shop_name == "Fern & Strap"
    overlay.look(at_once=True)
    assert settings().shop_name == "Oak & Thread"


def test_countries_are_called_as_in_the_language_chosen_last(app: Flask) -> None:
    assert country_name("FR") == "France"
    choose_settings(values={"locale": "de_DE"}, staff_id=1)
    assert country_name("FR") == "Frankreich"
    with app.test_request_context():
        form = with_fields_of(FlaskForm, "FR", _address, ("FR", "DE"))()
    assert form.country.choices[0].label == "Deutschland"


def _address(part: str) -> Personal:
    found: Personal = getattr(personal_data, f"ADDRESS_{part.upper()}")
    return found


def test_what_was_not_changed_is_not_chosen(app: Flask) -> None:
    assert choose_settings(values={"shop_name": settings().shop_name}, staff_id=1) == []
    assert not ChosenSetting.select().exists()


def test_choices_can_be_taken_back(app: Flask) -> None:
    choose_settings(values={"shop_name": "Oak & Thread"}, staff_id=1)
    assert forget_choices(names=["shop_name", "currency"], staff_id=1) == ["shop_name"]
    assert settings() == config.started_with()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("time_zone", "Mars/Olympus", "TIME_ZONE must be one such as"),
        ("locale", "xx_QQ", "LOCALE must be one such as"),
        ("return_days", "900", "RETURN_DAYS must be between"),
        ("return_days", "soon", "whole number"),
        ("country", "QQ", "COUNTRY must be a code"),
    ],
)
def test_what_would_stop_the_start_cannot_be_chosen(app: Flask, name: str, value: str, says: str) -> None:
    with pytest.raises(WrongChoice) as refused:
        choose_settings(values={name: value, "shop_name": "Oak & Thread"}, staff_id=1)
    assert says in refused.value.problems[name]
    assert settings().shop_name == "Fern & Strap"
    assert trail() == []


def test_the_currency_stays_once_something_has_a_price_in_it(app: Flask) -> None:
    assert choose_settings(values={"currency": "EUR"}, staff_id=1) == ["currency"]
    product = Product.create(name="Tote", slug="tote")
    Variant.create(product=product, sku="tote", price_cents=4800)
    with pytest.raises(WrongChoice) as refused:
        choose_settings(values={"currency": "USD"}, staff_id=1)
    assert "prices in this currency" in refused.value.problems["currency"]
    with pytest.raises(WrongChoice):
        forget_choices(names=["currency"], staff_id=1)


def test_the_privacy_administrators_address_goes_with_the_shops(app: Flask) -> None:
    choose_settings(values={"shop_address": "Oak & Thread\n1 Elm Row"}, staff_id=1)
    assert settings().privacy_address == "Oak & Thread\n1 Elm Row"


def test_a_choice_that_this_version_does_not_know_is_left_out(app: Flask) -> None:
    ChosenSetting.create(name="colour_of_the_door", value="green")
    ChosenSetting.create(name="return_days", value="many")
    overlay.look(at_once=True)
    assert settings() == config.started_with()


def test_words_in_mails_are_chosen_and_taken_back(app: Flask) -> None:
    words = OwnWords(subject_line="Hello {number}", closing="Yours, Robin")
    assert choose_mail_words(template="order-shipped", words=words, staff_id=1)
    assert not choose_mail_words(template="order-shipped", words=words, staff_id=1)
    assert overlay.own_words_of("order-shipped") == words
    assert overlay.own_words_of("order-confirmed") == OwnWords()
    assert trail() == [("staff:1", "mail.order-shipped")]
    assert choose_mail_words(template="order-shipped", words=OwnWords(), staff_id=1)
    assert not ChosenSetting.select().exists()
