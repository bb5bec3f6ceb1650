"""Which changes and notices a story talks about: of its publisher, near its days, and in the territories it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.archive import content_of
from store.happenings import Action, Day, Related, Saying, Story
from store.schema import ChangeRow, FindingRow, SourceRow, VersionRow, VisitRow
from store.values import FindingKind, Notice, Outcome, SourceKind, Stage

NEAR = timedelta(days=7)  # a list follows an announcement, or precedes it, by days
SAME_RULEMAKING = timedelta(days=60)  # a RIN lives for years; a story is about its notice of these weeks
_CLOSES = (Action.RESTRICT, Action.SUSPEND)
_MOVES = {FindingKind.TERRITORY_REMOVED: _CLOSES, FindingKind.TERRITORY_ADDED: (Action.EXPAND, Action.LIFT)}
# Which stages of a rule do what a story tells: only such a notice dates the story, unless the story names its number.
_STAGES = {
    Action.PROPOSE: (Stage.PROPOSED, Stage.ADVANCE_NOTICE),
    Action.RESTRICT: (Stage.FINAL, Stage.INTERIM_FINAL),
    Action.SUSPEND: (Stage.SUSPENSION,),
    Action.LIFT: (Stage.WITHDRAWAL,),
}


def related_to(session: Session, story: Story) -> tuple[Related, ...]:
    """Substantive changes of the publishers a story is about, and notices of its rulemaking, earliest first."""
    found = [*_changes(session, story), *_notices(session, story)]
    return tuple(sorted(found, key=lambda one: (one.on, one.kind, one.source, one.address)))


def _days(story: Story) -> tuple[date, date]:
    """The first and last day of a story, its day of effect and its end included."""
    days = [story.first_at.date(), story.last_at.date()]
    if story.effective:
        days += [story.effective.first, story.effective.last]
    return min(days), max(days)


def _changes(session: Session, story: Story) -> Iterator[Related]:
    parties = [name.lower() for name in (story.actor, story.object) if name]
    first, last = _days(story)
    rows = session.execute(
        select(ChangeRow, SourceRow)
        .join(SourceRow, SourceRow.id == ChangeRow.source_id)
        .where(
            or_(func.lower(SourceRow.publisher).in_(parties)),
            SourceRow.kind != SourceKind.FEED.value,
            ChangeRow.substantive,
            ChangeRow.at >= _midnight(first - NEAR),
            ChangeRow.at < _midnight(last + NEAR + timedelta(days=1)),
        )
        .order_by(ChangeRow.at, ChangeRow.id)
    )
    for change, source in rows.all():
        if _is_elsewhere(session, change.id, story.territories):
            continue
        address = f"{change.from_version}..{change.to_version}"
        said = _said_by_list(session, change, source, story)
        on = change.at.date()
        yield Related("change", address, source.slug, source.publisher, on, source.title, source.url, said)


def _said_by_list(session: Session, change: ChangeRow, source: SourceRow, story: Story) -> tuple[Saying, ...]:
    """When a list lost or gained the story's territories: between the last good visit before and the next."""
    moved = session.execute(
        select(FindingRow.kind, FindingRow.territory).where(
            FindingRow.change_id == change.id, FindingRow.kind.in_([kind.value for kind in _MOVES])
        )
    ).all()
    if not any(
        story.action in _MOVES[FindingKind(one.kind)] and one.territory in story.territories for one in moved
    ):  # fmt: skip
        return ()
    before = session.scalar(
        select(func.max(VisitRow.at)).where(
            VisitRow.source_id == source.id,
            VisitRow.at < change.at,
            VisitRow.outcome.in_([Outcome.CONFIRMED.value, Outcome.VERSION.value]),
        )
    )
    last = change.at.date()
    day = Day(before.date() if before else last, last, "between two visits to the list")
    return (Saying("effective", day, True, (source.title,)),)


def _is_elsewhere(session: Session, change_id: int, territories: tuple[str, ...]) -> bool:
    """Whether a change names territories, the story too, and none is both's."""
    named = set(
        session.scalars(
            select(FindingRow.territory).where(FindingRow.change_id == change_id, FindingRow.territory.is_not(None))
        )
    )
    return bool(named and territories) and not named & set(territories)


def _notices(session: Session, story: Story) -> Iterator[Related]:
    numbers = {name for name in story.refers if any(letter.isdigit() for letter in name)}
    regulators = {name.lower() for name in (story.actor,) if name}
    rows = session.execute(
        select(SourceRow, VersionRow)
        .join(VersionRow, VersionRow.id == SourceRow.version_id)
        .where(SourceRow.kind == SourceKind.DOCKET.value)
        .order_by(SourceRow.slug)
    )
    for source, version in rows.all():
        speaks = source.publisher.lower() in regulators
        if not numbers and not speaks:
            continue
        for notice in content_of(version).facts.notices:
            on = notice.published or notice.signed
            if on and (_is_referred(notice, numbers, on, story) or (speaks and _is_near(notice, on, story))):
                said = _said_by_notice(notice, source.publisher, numbers, story)
                number, title = notice.number, notice.title
                yield Related("notice", number, source.slug, source.publisher, on, title, notice.url, said)


def _said_by_notice(notice: Notice, publisher: str, numbers: set[str], story: Story) -> tuple[Saying, ...]:
    """The days of a notice that does what the story tells; the day of print is one of its own and disputes nothing."""
    if notice.stage not in _STAGES.get(story.action, ()) and not _is_named(notice, numbers):
        return ()
    who = (f"{publisher} ({notice.number})",)
    days = (("effective", notice.effective), ("ends", notice.comments_close), ("printed", notice.published))
    return tuple(Saying(role, Day(day, day, notice.number), True, who) for role, day in days if day is not None)


def _is_named(notice: Notice, numbers: set[str]) -> bool:
    return notice.number in numbers or notice.citation in numbers


def _is_referred(notice: Notice, numbers: set[str], on: date, story: Story) -> bool:
    if _is_named(notice, numbers):
        return True
    first, last = _days(story)
    near = first - SAME_RULEMAKING <= on <= last + SAME_RULEMAKING
    return near and bool(numbers & {*notice.rins, *notice.dockets})


def _is_near(notice: Notice, on: date, story: Story) -> bool:
    """A proposal is printed up to three weeks after its release; other acts within days."""
    first, last = _days(story)
    after = timedelta(days=21) if story.action is Action.PROPOSE else NEAR
    return first - NEAR <= on <= last + after


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
