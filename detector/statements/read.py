"""Everything a text states, as comparable values: duties, denials, reach, amounts, days, places and parties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from detector.statements.dates import dates
from detector.statements.modality import forces, negations
from detector.statements.names import parties
from detector.statements.quantities import quantities
from detector.statements.scope import scopes
from detector.statements.statement import Family, Statement, outside
from store.territory import find_territories


@lru_cache(maxsize=2048)
def statements(text: str, known: tuple[str, ...] = ()) -> tuple[Statement, ...]:
    """All statements of a text in reading order within each family. known: names that count as parties anywhere.

    A word is read once: a date before a number, a date before "may", a territory before a party.
    """
    return tuple(_read(text, known))


def statements_near(text: str, ranges: Sequence[tuple[int, int]], known: tuple[str, ...] = ()) -> tuple[Statement, ...]:
    """The statements of a long text within some character ranges of it, as if each range stood alone."""
    return tuple(
        replace(one, start=one.start + low, end=one.end + low)
        for low, high in ranges
        for one in statements(text[low:high], known)
    )


def _read(text: str, known: tuple[str, ...]) -> Iterator[Statement]:
    days = dates(text)
    places = [Statement(Family.TERRITORY, one.code, one.start, one.end) for one in find_territories(text)]
    forced = outside(forces(text), days)
    yield from days
    yield from places
    yield from forced
    yield from negations(text, forced)
    yield from outside(scopes(text), forced)
    yield from quantities(text, days)
    yield from parties(text, [*days, *places], known)


def states_something(text: str, known: tuple[str, ...] = ()) -> bool:
    """Whether a text carries a duty, an amount, a day, a place or a party, not only words."""
    return any(one.family not in (Family.NEGATION, Family.SCOPE) for one in statements(text, known))
