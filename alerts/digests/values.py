"""What a digest holds. Frozen values without words of a language, except the sentences of changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from store.docket import What
from store.happenings import Action, Day
from store.reviews import ReviewState
from store.rule_stages import State
from store.subscriptions import Filters
from store.values import Severity, SourceKind
from store.views import Coverage, Evidence

HORIZONS = (7, 30, 90)  # days after the period's end


class Known(StrEnum):
    """THEN: what was stored, judged and confirmed when the digest was due. NOW: what is known today of that period."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Value:
    """One finding in short: what it is about, and the values in words; None where a side has nothing."""

    about: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class DigestChange:
    """One change. seen, confirmed: local times in the reader's zone. affected: watched territories that it touches."""

    address: str
    severity: Severity
    line: str
    source: str
    title: str
    publisher: str
    product: str | None
    kind: SourceKind
    territories: tuple[str, ...]
    affected: tuple[str, ...]
    values: tuple[Value, ...]
    more_values: int
    seen: datetime
    confirmed_at: datetime | None
    url: str
    before: Evidence
    after: Evidence
    review: ReviewState | None


class TurnKind(StrEnum):
    """What became of something that was stored before."""

    REVERSED = "reversed"
    RETURNED = "returned"
    MOVED = "moved"
    AMENDED = "amended"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    REREAD = "reread"


@dataclass(frozen=True, slots=True)
class Turn:
    """A correction or reversal. address: the earlier change; by: the later one; on: when, local; line: what it says.

    later: it came after the period, and is told because the digest is compiled as known now.
    """

    kind: TurnKind
    source: str
    title: str
    on: datetime
    line: str
    address: str | None
    by: str | None
    later: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proceeding stands: its stage, the notice that brought it there, and the next date."""

    state: State
    number: str | None
    printed: date | None
    next_what: What | None
    next_on: date | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Proceeding:
    """A rulemaking by its RIN or docket. seen_at: the visit that says so. since_then: where it stands now instead."""

    name: str
    title: str
    source: str
    publisher: str
    seen_at: datetime
    standing: Standing
    moved: bool
    since_then: Standing | None = None


@dataclass(frozen=True, slots=True)
class DateAhead:
    """A date. number: of the notice; None for what the press reports, which no first party has said (reported)."""

    on: date
    what: str
    title: str
    publisher: str
    number: str | None
    url: str | None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that waits for somebody: a change without a closed review, or a date within seven days (due).

    address: of the change; since: when it was seen, local.
    """

    severity: Severity | None
    line: str | None
    address: str | None = None
    since: datetime | None = None
    review: ReviewState | None = None
    due: DateAhead | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Dates of one stretch of days: within is 0 for the period itself, else 7, 30 or 90 days after it."""

    within: int
    dates: tuple[DateAhead, ...]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story in a line. chains: independent ones; official: the party itself says so; outlets: in their order."""

    id: int
    action: Action
    actor: str | None
    object: str | None
    products: tuple[str, ...]
    territories: tuple[str, ...]
    effective: Day | None
    ends: Day | None
    disputed: tuple[str, ...]
    chains: int
    official: bool
    outlets: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class HoursOfDay:
    """How many of a local day's hours were verified. of: 23 or 25 on a day with a clock change."""

    on: date
    verified: int
    of: int


@dataclass(frozen=True, slots=True)
class Watched:
    """How a source was watched: its coverage, and its hours as store.attestations and docs/digest.md define them."""

    coverage: Coverage
    hours: int
    verified_hours: int
    awaiting_hours: int
    days: tuple[HoursOfDay, ...]


class Silence(StrEnum):
    """What can be attested of a territory at a source over the period."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    DOUBTFUL = "doubtful"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What is attested, and on how many hours. territory None: of the whole source.

    changed: addresses of the changes that touch it; doubtful: of those seen and not believed; unnamed: how many changes
    of the source name no territory.
    """

    territory: str | None
    source: str
    title: str
    state: Silence
    hours: int
    verified_hours: int
    awaiting_hours: int
    changed: tuple[str, ...]
    doubtful: tuple[str, ...]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many changes a period told, by severity, gravest first."""

    period: str
    told: tuple[tuple[Severity, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.told)


@dataclass(frozen=True, slots=True)
class Digest:
    """A period as compiled. since, until: instants, [since, until). known_at: the cut; nothing later is in it.

    so_far: the period was not over. below: wanted changes under the subscription's severity. held: changes that were
    stored and not announced, counted by reason. models: revisions that took part in judging.
    """

    period: str
    timezone: str
    since: datetime
    until: datetime
    known: Known
    known_at: datetime
    so_far: bool
    filters: Filters
    decisions: tuple[Decision, ...]
    changes: tuple[DigestChange, ...]
    below: int
    held: tuple[tuple[str, int], ...]
    turns: tuple[Turn, ...]
    proceedings: tuple[Proceeding, ...]
    ahead: tuple[Stretch, ...]
    stories: tuple[StoryLine, ...]
    attestations: tuple[Attestation, ...]
    watched: tuple[Watched, ...]
    trend: tuple[Counted, ...]
    models: tuple[str, ...]

    @property
    def verified(self) -> int:
        """Good visits, all sources together."""
        return sum(one.coverage.verified for one in self.watched)

    @property
    def hours(self) -> tuple[int, int]:
        """Verified hours and hours, all sources together."""
        return sum(one.verified_hours for one in self.watched), sum(one.hours for one in self.watched)

    @property
    def stale(self) -> tuple[Coverage, ...]:
        return tuple(one.coverage for one in self.watched if one.coverage.stale_since is not None)

    @property
    def unproven(self) -> tuple[Coverage, ...]:
        """Sources whose silence proves nothing: not verified once in the period."""
        return tuple(one.coverage for one in self.watched if one.coverage.verified == 0)
