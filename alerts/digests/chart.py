"""The two drawings of a digest as SVG: verified hours by day, and changes told by period. Plain shapes, no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from alerts.digests.values import Counted, HoursOfDay
from alerts.language import _
from alerts.words import day
from store.values import Severity

# Read on white and on black; they differ in lightness too, and every figure also stands in words.
COLOURS = {
    Severity.CRITICAL: "#a40e26",
    Severity.HIGH: "#d9660a",
    Severity.MEDIUM: "#d4a017",
    Severity.LOW: "#4a90d9",
    Severity.INFO: "#8c959f",
    Severity.OPERATIONAL: "#8c959f",
}
FULL, PARTLY, NEVER = "#2b9a4b", "#d4a017", "#8c959f"
CELL, GAP = 14, 3  # of the strip of days, in points
BAR, BAR_GAP, HEIGHT = 20, 8, 84  # of the bars by period
TOP, BOTTOM = 14, 16  # room for figures above the bars and for names below them


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from the top left corner. faint: drawn as an outline with little filling."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A word centred on x with its foot on y."""

    x: float
    y: float
    text: str


def day_boxes(days: Sequence[HoursOfDay]) -> tuple[Box, ...]:
    """One square a day: full of green where every hour is verified, partly filled, or empty."""
    return tuple(box for number, one in enumerate(days) for box in _day(number * (CELL + GAP), one))


def day_strip(days: Sequence[HoursOfDay]) -> Markup:
    """The squares as SVG, each with its day and hours as a title."""
    width = len(days) * (CELL + GAP) - GAP
    said = "; ".join(_title(one) for one in days)
    return _svg(width, CELL, said, "".join(_rect(box) for box in day_boxes(days)))


def trend_width(counts: Sequence[Counted]) -> int:
    return len(counts) * (BAR + BAR_GAP)


def _left(number: int) -> float:
    """Where a bar begins; half a gap on each side leaves room for its name."""
    return number * (BAR + BAR_GAP) + BAR_GAP / 2


def trend_boxes(counts: Sequence[Counted]) -> tuple[Box, ...]:
    """One bar a period, the gravest severity lowest; a period without a change is a thin line."""
    most = max((one.total for one in counts), default=0)
    return tuple(box for number, one in enumerate(counts) for box in _bar(_left(number), one, most))


def trend_labels(counts: Sequence[Counted]) -> tuple[Label, ...]:
    """The name of every period short enough to stand below its bar, and the count above it."""
    most = max((one.total for one in counts), default=0)
    found = []
    for number, one in enumerate(counts):
        middle = _left(number) + BAR / 2
        found.append(Label(middle, TOP + HEIGHT + BOTTOM - 3, one.period.rpartition("-")[2]))
        if one.total:
            found.append(Label(middle, TOP + HEIGHT - HEIGHT * one.total / most - 3, str(one.total)))
    return tuple(found)


def trend_svg(counts: Sequence[Counted]) -> Markup:
    """The bars as SVG with their figures and names; what they say in words is its label."""
    drawn = "".join(_rect(box) for box in trend_boxes(counts))
    drawn += "".join(
        f'<text x="{one.x:g}" y="{one.y:g}" text-anchor="middle" font-size="10" fill="currentColor">'
        f"{escape(one.text)}</text>"
        for one in trend_labels(counts)
    )
    said = "; ".join(f"{one.period}: {one.total}" for one in counts)
    return _svg(trend_width(counts), TOP + HEIGHT + BOTTOM, said, drawn)


def _day(x: float, one: HoursOfDay) -> Iterator[Box]:
    share = one.verified / one.of if one.of else 0.0
    colour = FULL if share == 1 else PARTLY if share else NEVER
    if share < 1:
        yield Box(x, 0, CELL, CELL, colour, faint=True)
    if share:
        yield Box(x, CELL * (1 - share), CELL, CELL * share, colour)


def _bar(x: float, one: Counted, most: int) -> Iterator[Box]:
    foot: float = TOP + HEIGHT
    if not one.total:
        yield Box(x, foot - 1, BAR, 1, NEVER)
    for severity, count in one.told:
        height = HEIGHT * count / most
        foot -= height
        yield Box(x, foot, BAR, height, COLOURS[severity])


def _title(one: HoursOfDay) -> str:
    return _("{day}: {verified} of {hours} hours").format(day=day(one.on), verified=one.verified, hours=one.of)


def _rect(box: Box) -> str:
    faint = ' fill-opacity="0.18"' if box.faint else ""
    place = f'x="{box.x:g}" y="{box.y:.2f}" width="{box.width:g}" height="{box.height:.2f}"'
    return f'<rect {place} fill="{box.colour}"{faint}/>'


def _svg(width: float, height: float, label: str, drawn: str) -> Markup:
    return Markup(
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}"><title>{escape(label)}</title>'
        f"{drawn}</svg>"
    )
