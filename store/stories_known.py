"""Stories as far as they had been reported by an instant: later reports left out, what rests on them too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.archive import content_of
from store.happenings import Day, ReportView, StoryFilter, StoryView
from store.schema import SourceRow, VersionRow
from store.stories import stories
from store.story_schema import StoryEntryRow

_AT_A_TIME = 500


def stories_known(session: Session, since: datetime, until: datetime, known_at: datetime) -> tuple[StoryView, ...]:
    """The stories with a report of [since, until) that we had read by known_at, each with the reports read by then.

    How reports are grouped into stories, and which depends on which, is today's.
    """
    found = stories(session, StoryFilter(since=since, until=until))
    read = _read_by(session, [one.id for one in found], since, known_at)
    told = ((one, tuple(report for report in one.reports if (report.source, report.link) in read)) for one in found)
    return tuple(
        one if len(reports) == len(one.reports) else _restricted(one, reports, known_at.date())
        for one, reports in told
        if any(since <= report.at < until for report in reports)
    )


def _read_by(session: Session, ids: Sequence[int], since: datetime, known_at: datetime) -> set[tuple[str, str]]:
    """(source, link) of those entries of stories that we had read by an instant."""
    mine = [
        row
        for start in range(0, len(ids), _AT_A_TIME)
        for row in session.execute(
            select(SourceRow.id, SourceRow.slug, StoryEntryRow.link, VersionRow.at)
            .join(StoryEntryRow, StoryEntryRow.source_id == SourceRow.id)
            .join(VersionRow, VersionRow.id == StoryEntryRow.version_id)
            .where(StoryEntryRow.story_id.in_(ids[start : start + _AT_A_TIME]))
        )
    ]
    read = {(row.slug, row.link) for row in mine if row.at <= known_at}
    # An entry that its outlet changed later points at the later version: an earlier one may hold it too.
    for source_id, slug in {(row.id, row.slug) for row in mine if (row.slug, row.link) not in read}:
        wanted = {row.link for row in mine if row.slug == slug}
        read |= {(slug, link) for link in wanted & _links_of(session, source_id, since, known_at)}
    return read


def _links_of(session: Session, source_id: int, since: datetime, known_at: datetime) -> set[str]:
    versions = session.scalars(
        select(VersionRow)
        .where(VersionRow.source_id == source_id, VersionRow.at >= since, VersionRow.at <= known_at)
        .order_by(VersionRow.id)
    )
    return {entry.link for version in versions for entry in content_of(version).facts.entries}


def _restricted(view: StoryView, reports: Sequence[ReportView], on: date) -> StoryView:
    """The story told by some of its reports; days that notices and lists gave stand where they are of that day."""
    told = [report.happening for report in reports]
    official = [one for one in view.related if one.sayings and one.on <= on]
    days = {
        "effective": [one.effective for one in told if one.effective],
        "ends": [one.ends for one in told if one.ends],
    }
    for one in official:
        for saying in one.sayings:
            if saying.role in days:
                days[saying.role] = [saying.day]
    return replace(
        view,
        title=reports[0].title,
        first_at=min(report.at for report in reports),
        last_at=max(report.at for report in reports),
        products=tuple(dict.fromkeys(name for one in told for name in one.products)),
        territories=tuple(dict.fromkeys(code for one in told for code in one.territories)),
        effective=_agreed(days["effective"]),
        ends=_agreed(days["ends"]),
        disputed=tuple(role for role, said in days.items() if said and _agreed(said) is None),
        sayings=(),
        chains=len({report.chain for report in reports}),
        official=any(report.official for report in reports),
        reports=tuple(reports),
        related=tuple(one for one in view.related if one.on <= on),
    )


def _agreed(days: Sequence[Day]) -> Day | None:
    """The narrowest of days that all agree; None where two of them do not."""
    if not days or not all(one.agrees(other) for one in days for other in days):
        return None
    return min(days, key=lambda one: (one.last - one.first, one.first))
