"""What happened in a docket: notices published or dropped, stages advanced, deadlines and effective dates moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from detector import severity
from detector.facts.docket_notes import notes_of
from detector.facts.families import families
from store.docket import Docket, Due, What, docket_of, names, print_order, routine_rins
from store.documents import documents, plain_number, same_document
from store.rule_stages import State
from store.values import Content, Finding, FindingKind, Notice, Severity, Span

_DATED = {
    What.COMMENTS_CLOSE: (FindingKind.DEADLINE_SET, FindingKind.DEADLINE_MOVED),
    What.TAKES_EFFECT: (FindingKind.EFFECTIVE_DATE_SET, FindingKind.EFFECTIVE_DATE_MOVED),
}


@dataclass(frozen=True, slots=True)
class DocketChange:
    """The findings of a docket and what a reader should know beside them: weekdays, irregular steps, ties."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def notice_findings(old: Content, new: Content) -> list[Finding]:
    """All findings of a docket. Dates are ISO calendar days; subject is the number of the document that came or whose
    date it is, and for a stage the RIN or docket. new_span is where the notice stands that says so.
    """
    return list(docket_change(old, new).findings)


def docket_change(old: Content, new: Content) -> DocketChange:
    """Each document that came or changed is read into its docket in the order of print, as if it came alone.

    So the findings of any number of versions, in whatever order the documents arrive, add up to the same stage and the
    same dates.
    """
    steps, gone, places = _matched(documents(old.facts.notices), documents(new.facts.notices))
    moving = [one for one in steps if one.before is None or _said(one.before) != _said(one.after)]
    if not moving:
        return DocketChange(tuple(_dropped(notice) for notice in gone), ())
    known = [*gone, *(one.before for one in steps if one.before is not None)]
    standing = _Standing(known, [*known, *(one.after for one in steps)])
    findings: list[Finding] = []
    notes: list[str] = []
    for one in sorted(moving, key=lambda one: print_order(one.after)):
        before, now = standing.moved(one.before, one.after)
        findings.extend(_step_findings(one, before, now, places, standing.routine))
        notes.extend(notes_of(one.before, one.after, before, now))
    findings.extend(_dropped(notice) for notice in gone)
    return DocketChange(tuple(findings), tuple(dict.fromkeys(notes)))


@dataclass(frozen=True, slots=True)
class _Step:
    """One document: as the old version has it, None when it is new, and as the new version has it."""

    before: Notice | None
    after: Notice


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a document stands in the old and the new version, and under which key the old one has it."""

    old: dict[str, Span] = field(default_factory=dict)
    new: dict[str, Span] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)

    def document(self, notice: Notice) -> str:
        """One key for a document in both versions, also where its day of print came or moved."""
        return self.former.get(notice.key, notice.key)

    def old_span(self, notice: Notice | None) -> Span | None:
        return self.old.get(notice.key) if notice else None

    def new_span(self, notice: Notice | None) -> Span | None:
        return self.new.get(notice.key) if notice else None


def _matched(old: Sequence[Notice], new: Sequence[Notice]) -> tuple[list[_Step], list[Notice], _Places]:
    before: dict[str, list[Notice]] = {}
    for notice in old:
        before.setdefault(plain_number(notice.number), []).append(notice)
    steps, places = [], _Places()
    for notice in new:
        held = before.get(plain_number(notice.number), [])
        same = next((one for one in held if one.key == notice.key), None)
        same = same or next((one for one in held if same_document(one, notice)), None)
        if same is not None:
            held.remove(same)
            places.old[notice.key] = same.span
            places.former[notice.key] = same.key
        steps.append(_Step(same, notice))
        places.new[notice.key] = notice.span
    places.old.update({notice.key: notice.span for notice in old})
    return steps, [notice for held in before.values() for notice in held], places


def _said(notice: Notice) -> Notice:
    """The notice without its place: another place in the answer is no news."""
    return replace(notice, span=Span(0, 0, 0, ""))


class _Standing:
    """The documents of each family of notices, as far as they have been read."""

    def __init__(self, held: Sequence[Notice], all_notices: Sequence[Notice]) -> None:
        self.routine = routine_rins(all_notices)
        self.family = families(all_notices, self.routine)
        self.read: dict[int, list[Notice]] = {}
        self.last: dict[int, Docket] = {}
        for notice in held:
            self.read.setdefault(self.family[notice.key], []).append(notice)

    def moved(self, before: Notice | None, after: Notice) -> tuple[Docket, Docket]:
        """The docket without and with what the document says now."""
        family = self.family[after.key]
        read = self.read.setdefault(family, [])
        former = self.last.get(family) or docket_of(read, self.routine)
        if before is not None:
            read.remove(before)
        read.append(after)
        self.last[family] = docket_of(read, self.routine)
        return former, self.last[family]


def _step_findings(
    one: _Step, before: Docket, now: Docket, places: _Places, routine: frozenset[str]
) -> Iterator[Finding]:
    if one.before is None:
        yield Finding(
            FindingKind.NOTICE_PUBLISHED,
            severity.OF_STAGE[one.after.stage],
            new=f"{one.after.stage.value}: {one.after.title}",
            new_span=one.after.span,
            subject=one.after.number,
        )
    yield from _advances(one, before, now, places, routine)
    yield from _dates(one.after, before, now, places)


def _advances(one: _Step, before: Docket, now: Docket, places: _Places, routine: frozenset[str]) -> Iterator[Finding]:
    mine = names(one.after, routine)
    moved = [key for key in mine if State.UNOPENED is not before.states.get(key, State.UNOPENED) != now.states.get(key)]
    rins = [key for key in moved if key in one.after.rins]
    # A document's dockets are other names of one proceeding; each RIN is a proceeding of its own.
    for key in rins or moved[:1] * (not any(rin in before.states for rin in one.after.rins)):
        last = before.set_by.get(key)
        yield _advance(
            one.after,
            before.states[key].value,
            now.states.get(key, State.UNOPENED).value,
            places.old_span(last),
            mine[key],
        )
    if not moved and one.before is not None and one.before.stage is not one.after.stage:
        number = one.after.number  # the proceeding stands where it stood; the document alone went on
        yield _advance(one.after, one.before.stage.value, one.after.stage.value, places.old_span(one.before), number)


def _advance(notice: Notice, old: str, new: str, old_span: Span | None, subject: str) -> Finding:
    level = severity.OF_STAGE[notice.stage]
    return Finding(FindingKind.STAGE_ADVANCED, level, old, new, old_span, notice.span, subject=subject)


def _dates(notice: Notice, before: Docket, now: Docket, places: _Places) -> Iterator[Finding]:
    """The dates that hold now and did not before, and those that no longer hold."""
    old = {(due.what, places.document(due.of)): due for due in before.dues}
    said = {(due.what, places.document(due.said_by), due.on): key for key, due in old.items()}
    new = {(due.what, places.document(due.of)): due for due in now.dues}
    kept = {key: due for key, due in new.items() if (due.what, places.document(due.said_by), due.on) in said}
    told = {said[due.what, places.document(due.said_by), due.on] for due in kept.values()}
    left = {key: due for key, due in old.items() if key not in told}
    for key in sorted(new.keys() - kept.keys(), key=lambda key: (list(What).index(key[0]), key[1])):
        yield _dated(left.pop(key, None), new[key], new[key].said_by, places)
    for due in left.values():
        yield _dated(due, None, notice, places)


def _dated(old: Due | None, new: Due | None, by: Notice, places: _Places) -> Finding:
    due = new or old
    assert due is not None
    level = severity.of_effective_date(due.of.stage) if due.what is What.TAKES_EFFECT else Severity.MEDIUM
    return Finding(
        _DATED[due.what][0 if old is None else 1],
        level,
        old=old.on.isoformat() if old else None,
        new=new.on.isoformat() if new else None,
        old_span=places.old_span(old.said_by) if old else None,
        new_span=places.new_span(by),
        subject=due.of.number,
    )


def _dropped(notice: Notice) -> Finding:
    return Finding(
        FindingKind.NOTICE_DROPPED,
        Severity.INFO,
        old=f"{notice.stage.value}: {notice.title}",
        old_span=notice.span,
        subject=notice.number,
    )
