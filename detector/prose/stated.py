"""Findings about what a changed passage states: each shift of a statement as a typed finding with exact spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from detector import severity
from detector.alignment.blocks import Block
from detector.prose.surroundings import sentence_around
from detector.statements import scope
from detector.statements.dates import same_day
from detector.statements.differences import Shift
from detector.statements.modality import Force, kind_of_shift
from detector.statements.statement import Family, Statement
from store.values import Finding, FindingKind, Severity

_KIND_OF = {
    Family.NEGATION: FindingKind.SCOPE_CHANGED,
    Family.SCOPE: FindingKind.SCOPE_CHANGED,
    Family.NUMBER: FindingKind.NUMBER_CHANGED,
    Family.DATE: FindingKind.DATE_CHANGED,
    Family.TERRITORY: FindingKind.TERRITORY_MENTION_CHANGED,
    Family.PARTY: FindingKind.PARTY_CHANGED,
}
_LEVEL_OF = {
    Family.NEGATION: Severity.MEDIUM,
    Family.SCOPE: Severity.LOW,
    Family.DATE: Severity.MEDIUM,
    Family.TERRITORY: Severity.MEDIUM,
    Family.PARTY: Severity.LOW,
}


def stated_findings(old: Block, new: Block, shifts: list[Shift], on: date) -> Iterator[Finding]:
    """A finding for each shift that means something, its severity raised by what its sentence is about."""
    for shift in shifts:
        ruled = _rule(shift)
        if ruled is None:
            continue
        kind, level = ruled
        bare = shift.family is Family.NUMBER and not _has_unit(shift)
        yield Finding(
            kind,
            level if bare else severity.in_context(kind, level, _sentences(old, new, shift), on),
            old=_words(shift, old, shift.old),
            new=_words(shift, new, shift.new),
            old_span=old.span(shift.old.start, shift.old.end) if shift.old else None,
            new_span=new.span(shift.new.start, shift.new.end) if shift.new else None,
            territory=(shift.new or shift.old or _NOBODY).value if shift.family is Family.TERRITORY else None,
        )


_NOBODY = Statement(Family.PARTY, "", 0, 0)


def _rule(shift: Shift) -> tuple[FindingKind, Severity] | None:
    if shift.family is Family.FORCE:
        old, new = (Force(one.value) if one else None for one in (shift.old, shift.new))
        kind = kind_of_shift(old, new)
        return (kind, severity.of_force(old, new)) if kind else None
    if shift.family is Family.SCOPE and not scope.changes_reach(*_both(shift)):
        return None
    return _KIND_OF[shift.family], _level(shift)


def _both(shift: Shift) -> tuple[str | None, str | None]:
    return shift.old.value if shift.old else None, shift.new.value if shift.new else None


def _level(shift: Shift) -> Severity:
    """A year that only one side says tells more, not something else: low."""
    if shift.family is Family.NUMBER:
        return _of_number(shift)
    old, new = _both(shift)
    if shift.family is Family.DATE and old and new and same_day(old, new):
        return Severity.LOW
    return _LEVEL_OF[shift.family]


def _of_number(shift: Shift) -> Severity:
    """An amount with a unit (days, money, percent) or one that took another's place is medium, a lone figure low."""
    return Severity.MEDIUM if _has_unit(shift) or (shift.old and shift.new) else Severity.LOW


def _has_unit(shift: Shift) -> bool:
    return any(" " in one.value for one in (shift.old, shift.new) if one)


def _words(shift: Shift, block: Block, statement: Statement | None) -> str | None:
    """The value in words: an ISO day for a date that is one, else the words of the passage."""
    if statement is None:
        return None
    if shift.family is Family.DATE and len(statement.value) == 10:
        return statement.value
    return block.text[statement.start : statement.end]


def _sentences(old: Block, new: Block, shift: Shift) -> str:
    sides = [(old, shift.old), (new, shift.new)]
    return " ".join(sentence_around(block.text, one.start, one.end) for block, one in sides if one)
