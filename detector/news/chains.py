"""How many chains of sources tell a story: a translation, a syndicated copy or a credited retelling is no second one.

What tells a dependence, strongest first: one group of outlets, a credit, near-identical text, and between two
languages a text that adds nothing to one earlier text of the press. That last rule cannot tell a translation from a
reporter who says no more than another, so the count is a lower bound; but a text that credits somebody else, speaks of
its own reporting ("told this paper") or names a place, a day or an amount that the earlier one has not is no
translation of it. A translation has one original: the text with most facts in common. Two texts in one language that
only share facts are independent, and so is whoever retells what a party said in its own feed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from detector.alignment.similarity import likeness
from detector.news.outlets import credited, group_of, reports_itself
from detector.statements.quantities import quantities
from store.happenings import Report

SAME_TEXT = 0.85  # letters in common from which two texts in one language are one; set on the founding case's headlines
FEWEST_FACTS = 3  # a translation is recognised by at least so many shared facts
FACTS_SHARED = 0.75
_HAN_BESIDE_LATIN = re.compile("(?<=[\u4e00-\u9fff])(?=[A-Za-z])")  # 5000万tokens
COPIED_WITHIN = timedelta(days=5)
_OWN_KNOWLEDGE = ("place ", "day ", "amount ")  # a translator adds none; a party or a product may be worded differently


@dataclass(frozen=True, slots=True)
class Link:
    """That one report depends on an earlier one (indices into the reports), and why."""

    later: int
    earlier: int
    because: str
    text: bool = False


def links(reports: Sequence[Report]) -> list[Link]:
    """Every dependence among reports given in order of time. text: the later one copies the earlier one's text."""
    outlets = tuple(dict.fromkeys(one.publisher for one in reports if not one.official))
    said = [credited(f"{one.title}\n{one.summary}", outlets) for one in reports]
    facts = [_facts(one) for one in reports]
    found = []
    for later in range(len(reports)):
        mine = [link for earlier in range(later) if (link := _stated(reports, said, facts, earlier, later))]
        if not said[later] and not any(link.text for link in mine):
            original = _original(reports, facts, later)
            mine += [Link(later, original, "a translation: the same facts", True)] if original is not None else []
        found += mine
    return sorted(found, key=lambda link: (link.later, link.earlier))


def chains(count: int, found: Sequence[Link]) -> list[int]:
    """The chain of each of count reports, numbered from 1 in the order of their first reports."""
    root = list(range(count))
    for link in found:
        low, high = sorted((_root(root, link.earlier), _root(root, link.later)))
        root[high] = low
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(root, index), len(numbers) + 1) for index in range(count)]


def _root(root: list[int], index: int) -> int:
    while root[index] != index:
        index = root[index]
    return index


def _stated(
    reports: Sequence[Report],
    said: Sequence[tuple[str, ...]],
    facts: Sequence[frozenset[str]],
    earlier: int,
    later: int,
) -> Link | None:
    """The dependence that the two texts themselves show: their outlets, their credits, their letters."""
    one, other = reports[earlier], reports[later]
    groups = group_of(one.publisher, one.link), group_of(other.publisher, other.link)
    copied = _is_copy(one, other, facts[earlier], facts[later])
    both = [name for name in said[later] if name in said[earlier]]
    because = None
    if groups[0] == groups[1]:
        because = f"one group of outlets: {groups[0]}" if one.publisher != other.publisher else "the same outlet"
    elif groups[0] in said[later]:
        because = f"credits {_shown(groups[0], one)}"
    elif groups[1] in said[earlier]:
        because = f"{one.publisher} credits {_shown(groups[1], other)}"
    elif both:
        because = f"both credit {both[0]}"
    elif copied and _same_language(one, other):
        because = "near-identical text"
    return Link(later, earlier, because, copied) if because else None


def _shown(group: str, one: Report) -> str:
    """An outlet that is its own group by its name as written."""
    return one.publisher if group == one.publisher.casefold() else group


def _original(reports: Sequence[Report], facts: Sequence[frozenset[str]], later: int) -> int | None:
    """The earlier press text in another language of which this may be a translation: most in common, oldest."""
    one = reports[later]
    if one.official or reports_itself(f"{one.title}\n{one.summary}"):
        return None
    candidates = [
        earlier
        for earlier in range(later)
        if not reports[earlier].official
        and not _same_language(reports[earlier], one)
        and _is_copy(reports[earlier], one, facts[earlier], facts[later])
    ]
    return max(candidates, key=lambda earlier: (len(facts[earlier] & facts[later]), -earlier), default=None)


def _is_copy(one: Report, other: Report, facts: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the other, published later, can be the one's text: its letters, or in another language its facts."""
    if other.at - one.at > COPIED_WITHIN:
        return False
    if _same_language(one, other):
        return _same_text(one, other)
    shared = len(facts & others)
    if shared < FEWEST_FACTS or any(fact.startswith(_OWN_KNOWLEDGE) for fact in others - facts):
        return False
    return others <= facts or shared / len(facts | others) >= FACTS_SHARED


def _same_language(one: Report, other: Report) -> bool:
    return (one.language or "").partition("-")[0] == (other.language or "").partition("-")[0]


def _same_text(one: Report, other: Report) -> bool:
    titles = likeness(_plain(one.title), _plain(other.title))
    if not one.summary or not other.summary:
        return titles >= SAME_TEXT
    return titles >= SAME_TEXT or likeness(_plain(one.summary), _plain(other.summary)) >= SAME_TEXT


def _plain(text: str) -> str:
    return re.sub(r"[^\w]+", " ", text).strip().casefold()


def _facts(report: Report) -> frozenset[str]:
    """What a report states that any language states alike: parties, products, places, days, amounts."""
    one = report.happening
    found = {f"party {name}" for name in (one.about, *(name for name in one.refers if not name[:1].isdigit())) if name}
    found |= {f"product {name}" for name in one.products} | {f"place {code}" for code in one.territories}
    found |= {f"day {day.first}" for day in (one.effective, one.announced, one.ends) if day and not day.relative}
    amounts = quantities(_HAN_BESIDE_LATIN.sub(" ", f"{report.title}\n{report.summary}"), [])
    return frozenset(found | {f"amount {_amount(amount.value)}" for amount in amounts if _is_amount(amount.value)})


def _amount(value: str) -> str:
    """The figure without its unit: 50 million is said of tokens, jetons and 代币."""
    return value.split()[0]


def _is_amount(value: str) -> bool:
    """Large figures only: small ones are days, versions and ordinals."""
    figure = re.sub(r"[^\d]", "", value.split()[0].partition(".")[0])
    return len(figure) >= 3 and not re.fullmatch(r"(?:19|20)\d\d", figure)
