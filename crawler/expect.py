"""Whether a reading is plausible: what the declaration expects, and what no list does from one visit to the next."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.declaration import Declaration, Expect
from crawler.extractors.page import plain
from store.territory import folded
from store.values import Content, SourceKind

# A list that lost more than half of its entries between two visits was cut, not changed. Below this size a half is
# one or two entries, which a list may well lose.
_SMALLEST = 6


def shortfall(content: Content, declaration: Declaration, previous: Content | None) -> str | None:
    """Why a reading cannot be true, in words for the operator; None when it is plausible.

    previous is the last good version's content read under the same recipe, None for a first visit.
    """
    return next(_reasons(content, declaration, previous), None)


def is_loss(content: Content, declaration: Declaration) -> bool:
    """Whether a shortfall is only one against the last version: a list that lost much, but holds what it must.

    A loss may be real. Seen alike often enough it is believed; a reading that is short of its declaration never is. A
    list that was emptied counts as a loss where its page has a text and the declaration demands no entries.
    """
    short = [*_missing(content, declaration.expect), *_too_few(content, declaration.expect)]
    return not short and bool(content.passages) and declaration.kind is SourceKind.AVAILABILITY


def _reasons(content: Content, declaration: Declaration, previous: Content | None) -> Iterator[str]:
    expect = declaration.expect
    yield from _missing(content, expect)
    yield from _too_few(content, expect)
    yield from _nothing(content, declaration, previous)
    if previous is not None:
        yield from _lost(content, previous, expect)


def _territories(content: Content) -> set[str]:
    return {fact.territory for fact in content.facts.availability}


def _missing(content: Content, expect: Expect) -> Iterator[str]:
    if expect.marker and not any(_stands(expect.marker, passage.text) for passage in content.passages):
        yield f"the text {expect.marker!r} that must stand on the page does not"
    absent = [code for code in expect.include if code not in _territories(content)]
    if absent:
        yield f"the list does not name {', '.join(absent)}, which it must"


def _stands(marker: str, text: str) -> bool:
    return plain(marker).casefold() in text.casefold() or (bool(folded(marker)) and folded(marker) in folded(text))


def _too_few(content: Content, expect: Expect) -> Iterator[str]:
    territories = len(_territories(content))
    if expect.territories_max is not None and territories > expect.territories_max:
        yield f"{territories} territories read, at most {expect.territories_max} expected"
    for what, found, least in (
        ("territories", territories, expect.territories_min),
        ("passages", len(content.passages), expect.passages_min),
        ("notices", len(content.facts.notices), expect.notices_min),
        ("entries", len(content.facts.entries), expect.entries_min),
        ("deployments", len(content.facts.deployments), expect.deployments_min),
    ):
        if least is not None and found < least:
            yield f"{found} {what} read, at least {least} expected"


def _nothing(content: Content, declaration: Declaration, previous: Content | None) -> Iterator[str]:
    """An unexpected nothing is the most dangerous result."""
    if not content.passages:
        yield "no text was read"
    facts = content.facts
    if declaration.kind is SourceKind.AVAILABILITY and not (facts.availability or facts.deployments):
        yield "neither a territory nor a deployment was read"
    if previous is not None and previous.facts.notices and not facts.notices:
        yield f"no notice was read, {len(previous.facts.notices)} before"
    if previous is not None and previous.facts.entries and not facts.entries:
        yield f"no entry was read, {len(previous.facts.entries)} before"


def _lost(content: Content, previous: Content, expect: Expect) -> Iterator[str]:
    """What vanished since the last good version. Entries of a feed come and go; lists of facts do not."""
    before, after = previous.facts, content.facts
    for what, old, new in (
        ("territories", _products(previous), _products(content)),
        ("deployments", {(d.model, d.region) for d in before.deployments}, _deployed(content)),
    ):
        gone = len(old - new)
        if expect.max_removed is not None and gone > expect.max_removed:
            yield f"{gone} of {len(old)} {what} gone at once, at most {expect.max_removed} expected"
        if len(old) >= _SMALLEST and gone * 2 > len(old):
            yield f"{gone} of {len(old)} {what} gone at once: more than half of the list"
    if len(before.notices) >= _SMALLEST and len(after.notices) * 2 < len(before.notices):
        yield f"{len(after.notices)} notices read, {len(before.notices)} before: more than half are gone"


def _products(content: Content) -> set[tuple[str, str]]:
    return {(fact.product, fact.territory) for fact in content.facts.availability}


def _deployed(content: Content) -> set[tuple[str, str]]:
    return {(fact.model, fact.region) for fact in content.facts.deployments}
