"""What holds in a docket: where each proceeding stands and which dates are ahead, once all its notices are read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from store.amending import amended, amends, delays, ends, moved_effective, moves_effective_date, touches_only_drafts
from store.documents import documents, is_filing, plain_number
from store.rule_stages import State, Step, step
from store.values import Notice, Stage

# A RIN that one answer shows under more dockets than this is a routine one (airworthiness directives share a RIN) and
# does not say which proceeding a notice belongs to.
_ROUTINE_DOCKETS = 6
# "Docket No. FAA-2023-1715" and "FAA-2023-1715" are one; "Sequence No. 1" and a bare "15-91" name no docket.
_LABEL = re.compile(r"^(?:docket\s*(?:id|no\.?|nos\.?|numbers?|#)?\s*[:.#]*\s*)+", re.IGNORECASE)
_RIN = re.compile(r"\d{4}-[A-Z]{2}[0-9A-Z]{2}")
_NO_DOCKET = re.compile(r"(?:sequence (?:no\.?|number) *)?[\d\W]+", re.IGNORECASE)
_ORDER = (
    *(Stage.PUBLIC_INSPECTION, Stage.ADVANCE_NOTICE, Stage.PROPOSED, Stage.INTERIM_FINAL, Stage.FINAL),
    *(Stage.NOTICE, Stage.PRESIDENTIAL, Stage.EXTENSION, Stage.CORRECTION, Stage.SUSPENSION, Stage.WITHDRAWAL),
)
_AWAITING = (State.INTERIM_FINAL, State.FINAL, State.SUSPENDED)
# Of the act itself: "Air Plan; Partial Approval" is the title of whole rules.
_PARTIAL = re.compile(
    r"\bpartial(?:ly)?\s+(?:withdr|stay|suspen|delay|rescis|postpon)|\b(?:withdr|stay|suspen|delay)\w*\s+in\s+part\b",
    re.IGNORECASE,
)


class What(StrEnum):
    COMMENTS_CLOSE = "comments close"
    TAKES_EFFECT = "takes effect"


@dataclass(frozen=True, slots=True)
class Due:
    """A date that holds. of: the document whose date it is; said_by: the notice that set it last (an extension)."""

    what: What
    on: date
    of: Notice
    said_by: Notice


@dataclass(frozen=True, slots=True)
class Irregular:
    """A notice that may not follow where its proceeding stood, and why."""

    notice: Notice
    name: str
    reason: str


@dataclass(frozen=True)
class Docket:
    """notices: one for each document, in the order of print. states, set_by: by the name of a proceeding.

    ties: the key of an extension, correction, suspension or withdrawal -> the documents it is about.
    """

    notices: tuple[Notice, ...]
    states: Mapping[str, State]
    set_by: Mapping[str, Notice]
    dues: tuple[Due, ...]
    irregular: tuple[Irregular, ...]
    ties: Mapping[str, tuple[Notice, ...]]

    def state(self, name: str, on: date) -> State:
        """Where a proceeding (RIN, docket as printed) stands on a day: in effect once its rule's day has come.

        All notices held count, also those printed after that day.
        """
        name = proceeding_key(name)
        found = self.states.get(name, State.UNOPENED)
        dues = {(due.of.key, due.what): due for due in self.dues}
        return _on_day(found, dues, self.set_by.get(name), self.ties, on)


def docket(notices: Iterable[Notice], routine: frozenset[str] | None = None) -> Docket:
    """The same docket for the same notices in any order. routine: RINs that name no proceeding, else found here."""
    kept = documents(notices)
    return docket_of(kept, routine_rins(kept) if routine is None else routine)


def docket_of(kept: Iterable[Notice], routine: frozenset[str]) -> Docket:
    """The docket of notices that are one for each document already."""
    reading, ordered = _Reading(routine), sorted(kept, key=print_order)
    for notice in ordered:
        reading.add(notice)
    dues = sorted(reading.dues.values(), key=lambda due: (due.on, due.of.number, due.what))
    states = {name: state for name, state in reading.states.items() if state is not State.UNOPENED}
    return Docket(tuple(ordered), states, reading.set_by, tuple(dues), tuple(reading.irregular), reading.ties)


def dates_that_hold(notices: Iterable[Notice]) -> tuple[Due, ...]:
    """Every comment deadline and effective date that holds: extended, delayed, and none of what was withdrawn."""
    return docket(notices).dues


def print_order(notice: Notice) -> tuple[date, int, str, str]:
    """By day of print; what opens or closes a stage before what amends it. A filed copy has its day of release."""
    day = notice.published or (notice.filed.date() if notice.filed else date.max)
    return day, _ORDER.index(notice.stage), plain_number(notice.number), notice.title


def names(notice: Notice, routine: frozenset[str]) -> dict[str, str]:
    """The proceedings a notice belongs to: key -> name as printed. RINs first; its own number when it names none."""
    found = {rin: rin for rin in notice.rins if rin not in routine}
    for printed in notice.dockets:
        key = proceeding_key(printed)
        if not _NO_DOCKET.fullmatch(key):
            found.setdefault(key, printed)
    return found or {plain_number(notice.number): notice.number}


def proceeding_key(printed: str) -> str:
    """A docket as printed, without its label and case; a RIN stays as it is."""
    return printed if _RIN.fullmatch(printed) else _LABEL.sub("", printed).casefold()


def routine_rins(notices: Iterable[Notice]) -> frozenset[str]:
    """RINs under which more dockets run than one proceeding has."""
    dockets: dict[str, set[str]] = defaultdict(set)
    for notice in notices:
        for rin in notice.rins:
            dockets[rin].update(notice.dockets)
    return frozenset(rin for rin, found in dockets.items() if len(found) > _ROUTINE_DOCKETS)


def _on_day(
    state: State,
    dues: Mapping[tuple[str, What], Due],
    setter: Notice | None,
    ties: Mapping[str, tuple[Notice, ...]],
    on: date,
) -> State:
    if setter is None or state not in _AWAITING:
        return state
    about = ties.get(setter.key, ())
    stays = setter.stage is Stage.SUSPENSION and not delays(setter)  # its own day is the one on which the rule stops
    rules = about if stays else (setter, *about)
    came = any((due := dues.get((one.key, What.TAKES_EFFECT))) is not None and due.on <= on for one in rules)
    return State.EFFECTIVE if came else state


@dataclass
class _Reading:
    """The notices read so far, in the order of print."""

    routine: frozenset[str]
    seen: list[Notice] = field(default_factory=list)
    named: dict[str, list[Notice]] = field(default_factory=lambda: defaultdict(list))
    roots: dict[str, tuple[Notice, ...]] = field(default_factory=dict)
    ties: dict[str, tuple[Notice, ...]] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    set_by: dict[str, Notice] = field(default_factory=dict)
    dues: dict[tuple[str, What], Due] = field(default_factory=dict)
    irregular: list[Irregular] = field(default_factory=list)

    def add(self, notice: Notice) -> None:
        mine = names(notice, self.routine)
        about = self._roots(amended(notice, self._related(notice, mine), self.named)) if amends(notice) else ()
        for key, printed in mine.items():
            self._advance(notice, key, printed, about)
        self._date(notice, about)
        if about:
            self.ties[notice.key] = about
        self.roots[notice.key] = about or (notice,)
        for key in {*mine, plain_number(notice.number), notice.citation or ""}:
            self.named[key].append(notice)

    def _related(self, notice: Notice, mine: Iterable[str]) -> list[Notice]:
        found = {one.key: one for name in mine for one in self.named[name]}
        return sorted(found.values(), key=print_order)

    def _roots(self, targets: Iterable[Notice]) -> tuple[Notice, ...]:
        """An extension of an extension is about the rule; in the order of print, each once."""
        return tuple({root.key: root for one in targets for root in self.roots[one.key]}.values())

    def _advance(self, notice: Notice, key: str, printed: str, about: tuple[Notice, ...]) -> None:
        stored = state = self.states.get(key, State.UNOPENED)
        if notice.published:
            state = _on_day(stored, self.dues, self.set_by.get(key), self.ties, notice.published)
        found = _step(state, notice, about)
        # The dockets of a notice are other names of one proceeding: once is enough.
        told = bool(self.irregular) and self.irregular[-1].notice is notice
        if found.irregular and not told and not (about and state is State.UNOPENED):
            it_names = f"; it names {', '.join(notice.refers[:3])}" if notice.refers and not about else ""
            self.irregular.append(Irregular(notice, printed, found.irregular + it_names))
        # Being in effect comes with a day and not with a notice: what is kept is what the notices brought about.
        self.states[key] = stored if found.to is State.EFFECTIVE else found.to
        if found.to is not state or notice.stage in (Stage.FINAL, Stage.INTERIM_FINAL, Stage.SUSPENSION):
            self.set_by[key] = notice

    def _date(self, notice: Notice, about: tuple[Notice, ...]) -> None:
        if notice.stage is Stage.WITHDRAWAL and is_filing(notice):
            return  # taken back before print: it sets no date, and it ends none
        if notice.stage is Stage.WITHDRAWAL:
            self._end(notice, about)
        elif notice.stage is Stage.SUSPENSION:
            self._delay(notice, about if about and not _is_partial(notice) else (notice,))
        if notice.comments_close:
            moves = notice.stage in (Stage.EXTENSION, Stage.CORRECTION)
            self._set(What.COMMENTS_CLOSE, notice.comments_close, notice, about if moves else ())
        if notice.effective and notice.stage is not Stage.SUSPENSION:
            self._take_effect(notice, notice.effective, about if moves_effective_date(notice) else ())

    def _set(self, what: What, on: date, notice: Notice, about: tuple[Notice, ...]) -> None:
        for of in about or (notice,):
            self.dues[of.key, what] = Due(what, on, of, notice)

    def _take_effect(self, notice: Notice, on: date, about: tuple[Notice, ...]) -> None:
        """An announcement dates what had no date: of a rule with one, it speaks of the sections that waited."""
        if notice.stage is Stage.FINAL and about:
            dated = [due for of in about if (due := self.dues.get((of.key, What.TAKES_EFFECT)))]
            if any(due.on == on for due in dated):
                return
            about = () if dated else about
        self._set(What.TAKES_EFFECT, on, notice, about)

    def _end(self, notice: Notice, about: tuple[Notice, ...]) -> None:
        for of in () if _is_partial(notice) else about:
            for what in What:
                if what is What.COMMENTS_CLOSE or ends(notice, of):
                    self.dues.pop((of.key, what), None)

    def _delay(self, notice: Notice, about: tuple[Notice, ...]) -> None:
        if notice.effective and not delays(notice):
            self._set(What.TAKES_EFFECT, notice.effective, notice, ())  # the day on which the stay begins
        for of in about:
            due = self.dues.pop((of.key, What.TAKES_EFFECT), None) if of is not notice else None
            on = moved_effective(notice, due.on if due else None)
            if on is not None:
                self._set(What.TAKES_EFFECT, on, notice, (of,))


def _is_partial(notice: Notice) -> bool:
    """Whether a withdrawal or suspension is one of a part: the rest keeps its dates and its stage."""
    return bool(_PARTIAL.search(f"{notice.action} {notice.title}"))


def _step(state: State, notice: Notice, about: tuple[Notice, ...]) -> Step:
    """What is no rulemaking document, or touches only a part or a filed copy, leaves a proceeding where it stands."""
    if is_filing(notice) and state not in (State.UNOPENED, State.INSPECTED):
        return Step(state)
    if is_filing(notice):
        return Step(State.WITHDRAWN if notice.stage is Stage.WITHDRAWAL else State.INSPECTED)
    stops = notice.stage in (Stage.WITHDRAWAL, Stage.SUSPENSION)
    if notice.document_type.casefold() == "notice" or (stops and _is_partial(notice)):
        return Step(state)
    if notice.stage is Stage.WITHDRAWAL and state in (*_AWAITING, State.EFFECTIVE) and touches_only_drafts(about):
        return Step(state)
    return step(state, notice.stage)
