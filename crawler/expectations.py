"""Answers what a declaration expects of a good reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crawler.forms import newest_age, territories_of
from crawler.keys import Table
from store.values import SourceKind

EXPECTATIONS = {
    SourceKind.AVAILABILITY: ("territories", "deployments", "passages", "max_removed", "marker"),
    SourceKind.TERMS: ("passages", "marker"),
    SourceKind.DOCKET: ("notices", "passages", "marker"),
    SourceKind.FEED: ("entries", "newest", "passages", "marker"),
}
EXPECT_KEYS = tuple(dict.fromkeys(key for keys in EXPECTATIONS.values() for key in keys))


@dataclass(frozen=True)
class Expect:
    """What a good reading holds; fewer than this is implausible and never becomes a version.

    include: territory codes that must be there. max_removed: most territories (or deployments) that may vanish at
    once. marker: text that must stand on the page. newest: the greatest age of a feed's newest entry; an older one
    breaks the source's promise, and is no shortfall.
    """

    territories_min: int | None = None
    territories_max: int | None = None
    include: tuple[str, ...] = ()
    max_removed: int | None = None
    passages_min: int | None = None
    notices_min: int | None = None
    entries_min: int | None = None
    deployments_min: int | None = None
    marker: str | None = None
    newest: timedelta | None = None


def expected(table: Table, kind: SourceKind) -> Expect:
    """The table [expect]; raises DeclarationError at a key that does not fit the kind."""
    expect = table.table("expect", "[expect]")
    expect.refuse_unknown(EXPECT_KEYS)
    for key in expect.values:
        if key not in EXPECTATIONS[kind]:
            raise expect.refusal(key, f"does not fit kind {kind.value!r}", ", ".join(EXPECTATIONS[kind]))
    territories = expect.table("territories", '{ min = 120, max = 240, include = ["US"] }')
    territories.refuse_unknown(("min", "max", "include"))
    return Expect(
        territories_min=territories.number("min"),
        territories_max=_maximum(territories),
        include=territories_of(territories, "include"),
        max_removed=expect.number("max_removed"),
        passages_min=_minimum(expect, "passages"),
        notices_min=_minimum(expect, "notices"),
        entries_min=_minimum(expect, "entries"),
        deployments_min=_minimum(expect, "deployments"),
        marker=expect.text("marker", "text that must stand on the page"),
        newest=newest_age(expect, "newest") if kind is SourceKind.FEED else None,
    )


def _minimum(expect: Table, key: str) -> int | None:
    counts = expect.table(key, "{ min = 10 }")
    counts.refuse_unknown(("min",))
    return counts.number("min")


def _maximum(territories: Table) -> int | None:
    least, most = territories.number("min"), territories.number("max")
    if most is not None and most < (least or 0):
        raise territories.refusal("max", f"is the number {most}", f"{least} (the min) or more")
    return most
