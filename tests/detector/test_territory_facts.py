"""Territories in and out of a list are sets compared, whatever the names or the order."""

from __future__ import annotations

from dataclasses import replace

from store.values import Content, Facts, FindingKind, Held, Polarity, Severity, SourceKind

K = FindingKind
LIST = SourceKind.AVAILABILITY


def test_added_and_removed(compared, listing):
    old = listing("Japan=JP", "Hong Kong=HK", "France=FR")
    new = listing("France=FR", "Japan=JP", "Georgia=GE")
    comparison = compared(old, new, kind=LIST)
    told = {(one.kind, one.territory, one.old, one.new, one.product, one.severity) for one in comparison.findings}
    assert told == {
        (K.TERRITORY_REMOVED, "HK", "listed", None, "Example API", Severity.HIGH),
        (K.TERRITORY_ADDED, "GE", None, "listed", "Example API", Severity.LOW),
    }
    assert comparison.judgement.held is Held.AWAITING_CONFIRMATION
    assert comparison.judgement.substantive
    assert comparison.judgement.severity is Severity.HIGH
    assert any("Hong Kong" in reason for reason in comparison.judgement.reasons)


def test_an_expansion_is_told_at_once(compared, listing):
    judgement = compared(listing("Japan=JP"), listing("Japan=JP", "Georgia=GE"), kind=LIST).judgement
    assert (judgement.held, judgement.severity, judgement.substantive) == (None, Severity.LOW, True)


def test_a_condition_that_comes_goes_or_changes(compared, listing):
    free, bound = "Ukraine=UA", "Ukraine (with certain exceptions)=UA:restricted"
    comparison = compared(listing(free), listing(bound), kind=LIST)
    (finding,) = comparison.findings
    assert (finding.kind, finding.old, finding.new) == (
        K.CONDITION_CHANGED,
        "listed",
        "restricted (with certain exceptions)",
    )
    assert finding.severity is Severity.MEDIUM
    assert comparison.judgement.held is None
    (finding,) = compared(listing(bound), listing(free), kind=LIST).findings
    assert (finding.old, finding.new) == ("restricted (with certain exceptions)", "listed")
    curly = listing("Ukraine (With certain exceptions.)=UA:restricted")
    assert not compared(listing(bound), curly, kind=LIST).findings


def test_a_new_name_for_the_same_territory_is_a_reason_and_no_finding(compared, listing):
    comparison = compared(listing("Turkey=TR"), listing("Türkiye=TR"), kind=LIST)
    assert comparison.findings == ()
    assert comparison.judgement.held is Held.COSMETIC
    assert "names as published changed: Turkey -> Türkiye" in comparison.judgement.reasons


def test_two_bullets_of_one_territory_are_one(compared, listing):
    old = listing("Bosnia=BA", "Herzegovina=BA", "Japan=JP")
    assert compared(old, listing("Bosnia and Herzegovina=BA", "Japan=JP"), kind=LIST).findings == ()


def test_order_is_not_data(compared, listing):
    comparison = compared(listing("Japan=JP", "France=FR"), listing("France=FR", "Japan=JP"), kind=LIST)
    assert comparison.findings == ()
    assert not comparison.judgement.substantive


def test_products_are_kept_apart(compared, listing):
    old, other = listing("Japan=JP"), listing("Japan=JP", product="Example Chat")
    comparison = compared(old, other, kind=LIST)
    assert {(one.kind, one.product) for one in comparison.findings} == {
        (K.TERRITORY_REMOVED, "Example API"),
        (K.TERRITORY_ADDED, "Example Chat"),
    }


def test_a_fact_without_product_is_about_the_source_s_product(compared, listing):
    (finding,) = compared(listing(product=""), listing("Japan=JP", product=""), kind=LIST).findings
    assert finding.product == "Example API"


def test_an_unknown_name_beside_a_removal_holds_the_change(compared, listing):
    new = listing("Japan=JP", unknown=("Freedonia",))
    comparison = compared(listing("Japan=JP", "Hong Kong=HK"), new, kind=LIST)
    assert comparison.judgement.held is Held.UNKNOWN_NAME
    (unknown,) = [one for one in comparison.findings if one.kind is K.TERRITORY_UNKNOWN]
    assert (unknown.new, unknown.severity) == ("Freedonia", Severity.OPERATIONAL)


def test_an_unknown_name_alone_waits_and_an_old_one_is_not_told_again(compared, listing):
    alone = compared(listing("Japan=JP"), listing("Japan=JP", unknown=("Freedonia",)), kind=LIST).judgement
    assert (alone.held, alone.severity, alone.substantive) == (Held.UNKNOWN_NAME, Severity.OPERATIONAL, False)
    old = listing("Japan=JP", unknown=("Freedonia",))
    again = compared(old, listing("Japan=JP", "France=FR", unknown=("Freedonia",)), kind=LIST)
    assert [one.kind for one in again.findings] == [K.TERRITORY_ADDED]


def test_a_deny_list(compared, listing):
    one, two = "Cuba=CU:excluded", "Syria=SY:excluded"
    grown = compared(listing(one), listing(one, two), kind=LIST, polarity=Polarity.DENY)
    assert [(f.kind, f.territory, f.new, f.severity) for f in grown.findings] == [
        (K.TERRITORY_ADDED, "SY", "excluded", Severity.HIGH)
    ]
    shrunk = compared(listing(one, two), listing(one), kind=LIST, polarity=Polarity.DENY)
    assert [(f.kind, f.territory, f.severity) for f in shrunk.findings] == [(K.TERRITORY_REMOVED, "SY", Severity.LOW)]


def test_a_deny_list_replaced_by_general_words_is_no_expansion(compared, listing, content):
    old = listing("Cuba=CU:excluded", "Syria=SY:excluded")
    new = content("The service may not be used where sanctions forbid it.")
    comparison = compared(old, new, kind=LIST, polarity=Polarity.DENY)
    removed = [one for one in comparison.findings if one.kind is K.TERRITORY_REMOVED]
    assert {(one.territory, one.severity) for one in removed} == {
        ("CU", Severity.MEDIUM),
        ("SY", Severity.MEDIUM),
    }
    assert any("general words" in reason for reason in comparison.judgement.reasons)


def test_prose_beside_a_list_is_compared_and_the_list_itself_is_not(compared, listing):
    def page(sentence: str, *entries: str) -> Content:
        made = listing(*entries)
        return Content((*made.passages, replace(made.passages[0], text=sentence)), made.facts)

    old = page("Customers may use the API from these countries.", "Japan=JP", "Hong Kong=HK")
    new = page("Customers must use the API from these countries.", "Japan=JP")
    assert {one.kind for one in compared(old, new, kind=LIST).findings} == {
        K.TERRITORY_REMOVED,
        K.OBLIGATION_STRENGTHENED,
    }


def test_empty_versions_are_compared(compared):
    empty = Content((), Facts())
    assert compared(empty, empty, kind=LIST).judgement.held is Held.COSMETIC
