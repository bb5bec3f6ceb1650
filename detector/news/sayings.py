"""Which dates a story's reports name, who names each, and what is settled: the first party's word, or nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC

from detector.news.cues import cues, strongest
from detector.news.outlets import zone_of
from detector.news.when import day_of, is_ahead
from store.happenings import Action, Day, Related, Report, Saying, Story

_ROLES = ("effective", "announced", "ends")
_ORDER = (*_ROLES, "printed")
_IMPLIED = "the day of the announcement"
_DONE = frozenset((Action.RESTRICT, Action.SUSPEND, Action.LIFT, Action.EXPAND))


def sayings(reports: Sequence[Report]) -> tuple[Saying, ...]:
    """Every day that reports name, by role; the first party's first, then by how many say so, then by day."""
    said: dict[tuple[str, Day], tuple[bool, list[str]]] = {}
    for report in reports:
        for role, day in _days(report):
            known = next((key for key in said if key[0] == role and _is_one_day(key[1], day)), (role, day))
            official, sources = said.setdefault(known, (False, []))
            said[known] = (official or report.official, list(dict.fromkeys((*sources, report.publisher))))
    return _ordered(Saying(role, day, official, tuple(sources)) for (role, day), (official, sources) in said.items())


def weighed(story: Story, related: Iterable[Related]) -> Story:
    """The story with the days of the changes and notices it is tied to, which are official and rank first.

    What a party has done without naming a day is no longer dated by its announcement where a document names the day.
    """
    more = [saying for one in related for saying in one.sayings]
    if not more:
        return story
    dated = any(one.role == "effective" for one in more)
    kept = [one for one in story.sayings if not (dated and one.role == "effective" and one.day.words == _IMPLIED)]
    said = _ordered(_together([*kept, *more]))
    effective, ends, disputed = settled(said)
    return replace(story, sayings=said, effective=effective, ends=ends, disputed=disputed)


def _together(said: Iterable[Saying]) -> list[Saying]:
    """Sayings of one role and one day as one saying with all who say so."""
    found: list[Saying] = []
    for new in said:
        for index, known in enumerate(found):
            if known.role == new.role and _is_one_day(known.day, new.day):
                sources = tuple(dict.fromkeys((*known.sources, *new.sources)))
                found[index] = replace(known, official=known.official or new.official, sources=sources)
                break
        else:
            found.append(new)
    return found


def _ordered(said: Iterable[Saying]) -> tuple[Saying, ...]:
    return tuple(
        sorted(said, key=lambda one: (_ORDER.index(one.role), not one.official, -len(one.sources), one.day.first))
    )


def settled(said: Sequence[Saying]) -> tuple[Day | None, Day | None, tuple[str, ...]]:
    """(effective, ends, disputed roles). The first party settles a day; without it only agreement of all does.

    A day that the first party gives for the announcement is no dispute with its day of effect; two days of effect that
    it gives itself, say in its feed and in a notice, are one.
    """
    official = [one.day for one in said if one.official and one.role in ("effective", "announced")]
    effective, ends = _settled_day(said, "effective"), _settled_day(said, "ends")
    disputed = [role for role in _ROLES if _is_disputed(said, role, official)]
    return effective, ends, tuple(disputed)


def _settled_day(said: Sequence[Saying], role: str) -> Day | None:
    days = [one.day for one in said if one.role == role]
    if not days:
        return None
    official = [one.day for one in said if one.role == role and one.official]
    narrowest = min(official or days, key=lambda day: day.last - day.first)
    if official:
        return narrowest
    return narrowest if all(narrowest.agrees(day) for day in days) else None


def _is_disputed(said: Sequence[Saying], role: str, official: Sequence[Day]) -> bool:
    days = [one.day for one in said if one.role == role]
    if role != "ends" and official:
        own = [one.day for one in said if one.role == role and one.official]
        apart = any(not one.agrees(other) for index, one in enumerate(own) for other in own[:index])
        return apart or any(not any(day.agrees(known) for known in official) for day in days)
    return any(not one.agrees(other) for index, one in enumerate(days) for other in days[:index])


def _days(report: Report) -> list[tuple[str, Day]]:
    one = report.happening
    found = [(role, day) for role in _ROLES if (day := getattr(one, role)) is not None]
    implied = _implied(report) if report.official and one.effective is None else None
    return [*found, ("effective", implied)] if implied else found


def _implied(report: Report) -> Day | None:
    """What a party says in its own feed that it has done, without a day, it did on the day it says so."""
    one = report.happening
    found = cues(one.words, report.language)
    if one.action not in _DONE or not found or is_ahead(one.words[: strongest(found).start]):
        return None
    zone = zone_of(report.publisher, report.link, report.jurisdiction, report.language)
    day = day_of(report.at.astimezone(UTC), zone)
    return Day(day, day, _IMPLIED)


def _is_one_day(one: Day, other: Day) -> bool:
    return (one.first, one.last) == (other.first, other.last)
