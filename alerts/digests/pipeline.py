"""Where the rules in the making stand at the end of a period, and which dates are ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from alerts.digests.values import HORIZONS, DateAhead, Proceeding, Standing, StoryLine, Stretch
from alerts.story_words import headline
from store.docket import Docket, Due, docket, names, proceeding_key, routine_rins
from store.proceedings import KnownDocket
from store.rule_stages import State
from store.values import Notice

_OPEN = frozenset({State.INSPECTED, State.ADVANCE_NOTICE, State.PROPOSED, State.INTERIM_FINAL, State.SUSPENDED})
_RECENT = timedelta(days=400)  # an open proceeding is listed so long after its last notice; then when something moves


def proceedings(
    dockets: Sequence[KnownDocket],
    first: date,
    last: date,
    later: Sequence[KnownDocket] = (),
    today: date | None = None,
) -> tuple[Proceeding, ...]:
    """Proceedings that moved in [first, last], have a date ahead, or are open, by publisher and name.

    later: the dockets as known today; where a proceeding stands otherwise in them, since_then says how.
    """
    found = [one for known in dockets for one in _of_docket(known, first, last) if _is_told(one, last)]
    if today is not None:
        then = {(one.source, one.name): one.standing for known in later for one in _of_docket(known, first, today)}
        found = [_with_later(one, then) for one in found]
    return tuple(sorted(found, key=lambda one: (one.publisher.casefold(), one.name)))


def dates_ahead(
    dockets: Iterable[KnownDocket], stories: Iterable[StoryLine], first: date, last: date
) -> tuple[Stretch, ...]:
    """Dates in the period and in 7, 30 and 90 days after it: those that dockets hold, and those that stories report."""
    dates = [
        DateAhead(due.on, due.what.value, due.of.title, known.publisher, due.of.number, due.of.url)
        for known in dockets
        for due in docket(known.notices).dues
    ]
    dates += [
        DateAhead(day.last, role, headline(one), one.outlets[0], None, one.link, reported=not one.official)
        for one in stories
        for role, day in (("effective", one.effective), ("ends", one.ends))
        if day is not None
    ]
    ordered = sorted(set(dates), key=lambda one: (one.on, one.reported, one.number or "", one.what, one.title))
    stretches, after = [], first - timedelta(days=1)
    for within in (0, *HORIZONS):
        until = last + timedelta(days=within)
        stretches.append(Stretch(within, tuple(one for one in ordered if after < one.on <= until)))
        after = until
    return tuple(stretches)


def _of_docket(known: KnownDocket, first: date, last: date) -> list[Proceeding]:
    held = docket(known.notices)
    routine = routine_rins(held.notices)
    named: dict[str, list[Notice]] = {}
    titles: dict[str, str] = {}
    for notice in held.notices:
        for key, printed in names(notice, routine).items():
            named.setdefault(key, []).append(notice)
            titles.setdefault(key, printed)
    found = []
    for key in _one_name_each(named):
        moved = any(first <= (one.published or date.min) <= last for one in named[key])
        standing, newest = _standing(held, key, named[key], last), named[key][-1]
        found.append(
            Proceeding(titles[key], newest.title, known.source, known.publisher, known.seen_at, standing, moved)
        )
    return found


def _is_told(one: Proceeding, last: date) -> bool:
    recent = one.standing.printed is not None and last - one.standing.printed <= _RECENT
    return one.moved or one.standing.next_on is not None or (recent and one.standing.state in _OPEN)


def _one_name_each(named: Mapping[str, Sequence[Notice]]) -> list[str]:
    """One name for each proceeding: a docket whose notices all stand under a RIN too is that proceeding."""
    keys = {name: frozenset(one.key for one in notices) for name, notices in named.items()}
    ordered = sorted(keys, key=lambda name: -len(keys[name]))  # stable: RINs come before the dockets beside them
    chosen: list[str] = []
    for name in ordered:
        if not any(keys[name] <= keys[other] for other in chosen):
            chosen.append(name)
    return chosen


def _standing(held: Docket, key: str, notices: Sequence[Notice], last: date) -> Standing:
    name = proceeding_key(key)
    setter = held.set_by.get(name)
    mine = {one.key for one in notices}
    upcoming: list[Due] = [due for due in held.dues if due.of.key in mine and due.on > last]
    due = min(upcoming, key=lambda one: one.on, default=None)
    return Standing(
        state=held.state(name, last),
        number=setter.number if setter else notices[-1].number,
        printed=setter.published if setter else notices[-1].published,
        next_what=due.what if due else None,
        next_on=due.on if due else None,
        url=(setter or notices[-1]).url,
    )


def _with_later(one: Proceeding, later: Mapping[tuple[str, str], Standing]) -> Proceeding:
    now = later.get((one.source, one.name))
    if now is None or (now.state, now.number, now.next_on) == _said(one.standing):
        return one
    return replace(one, since_then=now)


def _said(standing: Standing) -> tuple[State, str | None, date | None]:
    return standing.state, standing.number, standing.next_on
