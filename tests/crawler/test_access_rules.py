"""Rules about owners, nationality, place, billing and age are read as rules, and definitions are not."""

from __future__ import annotations

import pytest

from crawler.declaration import from_fields
from crawler.extract import extract
from crawler.extractors.access_rules import rules_of
from store.access_rule import Comparison, Reach, RuleKind

OWNED = "Entities more than 50% owned, directly or indirectly, by companies based in unsupported regions are barred."


def only(text: str, kind: RuleKind) -> object:
    (found,) = [rule for rule in rules_of(text) if rule.kind is kind]
    return found


@pytest.mark.parametrize(
    ("text", "threshold", "comparison", "of", "reach"),
    [
        (OWNED, 50, Comparison.MORE_THAN, ("unsupported regions",), (Reach.INDIRECT,)),
        (
            "Parties owned 50% or more, individually or in the aggregate, by sanctioned parties may not use it.",
            50,
            Comparison.AT_LEAST,
            ("sanctions list",),
            (Reach.AGGREGATE,),
        ),
        (
            "Neither it nor an owner of 50 percent or more of it, directly or indirectly, is on a sanctions list.",
            50,
            Comparison.AT_LEAST,
            ("sanctions list",),
            (Reach.INDIRECT,),
        ),
        ("Companies majority-owned by entities in China may not use it.", 50, Comparison.MORE_THAN, ("CN",), ()),
    ],
)
def test_ownership_has_its_threshold(text, threshold, comparison, of, reach) -> None:
    rule = only(text, RuleKind.OWNERSHIP)
    assert (rule.threshold, rule.comparison, rule.of, rule.reach) == (threshold, comparison, of, reach)
    assert rule.forbids


@pytest.mark.parametrize(
    "text",
    [
        "“Control” means direct or indirect ownership or control of more than 50% of voting interests.",
        "“Change of Control” means any change in the ownership of more than 50% of Customer’s voting capital stock.",
        "The rules apply in the county of your billing address.",
        "Nationality and ethnicity are not used to flag users for sanctions restrictions.",
        "We keep your data for 18 months.",
    ],
)
def test_a_definition_tests_nobody(text: str) -> None:
    assert list(rules_of(text)) == []


def test_places_ages_nationality_and_billing() -> None:
    assert only("You may use it only in supported countries.", RuleKind.LOCATION).forbids is False
    assert only("You may not use it outside of the Supported Countries.", RuleKind.LOCATION).of == (
        "supported regions",
    )
    assert only("You must be at least 18 years old to use the Services.", RuleKind.AGE).threshold == 18
    young = only("Children under 13 may not use the Services.", RuleKind.AGE)
    assert (young.forbids, young.comparison) == (True, Comparison.LESS_THAN)
    assert only("用户须年满18周岁。", RuleKind.AGE).threshold == 18
    assert only("The directive bars access by foreign nationals without a licence.", RuleKind.NATIONALITY).forbids
    assert only("A billing address in a supported country is required.", RuleKind.BILLING).of == ("supported regions",)


def test_a_rule_is_never_a_territory_and_its_span_is_exact() -> None:
    fields = {"url": "https://a.example/x.md", "kind": "availability", "polarity": "deny", "product": "The API"}
    page = f"# Terms\n\nThe API is not available in Cuba. {OWNED.replace('unsupported regions', 'China')}\n"
    content = extract(page.encode(), "text/markdown", from_fields(fields))
    assert {fact.territory for fact in content.facts.availability} == {"CU"}
    (rule,) = content.facts.access_rules
    assert content.passages[rule.span.passage].text[rule.span.start : rule.span.end] == rule.span.text
    assert rule.of == ("CN",)
