"""What Tocsin talks about: frozen values and the states they may be in.

Every room imports these; none of them knows a database, a network or a clock. All times are timezone-aware UTC.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from store.access_rule import AccessRule as AccessRule
from store.access_rule import RuleKind as RuleKind
from store.spans import Passage as Passage
from store.spans import PassageKind as PassageKind
from store.spans import Span as Span

# What a text says of itself: words, figures and the signs that change an amount.
_SAID = re.compile(r"[^\W_]+|[$€£¥₹%‰<>≤≥+−]")


class SourceKind(StrEnum):
    AVAILABILITY = "availability"
    TERMS = "terms"
    DOCKET = "docket"
    FEED = "feed"


class Polarity(StrEnum):
    """Whether a list names where a product may be used (allow) or where it may not (deny)."""

    ALLOW = "allow"
    DENY = "deny"


class Outcome(StrEnum):
    """How a visit ended. Only the first two say anything about the source's content."""

    CONFIRMED = "confirmed"
    VERSION = "version"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    UNEXTRACTABLE = "unextractable"
    IMPLAUSIBLE = "implausible"

    @property
    def good(self) -> bool:
        return self in (Outcome.CONFIRMED, Outcome.VERSION)


class Status(StrEnum):
    """What an availability fact says of a territory; absence is *unlisted*, never *unavailable*."""

    LISTED = "listed"
    RESTRICTED = "restricted"
    EXCLUDED = "excluded"


class Stage(StrEnum):
    """Where in a rulemaking a notice stands."""

    PUBLIC_INSPECTION = "public_inspection"
    ADVANCE_NOTICE = "advance_notice"
    PROPOSED = "proposed"
    EXTENSION = "extension"
    INTERIM_FINAL = "interim_final"
    FINAL = "final"
    CORRECTION = "correction"
    SUSPENSION = "suspension"
    WITHDRAWAL = "withdrawal"
    NOTICE = "notice"
    PRESIDENTIAL = "presidential"


class Severity(StrEnum):
    """How much a change matters; the rules are in docs/severity.md."""

    OPERATIONAL = "operational"
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _SEVERITY_ORDER[self]


_SEVERITY_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


class FindingKind(StrEnum):
    TERRITORY_ADDED = "territory_added"
    TERRITORY_REMOVED = "territory_removed"
    CONDITION_CHANGED = "condition_changed"
    ACCESS_RULE_CHANGED = "access_rule_changed"
    TERRITORY_UNKNOWN = "territory_unknown"
    LIST_CUT_SHORT = "list_cut_short"
    DEPLOYMENT_ADDED = "deployment_added"
    DEPLOYMENT_REMOVED = "deployment_removed"
    NOTICE_PUBLISHED = "notice_published"
    NOTICE_DROPPED = "notice_dropped"
    STAGE_ADVANCED = "stage_advanced"
    DEADLINE_SET = "deadline_set"
    DEADLINE_MOVED = "deadline_moved"
    EFFECTIVE_DATE_SET = "effective_date_set"
    EFFECTIVE_DATE_MOVED = "effective_date_moved"
    ENTRY_REPORTED = "entry_reported"
    OBLIGATION_STRENGTHENED = "obligation_strengthened"
    OBLIGATION_WEAKENED = "obligation_weakened"
    PERMISSION_GRANTED = "permission_granted"
    PERMISSION_WITHDRAWN = "permission_withdrawn"
    NUMBER_CHANGED = "number_changed"
    DATE_CHANGED = "date_changed"
    PARTY_CHANGED = "party_changed"
    TERRITORY_MENTION_CHANGED = "territory_mention_changed"
    SCOPE_CHANGED = "scope_changed"
    TEXT_ADDED = "text_added"
    TEXT_REMOVED = "text_removed"
    REWORDED = "reworded"
    LINK_CHANGED = "link_changed"
    MOVED = "moved"
    REVERSION = "reversion"


class Held(StrEnum):
    """Why a change was stored but not announced."""

    COSMETIC = "cosmetic"
    REVERSION = "reversion"
    UNKNOWN_NAME = "unknown_name"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    UNCONFIRMED = "unconfirmed"
    REPEATED = "repeated"
    OVER_BUDGET = "over_budget"
    DOUBTFUL = "doubtful"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


class Purpose(StrEnum):
    """What a delivery is for."""

    CHANGES = "changes"
    DIGEST = "digest"
    BULLETIN = "bulletin"
    CONFIRMATION = "confirmation"
    SAMPLE = "sample"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DEAD_CHANNEL = "dead_channel"


@dataclass(frozen=True, slots=True)
class Availability:
    """Territory code (ISO 3166-1 alpha-2, 3166-2, XK), what the source says of it, and the name as published."""

    territory: str
    product: str
    status: Status
    name: str
    span: Span
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A model offered in a provider's hosting region: where inference runs, not who may buy."""

    model: str
    region: str
    span: Span


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry in a docket. number is the regulator's document number; dates are the agency's calendar days.

    filed: the instant of release at the inspection desk; filing: special or regular; note: its editors' remark.
    refers: document numbers and citations ("88 FR 74379") of other documents that the notice names.
    delayed_to: the day on which, as a delay or suspension says, the rule that it is about takes effect.
    """

    number: str
    title: str
    stage: Stage
    document_type: str
    span: Span
    action: str = ""
    agencies: tuple[str, ...] = ()
    rins: tuple[str, ...] = ()
    dockets: tuple[str, ...] = ()
    citation: str | None = None
    url: str | None = None
    published: date | None = None
    comments_close: date | None = None
    effective: date | None = None
    signed: date | None = None
    corrects: str | None = None
    filed: datetime | None = None
    filing: str | None = None
    note: str = ""
    refers: tuple[str, ...] = ()
    delayed_to: date | None = None

    @property
    def key(self) -> str:
        """Number without zero padding plus publication date: numbers were re-used before 2016."""
        head, _, tail = self.number.rpartition("-")
        number = f"{head}-{tail.lstrip('0')}" if head and tail.isdigit() else self.number
        return f"{number}@{self.published.isoformat() if self.published else ''}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed or news list. territories and topics are what title and summary name."""

    link: str
    title: str
    span: Span
    summary: str = ""
    published: datetime | None = None
    language: str | None = None
    territories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a version states. unknown: list entries that look like territory names and are not in the gazetteer."""

    availability: tuple[Availability, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    notices: tuple[Notice, ...] = ()
    entries: tuple[Entry, ...] = ()
    unknown: tuple[Span, ...] = ()
    access_rules: tuple[AccessRule, ...] = ()


@dataclass(frozen=True)
class Content:
    """What a snapshot says under a recipe. fingerprint is equal when the words and signs are, in their order: by it a
    return to an earlier text is recognised, whatever became of its markup, links and passage borders."""

    passages: tuple[Passage, ...] = ()
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def fingerprint(self) -> str:
        said = (" ".join(_SAID.findall(passage.text.casefold())) for passage in self.passages)
        return hashlib.sha256(" ".join(said).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Finding:
    """One typed statement of what changed.

    old and new: the values in words ("listed", "restricted (with certain exceptions)", "2024-08-04", "may").
    old_span and new_span: exact places in the two versions, None where a side has nothing.
    subject: what it is about where that is not a territory (document number, entry link, model@region).
    """

    kind: FindingKind
    severity: Severity
    old: str | None = None
    new: str | None = None
    old_span: Span | None = None
    new_span: Span | None = None
    product: str | None = None
    territory: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Does the change matter. significance is 0..1; model is the embedding model's revision, None if none was asked."""

    substantive: bool
    significance: float
    severity: Severity
    reasons: tuple[str, ...]
    held: Held | None = None
    model: str | None = None
