"""What two texts state differently: statements of one place compared by value, never by likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from detector.statements.dates import same_date
from detector.statements.read import statements, statements_near
from detector.statements.statement import Family, Statement
from detector.words.overlap import WordDifference, word_range
from detector.words.slips import Repaired, repaired, slips

# A list that loses one name and gains another did not turn the one into the other.
_NEVER_PAIRED = frozenset({Family.TERRITORY, Family.NEGATION})


# Longer texts are read only around what differs, this many words to either side.
_READ_WHOLE = 5_000
_AROUND = 40


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


def shifts(old: str, new: str, difference: WordDifference, known: tuple[str, ...] = ()) -> list[Shift]:
    """The statements that differ between two texts, in order of family.

    A statement that stands unchanged in the same place, or only moved within the text, is none. difference must be
    word_difference(old, new).
    """
    before, after = statements_of_pair(old, new, difference, known)
    found: list[Shift] = []
    for family in Family:
        left = [_image(one, difference) for one in before if one.family is family]
        right = [_placed(one, difference) for one in after if one.family is family]
        _take(left, right, _same(family))
        _take_moved(left, right)
        if family not in _NEVER_PAIRED:
            found.extend(_replaced(left, right))
        found.extend(Shift(family, one.statement, None) for one in left if not one.taken)
        found.extend(Shift(family, None, one.statement) for one in right if not one.taken)
    return found


def statements_of_pair(
    old: str, new: str, difference: WordDifference, known: tuple[str, ...] = ()
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
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
