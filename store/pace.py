"""How often should each source be visited, when all of them share one budget of visits? Arithmetic only.

A change is heard of at the first visit after it. With Poisson changes at rate r and one visit every d days the mean
delay is d/2, and the sum of importance x rate x delay under a fixed number of visits a day is least (Lagrange) where
1/d is proportional to sqrt(importance x rate). Visits in proportion to the rate itself gain nothing over equal ones.

The rate is estimated from looks that only say whether something changed since the look before. The maximum likelihood
estimate for such looks at uneven gaps solves: the sum over changed gaps of g / (exp(r g) - 1) equals the sum of the
unchanged gaps (Cho and Garcia-Molina, Estimating frequency of change, ACM TOIT 3(3), 2003). `later` takes one step of
expectation-maximisation towards it at each look: a changed gap counts r g / (1 - exp(-r g)) changes, the number to be
expected of a gap that had at least one. With a gamma prior the estimate is (shape + changes) / (prior exposure +
exposure). Where nearly every look says yes the steps are small and the estimate stays low for long; there the shortest
interval decides anyway. Days are the unit of every time here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

HALF_LIFE = 60.0
"""Days after which a look counts half: pages rest for months and then change every day."""

STRONGEST = 0.25
"""Largest shape of a prior. A larger one fits the many quiet sources better, and then talks the few busy ones down."""

SHORTEST, LONGEST = 1 / 8, 2.5
"""Bounds of an interval, in multiples of `every`, where the declaration sets none. A source counts as stale after three
(store.history.PROMISE): half an interval is left for a visit that fails and its repetition."""

POLITE = 1 / 48
"""Half an hour, in days: no interval is made shorter than this unless the declaration says so."""

UNKNOWN = (0.5, 15.0)  # a kind of which nothing is known yet: half a change in fifteen days
_SHAPES = tuple(0.05 * 1.5**n for n in range(12))  # 0.05 .. 4.3: from "few change, most never do" to "all alike"
_MOST_IN_ONE_GAP = 20.0  # looks that always say yes put no upper bound on the rate; this keeps the numbers finite
_MOST_EARLY = 0.25  # of the budget; beyond that hints have to wait


@dataclass(frozen=True, slots=True)
class Looks:
    """What the looks at one source have shown, old ones counting less: changes, and the days they lie in.

    early: visits that hints cost, each counted as the part of its interval that had not passed yet.
    """

    changes: float = 0.0
    exposure: float = 0.0
    early: float = 0.0


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a source before the first look: a gamma distribution of its changes a day."""

    shape: float
    exposure: float

    @property
    def mean(self) -> float:
        return self.shape / self.exposure


@dataclass(frozen=True, slots=True)
class Wish:
    """What one source asks of the budget: need is importance times rate, more than 0, relative to the other sources.

    every is what the declaration says; shortest <= every <= longest are the bounds of its interval.
    """

    need: float
    every: float
    shortest: float
    longest: float


def wish(need: float, every: float, shortest: float | None = None, longest: float | None = None) -> Wish:
    """A wish with the usual bounds where none are declared; longest never exceeds what the promise leaves room for."""
    usual = min(every, max(every * SHORTEST, POLITE))
    most = every * LONGEST
    return Wish(need, every, min(every, shortest or usual), max(every, min(longest or most, most)))


def later(looks: Looks, gap: float, changed: bool, rate: float, half_life: float = HALF_LIFE) -> Looks:
    """The looks with one more, gap days after the one before; rate is the estimate until then."""
    kept = math.exp2(-gap / half_life)
    expected = min(rate * gap, _MOST_IN_ONE_GAP)
    seen = (expected / -math.expm1(-expected) if expected > 1e-9 else 1.0) if changed else 0.0
    return Looks(looks.changes * kept + seen, looks.exposure * kept + gap, looks.early * kept)


def hastened(looks: Looks, left: float, interval: float) -> Looks:
    """The looks when a visit is pulled forward that was due in left days: it is paid for from the common budget."""
    return replace(looks, early=looks.early + min(1.0, max(0.0, left / interval)))


def rate_of(looks: Looks, prior: Prior) -> float:
    """Changes a day: the mean of the posterior."""
    return (prior.shape + looks.changes) / (prior.exposure + looks.exposure)


def pooled(looks: Iterable[Looks], strongest: float = STRONGEST) -> Prior:
    """The prior that fits the sources of one kind best: its mean by their total, its shape by likelihood.

    The likelihood is that of the negative binomial, which counts follow whose rates are gamma-distributed (empirical
    Bayes). What is believed of an unknown kind is part of the total, so a handful of looks decides little.
    """
    seen = [one for one in looks if one.exposure > 0]
    mean = (UNKNOWN[0] + sum(one.changes for one in seen)) / (UNKNOWN[1] + sum(one.exposure for one in seen))
    shapes = [shape for shape in _SHAPES if shape < strongest] + [strongest]
    if len(seen) < 3:
        return Prior(strongest, strongest / mean)
    shape = max(shapes, key=lambda shape: sum(_likelihood(one, shape, shape / mean) for one in seen))
    return Prior(shape, shape / mean)


def _likelihood(looks: Looks, shape: float, exposure: float) -> float:
    """Its logarithm, up to what depends neither on shape nor on exposure."""
    return (
        math.lgamma(shape + looks.changes)
        - math.lgamma(shape)
        + shape * math.log(exposure)
        - (shape + looks.changes) * math.log(exposure + looks.exposure)
    )


def spent_early(looks: Iterable[Looks]) -> float:
    """Visits a day that hints have cost of late, beyond those that were due anyway."""
    return sum(one.early / max(one.exposure, 1.0) for one in looks)


def hints_affordable(spent: float, wishes: Iterable[Wish]) -> bool:
    """Whether hints may still pull visits forward: they get a quarter of the budget and no more."""
    return spent < _MOST_EARLY * sum(1 / wish.every for wish in wishes)


def intervals(wishes: Sequence[Wish], spent: float = 0.0) -> tuple[float, ...]:
    """Days between two visits for each wish; with spent, together as many visits a day as `every` alone would make.

    The declared `every` says how much a delay of this source matters: where nothing else is known the interval is
    `every`, so a visit rate is in proportion to sqrt(need) / every, and stays within the wish's bounds.
    """
    pulls = [math.sqrt(wish.need) / wish.every for wish in wishes]
    usual = sum(1 / wish.every for wish in wishes)
    scale = _scale(wishes, pulls, usual - min(spent, _MOST_EARLY * usual))
    return tuple(
        min(max(1 / (scale * pull), wish.shortest), wish.longest) for wish, pull in zip(wishes, pulls, strict=True)
    )


def _scale(wishes: Sequence[Wish], pulls: Sequence[float], budget: float) -> float:
    """The factor at which the bounded visit rates sum up to the budget: a sweep over where each leaves its bounds."""
    bends = sorted(
        bend
        for wish, pull in zip(wishes, pulls, strict=True)
        for bend in ((1 / (wish.longest * pull), pull), (1 / (wish.shortest * pull), -pull))
    )
    total, slope, at = sum(1 / wish.longest for wish in wishes), 0.0, 0.0
    for bend, steeper in bends:
        if slope > 0 and total + slope * (bend - at) >= budget:
            return at + (budget - total) / slope
        total, slope, at = total + slope * (bend - at), slope + steeper, bend
    return at or 1.0
