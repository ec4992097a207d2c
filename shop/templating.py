"""What every template may use besides its own view's values: `shop`, filters for money, time, phones, static URLs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from babel.dates import format_date, format_skeleton, format_time
from flask import Flask, get_flashed_messages, request

from .config import settings
from .cookies import SESSION
from .money import money, percent, typed_amount
from .phones import readable
from .static_files import static_url


class Link(NamedTuple):
    label: str
    url: str
    is_current: bool = False


Navigation = Callable[[], Sequence[Link]]
_navigation: list[Navigation] = []


def navigation(links: Navigation) -> Navigation:
    """Decorate the function that lists the shop's sections for the head of every page."""
    _navigation[:] = [links]
    return links


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(money=money, percent=percent, typed_amount=typed_amount)
    app.jinja_env.filters.update(moment=moment, day=day, hour=hour, phone=readable)
    app.jinja_env.filters.update(calendar_day=calendar_day, weekday=partial(calendar_day, with_weekday=True))
    app.jinja_env.globals.update(static_url=static_url, nav_sections=nav_sections, flashed=flashed)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"shop": settings()})


def moment(at: datetime) -> str:
    """Date and time as the shop's clock shows it: "Nov 22, 2026, 5:28 PM"."""
    here, locale = at.astimezone(settings().zone), settings().locale
    return f"{format_date(here, 'medium', locale=locale)}, {format_time(here, 'short', locale=locale)}".replace(
        "\u202f", " "
    )


def day(at: datetime) -> str:
    """The date alone, in the shop's time zone: "November 22, 2026"."""
    return str(format_date(at.astimezone(settings().zone), "long", locale=settings().locale))


def calendar_day(day: date, *, with_weekday: bool = False) -> str:
    """A date that is no moment: "Nov 22, 2026", or "Tue, Nov 24" where the year goes without saying."""
    if with_weekday:
        return str(format_skeleton("MMMEd", day, locale=settings().locale))
    return str(format_date(day, "medium", locale=settings().locale))


def hour(at: datetime) -> str:
    """The time of day alone: "5:28 PM"."""
    here = at.astimezone(settings().zone)
    return str(format_time(here, "short", locale=settings().locale)).replace("\u202f", " ")


def nav_sections() -> Sequence[Link]:
    """The sections in the head of the page; none until a feature lists them."""
    return _navigation[0]() if _navigation else ()


def flashed() -> list[str]:
    """Messages left by the page before. A visitor without a session is not given one for asking."""
    if SESSION.full_name not in request.cookies:
        return []
    return [str(message) for message in get_flashed_messages()]
