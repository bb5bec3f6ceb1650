"""Answers about the past: sources, changes, coverage and the dates ahead, for everything that shows anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from store.archive import content_of
from store.coverage import PROMISE as PROMISE
from store.coverage import coverage as coverage
from store.coverage import sources as sources
from store.docket import dates_that_hold
from store.noise import repeated_on
from store.schema import ChangeRow, FindingRow, SnapshotRow, SourceRow, VersionRow
from store.values import Finding, FindingKind, Held, Polarity, Severity, SourceKind, Span
from store.views import ChangeFilter, ChangeTexts, ChangeView, Deadline, Evidence


class NoSuchChange(LookupError):
    """No change has this address; `tocsin history` lists them."""


def changes(session: Session, wanted: ChangeFilter, limit: int | None = None) -> tuple[ChangeView, ...]:
    """The changes that match, oldest first; with limit, the newest ones."""
    query = _matching(select(ChangeRow.id), wanted).order_by(ChangeRow.at.desc(), ChangeRow.id.desc())
    limited = query.limit(limit) if limit is not None else query
    ids = [row[0] for row in session.execute(limited)]
    return tuple(reversed(_change_views(session, ids)))


def change(session: Session, address: str) -> ChangeTexts:
    """The change "from..to" with both texts. Raises NoSuchChange."""
    return change_by_id(session, change_number(session, address))


def change_number(session: Session, address: str) -> int:
    """The row number of the change "from..to". Raises NoSuchChange."""
    head, dots, tail = address.partition("..")
    if not (dots and _is_number(head) and _is_number(tail)):
        raise NoSuchChange(f"{address!r} is not an address of a change; write FROM..TO, for example 12..15")
    number = session.scalar(
        select(ChangeRow.id).where(ChangeRow.from_version == int(head), ChangeRow.to_version == int(tail))
    )
    if number is None:
        raise NoSuchChange(f"no change {address}; `tocsin history` lists them")
    return number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # a version's number; a larger one fits no database


def change_view(session: Session, change_id: int) -> ChangeView:
    """One change without its texts. Raises NoSuchChange."""
    views = _change_views(session, [change_id])
    if not views:
        raise NoSuchChange(f"no change with id {change_id}")
    return views[0]


def change_by_id(session: Session, change_id: int) -> ChangeTexts:
    """One change with both texts. Raises NoSuchChange."""
    views = _change_views(session, [change_id])
    if not views:
        raise NoSuchChange(f"no change with id {change_id}")
    old = content_of(session.get_one(VersionRow, views[0].before.version))
    new = content_of(session.get_one(VersionRow, views[0].after.version))
    also = repeated_on(session, session.get_one(ChangeRow, change_id))
    return ChangeTexts(change=views[0], old=old.passages, new=new.passages, also=also)


def views_of(session: Session, ids: Sequence[int]) -> tuple[ChangeView, ...]:
    """The changes with these row numbers, in their order, without their texts; unknown numbers are left out."""
    return tuple(_change_views(session, ids))


def deadlines(session: Session, after: date, until: date) -> tuple[Deadline, ...]:
    """The dates in [after, until] that the current versions of active dockets name, earliest first."""
    rows = session.execute(
        select(SourceRow, VersionRow)
        .join(VersionRow, VersionRow.id == SourceRow.version_id)
        .where(SourceRow.active, SourceRow.kind == SourceKind.DOCKET.value)
    )
    found = {
        Deadline(source.slug, source.publisher, due.of.number, due.of.title, due.what.value, due.on, due.of.url)
        for source, version in rows
        for due in dates_that_hold(content_of(version).facts.notices)
        if after <= due.on <= until
    }
    return tuple(sorted(found, key=lambda deadline: (deadline.on, deadline.number, deadline.what, deadline.source)))


def _matching(query: Select[int], wanted: ChangeFilter) -> Select[int]:
    query = query.join(SourceRow, SourceRow.id == ChangeRow.source_id)
    if wanted.source:
        query = query.where(SourceRow.slug == wanted.source)
    if wanted.publisher:
        query = query.where(func.lower(SourceRow.publisher) == wanted.publisher.lower())
    if wanted.since:
        query = query.where(ChangeRow.at >= wanted.since)
    if wanted.until:
        query = query.where(ChangeRow.at < wanted.until)
    if wanted.held is not None:
        query = query.where(ChangeRow.held.is_not(None) if wanted.held else ChangeRow.held.is_(None))
    if wanted.product:
        named = select(FindingRow.change_id).where(func.lower(FindingRow.product) == wanted.product.lower())
        query = query.where(or_(func.lower(SourceRow.product) == wanted.product.lower(), ChangeRow.id.in_(named)))
    if wanted.territory:
        query = query.where(
            ChangeRow.id.in_(select(FindingRow.change_id).where(FindingRow.territory == wanted.territory))
        )
    return query.where(_of_kind(wanted.kind)) if wanted.kind else query


def _of_kind(kind: str) -> ColumnElement[bool]:
    if kind in set(SourceKind):
        return SourceRow.kind == kind
    return ChangeRow.id.in_(select(FindingRow.change_id).where(FindingRow.kind == kind))


def _change_views(session: Session, ids: Sequence[int]) -> list[ChangeView]:
    """Views of changes in the order of ids, read in a handful of queries."""
    found: dict[int, ChangeView] = {}
    for start in range(0, len(ids), 500):
        found.update(_chunk_of_views(session, ids[start : start + 500]))
    return [found[change_id] for change_id in ids if change_id in found]


def _chunk_of_views(session: Session, ids: Sequence[int]) -> dict[int, ChangeView]:
    findings: dict[int, list[Finding]] = {}
    for row in session.scalars(
        select(FindingRow).where(FindingRow.change_id.in_(ids)).order_by(FindingRow.change_id, FindingRow.position)
    ):
        findings.setdefault(row.change_id, []).append(_finding(row))
    before, after = aliased(VersionRow), aliased(VersionRow)
    snap_before, snap_after = aliased(SnapshotRow), aliased(SnapshotRow)
    rows = session.execute(
        select(ChangeRow, SourceRow, snap_before, snap_after)
        .join(SourceRow, SourceRow.id == ChangeRow.source_id)
        .join(before, before.id == ChangeRow.from_version)
        .join(after, after.id == ChangeRow.to_version)
        .join(snap_before, snap_before.id == before.snapshot_id)
        .join(snap_after, snap_after.id == after.snapshot_id)
        .where(ChangeRow.id.in_(ids))
    )
    return {
        change.id: _change_view(change, source, old, new, findings.get(change.id, []))
        for change, source, old, new in rows
    }


def _change_view(
    change: ChangeRow, source: SourceRow, old: SnapshotRow, new: SnapshotRow, findings: Iterable[Finding]
) -> ChangeView:
    return ChangeView(
        id=change.id,
        address=f"{change.from_version}..{change.to_version}",
        source=source.slug,
        title=source.title,
        publisher=source.publisher,
        product=source.product,
        kind=SourceKind(source.kind),
        polarity=Polarity(source.polarity),
        language=source.language,
        url=source.url,
        at=change.at,
        severity=Severity(change.severity),
        substantive=change.substantive,
        significance=change.significance,
        held=Held(change.held) if change.held else None,
        reasons=tuple(change.reasons),
        findings=tuple(findings),
        before=evidence(change.from_version, old),
        after=evidence(change.to_version, new),
        confirmed_at=change.confirmed_at,
        announced_at=change.announced_at,
        model=change.model,
    )


def evidence(version_id: int, snapshot: SnapshotRow) -> Evidence:
    return Evidence(version_id, snapshot.sha256, snapshot.url, snapshot.fetched_at, snapshot.status)


def _finding(row: FindingRow) -> Finding:
    return Finding(
        kind=FindingKind(row.kind),
        severity=Severity(row.severity),
        old=row.old,
        new=row.new,
        old_span=Span(**row.old_span) if row.old_span else None,
        new_span=Span(**row.new_span) if row.new_span else None,
        product=row.product,
        territory=row.territory,
        subject=row.subject,
    )
