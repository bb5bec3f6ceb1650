"""Which notices are one document: padded and plain numbers, the filed copy and the printed one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from store.values import Notice, Span, Stage

_WORD = re.compile(r"\w+")
# "2024-13923", "99-100", "E7-1234", "X12-10322", and with "C1-" before it what corrects one of these.
_FEDERAL = re.compile(r"(?:[CR]\d+-)?(?:(?P<year>\d{4})|\d{2}|[A-Z]\d{1,2})-\d+")
_FIRST_UNIQUE_YEAR = 2016  # numbers were used again before it: then another day of print is another document
_ALIKE = 0.6  # of the words of both titles


def documents(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """One notice for each document, whatever the order they came in: the printed copy, with what only others say."""
    same_number: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        same_number[plain_number(notice.number)].append(notice)
    found: list[Notice] = []
    for copies in same_number.values():
        found.extend(_merged(group) for group in _grouped(sorted(copies, key=_settled, reverse=True)))
    return tuple(found)


def plain_number(number: str) -> str:
    """The number without zero padding: 2012-07333 and 2012-7333 are one."""
    head, dash, tail = number.rpartition("-")
    return f"{head}-{tail.lstrip('0')}" if dash and tail.isdigit() else number


def same_document(one: Notice, other: Notice) -> bool:
    """Whether two notices of one number are one document; before 2016 the day of print, or the title, must agree."""
    if plain_number(one.number) != plain_number(other.number):
        return False
    match = _FEDERAL.fullmatch(one.number)
    if match is None or int(match["year"] or 0) >= _FIRST_UNIQUE_YEAR or one.published == other.published:
        return True
    return (is_filing(one) or is_filing(other) or None in (one.published, other.published)) and alike(one, other)


def is_filing(notice: Notice) -> bool:
    """A copy at the inspection desk, also one that the agency took back; not the printed document."""
    if notice.stage is Stage.WITHDRAWAL:
        return notice.filed is not None and notice.citation is None
    return notice.stage is Stage.PUBLIC_INSPECTION


def alike(one: Notice, other: Notice) -> bool:
    """Whether two titles share most of their words; "...; Correction" is about the same."""
    left, right = (set(_WORD.findall(each.title.casefold())) for each in (one, other))
    return len(left & right) >= _ALIKE * max(1, min(len(left), len(right)))


def _settled(notice: Notice) -> tuple[bool, date, str]:
    """Printed before filed, the last print first, then by all that the notice says: no order of arrival matters."""
    return not is_filing(notice), notice.published or date.min, repr(replace(notice, span=_NOWHERE))


_NOWHERE = Span(0, 0, 0, "")


def _grouped(copies: Sequence[Notice]) -> list[list[Notice]]:
    groups: list[list[Notice]] = []
    for copy in copies:
        group = next((one for one in groups if same_document(one[0], copy)), None)
        if group is None:
            groups.append([copy])
        else:
            group.append(copy)
    return groups


def _merged(copies: Sequence[Notice]) -> Notice:
    best = copies[0]
    missing = {
        field.name: value
        for field in fields(Notice)
        if not getattr(best, field.name) and (value := _first(copies, field.name))
    }
    return replace(best, **missing) if missing else best


def _first(copies: Sequence[Notice], name: str) -> Any:
    return next((value for copy in copies if (value := getattr(copy, name))), None)
