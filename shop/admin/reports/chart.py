"""Sales over time as a picture: drawn here, styled by the stylesheet's classes, without a style or script of its own.

Colour carries nothing alone: what was sold is a solid bar, what went back a hatched one below the line, the period
before a stroke across the bar's place. The same figures stand in the table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

import svg
from markupsafe import Markup, escape

GAP = 0.28
WIDEST_BAR = 64
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Bar:
    """One bucket, in cents; `before` is None where the period before had none."""

    label: str
    sold: int
    back: int
    before: int | None


@dataclass(frozen=True)
class Size:
    """A drawing for wide or narrow screens, in units that are about pixels there."""

    name: str
    width: int
    height: int
    labels: int
    left: int = 60
    top: int = 10
    bottom: int = 28

    @property
    def plot(self) -> int:
        return self.height - self.top - self.bottom

    @property
    def across(self) -> int:
        """What the bars have, beside the amounts."""
        return self.width - self.left


SIZES = (
    Size("wide", 1140, 330, labels=10),
    Size("middle", 720, 300, labels=8),
    Size("narrow", 360, 240, labels=4, left=46),
)


@dataclass(frozen=True)
class Scale:
    """From cents to the drawing's units; `ticks` are the lines, zero among them."""

    ticks: Sequence[int]
    size: Size

    def y(self, cents: int) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.size.top + (high - cents) / (high - low) * self.size.plot, 1)


def chart(bars: Sequence[Bar], *, title: str, text: str, money: Callable[[int], str]) -> Markup:
    """All drawings of it, of which the stylesheet shows the one that fits."""
    drawn = [_drawing(bars, size, title, text, money).as_str() for size in SIZES]
    return Markup("\n").join(Markup(each) for each in drawn)  # noqa: S704


def scale_of(bars: Sequence[Bar], size: Size) -> Scale:
    highest = max([1, *(bar.sold for bar in bars), *(bar.before or 0 for bar in bars)])
    lowest = max([0, *(bar.back for bar in bars)])
    step = _step(highest, 4)
    below = -(-lowest // step)
    return Scale([step * number for number in range(-below, -(-highest // step) + 1)], size)


def _step(highest: int, lines: int) -> int:
    """A round distance between lines, so that there are about as many as asked for."""
    rough = max(highest / lines, 1)
    power = 10 ** floor(log10(rough))
    return max(1, int(next(step * power for step in STEPS if step * power >= rough)))


def _drawing(bars: Sequence[Bar], size: Size, title: str, text: str, money: Callable[[int], str]) -> svg.SVG:
    scale = scale_of(bars, size)
    names = f"chart-title-{size.name}", f"chart-text-{size.name}"
    return svg.SVG(
        class_=["chart__drawing", f"chart__drawing--{size.name}"],
        viewBox=svg.ViewBoxSpec(0, 0, size.width, size.height),
        extra={"role": "img", "aria-labelledby": " ".join(names)},
        elements=[
            svg.Title(id=names[0], text=_plain(title)),
            svg.Desc(id=names[1], text=_plain(text)),
            svg.Defs(elements=[_hatching(size)]),
            *_lines(scale, size, money),
            *(element for place, bar in enumerate(bars) for element in _bar(bar, place, len(bars), scale, size)),
            svg.Line(class_=["chart__base"], x1=size.left, x2=size.width, y1=scale.y(0), y2=scale.y(0)),
            *_labels(bars, size),
        ],
    )


def _plain(text: str) -> str:
    """The library writes text as it is given."""
    return str(escape(text))


def _hatching(size: Size) -> svg.Pattern:
    return svg.Pattern(
        id=f"chart-hatch-{size.name}",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform=[svg.Rotate(45)],
        elements=[
            svg.Rect(class_=["chart__hatch-ground"], width=6, height=6),
            svg.Line(class_=["chart__hatch-line"], x1=0, y1=0, x2=0, y2=6),
        ],
    )


def _lines(scale: Scale, size: Size, money: Callable[[int], str]) -> Iterator[svg.Element]:
    for tick in scale.ticks:
        y = scale.y(tick)
        if tick:
            yield svg.Line(class_=["chart__line"], x1=size.left, x2=size.width, y1=y, y2=y)
        yield svg.Text(class_=["chart__label"], x=size.left - 8, y=y + 4, text=_plain(money(tick)), text_anchor="end")


def _bar(bar: Bar, place: int, count: int, scale: Scale, size: Size) -> Iterator[svg.Element]:
    room = size.across / count
    width = min(room * (1 - GAP), WIDEST_BAR)
    x = round(size.left + place * room + (room - width) / 2, 1)
    base = scale.y(0)
    if bar.sold:
        top = scale.y(bar.sold)
        yield svg.Path(class_=["chart__sold"], d=_rounded(x, top, round(width, 1), round(base - top, 1)))
    if bar.back:
        height = round(scale.y(-bar.back) - base, 1)
        fill = f"url(#chart-hatch-{size.name})"
        yield svg.Rect(class_=["chart__back"], x=x, y=base, width=round(width, 1), height=height, fill=fill)
    if bar.before is not None:
        y, over = scale.y(bar.before), width * GAP / 4
        yield svg.Line(class_=["chart__before"], x1=round(x - over, 1), x2=round(x + width + over, 1), y1=y, y2=y)


def _rounded(x: float, y: float, width: float, height: float) -> list[svg.PathData]:
    """Square on the ground, its upper corners taken off a little."""
    corner = min(3.0, width / 2, height)
    return [
        svg.M(x, y + height),
        svg.v(corner - height),
        svg.q(0, -corner, corner, -corner),
        svg.h(width - 2 * corner),
        svg.q(corner, 0, corner, corner),
        svg.v(height - corner),
        svg.Z(),
    ]


def _labels(bars: Sequence[Bar], size: Size) -> Iterator[svg.Element]:
    room, every = size.across / len(bars), -(-len(bars) // size.labels)
    for place in range(0, len(bars), every):
        middle = round(size.left + place * room + room / 2, 1)
        yield svg.Text(
            class_=["chart__label"],
            x=middle,
            y=size.height - 8,
            text=_plain(bars[place].label),
            text_anchor="end" if middle > size.width - 16 else "middle",
        )
