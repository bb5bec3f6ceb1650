"""Which reports tell one happening: stories with their chains, their dates and who says them. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from detector.encoder import Encoder
from detector.news.actors import party_territory
from detector.news.chains import Link, chains, links
from detector.news.happening import happenings, writing
from detector.news.outlets import zone_of
from detector.news.sayings import sayings, settled
from detector.news.when import day_of
from store.happenings import Action, Happening, Report, Story, Telling
from store.territory import members, territory_code

WINDOW = timedelta(days=10)  # between two reports of one happening; the press is done with one within a week or so
LONGEST = timedelta(days=45)  # a story spans no more: what goes on for months is several happenings
_FAMILY = {
    Action.RESTRICT: "curb", Action.SUSPEND: "curb", Action.LIFT: "open", Action.EXPAND: "open",
    Action.DENY: "stand", Action.NO_CHANGE: "stand", Action.PROPOSE: "propose", Action.OFFER: "offer",
}  # fmt: skip
_GROUPS = frozenset(("EU", "EEA"))
_GENERIC = frozenset(("US government",))


def stories(reports: Iterable[Report], encoder: Encoder | None = None) -> tuple[Story, ...]:
    """The stories reports make, by the time of their first reports; every report stands in exactly one.

    Same doing (restricting and suspending are one, so are lifting and expanding, denying and not changing), same
    publisher, products and territories that can be the same, and near in time or by the day of effect. encoder only
    ranks the reports of a story by how near they are to the leading one; it never makes or parts a story.
    """
    ordered = sorted(reports, key=lambda one: (one.at, one.id))
    made = [_story(group, encoder) for group in _grouped(ordered)]
    return tuple(sorted(made, key=lambda story: (story.first_at, story.title)))


def _grouped(ordered: Sequence[Report]) -> Iterator[list[Report]]:
    """Reports joined by likeness of any two of them, as long as the whole spans no more than LONGEST."""
    root = list(range(len(ordered)))
    span = [(one.at, one.at) for one in ordered]
    for index, other in _candidates(ordered):
        low, high = sorted((_root(root, index), _root(root, other)))
        first, last = min(span[low][0], span[high][0]), max(span[low][1], span[high][1])
        if low != high and last - first <= LONGEST and same_happening(ordered[index], ordered[other]):
            root[high], span[low] = low, (first, last)
    groups: dict[int, list[Report]] = {}
    for index, one in enumerate(ordered):
        groups.setdefault(_root(root, index), []).append(one)
    return iter(groups.values())


def _candidates(ordered: Sequence[Report]) -> Iterator[tuple[int, int]]:
    """Pairs worth comparing: one family of action, and one publisher or one rulemaking number."""
    shelves: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(ordered):
        family = _FAMILY[one.happening.action]
        for key in {one.happening.about or "", *_numbers(one.happening)} - {""}:
            shelf = shelves.setdefault((family, key), [])
            yield from ((index, other) for other in reversed(shelf) if one.at - ordered[other].at <= LONGEST)
            shelf.append(index)


def _root(root: list[int], index: int) -> int:
    while root[index] != index:
        index = root[index]
    return index


def same_happening(one: Report, other: Report) -> bool:
    """Whether two reports can tell one happening; each that says less than the other agrees with it."""
    left, right = one.happening, other.happening
    if _FAMILY[left.action] != _FAMILY[right.action] or not _near(one, other):
        return False
    if _numbers(left) & _numbers(right):
        return True
    return (
        left.about == right.about
        and _can_be_same_products(left, right)
        and _can_be_same_actor(left, right)
        and _can_overlap(left.territories, right.territories, one.at.date())
    )


def _numbers(one: Happening) -> frozenset[str]:
    return frozenset(name for name in one.refers if any(letter.isdigit() for letter in name) and "-" in name)


def _near(one: Report, other: Report) -> bool:
    """Published within the window, about one day of effect or of ending, or one when the other's takes effect."""
    if abs(one.at - other.at) <= WINDOW:
        return True
    ends = one.happening.ends, other.happening.ends
    if ends[0] and ends[1] and ends[0].last == ends[1].last:
        return True
    left, right = one.happening.effective, other.happening.effective
    if left and right:
        return abs(left.first - right.first) <= timedelta(days=1)
    return any(
        day is not None and abs(day.first - said.at.date()) <= timedelta(days=2)
        for day, said in ((left, other), (right, one))
    )


def _can_be_same_products(left: Happening, right: Happening) -> bool:
    if not left.products or not right.products:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in left.products for b in right.products)


def _can_be_same_actor(left: Happening, right: Happening) -> bool:
    """A state that blocks a provider is not the provider that refuses, unless both name one model or product."""
    if left.actor is None or right.actor is None or left.actor == right.actor:
        return True
    places = {_territory(one) for one in (left, right)}
    general = any(one.actor in _GENERIC or territory_code(one.actor or "") for one in (left, right))
    if left.state and right.state:
        return len(places) == 1 and general
    return bool(set(_particular(left)) & set(_particular(right)))


def _territory(one: Happening) -> str | None:
    return party_territory(one.actor or "") or territory_code(one.actor or "")


def _particular(one: Happening) -> list[str]:
    """Products with a number or a second word of their own: "Claude Fable 5", not "OpenAI API" and not "Claude"."""
    return [name for name in one.products if any(letter.isdigit() for letter in name)]


def _can_overlap(left: Sequence[str], right: Sequence[str], on: date) -> bool:
    if not left or not right:
        return True
    return bool(_expanded(left, on) & _expanded(right, on))


def _expanded(codes: Sequence[str], on: date) -> set[str]:
    """The territories with the members of their groups, and of an area the country it lies in."""
    found = set(codes)
    for code in codes:
        found |= members(code, on) if code in _GROUPS else {code.partition("-")[0]}
    return found


def _story(group: list[Report], encoder: Encoder | None) -> Story:
    """One story of reports in order of time."""
    found = links(group)
    read = [_as_original(index, group, found) for index in range(len(group))]
    order = _ranked(read, found, encoder)
    lead = read[order[0]]
    ranked = [read[index] for index in order]
    said = sayings(ranked)
    effective, ends, disputed = settled(said)
    numbers = chains(len(read), found)
    actor = next((one.happening.actor for one in ranked if one.happening.actor), None)
    return Story(
        action=lead.happening.action,
        actor=actor,
        object=next((one.happening.object for one in ranked if one.happening.object not in (None, actor)), None),
        products=_union(one.happening.products for one in ranked),
        territories=_union(one.happening.territories for one in ranked),
        title=lead.title,
        first_at=read[0].at,
        last_at=read[-1].at,
        effective=effective,
        ends=ends,
        disputed=disputed,
        sayings=said,
        chains=max(numbers),
        official=lead.official,
        refers=_union(one.happening.refers for one in ranked),
        tellings=tuple(_telling(rank, index, read, numbers, found) for rank, index in enumerate(order)),
    )


def _telling(rank: int, index: int, group: list[Report], numbers: list[int], found: Sequence[Link]) -> Telling:
    first = next((link for link in found if link.later == index), None)
    copied = group[first.earlier].id if first else None
    return Telling(group[index].id, rank, numbers[index], copied, first.because if first else None)


def _ranked(group: Sequence[Report], found: Sequence[Link], encoder: Encoder | None) -> list[int]:
    """Indices, the leading report first: the official one, then what depends on no other, then the earliest."""
    copies = {link.later for link in found}
    order = sorted(range(len(group)), key=lambda index: (not group[index].official, index in copies, index))
    if encoder is None or len(order) < 3:
        return order
    vectors = encoder.encode([f"{group[index].title}\n{group[index].summary}" for index in order])
    nearness = {index: float(vectors[place] @ vectors[0]) for place, index in enumerate(order)}
    rest = sorted(order[1:], key=lambda index: (not group[index].official, index in copies, -nearness[index], index))
    return [order[0], *rest]


def _as_original(index: int, group: Sequence[Report], found: Sequence[Link]) -> Report:
    """A copy's "Tuesday" is its original's: read against the original's day where its own day agrees with nobody's."""
    copy = group[index]
    day = copy.happening.effective
    if day is None or not day.relative:
        return copy
    others = [one.happening.effective for place, one in enumerate(group) if place != index and one.happening.effective]
    if any(day.agrees(other) for other in others):
        return copy
    for link in found:
        if link.later == index and group[link.earlier].source != copy.source:
            read = _read_on(copy, group[link.earlier])
            if read and (not others or any(read.effective and read.effective.agrees(other) for other in others)):
                return replace(copy, happening=read)
    return copy


def _read_on(copy: Report, original: Report) -> Happening | None:
    zone = zone_of(original.publisher, original.link, original.jurisdiction, original.language)
    said = writing(
        copy.title, copy.summary, copy.language, copy.at, copy.publisher, copy.link, copy.jurisdiction,
        official=copy.official,
    )  # fmt: skip
    again = happenings(replace(said, written=day_of(original.at, zone)))
    was = copy.happening
    return next(
        (one for one in again if (one.action, one.actor, one.object) == (was.action, was.actor, was.object)), None
    )


def _union(values: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for several in values for one in several))
