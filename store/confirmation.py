"""Whether a loss was seen twice: a list that lost something, or a text that lost much, is believed when a visit agrees.

A change that waits is settled by the newest good visit after the one that brought it. What stays gone is confirmed
at that visit's time. Where anything came back the change was never true as it stood: it stays unconfirmed, and what
comes next is compared with what was last believed. What keeps coming and going must stand for days (STANDS).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import blobs
from store.codec import decode
from store.schema import ChangeRow, FindingRow, VersionRow, VisitRow
from store.values import Content, Facts, FindingKind, Held, Outcome, SourceKind

MUCH = 0.3  # share of a text: what was cut anywhere before its last third has lost as much
CONTRADICTED = "its twin still says what is gone"
RESTLESS = 3  # times that what a list lost had come or gone before, among its last changes within RESTLESS_SPAN
RESTLESS_SPAN = timedelta(days=30)
STANDS = timedelta(days=3)  # what keeps coming and going is believed when it stood for so long
_FEWEST = 50  # words: a shorter text loses a third with one sentence
_LOOKS_AGAINST_TWIN = 2
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for a second look: what was last believed, and what came instead."""

    old: Content
    new: Content


_LOOK_BACK = 10  # changes that a doubted one is looked for among


def facts_removed(old: Facts, new: Facts) -> frozenset[tuple[str, str]]:
    """What a list no longer names: (product, territory) and (model, region) pairs."""
    return stated(old) - stated(new)


def stated(facts: Facts) -> frozenset[tuple[str, str]]:
    """The pairs a list names: (product, territory) and (model, region)."""
    return frozenset((fact.product, fact.territory) for fact in facts.availability) | frozenset(
        (fact.model, fact.region) for fact in facts.deployments
    )


def words(content: Content) -> Counter[str]:
    """The words of a text, single characters where a script has no blanks."""
    return Counter(word for passage in content.passages for word in _WORD.findall(passage.text.lower()))


def shrank(old: Content, new: Content) -> float:
    """The share of the words that are gone and that nothing replaces, 0..1; 0 for a text too short to tell."""
    before, after = words(old).total(), words(new).total()
    return max(0.0, 1 - after / before) if before >= _FEWEST else 0.0


def lost_much(kind: SourceKind, old: Content, new: Content) -> bool:
    """Whether so much of a text is gone that it is told only when seen twice. What adds to a list is never delayed."""
    if kind in (SourceKind.FEED, SourceKind.DOCKET) or stated(new.facts) - stated(old.facts):
        return False
    return shrank(old, new) >= MUCH


def waiting_changes(session: Session, source_id: int) -> tuple[Waiting, ...]:
    """The changes of a source that wait for a second look, oldest first."""
    return tuple(
        Waiting(_content(session, change.from_version), _content(session, change.to_version))
        for change in _waiting(session, source_id)
    )


def settle(session: Session, source_id: int) -> None:
    """Confirms or discards the changes of one source that wait for a second look, as far as its visits allow."""
    for change in _waiting(session, source_id):
        believed = session.get_one(VersionRow, change.to_version).believed_at
        if believed is not None:
            change.held, change.confirmed_at = None, believed
            continue
        later = _newest_good_visit_after(session, source_id, change.to_version)
        if later is None:
            continue
        version_id, at, enough = later
        if version_id != change.to_version and not _still_gone(session, change, version_id):
            change.held = Held.UNCONFIRMED.value
        elif enough and (at - change.at >= STANDS or not _restless(session, change)):
            change.held, change.confirmed_at = None, at
    session.flush()


def waiting_sources(session: Session, source_ids: Iterable[int]) -> list[int]:
    """Which of these sources have a change that waits for a second look."""
    waiting = session.scalars(
        select(ChangeRow.source_id).where(ChangeRow.held == Held.AWAITING_CONFIRMATION.value).distinct()
    )
    return sorted(set(waiting) & set(source_ids))


def restores_unconfirmed(session: Session, from_version: int, new: Content) -> bool:
    """Whether the version before only undid something that was never believed, and this one puts it back."""
    change = session.scalars(select(ChangeRow).where(ChangeRow.to_version == from_version)).first()
    if change is None or change.held != Held.UNCONFIRMED.value:
        return False
    old = _content(session, change.from_version)
    return stated(old.facts) == stated(new.facts) and words(old) == words(new)


def compared_with(session: Session, version: VersionRow, new: Content) -> int | None:
    """The version that a version is compared with: the one before, or the last that was believed.

    Where a capture was doubted, nothing was told since, and this version says again what that capture had lost, the
    loss was never told and its end is no news either: what changed is told against the version before the doubted one.
    """
    base = version.previous_id
    while (doubted := _doubted_change(session, base)) is not None:
        before, after = (_content(session, one) for one in (doubted.from_version, doubted.to_version))
        named_again = facts_removed(before.facts, after.facts) & stated(new.facts)
        if not named_again and not shrank(before, after) >= MUCH > shrank(before, new):
            break
        base = doubted.from_version
    return base


def _doubted_change(session: Session, version_id: int | None) -> ChangeRow | None:
    """The newest doubted change up to a version with nothing told between; None where there is none."""
    for _ in range(_LOOK_BACK):
        change = session.scalars(select(ChangeRow).where(ChangeRow.to_version == version_id)).first()
        if change is None or _was_doubted(session, change):
            return change
        if change.held is None:
            return None
        version_id = change.from_version
    return None


def _was_doubted(session: Session, change: ChangeRow) -> bool:
    """Whether the whole capture was doubted or not confirmed, or the end of its list beside something that was told."""
    cut = select(FindingRow.position).where(
        FindingRow.change_id == change.id, FindingRow.kind == FindingKind.LIST_CUT_SHORT.value
    )
    return (
        change.held in (Held.DOUBTFUL.value, Held.UNCONFIRMED.value)
        or session.scalars(cut.limit(1)).first() is not None
    )


def _waiting(session: Session, source_id: int) -> list[ChangeRow]:
    return list(
        session.scalars(
            select(ChangeRow)
            .where(ChangeRow.source_id == source_id, ChangeRow.held == Held.AWAITING_CONFIRMATION.value)
            .order_by(ChangeRow.id)
        )
    )


def _newest_good_visit_after(session: Session, source_id: int, version_id: int) -> tuple[int, datetime, bool] | None:
    """The version and time of the newest good visit, and whether what it did not see is enough: against a twin that
    still says what is gone one more look must agree."""
    brought = session.scalars(
        select(VisitRow.id).where(VisitRow.version_id == version_id).order_by(VisitRow.id).limit(1)
    ).first()
    if brought is None:
        return None
    later = session.execute(
        select(VisitRow.version_id, VisitRow.at, VisitRow.reason)
        .where(
            VisitRow.source_id == source_id,
            VisitRow.id > brought,
            VisitRow.outcome.in_([Outcome.CONFIRMED.value, Outcome.VERSION.value]),
        )
        .order_by(VisitRow.id.desc())
        .limit(_LOOKS_AGAINST_TWIN)
    ).all()
    if not later or later[0].version_id is None:
        return None
    contradicted = (later[0].reason or "").startswith(CONTRADICTED)
    return later[0].version_id, later[0].at, not contradicted or len(later) >= _LOOKS_AGAINST_TWIN


def _restless(session: Session, change: ChangeRow) -> bool:
    """Whether all that a list lost here keeps coming and going, so that one more look proves nothing."""
    removed = facts_removed(*(_content(session, one).facts for one in (change.from_version, change.to_version)))
    earlier = session.scalars(
        select(ChangeRow)
        .where(ChangeRow.source_id == change.source_id, ChangeRow.id < change.id)
        .where(ChangeRow.at > change.at - RESTLESS_SPAN)
        .order_by(ChangeRow.id.desc())
        .limit(_LOOK_BACK)
    )
    turned: Counter[tuple[str, str]] = Counter()
    for one in earlier:
        before, after = (stated(_content(session, number).facts) for number in (one.from_version, one.to_version))
        turned.update(before ^ after)
    return bool(removed) and all(turned[pair] >= RESTLESS for pair in removed)


def _still_gone(session: Session, change: ChangeRow, version_id: int) -> bool:
    old, new = _content(session, change.from_version), _content(session, change.to_version)
    now = _content(session, version_id)
    removed = facts_removed(old.facts, new.facts)
    if removed:
        return not removed & stated(now.facts)
    return shrank(old, now) >= MUCH


def _content(session: Session, version_id: int) -> Content:
    version = session.get_one(VersionRow, version_id)
    content: Content = decode(Content, blobs.decompress(version.content))
    return content
