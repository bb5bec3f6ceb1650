"""Which rules about who may use a service came, went or have another threshold: facts compared, no model asked.

Sources of the scale: the domain study, sections 5.2 and 6.10. A rule about owners, nationality, supported places or
listed parties decides for whole groups of customers; age and billing address for single ones. Another age than before
lets other people in, so it is high.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.words.overlap import folded
from store.access_rule import AccessRule, Comparison, RuleKind
from store.values import Content, Finding, FindingKind, Severity

_LEVEL = {
    RuleKind.OWNERSHIP: Severity.HIGH,
    RuleKind.NATIONALITY: Severity.HIGH,
    RuleKind.LOCATION: Severity.HIGH,
    RuleKind.BILLING: Severity.MEDIUM,
    RuleKind.AGE: Severity.MEDIUM,
    RuleKind.PARTY: Severity.HIGH,
}


def access_rule_findings(old: Content, new: Content, doubt: object = None) -> list[Finding]:
    """access_rule_changed for each rule that came, went or changed; subject is the kind of rule.

    doubt: why the two are no two versions of one text; then no rule is believed to have come or gone.

    A rule is what it tests, whom, how large a share and which owners count: the same rule in other words is none.
    One whose very sentence still stands in the other version is not reported.
    """
    if doubt is not None:
        return []
    left = _unmatched(old.facts.access_rules, new)
    right = _unmatched(new.facts.access_rules, old)
    findings = [_changed(before, after) for before, after in _pairs(left, right)]
    return findings + [_gone(rule) for rule in left] + [_came(rule) for rule in right]


def _unmatched(rules: Sequence[AccessRule], other: Content) -> list[AccessRule]:
    known = {_stated(rule) for rule in other.facts.access_rules}
    rest = [rule for rule in rules if _stated(rule) not in known]
    texts = {folded(passage.text) for passage in other.passages} if rest else set()
    return [rule for rule in rest if not any(folded(rule.span.text) in text for text in texts)]


def _stated(rule: AccessRule) -> tuple[object, ...]:
    return rule.kind, rule.forbids, rule.threshold, rule.comparison, rule.of, rule.reach


def _pairs(left: list[AccessRule], right: list[AccessRule]) -> Iterator[tuple[AccessRule, AccessRule]]:
    """Rules that took another's place, taken out of both lists: of one kind, first those that test the same people."""
    for alike in (_tests_the_same, _is_of_kind):
        for before in tuple(left):
            after = next((one for one in right if alike(before, one)), None)
            if after is not None:
                left.remove(before)
                right.remove(after)
                yield before, after


def _tests_the_same(before: AccessRule, after: AccessRule) -> bool:
    return before.kind is after.kind and before.of == after.of


def _is_of_kind(before: AccessRule, after: AccessRule) -> bool:
    return before.kind is after.kind


def _changed(before: AccessRule, after: AccessRule) -> Finding:
    moved = after.kind is RuleKind.AGE and _ages(before) != _ages(after)
    return Finding(
        FindingKind.ACCESS_RULE_CHANGED,
        Severity.HIGH if moved else _LEVEL[after.kind],
        old=before.said,
        new=after.said,
        old_span=before.span,
        new_span=after.span,
        subject=after.kind.value,
    )


def _ages(rule: AccessRule) -> tuple[object, ...]:
    """Who is let in by age: "no one below 13" and "from 13 years" are one rule, "below 13 with a parent" another."""
    return rule.threshold, rule.of, rule.forbids == (rule.comparison is Comparison.LESS_THAN)


def _came(rule: AccessRule) -> Finding:
    return Finding(
        FindingKind.ACCESS_RULE_CHANGED, _LEVEL[rule.kind], new=rule.said, new_span=rule.span, subject=rule.kind.value
    )


def _gone(rule: AccessRule) -> Finding:
    """A rule that went opens access: medium, as other words may have taken its place."""
    return Finding(
        FindingKind.ACCESS_RULE_CHANGED, Severity.MEDIUM, old=rule.said, old_span=rule.span, subject=rule.kind.value
    )
