"""Sales over time: a period in days, weeks or months, beside the period before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .periods import Bucket, Grain, Period, bucket_start
from .queries import beside
from .sums import Key, Kind, Sums


@dataclass(frozen=True)
class Point:
    """One bucket; `before` is the one at its place in the period before, None where that was shorter."""

    bucket: Bucket
    sums: Sums
    before: Sums | None


@dataclass(frozen=True)
class Series:
    """`whole` and `whole_before` are the two periods' sums; the points sum to `whole`. `missing` days are in
    neither, nor between them."""

    points: Sequence[Point]
    whole: Sums
    whole_before: Sums
    currencies: Sequence[str]
    missing: int


def sales(period: Period, grain: Grain, currency: str) -> Series:
    """Of one currency: an old order may have been in another than the shop's now."""
    now, then = beside(period)
    by_day, before_by_day = now.by_day(Kind.SALES), then.by_day(Kind.SALES)
    buckets, before = period.buckets(grain), period.before.buckets(grain)
    sums = _by_bucket(by_day, period.first, grain, currency)
    earlier = _by_bucket(before_by_day, period.before.first, grain, currency)
    points = [
        Point(
            bucket,
            sums.get(bucket.first, Sums()),
            earlier.get(before[place].first, Sums()) if place < len(before) else None,
        )
        for place, bucket in enumerate(buckets)
    ]
    currencies = sorted({key.currency for _, key in by_day} | {currency})
    return Series(points, total(sums.values()), total(earlier.values()), currencies, len(now.missing))


def _by_bucket(by_day: dict[tuple[date, Key], Sums], first: date, grain: Grain, currency: str) -> dict[date, Sums]:
    found: dict[date, Sums] = {}
    for (day, key), sums in by_day.items():
        if key.currency == currency:
            found.setdefault(bucket_start(day, first, grain), Sums()).add(sums)
    return found


def total(parts: Iterable[Sums]) -> Sums:
    found = Sums()
    for each in parts:
        found.add(each)
    return found
