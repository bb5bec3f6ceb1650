"""Which earlier changes a later one corrects, reverses, moves, confirms or takes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.digests.values import Turn, TurnKind
from alerts.sentence import what_changed
from alerts.words import short
from store.values import Finding, FindingKind, Held, Stage
from store.views import ChangeView

_K = FindingKind
_OPPOSITE = {
    _K.TERRITORY_ADDED: _K.TERRITORY_REMOVED,
    _K.TERRITORY_REMOVED: _K.TERRITORY_ADDED,
    _K.DEPLOYMENT_ADDED: _K.DEPLOYMENT_REMOVED,
    _K.DEPLOYMENT_REMOVED: _K.DEPLOYMENT_ADDED,
    _K.NOTICE_DROPPED: _K.NOTICE_PUBLISHED,
}
_MOVES = {
    _K.DEADLINE_MOVED: frozenset({_K.DEADLINE_SET, _K.DEADLINE_MOVED}),
    _K.EFFECTIVE_DATE_MOVED: frozenset({_K.EFFECTIVE_DATE_SET, _K.EFFECTIVE_DATE_MOVED}),
}
_LINE_AT_MOST = 400
_AMENDING = frozenset({Stage.CORRECTION, Stage.EXTENSION, Stage.SUSPENSION, Stage.WITHDRAWAL})


def turns(
    period: Sequence[ChangeView], earlier: Sequence[ChangeView], later: Sequence[ChangeView], timezone: str
) -> tuple[Turn, ...]:
    """What the period turned of earlier changes, and what later changes turned of the period's, in order of time.

    Each in order of time; all are changes as known at the digest's cut, held ones too.
    """
    found = [*_within(period, earlier, timezone), *_since(period, later, timezone)]
    return tuple(sorted(found, key=lambda one: (one.later, one.on, one.source, one.by or "", one.address or "")))


def confirmed_since(then: Sequence[ChangeView], now: Sequence[ChangeView], timezone: str) -> tuple[Turn, ...]:
    """Changes that waited for a second look when the digest was due, and what became of that."""
    waited = {one.id for one in then if one.held is Held.AWAITING_CONFIRMATION}
    return tuple(
        _turn(
            TurnKind.UNCONFIRMED if one.held is Held.UNCONFIRMED else TurnKind.CONFIRMED,
            one,
            None,
            one.confirmed_at or one.at,
            timezone,
            later=True,
        )
        for one in now
        if one.id in waited and one.held is not Held.AWAITING_CONFIRMATION
    )


def _within(period: Sequence[ChangeView], earlier: Sequence[ChangeView], timezone: str) -> Iterator[Turn]:
    before = list(earlier)
    for change in period:
        if change.held is Held.UNCONFIRMED:
            yield _turn(TurnKind.UNCONFIRMED, change, None, change.at, timezone)
        elif change.held in (None, Held.REVERSION):
            kind, touched = _turned(change, before)
            if kind is not None:
                yield _turn(kind, touched, change, change.at, timezone)
        before.append(change)


def _since(period: Sequence[ChangeView], later: Sequence[ChangeView], timezone: str) -> Iterator[Turn]:
    mine, before = {one.id for one in period}, list(period)
    for change in later:
        if change.held not in (None, Held.REVERSION):
            continue
        kind, touched = _turned(change, before)
        if kind is not None and touched is not None and touched.id in mine:
            yield _turn(kind, touched, change, change.at, timezone, later=True)
        before.append(change)


def _turned(change: ChangeView, before: Sequence[ChangeView]) -> tuple[TurnKind | None, ChangeView | None]:
    """How a change turns an earlier one of its source, the newest such one; an amendment may turn what nobody saw."""
    same = [one for one in reversed(before) if one.source == change.source and one.held in (None, Held.REPEATED)]
    if change.held is Held.REVERSION:
        return (TurnKind.RETURNED, same[0]) if same else (None, None)
    for one in same:
        if any(_undoes(finding, other) for finding in change.findings for other in one.findings):
            return TurnKind.REVERSED, one
    for one in same:
        if any(_moves(finding, other) for finding in change.findings for other in one.findings):
            return TurnKind.MOVED, one
    if any(_amends(finding) for finding in change.findings):
        return TurnKind.AMENDED, None
    return None, None


def _undoes(finding: Finding, other: Finding) -> bool:
    about = (finding.product, finding.territory, finding.subject)
    if about != (other.product, other.territory, other.subject) or not any(about[1:]):
        return False
    swapped = finding.kind is other.kind and finding.old == other.new and finding.new == other.old
    return _OPPOSITE.get(finding.kind) is other.kind or (swapped and finding.old != finding.new)


def _moves(finding: Finding, other: Finding) -> bool:
    return other.kind in _MOVES.get(finding.kind, ()) and finding.subject == other.subject


def _amends(finding: Finding) -> bool:
    return finding.kind is _K.STAGE_ADVANCED and finding.new in _AMENDING


def _turn(
    kind: TurnKind,
    touched: ChangeView | None,
    by: ChangeView | None,
    at: datetime,
    timezone: str,
    *,
    later: bool = False,
) -> Turn:
    said = by or touched
    assert said is not None
    return Turn(
        kind=kind,
        source=said.source,
        title=said.title,
        on=at.astimezone(ZoneInfo(timezone)),
        line=short(what_changed(said, said.findings), _LINE_AT_MOST),
        address=touched.address if touched else None,
        by=by.address if by else None,
        later=later,
    )


def by_source(changes: Iterable[ChangeView]) -> dict[str, list[ChangeView]]:
    found: dict[str, list[ChangeView]] = {}
    for change in changes:
        found.setdefault(change.source, []).append(change)
    return found
