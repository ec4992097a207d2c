"""Days, weeks and months are the shop's: its time zone, its locale."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from shop.config import activate, settings
from shop.days import begin_of, day_of
from shop.reports.calendar import month_after, stretch, stretches, week_of
from shop.reports.periods import PRESETS, Grain, Period, bucket_start, preset
from shop.reports.queries import Books
from shop.reports.services import sum_up
from shop.reports.sums import Kind

from ..support.histories import goods, quote_of, sold

PARIS = {"time_zone": "Europe/Paris", "locale": "fr_FR"}
SUNDAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)], ids=str
)
def test_a_day_is_as_long_as_the_shops_clock_makes_it(app: Flask, day: date, hours: int) -> None:
    begin, end = stretch(day, day)
    assert end - begin == timedelta(hours=hours)
    assert day_of(begin) == day_of(end - timedelta(seconds=1)) == day
    assert day_of(end) == day + timedelta(days=1)


def test_each_hour_of_the_day_that_clocks_go_back_is_in_it_once(app: Flask) -> None:
    begin, _ = stretch(SUNDAY, SUNDAY)
    for hour in range(25):
        sold(quote_of(goods(100), delivery=None), at=begin + timedelta(hours=hour))
    days = {day: sums.orders for (day, _), sums in Books(SUNDAY, SUNDAY).by_day(Kind.SALES).items()}
    assert days == {SUNDAY: 25}


@pytest.mark.parametrize("settings_overrides", [{}, PARIS], ids=["american", "french"])
def test_weeks_begin_as_the_locale_has_them(app: Flask, settings_overrides: dict[str, Any]) -> None:
    begins = date(2026, 10, 26) if settings_overrides else SUNDAY
    assert week_of(SUNDAY) == begins
    buckets = Period(date(2026, 10, 28), date(2026, 11, 10)).buckets(Grain.WEEK)
    assert buckets[0].first == date(2026, 10, 28)
    assert buckets[-1].last == date(2026, 11, 10)
    assert all(
        after.first - before.last == timedelta(days=1) for before, after in zip(buckets, buckets[1:], strict=False)
    )


def test_every_day_of_a_period_is_in_one_bucket_of_each_grain(app: Flask) -> None:
    period = Period(date(2025, 11, 14), date(2026, 5, 3))
    for grain in Grain:
        buckets = {bucket.first: bucket for bucket in period.buckets(grain)}
        for number in range(period.days):
            day = period.first + timedelta(days=number)
            bucket = buckets[bucket_start(day, period.first, grain)]
            assert bucket.first <= day <= bucket.last


@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2026, 3, 31), date(2026, 1, 1)], ids=str)
def test_every_preset_ends_by_today_and_comes_after_the_period_it_is_compared_with(app: Flask, today: date) -> None:
    for name in PRESETS:
        period = preset(name, today)
        assert period.first <= period.last <= today
        assert period.before.first <= period.before.last < period.first


def test_months_are_counted_over_the_turn_of_the_year(app: Flask) -> None:
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 1)
    assert month_after(date(2026, 1, 31), -1) == date(2025, 12, 1)


def test_days_beside_each_other_are_asked_for_together_and_very_many_as_one(app: Flask) -> None:
    day = date(2026, 6, 1)
    apart = {day, day + timedelta(days=1), day + timedelta(days=4)}
    assert stretches(apart) == [stretch(day, day + timedelta(days=1)), stretch(max(apart), max(apart))]
    many = {day + timedelta(days=2 * number) for number in range(100)}
    assert stretches(many) == [stretch(min(many), max(many))]


def test_another_time_zone_makes_other_days_and_the_worker_sums_them_up_anew(app: Flask) -> None:
    at = datetime(2026, 6, 11, 6, 59, tzinfo=UTC)
    sold(quote_of(goods(100), delivery=None), at=at)
    sum_up()
    assert days_sold() == {date(2026, 6, 10)}
    activate(replace(settings(), time_zone="Europe/Paris"))
    assert begin_of(date(2026, 6, 11)) == datetime(2026, 6, 10, 22, 0, tzinfo=UTC)
    assert days_sold() == {date(2026, 6, 11)}
    sum_up()
    assert Books(date(2026, 6, 1), date(2026, 6, 30)).stale == set()
    assert days_sold() == {date(2026, 6, 11)}


def days_sold() -> set[date]:
    books = Books(date(2026, 6, 1), date(2026, 6, 30))
    return {day for (day, _), sums in books.by_day(Kind.SALES).items() if sums.orders}


def test_years_are_read_by_the_year(app: Flask) -> None:
    period = Period(date(2016, 3, 1), date(2026, 11, 22))
    assert period.grains == [Grain.YEAR]
    buckets = period.buckets(Grain.YEAR)
    assert [bucket.label for bucket in buckets] == [str(year) for year in range(2016, 2027)]
    assert (buckets[0].words, buckets[1].words) == ("Mar 1, 2016 – Dec 31, 2016", "2017")
