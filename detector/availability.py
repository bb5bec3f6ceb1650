"""Which territories a list gained, lost or put under a condition: facts compared as sets, no model asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from detector import severity
from detector.about import About
from store.values import Availability, Content, Finding, FindingKind, Polarity, Severity, Span, Status

Key = tuple[str, str]
_STRICTNESS = {Status.LISTED: 0, Status.RESTRICTED: 1, Status.EXCLUDED: 2}


@dataclass(frozen=True, slots=True)
class Standing:
    """What one version says of one territory for one product, all its mentions taken together."""

    status: Status
    conditions: tuple[str, ...]
    names: tuple[str, ...]
    span: Span

    @property
    def said(self) -> str:
        """The status in words: "listed", "restricted (with certain exceptions)"."""
        return f"{self.status.value} ({'; '.join(self.conditions)})" if self.conditions else self.status.value

    @property
    def compared(self) -> tuple[Status, frozenset[str]]:
        return self.status, frozenset(_plain(condition) for condition in self.conditions)


def standings(content: Content, about: About) -> dict[Key, Standing]:
    """Standing by (product, territory). Several mentions of one territory (Bosnia, Herzegovina) are one standing.

    The strictest mention decides status and span; a fact without product belongs to the source's product.
    """
    mentions: dict[Key, list[Availability]] = {}
    for fact in content.facts.availability:
        mentions.setdefault((fact.product or about.product or "", fact.territory), []).append(fact)
    return {key: _together(facts) for key, facts in mentions.items()}


def _together(facts: list[Availability]) -> Standing:
    first = max(facts, key=lambda fact: _STRICTNESS[fact.status])
    conditions = tuple(dict.fromkeys(shown for fact in facts if (shown := _shown(fact.condition))))
    return Standing(first.status, conditions, tuple(fact.name for fact in facts), first.span)


def territory_findings(old: Content, new: Content, about: About) -> list[Finding]:
    """territory_added, territory_removed, condition_changed and territory_unknown, removals first."""
    before, after = standings(old, about), standings(new, about)
    generalised = generalised_products(before, after, about)
    return [
        *_removals(before, after, about, generalised),
        *(finding for key in after if key not in before for finding in [_addition(key, after[key])]),
        *_conditions(before, after),
        *unknown_names(old, new),
    ]


def _removals(
    before: Mapping[Key, Standing], after: Mapping[Key, Standing], about: About, generalised: frozenset[str]
) -> Iterator[Finding]:
    for key, standing in before.items():
        if key in after:
            continue
        product, territory = key
        yield Finding(
            FindingKind.TERRITORY_REMOVED,
            severity.of_removed_territory(_polarity(standing, about), generalised=product in generalised),
            old=standing.said,
            old_span=standing.span,
            product=product or None,
            territory=territory,
        )


def _polarity(standing: Standing, about: About) -> Polarity:
    """An allow list may also name exclusions, and a deny list what stays permitted: the standing decides."""
    if standing.status is Status.EXCLUDED:
        return Polarity.DENY
    return Polarity.ALLOW if standing.status is Status.LISTED else about.polarity


def _addition(key: Key, standing: Standing) -> Finding:
    return Finding(
        FindingKind.TERRITORY_ADDED,
        severity.of_added_territory(standing.status),
        new=standing.said,
        new_span=standing.span,
        product=key[0] or None,
        territory=key[1],
    )


def _conditions(before: Mapping[Key, Standing], after: Mapping[Key, Standing]) -> Iterator[Finding]:
    for key, old in before.items():
        new = after.get(key)
        if new is None or old.compared == new.compared:
            continue
        yield Finding(
            FindingKind.CONDITION_CHANGED,
            severity.of_condition(new.status),
            old=old.said,
            new=new.said,
            old_span=old.span,
            new_span=new.span,
            product=key[0] or None,
            territory=key[1],
        )


def generalised_products(before: Mapping[Key, Standing], after: Mapping[Key, Standing], about: About) -> frozenset[str]:
    """Products whose deny list named territories before and names none now: general words may have taken its place."""
    if about.polarity is not Polarity.DENY:
        return frozenset()
    return frozenset({product for product, _ in before} - {product for product, _ in after})


def unknown_names(old: Content, new: Content) -> list[Finding]:
    """territory_unknown for each list entry that no gazetteer knows and that the old version did not have."""
    known = {_plain(span.text) for span in old.facts.unknown}
    return [
        Finding(FindingKind.TERRITORY_UNKNOWN, Severity.OPERATIONAL, new=span.text, new_span=span, subject=span.text)
        for span in new.facts.unknown
        if _plain(span.text) not in known
    ]


def products_beside(spans: Iterable[Span], content: Content, about: About) -> frozenset[str | None]:
    """The products of the facts nearest to the spans: an unknown name has no product of its own."""
    facts = content.facts.availability
    if not facts:
        return frozenset({about.product})
    nearest = (min(facts, key=lambda fact: abs(fact.span.passage - span.passage)) for span in spans)
    return frozenset(fact.product or about.product for fact in nearest)


def renamed(old: Content, new: Content, about: About) -> list[str]:
    """ "Turkey -> Türkiye" for territories whose published name alone changed; never a finding."""
    before, after = standings(old, about), standings(new, about)
    both = ((before[key].names, after[key].names) for key in before if key in after)
    return [f"{' / '.join(old)} -> {' / '.join(new)}" for old, new in both if old != new]


def _shown(condition: str | None) -> str:
    return (condition or "").strip().removeprefix("(").removesuffix(")").strip()


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()
