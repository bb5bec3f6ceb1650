"""Reversions, faults and bad input end in a judgement with a reason, never in a crash."""

from __future__ import annotations

import pytest

from detector.judging.judge import judged
from store.values import Content, Finding, FindingKind, Held, Severity, SourceKind

K = FindingKind
TERMS = (
    "The provider offers an interface for text. You must register before the first use and keep the key secret. "
    "You may not resell the service, and fees of $20 are due within 30 days of every invoice. "
)
RECIPE = "Recette du gâteau au chocolat pour la famille et les amis avec vous dans une cuisine. "
FOOTBALL = "Football results: Arsenal beat Chelsea yesterday while Liverpool drew against Everton at home. "


def test_a_return_to_one_of_the_last_ten_texts_is_held(compared, content):
    old, new = content("You may resell."), content("You may not resell.")
    comparison = compared(old, new, earlier=(*"abcdefghi", new.fingerprint))
    assert comparison.judgement.held is Held.REVERSION
    assert comparison.findings[-1].kind is K.REVERSION
    assert comparison.findings[-1].new == "the text of 11 versions ago"
    assert any("stood before" in reason for reason in comparison.judgement.reasons)


def test_a_return_beyond_the_last_ten_is_told(compared, content):
    new = content("You may not resell.")
    comparison = compared(content("You may resell."), new, earlier=(*"abcdefghij", new.fingerprint))
    assert comparison.judgement.held is None


def test_facts_are_told_even_when_the_text_returns(compared, listing):
    new = listing("Japan=JP", "France=FR")
    comparison = compared(listing("Japan=JP"), new, kind=SourceKind.AVAILABILITY, earlier=(new.fingerprint,))
    assert comparison.judgement.held is None
    assert {one.kind for one in comparison.findings} == {K.TERRITORY_ADDED, K.REVERSION}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (TERMS * 6, "This page is not available.", "could not be shown"),
        (TERMS * 6, "Loading", "shrank"),
        (TERMS * 6, "", "no text"),
        ("", TERMS * 6, "no text"),
        (TERMS * 6, RECIPE * 15, "language switched"),
        (TERMS * 6, FOOTBALL * 20, "another page"),
        ("قواعد الاستخدام تنطبق على جميع المستخدمين في كل مكان. " * 30, TERMS * 6, "another page"),
    ],
)  # fmt: skip
def test_no_two_versions_of_one_text(compared, old, new, why):
    judgement = compared(old, new).judgement
    assert why in judgement.reasons[0]
    assert (judgement.substantive, judgement.severity, judgement.held) == (False, Severity.OPERATIONAL, Held.DOUBTFUL)
    assert any("doubtful capture" in reason for reason in judgement.reasons)


def test_a_text_rewritten_from_scratch_keeps_its_subject(compared, content):
    old = content(
        *(f"The provider offers interface number {n}. You must keep key number {n} secret." for n in range(30))
    )
    new = content(*(f"Keep secret every key, for number {n} too: interface and provider must." for n in range(30)))
    assert compared(old, new).judgement.severity is not Severity.OPERATIONAL


@pytest.mark.parametrize(
    "text", ["", " ", "—", "\u202eאבג 12", "混合 text с кириллицей 30 days", "🙂" * 50, "a" * 10_000]
)
def test_odd_texts_are_judged(compared, text):
    assert compared(text, "You must register.").judgement.reasons
    assert compared("You must register.", text).judgement.reasons
    assert not compared(text, text).judgement.substantive


def test_a_huge_page_is_judged_by_what_differs(compared, content):
    clauses = [f"Clause {index} says that party {index * 7} must pay. " * 50 for index in range(2_000)]
    edited = [clause.replace("must", "may") if index == 777 else clause for index, clause in enumerate(clauses)]
    comparison = compared(content(*clauses), content(*edited))
    assert sum(map(len, clauses)) > 4_000_000
    assert [one.kind for one in comparison.findings] == [K.OBLIGATION_WEAKENED] * 50


def test_half_a_megabyte_in_one_passage_is_judged(compared):
    body = "".join(f"Clause {index} says that party {index * 7} must pay. " for index in range(10_000))
    comparison = compared(
        body, body.replace("Clause 777 says that party 5439 must", "Clause 777 says that party 5439 may")
    )
    assert len(body) > 430_000
    assert [one.kind for one in comparison.findings] == [K.OBLIGATION_WEAKENED]


def test_severity_is_the_highest_and_significance_grows_with_it():
    def of(*levels: Severity) -> float:
        judgement = judged([Finding(K.TEXT_ADDED, level, new="x") for level in levels])
        assert judgement.severity is max(levels, key=lambda level: level.rank)
        return judgement.significance

    ladder = [of(Severity.INFO), of(Severity.LOW), of(Severity.MEDIUM), of(Severity.HIGH), of(Severity.CRITICAL)]
    assert ladder == sorted(ladder)
    assert 0 <= ladder[0] < of(Severity.LOW) < of(Severity.LOW, Severity.LOW) < of(Severity.MEDIUM) <= 1


def test_nothing_at_all_is_cosmetic():
    judgement = judged([])
    assert (judgement.substantive, judgement.held) == (False, Held.COSMETIC)
    assert judgement.reasons


def test_the_model_revision_is_kept(compared):
    class Named:
        revision = "some-model@1"

        def encode(self, texts):
            raise AssertionError("equal texts need no embedding")

    assert compared("You must pay.", "You must pay.", encoder=Named()).judgement.model == "some-model@1"
    assert compared("You must pay.", "You must pay.").judgement.model is None


def test_content_is_never_changed(compared, content):
    old = content("You must pay.")
    before = Content(old.passages, old.facts).fingerprint
    compared(old, content("You may pay."))
    assert old.fingerprint == before
