"""Rules about owners, nationality, place, billing, age and parties are read as rules, and definitions are not."""

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


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("You are not on any government list of denied or restricted parties.", ("sanctions list",)),
        ("Military end users and state-owned companies are not permitted to use the models.", ("governments",)),
        ("Entities on the Entity List may not receive the software.", ("sanctions list",)),
        ("You are not on, or owned or controlled by anyone on, a list of sanctioned persons.", ("sanctions list",)),
    ],
)
def test_listed_and_public_parties_are_a_rule(text: str, of: tuple[str, ...]) -> None:
    rule = only(text, RuleKind.PARTY)
    assert (rule.of, rule.forbids) == (of, True)


@pytest.mark.parametrize(
    "text",
    [
        "We do not knowingly collect personal information from children under the age of 13.",
        "If we learn that someone under 18 has opened an account, we will close it without permission of a parent.",
        "You must comply with all laws related to embargoed countries or restricted party lists.",
        "We share data with courts and government agencies where the law requires it.",
        "Neither party is liable for acts of a government agency.",
        "“Restricted Country” means any country that has no adequacy decision; access is not provided there.",
        "Personal data may only be transferred to a restricted country under contractual clauses.",
        "Links may lead to websites that are not owned or controlled by a company in France.",
        "Ordering by telephone is not supported.",
        "Posts about a citizen of Iran who may not travel are reviewed.",
    ],
)
def test_what_decides_nothing_about_use_is_no_rule(text: str) -> None:
    assert list(rules_of(text)) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Payment cards must be issued in a supported country.", {RuleKind.BILLING}),
        ("A phone number from a supported region is required to sign up.", {RuleKind.BILLING}),
        ("Companies majority owned by firms in unsupported regions may not use it.", {RuleKind.OWNERSHIP}),
        (
            "You may not use it from unsupported regions, or if you are majority owned by firms there.",
            {RuleKind.OWNERSHIP, RuleKind.LOCATION},
        ),
        ("Such a person is not owned by anyone on a restricted party list.", {RuleKind.OWNERSHIP}),
    ],
)
def test_a_place_of_cards_or_owners_is_not_the_place_of_use(text: str, kinds: set[RuleKind]) -> None:
    assert {rule.kind for rule in rules_of(text)} == kinds


def test_an_age_in_brackets_is_a_rule_where_it_is_required() -> None:
    assert only("You must meet the age requirement (18+) for access.", RuleKind.AGE).threshold == 18
    assert list(rules_of("The study had 18+ users.")) == []


def test_a_rule_is_never_a_territory_and_its_span_is_exact() -> None:
    fields = {"url": "https://a.example/x.md", "kind": "availability", "polarity": "deny", "product": "The API"}
    page = f"# Terms\n\nThe API is not available in Cuba. {OWNED.replace('unsupported regions', 'China')}\n"
    content = extract(page.encode(), "text/markdown", from_fields(fields))
    assert {fact.territory for fact in content.facts.availability} == {"CU"}
    (rule,) = content.facts.access_rules
    assert content.passages[rule.span.passage].text[rule.span.start : rule.span.end] == rule.span.text
    assert rule.of == ("CN",)
