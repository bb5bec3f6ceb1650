"""A rule about who may use a service, wherever they are: owners, nationality, place, billing, age, listed parties."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from store.spans import Span


class RuleKind(StrEnum):
    """What the rule tests.

    location: a rule that names supported or unsupported places without listing them. party: who stands on a list of
    sanctioned or denied persons, or is a government or military body.
    """

    OWNERSHIP = "ownership"
    NATIONALITY = "nationality"
    LOCATION = "location"
    BILLING = "billing"
    AGE = "age"
    PARTY = "party"


class Comparison(StrEnum):
    """How a share or an age is held against the threshold; ">50 %" and "50 % or more" are different rules."""

    MORE_THAN = "more than"
    AT_LEAST = "at least"
    LESS_THAN = "less than"


class Reach(StrEnum):
    """Which owners count: direct ones, indirect ones too, several taken together."""

    DIRECT = "direct"
    INDIRECT = "directly or indirectly"
    AGGREGATE = "in the aggregate"


@dataclass(frozen=True, slots=True)
class AccessRule:
    """One rule as a text states it; never a territory.

    threshold: a share of ownership in percent or an age in years, None where the rule has none ("owned or controlled
    by"). of: whom or where it tests ("unsupported regions", "sanctions list", "CN"), sorted. forbids: whether who
    meets the test is shut out; otherwise who meets it is let in.
    """

    kind: RuleKind
    forbids: bool
    span: Span
    threshold: float | None = None
    comparison: Comparison | None = None
    of: tuple[str, ...] = ()
    reach: tuple[Reach, ...] = ()

    @property
    def said(self) -> str:
        """The rule in words: "no ownership of more than 50 % directly or indirectly: unsupported regions"."""
        unit = "%" if self.kind is RuleKind.OWNERSHIP else "years"
        size = (
            "" if self.threshold is None else f" of {self.comparison or Comparison.AT_LEAST} {self.threshold:g} {unit}"
        )
        reach = "".join(f" {one}" for one in self.reach)
        whom = f": {', '.join(self.of)}" if self.of else ""
        return f"{'no ' if self.forbids else ''}{self.kind}{size}{reach}{whom}"
