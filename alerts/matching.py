"""Does a subscription want to hear of a change, and of which of its findings?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from store.interests import GROUPS
from store.pacing import PaceView
from store.subscriptions import Filters
from store.territory import find_territories, members
from store.values import Finding, FindingKind, Severity
from store.views import ChangeView, Coverage

_STEP_UP = dict(zip(Severity, (*tuple(Severity)[1:], Severity.CRITICAL), strict=True))
# These carry no territory of their own: what their text names counts (an entry's or a notice's title, a whole passage).
NAMED_IN_TEXT = frozenset({
    FindingKind.ENTRY_REPORTED, FindingKind.NOTICE_PUBLISHED, FindingKind.NOTICE_DROPPED, FindingKind.TEXT_ADDED,
    FindingKind.TEXT_REMOVED,
})  # fmt: skip
# The subject of these is the territories that their sentence names ("may not" of "Users in Russia may not").
NAMED_AS_SUBJECT = frozenset({
    FindingKind.OBLIGATION_STRENGTHENED, FindingKind.OBLIGATION_WEAKENED, FindingKind.PERMISSION_GRANTED,
    FindingKind.PERMISSION_WITHDRAWN, FindingKind.NUMBER_CHANGED, FindingKind.DATE_CHANGED, FindingKind.PARTY_CHANGED,
    FindingKind.SCOPE_CHANGED, FindingKind.TEXT_ADDED, FindingKind.TEXT_REMOVED, FindingKind.REWORDED,
})  # fmt: skip


def wants(filters: Filters, change: ChangeView) -> bool:
    """Whether a change is wanted, severity included.

    With a filter on products, territories or kinds the severity that counts is that of the findings it lets through: a
    page that loses one territory (high) and gains another (low) is low news to whoever watches only the second.
    """
    concerning = concerns(filters, change)
    if concerning is None:
        return False
    return severity_for(filters, change, concerning).rank >= filters.min_severity.rank


def concerns(filters: Filters, change: ChangeView) -> tuple[Finding, ...] | None:
    """The findings that pass publisher, language, product, territory and kind, in the change's order; None when it is
    not wanted.

    An empty tuple: the change has no findings and nothing is asked of them.
    """
    if filters.publishers and not _names(filters.publishers, change.publisher):
        return None
    if not in_language(filters, change.language):
        return None
    if not _narrow(filters):
        return change.findings
    watched = codes_of(filters.territories, change.at.date())
    found = tuple(finding for finding in change.findings if _passes(filters, watched, change, finding))
    return found or None


def affected(filters: Filters, change: ChangeView, findings: Iterable[Finding]) -> tuple[str, ...]:
    """The watched territories, as the subscription names them, that one of these findings touches."""
    touched = {code for finding in findings for code in codes_of(territories_of(finding), change.at.date())}
    return tuple(own for own in filters.watched if _touched(own, touched, change.at.date()))


def severity_for(filters: Filters, change: ChangeView, concerning: Iterable[Finding]) -> Severity:
    """How much the change matters here: a finding that touches a watched territory counts one step more.

    Only that finding: a page that loses Hong Kong (high) and gains Kenya (low) is high news to whoever watches Kenya.
    """
    found = tuple(concerning)
    if not filters.watched:
        return _gravest((one.severity for one in found), change.severity) if _narrow(filters) else change.severity
    if _narrow(filters):
        return _gravest((_felt(filters, change, one, one.severity) for one in found), change.severity)
    # What was judged less grave than its gravest finding stays so: the step is taken from there.
    capped = (min(one.severity, change.severity, key=_rank) for one in found)
    felt = (_felt(filters, change, one, severity) for one, severity in zip(found, capped, strict=True))
    return _gravest((change.severity, *felt), change.severity)


def in_language(filters: Filters, language: str) -> bool:
    """Whether a source in this language is wanted; "zh" wants zh-hans too, "zh-hans" no other zh."""
    if not filters.languages:
        return True
    spoken = language.casefold().replace("_", "-")
    return any(spoken == one or spoken.startswith(one + "-") for one in filters.languages)


def in_scope(filters: Filters, coverage: Coverage | PaceView) -> bool:
    """Whether a source could bring something wanted; territories do not narrow it, any source may name one.

    A source with several products (product None) is in scope for each of them.
    """
    if filters.publishers and not _names(filters.publishers, coverage.publisher):
        return False
    if filters.products and coverage.product is not None and not _names(filters.products, coverage.product):
        return False
    if coverage.language and not in_language(filters, coverage.language):
        return False
    source_kinds = {kind for kind in filters.kinds if kind not in set(FindingKind)}
    return not source_kinds or coverage.kind in source_kinds or source_kinds != set(filters.kinds)


def codes_of(territories: Iterable[str], on: date) -> frozenset[str]:
    """Codes with groups replaced by their members on that day; the group's own code stays in it."""
    codes: set[str] = set()
    for territory in territories:
        codes.add(territory)
        if territory in GROUPS:
            codes |= members(territory, on)
    return frozenset(codes)


def _felt(filters: Filters, change: ChangeView, finding: Finding, severity: Severity) -> Severity:
    """A severity, one step up where the finding touches a watched territory; an operator's matter stays one."""
    if severity is Severity.OPERATIONAL or not affected(filters, change, (finding,)):
        return severity
    return _STEP_UP[severity]


def _gravest(severities: Iterable[Severity], otherwise: Severity) -> Severity:
    return max(severities, key=_rank, default=otherwise)


def _rank(severity: Severity) -> int:
    return severity.rank


def _touched(own: str, touched: Iterable[str], on: date) -> bool:
    codes = codes_of((own,), on)
    return any(_touches(codes, code) for code in touched)


def _narrow(filters: Filters) -> bool:
    return bool(filters.products or filters.territories or filters.kinds)


def _passes(filters: Filters, watched: frozenset[str], change: ChangeView, finding: Finding) -> bool:
    if filters.kinds and change.kind not in filters.kinds and finding.kind not in filters.kinds:
        return False
    products = [name for name in (finding.product, change.product) if name]
    if filters.products and not any(_names(filters.products, name) for name in products):
        return False
    if not watched:
        return True
    return any(_touches(watched, code) for code in codes_of(territories_of(finding), change.at.date()))


def territories_of(finding: Finding) -> tuple[str, ...]:
    """The territories a finding is about: its own, else those that its text or the sentence around it names."""
    if finding.territory is not None:
        return (finding.territory,)
    said = [finding.subject] if finding.subject and finding.kind in NAMED_AS_SUBJECT else []
    if finding.kind in NAMED_IN_TEXT:
        said += [span.text for span in (finding.new_span or finding.old_span,) if span is not None]
    return tuple(dict.fromkeys(code for text in said for code in _codes_in(text)))


@lru_cache(maxsize=1024)
def _codes_in(text: str) -> tuple[str, ...]:
    return tuple(mention.code for mention in find_territories(text))


def _touches(watched: frozenset[str], code: str) -> bool:
    """A country takes its areas with it (UA watches UA-43), and what befalls a country befalls its areas."""
    country = code.partition("-")[0]
    return code in watched or country in watched or any(area.startswith(code + "-") for area in watched)


def _names(wanted: Iterable[str], name: str) -> bool:
    folded = " ".join(name.split()).casefold()
    return any(" ".join(one.split()).casefold() == folded for one in wanted)
