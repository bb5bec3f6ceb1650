"""What happened in a docket: notices published or dropped, stages advanced, deadlines and effective dates moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rapidfuzz import fuzz

from detector import severity
from store.values import Content, Finding, FindingKind, Notice, Severity, Span, Stage

_ORDER = (Stage.ADVANCE_NOTICE, Stage.PROPOSED, Stage.INTERIM_FINAL, Stage.FINAL)
# A RIN that one answer shows under more dockets than this is a routine one (airworthiness directives share a RIN) and
# does not say which proceeding a notice belongs to.
_ROUTINE_DOCKETS = 6


def notice_findings(old: Content, new: Content) -> list[Finding]:
    """All findings of a docket. Dates are ISO calendar days; subject is the document number, for a stage the RIN.

    Notices are the same when their keys are, or, where the publication date came or moved, when number and title are.
    """
    both, fresh, gone = _matched(old.facts.notices, new.facts.notices)
    proceedings = _Proceedings(old.facts.notices, new.facts.notices)
    findings: list[Finding] = []
    for notice in sorted(fresh, key=_print_order):
        findings.extend(_published(notice, proceedings))
        proceedings.add(notice)
    for before, after in both:
        findings.extend(_revised(before, after))
    findings.extend(_dropped(notice) for notice in gone)
    return findings


def _print_order(notice: Notice) -> tuple[date, int]:
    rank = _ORDER.index(notice.stage) if notice.stage in _ORDER else -1
    return notice.published or date.max, rank


def _matched(
    old: Sequence[Notice], new: Sequence[Notice]
) -> tuple[list[tuple[Notice, Notice]], list[Notice], list[Notice]]:
    before = {notice.key: notice for notice in old}
    after = {notice.key: notice for notice in new}
    both = [(before[key], after[key]) for key in before if key in after]
    gone = {key: notice for key, notice in before.items() if key not in after}
    fresh = {key: notice for key, notice in after.items() if key not in before}
    for key, notice in list(fresh.items()):
        same = next((old_key for old_key, other in gone.items() if _is_redated(other, notice)), None)
        if same is not None:
            both.append((gone.pop(same), fresh.pop(key)))
    return both, list(fresh.values()), list(gone.values())


def _is_redated(old: Notice, new: Notice) -> bool:
    """Numbers were re-used before 2016, so two printed notices of one number must also have one title."""
    if old.key.rpartition("@")[0] != new.key.rpartition("@")[0]:
        return False
    return old.published is None or new.published is None or fuzz.ratio(old.title, new.title) > 80


class _Proceedings:
    """The notices seen so far, by what ties them together: RINs, and dockets where a RIN is missing or routine."""

    def __init__(self, old: Sequence[Notice], new: Sequence[Notice]) -> None:
        self.seen: dict[str, list[Notice]] = defaultdict(list)
        self.routine = _routine_rins((*old, *new))
        self.standing = frozenset(old)
        for notice in old:
            self.add(notice)

    def names(self, notice: Notice) -> list[str]:
        return [*(rin for rin in notice.rins if rin not in self.routine), *notice.dockets]

    def old_span(self, notice: Notice) -> Span | None:
        """Where a notice stands in the old version; None for one that came with the new version itself."""
        return notice.span if notice in self.standing else None

    def add(self, notice: Notice) -> None:
        for name in self.names(notice):
            self.seen[name].append(notice)

    def before(self, notice: Notice) -> tuple[str, list[Notice]]:
        """The name of the proceeding and its notices so far; the notice's own number and none when it is the first."""
        for name in self.names(notice):
            if self.seen[name]:
                return name, self.seen[name]
        return notice.number, []


def _routine_rins(notices: Iterable[Notice]) -> frozenset[str]:
    dockets: dict[str, set[str]] = defaultdict(set)
    for notice in notices:
        for rin in notice.rins:
            dockets[rin].update(notice.dockets)
    return frozenset(rin for rin, found in dockets.items() if len(found) > _ROUTINE_DOCKETS)


def _published(notice: Notice, proceedings: _Proceedings) -> Iterator[Finding]:
    name, earlier = proceedings.before(notice)
    yield Finding(
        FindingKind.NOTICE_PUBLISHED,
        severity.OF_STAGE[notice.stage],
        new=f"{notice.stage.value}: {notice.title}",
        new_span=notice.span,
        subject=notice.number,
    )
    last = _last_stage(notice, earlier)
    if last is not None:
        yield _stage(last, notice, name, proceedings.old_span(last))
    if notice.comments_close:
        former = _last_deadline(earlier) if notice.stage is Stage.EXTENSION else None
        yield from _deadline(notice, former, proceedings.old_span(former) if former else None)
    yield from _effective(notice, None)


def _last_stage(notice: Notice, earlier: Sequence[Notice]) -> Notice | None:
    """The furthest notice of the proceeding before this one, when this one goes further."""
    reached = [one for one in earlier if one.stage in _ORDER]
    if notice.stage not in _ORDER or not reached:
        return None
    last = max(reached, key=lambda one: (_ORDER.index(one.stage), one.published or date.min))
    return last if _ORDER.index(notice.stage) > _ORDER.index(last.stage) else None


def _stage(old: Notice, new: Notice, subject: str, old_span: Span | None) -> Finding:
    return Finding(
        FindingKind.STAGE_ADVANCED,
        severity.OF_STAGE[new.stage],
        old=old.stage.value,
        new=new.stage.value,
        old_span=old_span,
        new_span=new.span,
        subject=subject,
    )


def _last_deadline(earlier: Sequence[Notice]) -> Notice | None:
    dated = [one for one in earlier if one.comments_close]
    return max(dated, key=lambda one: one.comments_close or date.min) if dated else None


def _revised(before: Notice, after: Notice) -> Iterator[Finding]:
    """What changed in a notice that both answers hold."""
    if before.stage is not after.stage:
        yield _stage(before, after, next(iter(after.rins or after.dockets), after.number), before.span)
    if before.comments_close != after.comments_close:
        yield from _deadline(after, before, before.span)
    if before.effective != after.effective:
        yield from _effective(after, before)


def _deadline(notice: Notice, before: Notice | None, old_span: Span | None) -> Iterator[Finding]:
    old = before.comments_close if before else None
    if old != notice.comments_close:
        kinds = FindingKind.DEADLINE_SET, FindingKind.DEADLINE_MOVED
        yield _dated(kinds, Severity.MEDIUM, (old, notice.comments_close), old_span, notice)


def _effective(notice: Notice, before: Notice | None) -> Iterator[Finding]:
    old = before.effective if before else None
    if old != notice.effective:
        kinds = FindingKind.EFFECTIVE_DATE_SET, FindingKind.EFFECTIVE_DATE_MOVED
        yield _dated(
            kinds,
            severity.of_effective_date(notice.stage),
            (old, notice.effective),
            before.span if before else None,
            notice,
        )


def _dated(
    kinds: tuple[FindingKind, FindingKind],
    level: Severity,
    days: tuple[date | None, date | None],
    old_span: Span | None,
    after: Notice,
) -> Finding:
    old, new = days
    return Finding(
        kinds[0] if old is None else kinds[1],
        level,
        old=old.isoformat() if old else None,
        new=new.isoformat() if new else None,
        old_span=old_span if old else None,
        new_span=after.span,
        subject=after.number,
    )


def _dropped(notice: Notice) -> Finding:
    return Finding(
        FindingKind.NOTICE_DROPPED,
        Severity.INFO,
        old=f"{notice.stage.value}: {notice.title}",
        old_span=notice.span,
        subject=notice.number,
    )
