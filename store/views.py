"""What history answers with: frozen views of rows, for the command line, the API, the pages, messages and digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from store.capture_kind import CaptureKind
from store.values import Finding, Held, Outcome, Passage, Polarity, Severity, SourceKind


class Answer(StrEnum):
    """What was true of a territory on a day, as far as captures can tell."""

    LISTED = "listed"
    RESTRICTED = "restricted"
    EXCLUDED = "excluded"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a version can be checked: the snapshot's SHA-256, address, HTTP status and capture time."""

    version: int
    sha256: str
    url: str
    captured_at: datetime
    status: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, when it was last verified and how its last visit ended.

    stale_since is None while the promise holds; else the last time it was known to, with the reason. promise: how long
    it may go without being verified.
    """

    slug: str
    title: str
    publisher: str
    product: str | None
    kind: SourceKind
    polarity: Polarity
    language: str
    jurisdiction: str | None
    url: str
    every: timedelta
    active: bool
    due_at: datetime
    verified_at: datetime | None
    last_visit_at: datetime | None
    last_outcome: Outcome | None
    last_reason: str | None
    version: int | None
    failures: int
    stale_since: datetime | None
    stale_reason: str | None
    promise: timedelta


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change with its findings and the evidence on both sides. address is "from..to" in version numbers."""

    id: int
    address: str
    source: str
    title: str
    publisher: str
    product: str | None
    kind: SourceKind
    polarity: Polarity
    language: str
    url: str
    at: datetime
    severity: Severity
    substantive: bool
    significance: float
    held: Held | None
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    before: Evidence
    after: Evidence
    confirmed_at: datetime | None
    announced_at: datetime | None
    model: str | None


@dataclass(frozen=True, slots=True)
class ChangeTexts:
    """The passages of both versions of a change, for showing them side by side.

    also: titles of further sources that showed the same change.
    """

    change: ChangeView
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AvailabilityAnswer:
    """Whether a territory was supported at an instant, and the captures before and after that say so.

    captured_at of before and after is when a good visit saw these bytes, or was told that they had not changed.
    status is what the capture before says; UNKNOWN where there is none, where it is too old and no later one agrees,
    or where it was read in part and does not name the territory. Where status_after differs, it changed in between.
    """

    source: str
    publisher: str
    product: str
    territory: str
    at: datetime
    status: Answer
    condition: str | None
    name: str | None
    before: Evidence | None
    verified_at: datetime | None
    after: Evidence | None
    status_after: Answer | None
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """One source over a span of time: visits by outcome, when it was last verified, since when it is stale and why.

    captures: what came in place of the page, counted by kind.
    """

    source: str
    title: str
    publisher: str
    product: str | None
    kind: SourceKind
    visits: int
    verified: int
    outcomes: Mapping[Outcome, int]
    last_verified_at: datetime | None
    stale_since: datetime | None
    reason: str | None
    captures: Mapping[CaptureKind, int] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date ahead named by a notice: comments close, or a rule takes effect."""

    source: str
    publisher: str
    number: str
    title: str
    what: str
    on: date
    url: str | None


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes. kind is a source kind or a finding kind; an empty filter matches every change."""

    source: str | None = None
    publisher: str | None = None
    product: str | None = None
    territory: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    held: bool | None = None
