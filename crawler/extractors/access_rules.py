"""Which rules about who may use a service a text states: owners, nationality, place, billing address, age, party.

A rule is never a territory: "more than 50 % owned by companies headquartered in unsupported regions" shuts out
companies wherever they are. A sentence counts only when it names both a test and whom it tests: a definition of
"control" or of "affiliate" tests nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crawler.extractors import tests_of_access as words
from crawler.extractors.mentions import sentences, territories_meant
from store.access_rule import AccessRule, Comparison, RuleKind
from store.values import Passage, PassageKind, Span


def access_rules(passages: Sequence[Passage]) -> tuple[AccessRule, ...]:
    """Every rule the passages state, each once, at its first place."""
    found: dict[tuple[object, ...], AccessRule] = {}
    for index, passage in enumerate(passages):
        if passage.kind is not PassageKind.HEADING:
            for rule in rules_of(passage.text, index):
                found.setdefault((rule.kind, rule.forbids, rule.threshold, rule.comparison, rule.of, rule.reach), rule)
    return tuple(found.values())


def rules_of(text: str, passage: int = 0) -> Iterator[AccessRule]:
    """The rules of one passage, in order; spans are the sentences that state them."""
    if not words.kinds_in(text):
        return
    for start, end in sentences(text):
        said = text[start:end].strip()
        start += text[start:end].index(said)
        yield from _rules(said, Span(passage, start, start + len(said), said))


def tests_the_person(sentence: str) -> bool:
    """Whether a sentence tests owners, nationality or billing: the territories in it are the test's, not a list's."""
    rules = _rules(sentence, Span(0, 0, len(sentence), sentence))
    return any(rule.kind in (RuleKind.OWNERSHIP, RuleKind.NATIONALITY, RuleKind.BILLING) for rule in rules)


def _rules(said: str, span: Span) -> Iterator[AccessRule]:
    kinds = words.kinds_in(said)
    if words.REPORTS.search(said):
        return
    found = [rule for kind in kinds for rule in _READERS[kind](said, span)]
    anothers = _place_is_anothers(said, frozenset(rule.kind for rule in found))
    yield from (rule for rule in found if not (anothers and rule.kind is RuleKind.LOCATION))


def _place_is_anothers(said: str, kinds: frozenset[RuleKind]) -> bool:
    """Whether the supported or unsupported place is that of a card, or of owners, and not of the use itself."""
    if RuleKind.BILLING in kinds:
        return True
    owners = words.OWNERS.search(said) if RuleKind.OWNERSHIP in kinds else None
    return owners is not None and not words.USED_THERE.search(said, 0, owners.start())


def _billing(said: str, span: Span) -> Iterator[AccessRule]:
    match = words.BILLING.search(said)
    if match and words.DECIDES.search(said):
        near = said[max(0, match.start() - 60) : match.end() + 120]
        of = _sorted(*words.whom(near), *_codes(near))
        if of:
            open_to = bool(words.LETS_IN.search(said)) or "supported regions" in of
            yield AccessRule(RuleKind.BILLING, not open_to, span, of=of)


def _ownership(said: str, span: Span) -> Iterator[AccessRule]:
    shares = [match for match in words.SHARE.finditer(said) if words.OWNERS.search(said)]
    if not shares and not words.OWNED_BY.search(said):
        return
    owned = shares[0] if shares else words.OWNED_BY.search(said)
    of = _sorted(*_without_supported(words.whom(said)), *_codes(said))
    if not of or (not shares and owned and not words.OWNED_PARTIES.search(said, 0, owned.end())):
        return
    rule = AccessRule(RuleKind.OWNERSHIP, True, span, of=of, reach=words.reach_of(said))
    for match in shares:
        least = bool(match["least"] or match["up"])
        more = bool(match["more"] or match["majority"])
        size = 50.0 if match["majority"] else words.number_of(match["a"] or match["b"] or match["c"])
        if size is not None:
            yield replace(rule, threshold=size, comparison=words.comparison(more=more, least=least))
    if not shares and words.DECIDES.search(said):
        yield rule


def _without_supported(tested: tuple[str, ...]) -> Iterator[str]:
    """Owners in "not supported" or "outside supported" places are owners in unsupported ones."""
    for one in tested:
        yield "unsupported regions" if one == "supported regions" else one


def _nationality(said: str, span: Span) -> Iterator[AccessRule]:
    plain = words.DESIGNATED.sub("", said)
    match = words.NATIONAL.search(plain)
    if match is None or not words.DECIDES.search(plain) or words.NOT_TESTED.search(plain):
        return
    own = ("foreign",) if match["foreign"] else ("US",) if match["american"] else _codes(plain)
    of = _sorted(*own, *words.whom(plain))
    if of:
        yield AccessRule(RuleKind.NATIONALITY, not words.LETS_IN.search(plain), span, of=of)


def _location(said: str, span: Span) -> Iterator[AccessRule]:
    """ "only in supported regions", "may not ... outside the Supported Countries", "nor in an embargoed country"."""
    said = words.without_compliance(said)
    if words.NOT_OF_USE.search(said):
        return
    if not words.PLACES.search(said) or not words.DECIDES.search(said) or words.DEFINES.search(said):
        return
    tested = words.whom(said)
    supported = "supported regions" in tested
    if supported and (words.OUTSIDE.search(said) or words.LETS_IN.search(said)):
        yield AccessRule(RuleKind.LOCATION, False, span, of=("supported regions",))
    barred = tuple(one for one in tested if one in ("sanctioned territories", "unsupported regions"))
    if barred:
        yield AccessRule(RuleKind.LOCATION, True, span, of=barred)


def _age(said: str, span: Span) -> Iterator[AccessRule]:
    if not words.OF_USERS.search(said) or not words.ADMITS.search(said) or words.REACTS.search(said):
        return
    for match in words.AGE.finditer(said):
        years = words.number_of(next(filter(None, (match[name] for name in "abcdefg"))))
        below = bool(match["under"] or match["minor"])
        of = ("with a parent",) if words.PARENT.search(said) else ()
        size = Comparison.LESS_THAN if below else Comparison.AT_LEAST
        yield AccessRule(RuleKind.AGE, below and not of, span, years, size, of)


def _party(said: str, span: Span) -> Iterator[AccessRule]:
    said = words.without_compliance(said)
    if words.BARS.search(said) and not (words.DEFINES.search(said) or words.LIABILITY.search(said)):
        of = words.parties(said)
        if of:
            yield AccessRule(RuleKind.PARTY, True, span, of=of)


def _codes(said: str) -> tuple[str, ...]:
    return tuple({mention.code for mention in territories_meant(said)})


def _sorted(*names: str) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


_READERS = {
    RuleKind.OWNERSHIP: _ownership,
    RuleKind.NATIONALITY: _nationality,
    RuleKind.LOCATION: _location,
    RuleKind.BILLING: _billing,
    RuleKind.AGE: _age,
    RuleKind.PARTY: _party,
}
