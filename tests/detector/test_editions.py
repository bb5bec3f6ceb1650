"""Another region's edition, and whole other documents on the page, are doubtful; an edited clause is not."""

from __future__ import annotations

import pytest

from store.values import FindingKind, Held, Passage, PassageKind

CLAUSES = [
    f"Clause {n}: the customer must keep record number {n} of the {n} services for {n + 2} days." for n in range(20)
]
OTHER = [
    f"Rule {n}: sellers owe the platform {n + 3} dollars for parcel {n} sent to the {n} depots." for n in range(20)
]


def for_region(sentence: str, clauses: list[str]) -> list[str]:
    return ["Terms of use", sentence, *clauses]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "These terms apply to you if you are resident in the United Kingdom.",
            "These terms apply to you if you are resident in the European Economic Area or Switzerland.",
        ),
        (
            "If you reside in Switzerland, your use is governed by these terms.",
            "These terms apply if you reside in Switzerland. If you live outside of it, these terms apply to you.",
        ),
        (
            "Ces conditions s'appliquent si vous résidez en France.",
            "Ces conditions s'appliquent si vous résidez en Suisse.",
        ),
        ("本条款适用于居住在日本的用户。", "本条款适用于居住在韩国的用户。"),
    ],
)
def test_the_edition_of_another_region_is_doubtful(compared, content, old, new):
    edited = [*CLAUSES[:8], *OTHER[:12]]
    comparison = compared(content(*for_region(old, CLAUSES)), content(*for_region(new, edited)))
    assert comparison.judgement.held is Held.DOUBTFUL
    assert "another edition" in comparison.judgement.reasons[0]


def test_a_region_that_changes_in_the_same_text_is_heard(compared, content):
    old, new = (f"These terms apply to you if you are resident in {name}." for name in ("Japan", "France"))
    comparison = compared(content(*for_region(old, CLAUSES)), content(*for_region(new, CLAUSES)))
    assert comparison.judgement.substantive
    assert FindingKind.TERRITORY_MENTION_CHANGED in {one.kind for one in comparison.findings}


def test_a_region_more_in_an_edited_text_is_heard(compared, content):
    edited = [*CLAUSES[:8], *OTHER[:12]]
    old = "These terms apply to you if you are resident in Japan."
    new = "These terms apply to you if you are resident in Japan or France."
    assert compared(content(*for_region(old, CLAUSES)), content(*for_region(new, edited))).judgement.substantive


def document(title: str, stamp: str) -> list[Passage]:
    heading = Passage(PassageKind.HEADING, title)
    return [heading, Passage(PassageKind.PARAGRAPH, stamp), *(Passage(PassageKind.PARAGRAPH, one) for one in OTHER)]


def test_a_whole_other_document_below_is_doubtful(compared, content):
    policy = document("Seller policy", "Effective 3 May 2025")
    alone, both = content("Terms of use", *CLAUSES), content("Terms of use", *CLAUSES, *policy)
    assert compared(alone, both).judgement.held is Held.DOUBTFUL
    assert compared(both, alone).judgement.held is Held.DOUBTFUL


def test_a_section_without_title_or_date_of_a_document_is_heard(compared, content):
    alone = content("Terms of use", *CLAUSES)
    undated = document("Seller policy", "This part is for sellers.")
    untitled = document("Fees for sellers", "Effective 3 May 2025")
    for section in (undated, untitled):
        assert compared(alone, content("Terms of use", *CLAUSES, *section)).judgement.substantive


def test_an_expired_edition_that_goes_is_doubtful_and_a_second_that_comes_is_heard(compared, content):
    earlier = [one.replace("the customer", "each customer") for one in CLAUSES]
    one, two = content("Terms", *CLAUSES), content("Terms", *CLAUSES, "The terms until then", *earlier)
    assert compared(two, one).judgement.held is Held.DOUBTFUL
    assert compared(one, two).judgement.substantive


def test_a_short_page_under_another_title_is_doubtful(compared, content):
    policy = content(Passage(PassageKind.HEADING, "Seller rules"), *OTHER)
    page = content(
        Passage(PassageKind.HEADING, "How to write to us about parcels"), "Sellers send parcel 3 to the depots. " * 5
    )
    assert compared(policy, page).judgement.held is Held.DOUBTFUL
