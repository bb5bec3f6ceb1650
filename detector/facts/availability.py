"""Which territories a list gained, lost or put under a condition: facts compared as sets, no model asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from detector import severity
from detector.about import About
from store.values import Availability, Content, Finding, FindingKind, Polarity, Severity, Span, Status

Key = tuple[str, str]
_SMALLEST = 6  # territories: a shorter list may well lose half of them
# Why a reader may be on this page at all: help with the way, which says what it says as a maybe.
_SIGNPOST = re.compile(
    r"^(?:note:? )?if you (?:reached|landed on|arrived at|got to|came to|are seeing|see|were (?:re)?directed to) this "
    r"(?:page|message|screen)|^wenn sie (?:\w+\W+){0,8}?(?:diese|auf diese[rn]?) (?:seite|meldung)|"
    r"^si vous (?:\w+\W+){0,6}?cette page|^si (?:\w+\W+){0,6}?esta página|"
    r"^se (?:\w+\W+){0,6}?(?:questa pagina|esta página)|"
    r"^如果[您你].{0,40}(?:此|本|这个|該)(?:页|頁|网页)|このページ(?:が表示|に(?:アクセス|移動|リダイレクト))",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"\b(?:may|might|could|perhaps|möglicherweise|vielleicht|peut|possible|puede|può|pode)\b|可能|かもしれ",
    re.IGNORECASE,
)
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
    """territory_added, territory_removed, condition_changed and territory_unknown, removals first.

    Where a list was cut short, what stood behind the cut is one list_cut_short instead of removals.
    """
    before, after = standings(old, about), standings(new, about)
    generalised = generalised_products(before, after, about)
    cut = cut_short(before, after)
    kept = {key: standing for key, standing in before.items() if key[0] not in cut}
    return [
        *_removals(kept, after, about, generalised),
        *(_cut(product, before, after) for product in sorted(cut)),
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


def cut_short(before: Mapping[Key, Standing], after: Mapping[Key, Standing]) -> frozenset[str]:
    """Products whose list ends in the middle: more than half is gone, and it is all that stood behind one place.

    A partial capture proves presence only; a list that changes does not lose its tail at one letter.
    """
    return frozenset(product for product in {product for product, _ in before} if _is_cut(product, before, after))


def _is_cut(product: str, before: Mapping[Key, Standing], after: Mapping[Key, Standing]) -> bool:
    listed = sorted((key for key in before if key[0] == product), key=lambda key: _place(before[key].span))
    stays = [key in after for key in listed]
    kept = sum(stays)
    return len(listed) >= _SMALLEST and 0 < kept * 2 < len(listed) and all(stays[:kept])


def _cut(product: str, before: Mapping[Key, Standing], after: Mapping[Key, Standing]) -> Finding:
    listed = [key for key in before if key[0] == product]
    gone = [key for key in listed if key not in after]
    first = min((before[key].span for key in gone), key=_place)
    return Finding(
        FindingKind.LIST_CUT_SHORT,
        Severity.OPERATIONAL,
        old=f"{len(listed)} territories",
        new=f"{len(listed) - len(gone)} territories",
        old_span=first,
        product=product or None,
        subject=f"nothing of what stood from {first.text!r} on",
    )


def _place(span: Span) -> tuple[int, int]:
    return span.passage, span.start


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


def beside_the_list(texts: Sequence[Finding], old: Content, new: Content) -> list[Finding]:
    """Findings of the prose, info where it only helps readers on their way ("If you reached this page ... it may be").

    A territory that such a text names or stops naming is kept as it is. Around a list of facts other words that state
    nothing else are info too: what they might state (a duty, an amount, a place, a rule) has findings of its own.
    """
    listed = bool(old.facts.availability and new.facts.availability)
    return [
        replace(one, severity=Severity.INFO) if _helps_only(one, old, new) or (listed and _is_wording(one)) else one
        for one in texts
    ]


def _is_wording(finding: Finding) -> bool:
    return finding.kind is FindingKind.REWORDED and finding.severity.rank > Severity.INFO.rank


def _helps_only(finding: Finding, old: Content, new: Content) -> bool:
    if finding.territory or finding.severity.rank <= Severity.INFO.rank:
        return False
    sides = ((finding.old_span, old), (finding.new_span, new))
    texts = [content.passages[span.passage].text for span, content in sides if span]
    return bool(texts) and all(_SIGNPOST.search(text) and _MAYBE.search(text) for text in texts)


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
