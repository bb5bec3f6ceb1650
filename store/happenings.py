"""What a report says happened, and what reports of one happening make together: a story. Frozen values, no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Action(StrEnum):
    """What somebody did, or said they would do, to access."""

    RESTRICT = "restrict"
    SUSPEND = "suspend"
    LIFT = "lift"
    EXPAND = "expand"
    PROPOSE = "propose"
    DENY = "deny"
    OFFER = "offer"
    NO_CHANGE = "no_change"


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a text says it: [first, last], one day or a span ("late June"), in the outlet's own calendar.

    relative: it was said against the day of writing ("Tuesday"), so that a later copy says something else by it.
    """

    first: date
    last: date
    words: str
    relative: bool = False

    def agrees(self, other: Day) -> bool:
        """Whether both can mean one day."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Happening:
    """Who did what to whom, where, from when, in the words of one entry.

    actor: who acts (a publisher's name, or a territory's name for a state); None where the text does not say.
    object: the publisher acted upon, where that is not the actor. products: what it is about ("OpenAI API").
    effective: from when; announced: when it was said to be decided or published; ends: when an offer, a suspension or a
    comment period ends. refers: other publishers, RINs, docket, document and citation numbers. words: the clause.
    """

    action: Action
    actor: str | None
    object: str | None
    products: tuple[str, ...]
    territories: tuple[str, ...]
    effective: Day | None
    announced: Day | None
    ends: Day | None
    refers: tuple[str, ...]
    words: str
    state: bool = False

    @property
    def about(self) -> str | None:
        """The publisher whose access it is about: the one acted upon, else the actor."""
        return self.object or self.actor


@dataclass(frozen=True, slots=True)
class Report:
    """One happening as one entry tells it. id: its row; at: when published, else first seen.

    publisher: the outlet. official: the outlet speaks for itself (a provider's or a regulator's own feed).
    """

    id: int
    source: str
    publisher: str
    jurisdiction: str | None
    official: bool
    link: str
    title: str
    summary: str
    language: str | None
    at: datetime
    happening: Happening
    story: int | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """A date of a story and who says it. role: effective, announced, ends or printed (in an official gazette).

    official: the first party says so, in its own feed, in a notice or on its list.
    """

    role: str
    day: Day
    official: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """A report's place in its story: rank (0 leads), its chain (numbered from 1), and the report that it copies."""

    report: int
    rank: int
    chain: int
    copy_of: int | None
    because: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """Reports of one happening. chains: how many tell it independently of each other.

    effective and ends: what the first party says, else what all who name a day agree on, else None. disputed: the roles
    for which days disagree; all of them stand in sayings, none is averaged.
    """

    action: Action
    actor: str | None
    object: str | None
    products: tuple[str, ...]
    territories: tuple[str, ...]
    title: str
    first_at: datetime
    last_at: datetime
    effective: Day | None
    ends: Day | None
    disputed: tuple[str, ...]
    sayings: tuple[Saying, ...]
    chains: int
    official: bool
    refers: tuple[str, ...]
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A change or a notice a story talks about. address: FROM..TO of a change, or the notice's number.

    sayings: the days that it gives for the story itself, all of them official; empty where it may be about another.
    """

    kind: str
    address: str
    source: str
    publisher: str
    on: date
    title: str
    url: str | None
    sayings: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as a story shows it."""

    source: str
    publisher: str
    official: bool
    link: str
    title: str
    language: str | None
    at: datetime
    chain: int
    copy_of: str | None
    because: str | None
    happening: Happening


@dataclass(frozen=True, slots=True)
class StoryView:
    """A stored story with its reports, the leading one first, and what it is tied to."""

    id: int
    action: Action
    actor: str | None
    object: str | None
    products: tuple[str, ...]
    territories: tuple[str, ...]
    title: str
    first_at: datetime
    last_at: datetime
    effective: Day | None
    ends: Day | None
    disputed: tuple[str, ...]
    sayings: tuple[Saying, ...]
    chains: int
    official: bool
    refers: tuple[str, ...]
    reports: tuple[ReportView, ...]
    related: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories. since and until bound the time of their reports; publisher is acted upon, acting or the outlet."""

    since: datetime | None = None
    until: datetime | None = None
    publisher: str | None = None
    territory: str | None = None
