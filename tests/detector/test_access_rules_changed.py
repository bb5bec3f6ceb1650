"""A rule that came, went or moved its threshold is one finding; other words for it are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from crawler.declaration import parse
from crawler.extract import extract
from detector.about import About
from detector.compare import compare
from detector.facts.access_rules import access_rule_findings
from detector.facts.availability import beside_the_list, territory_findings
from store.access_rule import AccessRule, Comparison, Reach
from store.values import (
    Availability,
    Content,
    Facts,
    Finding,
    FindingKind,
    Held,
    Passage,
    PassageKind,
    Polarity,
    RuleKind,
    Severity,
    SourceKind,
    Span,
    Status,
)


def version(*texts: str, **rule: object) -> Content:
    passages = tuple(Passage(PassageKind.PARAGRAPH, text) for text in texts)
    rules = ()
    if rule:
        span = Span(0, 0, len(texts[0]), texts[0])
        given = {"kind": RuleKind.OWNERSHIP, "forbids": True, "of": ("unsupported regions",)} | rule
        rules = (AccessRule(span=span, **given),)  # type: ignore[arg-type]
    return Content(passages, Facts(access_rules=rules))


MORE = {"threshold": 50.0, "comparison": Comparison.MORE_THAN}
LEAST = {"threshold": 50.0, "comparison": Comparison.AT_LEAST}


def test_more_than_half_and_half_or_more_are_different_rules() -> None:
    (finding,) = access_rule_findings(version("more than half", **MORE), version("half or more", **LEAST))
    assert (finding.kind, finding.severity) == (FindingKind.ACCESS_RULE_CHANGED, Severity.HIGH)
    assert finding.old == "no ownership of more than 50 %: unsupported regions"
    assert finding.new == "no ownership of at least 50 %: unsupported regions"


def test_other_owners_that_count_are_a_change_and_other_words_are_none() -> None:
    wider = version("directly or indirectly", **MORE, reach=(Reach.INDIRECT,))
    assert len(access_rule_findings(version("owned", **MORE), wider)) == 1
    assert access_rule_findings(version("one wording", **MORE), version("another wording", **MORE)) == []


def test_a_rule_that_came_and_one_that_went() -> None:
    (came,) = access_rule_findings(version("nothing"), version("a rule", **MORE))
    assert (came.old, came.severity, came.subject) == (None, Severity.HIGH, "ownership")
    (gone,) = access_rule_findings(version("a rule", **MORE), version("nothing"))
    assert (gone.new, gone.severity) == (None, Severity.MEDIUM)


def test_nothing_is_believed_of_two_texts_that_are_no_versions_of_one() -> None:
    assert access_rule_findings(version("nothing"), version("a rule", **MORE), "another page") == []
    assert access_rule_findings(version("a rule", **MORE), version("Still here: a rule.")) == []


def test_help_on_the_way_to_a_list_is_info_unless_it_names_a_territory() -> None:
    text = "If you reached this page, it may be because the API is not available or you are under 18."
    old = version(text)
    span = Span(0, 0, 10, text[:10])
    number = Finding(FindingKind.NUMBER_CHANGED, Severity.MEDIUM, old="18", old_span=span)
    named = Finding(FindingKind.TERRITORY_MENTION_CHANGED, Severity.MEDIUM, old="Iran", old_span=span, territory="IR")
    assert [one.severity for one in beside_the_list([number, named], old, old)] == [Severity.INFO, Severity.MEDIUM]
    rule = version("You must be 18.")
    assert beside_the_list([number], rule, rule) == [number]


def listing(*names: str) -> Content:
    passages = tuple(Passage(PassageKind.LIST_ITEM, name) for name in names)
    facts = tuple(
        Availability(name, "The API", Status.LISTED, name, Span(at, 0, 2, name)) for at, name in enumerate(names)
    )
    return Content(passages, Facts(availability=facts))


def test_a_list_that_ends_in_the_middle_proves_no_removal() -> None:
    about = About(SourceKind.AVAILABILITY, "P", "The API", Polarity.ALLOW, "en", date(2026, 1, 1))
    whole = listing("AL", "DZ", "AS", "AO", "AR", "AM", "AU", "AT")
    cut = territory_findings(whole, listing("AL", "AD", "DZ", "AS"), about)
    assert {(one.kind, one.severity) for one in cut} == {
        (FindingKind.TERRITORY_ADDED, Severity.LOW),
        (FindingKind.LIST_CUT_SHORT, Severity.OPERATIONAL),
    }
    thinned = territory_findings(whole, listing("AL", "AS", "AT"), about)
    assert {one.kind for one in thinned} == {FindingKind.TERRITORY_REMOVED}


def test_a_list_that_ends_in_the_middle_is_held_for_the_operator() -> None:
    about = About(SourceKind.AVAILABILITY, "P", "The API", Polarity.ALLOW, "en", date(2026, 1, 1))
    whole, half = listing("AL", "DZ", "AS", "AO", "AR", "AM", "AU", "AT"), listing("AL", "DZ", "AS")
    behind = Passage(PassageKind.PARAGRAPH, "You must not use the Services in a country that is not on this list.")
    judgement = compare(replace(whole, passages=(*whole.passages, behind)), half, about, (), None).judgement
    assert (judgement.substantive, judgement.severity, judgement.held) == (False, Severity.OPERATIONAL, Held.DOUBTFUL)
    assert any("8 territories" in reason for reason in judgement.reasons)


def test_a_party_rule_that_came_is_high() -> None:
    (came,) = access_rule_findings(version("nothing"), version("a rule", kind=RuleKind.PARTY, of=("sanctions list",)))
    assert (came.severity, came.subject, came.new) == (Severity.HIGH, "party", "no party: sanctions list")


COUNTRIES = "".join(
    f"<li>{name}</li>" for name in ("Albania", "Brazil", "Chad", "Denmark", "Estonia", "France", "Ghana")
)


def page_of_a_list(rule: str) -> Content:
    text = f"<main><h1>Supported countries</h1><p>{rule}</p><ul>{COUNTRIES}</ul></main>"
    declared = parse(
        'title = "L"\npublisher = "P"\nproduct = "The API"\nkind = "availability"\nlanguage = "en"\n'
        'url = "https://lists.invalid/list"\n',
        "list",
        "test",
    )
    return extract(text.encode(), "text/html", declared)


def test_an_age_rule_dropped_beside_a_list_is_told_and_medium() -> None:
    old = page_of_a_list("The API is offered in these places. You must be at least 18 years old to use the API.")
    new = page_of_a_list("The API is offered in these places.")
    about = About(SourceKind.AVAILABILITY, "P", "The API", Polarity.ALLOW, "en", date(2026, 1, 1))
    comparison = compare(old, new, about, (), None)
    rules = [one for one in comparison.findings if one.kind is FindingKind.ACCESS_RULE_CHANGED]
    assert [(one.subject, one.severity, one.new) for one in rules] == [("age", Severity.MEDIUM, None)]
    assert not any(one.territory for one in comparison.findings)
    judgement = comparison.judgement
    assert (judgement.substantive, judgement.severity, judgement.held) == (True, Severity.MEDIUM, None)
