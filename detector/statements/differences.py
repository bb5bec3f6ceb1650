"""What two texts state differently: statements of one place compared by value, never by likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from detector.statements.dates import same_date
from detector.statements.modality import Force
from detector.statements.read import statements, statements_near
from detector.statements.statement import Family, Statement
from detector.words.overlap import WordDifference, word_range
from detector.words.slips import Repaired, is_slip_of_name, repaired, slips

# A list that loses one name and gains another did not turn the one into the other.
_NEVER_PAIRED = frozenset({Family.TERRITORY, Family.NEGATION})


# Longer texts are read only around what differs, this many words to either side.
_READ_WHOLE = 5_000
_AROUND = 40


# What the old and the new text of a pair state.
Stated = tuple[tuple[Statement, ...], tuple[Statement, ...]]


@dataclass(frozen=True, slots=True)
class Shift:
    """One statement that differs: old gave way to new; None on the side where nothing stands in its place."""

    family: Family
    old: Statement | None
    new: Statement | None


@dataclass
class _Placed:
    statement: Statement
    low: int
    high: int
    taken: bool = False


Sides = tuple[list[_Placed], list[_Placed]]


def shifts(stated: Stated, difference: WordDifference) -> list[Shift]:
    """The statements that differ between the two texts of a difference, in order of family.

    stated: what statements_of_pair read of them. A statement that stands unchanged in the same place, or only moved
    within the text, is none.
    """
    placed = {family: _sides(family, stated, difference) for family in Family}
    _take_denials(placed[Family.FORCE], placed[Family.NEGATION])
    _take_names(*placed[Family.PARTY])
    found: list[Shift] = []
    for family, (left, right) in placed.items():
        if family not in _NEVER_PAIRED:
            found.extend(_replaced(left, right))
        found.extend(Shift(family, one.statement, None) for one in left if not one.taken)
        found.extend(Shift(family, None, one.statement) for one in right if not one.taken)
    return found


def _sides(family: Family, stated: Stated, difference: WordDifference) -> Sides:
    """The statements of a family on both sides; taken: those that stand on the other side too."""
    left = [_image(one, difference) for one in stated[0] if one.family is family]
    right = [_placed(one, difference) for one in stated[1] if one.family is family]
    _take(left, right, _same(family))
    _take_moved(left, right)
    return left, right


def _take_denials(forces: Sides, negations: Sides) -> None:
    """That "we will not sell" and "we do not sell" deny the same: a refusal stands where the other denies."""
    for left, right in ((forces[0], negations[1]), (negations[0], forces[1])):
        _take(left, right, lambda old, new: Force.REFUSED in (old.value, new.value))


def _take_names(left: Sequence[_Placed], right: Sequence[_Placed]) -> None:
    """Names that say who is meant without naming anybody else than the other text names."""
    _take_repeated(left, right)
    _take_repeated(right, left)
    counts = _words(left), _words(right)
    _take(left, right, lambda old, new: _is_mistyped(old.value.split(), new.value.split(), *counts))
    _take_recut(left, right)


def _words(side: Sequence[_Placed]) -> Counter[str]:
    return Counter(word for one in side for word in one.statement.value.split())


def _is_mistyped(old: Sequence[str], new: Sequence[str], before: Counter[str], after: Counter[str]) -> bool:
    """Whether one name is the other mistyped: the wrong form stands once, the right one in both texts as well."""

    def same(one: str, other: str) -> bool:
        once = before[one] + after[one] == 1 or before[other] + after[other] == 1
        again = (before & after)[one] + (before & after)[other] > 0
        return one == other or (once and again and is_slip_of_name(one, other))

    return len(old) == len(new) and all(same(one, other) for one, other in zip(old, new, strict=True))


def _take_repeated(side: Sequence[_Placed], other: Sequence[_Placed]) -> None:
    """A mail address once more: the text names it already, and so does the other text."""
    known = {one.statement.value for one in side if one.taken} & {one.statement.value for one in other}
    for one in side:
        one.taken = one.taken or ("@" in one.statement.value and one.statement.value in known)


def _take_recut(left: Sequence[_Placed], right: Sequence[_Placed]) -> None:
    """The same words in other names, as when the parts of a postal address are put in another order.

    Not where a name stands on both sides as a whole: these have changed places.
    """
    olds, news = ([one for one in side if not one.taken] for side in (left, right))
    if {one.statement.value for one in olds} & {one.statement.value for one in news}:
        return
    if olds and _words(olds) == _words(news):
        for one in (*olds, *news):
            one.taken = True


def statements_of_pair(old: str, new: str, difference: WordDifference, known: tuple[str, ...] = ()) -> Stated:
    """The statements of both texts, read as if slips of the pen were put right; places are those of the texts given.

    Of long texts only those near what differs, equally far on both sides.
    """
    if max(len(old), len(new)) > _READ_WHOLE:
        sides = difference.windows(_AROUND)
        return statements_near(old, sides[0], known), statements_near(new, sides[1], known)
    wrong = slips(difference)
    left = repaired(old, [(slip.old, slip.new) for slip in wrong if slip.old_is_wrong])
    right = repaired(new, [(slip.new, slip.old) for slip in wrong if not slip.old_is_wrong])
    return _read(left, known), _read(right, known)


def _read(text: Repaired, known: tuple[str, ...]) -> tuple[Statement, ...]:
    said = statements(text.text, known)
    if not text.starts:
        return said
    moved = ((one, text.place(one.start, one.end)) for one in said)
    return tuple(replace(one, start=start, end=end) for one, (start, end) in moved)


def _image(statement: Statement, difference: WordDifference) -> _Placed:
    start, end = word_range(difference.old, statement.start, statement.end)
    return _Placed(statement, *difference.image(start, max(end, start + 1)))


def _placed(statement: Statement, difference: WordDifference) -> _Placed:
    return _Placed(statement, *word_range(difference.new, statement.start, statement.end))


def _meetings(left: Sequence[_Placed], right: Sequence[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """Old and new statements whose places overlap, both in reading order."""
    first = 0
    for one in left:
        while first < len(right) and right[first].high <= one.low:
            first += 1
        for other in right[first:]:
            if other.low >= one.high:
                break
            yield one, other


def _take(left: Sequence[_Placed], right: Sequence[_Placed], same: Callable[[Statement, Statement], bool]) -> None:
    for one, other in _meetings(left, right):
        if not one.taken and not other.taken and same(one.statement, other.statement):
            one.taken = other.taken = True


def _take_moved(left: Sequence[_Placed], right: Sequence[_Placed]) -> None:
    """Equal values elsewhere in the text moved, unless something else of the family took their very place."""
    contested = {id(one) for pair in _meetings(left, right) for one in pair if not pair[0].taken and not pair[1].taken}
    free = Counter(one.statement.value for one in left if not one.taken and id(one) not in contested)
    for other in right:
        if other.taken or id(other) in contested or not free[other.statement.value]:
            continue
        free[other.statement.value] -= 1
        twin = next(one for one in left if not one.taken and one.statement.value == other.statement.value)
        twin.taken = other.taken = True


def _replaced(left: Sequence[_Placed], right: Sequence[_Placed]) -> Iterator[Shift]:
    for one, other in _meetings(left, right):
        if not one.taken and not other.taken:
            one.taken = other.taken = True
            yield Shift(one.statement.family, one.statement, other.statement)


def _same(family: Family) -> Callable[[Statement, Statement], bool]:
    if family is Family.DATE:
        return lambda old, new: same_date(old.value, new.value)
    if family is Family.NUMBER:
        return lambda old, new: _same_amount(old.value, new.value)
    return lambda old, new: old.value == new.value


def _same_amount(old: str, new: str) -> bool:
    """Equal amounts; a unit that only one side names is no other amount ("thirty days", "thirty (30) calendar")."""
    left, _, left_unit = old.partition(" ")
    right, _, right_unit = new.partition(" ")
    return left == right and (left_unit == right_unit or not left_unit or not right_unit)
