"""What the last good version says of a reading: paged, cut with damage, another page; and what it lets pass."""

from __future__ import annotations

import pytest

from crawler.verdicts.against import against, in_pages, loss
from store.capture_kind import CaptureKind
from store.values import Passage, PassageKind

CLAUSES = tuple(
    Passage(PassageKind.PARAGRAPH, f"Clause {number} binds every customer who uses service number {number} for work.")
    for number in range(1, 21)
)
OTHER = tuple(
    Passage(PassageKind.PARAGRAPH, text)
    for text in (
        "Our moderators look at every report that a member sends.",
        "A report that is upheld costs the member points.",
        "Points are taken back after an appeal to the jury.",
        "The jury sits every week and hears both sides for an hour.",
    )
)


def item(text: str) -> Passage:
    return Passage(PassageKind.LIST_ITEM, text)


def verdict(before, now):
    return against(before, now, loss(before, now))


COUNTRIES = tuple(item(f"Country of {name}") for name in ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa") * 6)


@pytest.mark.parametrize(
    "words",
    [
        "Showing 1 to 18 of 56", "1–20 of 80", "Page 1 of 3", "Seite 1 von 4", "1 à 20 sur 80", "Página 1 de 3",
        "第 1 页，共 3 页", "1-20 条 共 80",
    ],
)  # fmt: skip
def test_a_list_that_says_it_shows_a_part_of_itself_is_partial_and_stays_so(words):
    said = verdict(COUNTRIES, (*COUNTRIES[:18], Passage(PassageKind.PARAGRAPH, words)))
    assert said is not None
    assert (said.kind, said.passing) == (CaptureKind.PARTIAL, False)


def test_a_list_that_always_had_pages_and_one_that_lost_little_are_not_called_so():
    pager = Passage(PassageKind.PARAGRAPH, "Page 1 of 3")
    said = verdict((*COUNTRIES, pager), (*COUNTRIES[:18], pager))
    assert said is None or "it says" not in said.reason
    assert verdict(COUNTRIES, (*COUNTRIES[:30], pager)) is None


@pytest.mark.parametrize("words", ["We answer 9 of 10 letters in a day", "Section 2 of 1998", "3 to 5 days", "2 of 3"])
def test_numbers_in_a_text_are_no_pages(words):
    assert in_pages((Passage(PassageKind.PARAGRAPH, words),)) is None


def test_a_text_cut_where_its_last_bytes_are_damaged_too_is_partial():
    cut = Passage(PassageKind.PARAGRAPH, CLAUSES[14].text[:58] + "xq")
    said = verdict(CLAUSES, (*CLAUSES[:14], cut))
    assert said is not None
    assert said.kind is CaptureKind.PARTIAL
    assert "ends in mid-sentence" in said.reason


def test_a_last_clause_that_was_edited_is_no_cut():
    edited = Passage(PassageKind.PARAGRAPH, CLAUSES[19].text[:58] + " for pleasure")
    assert verdict(CLAUSES, (*CLAUSES[:19], edited)) is None


def test_another_text_of_the_same_language_is_another_page_until_it_is_seen_again_and_again():
    said = verdict(CLAUSES, OTHER)
    assert said is not None
    assert (said.kind, said.passing) == (CaptureKind.ERROR, True)
    kept = verdict(CLAUSES, (*OTHER, *CLAUSES[:12]))
    assert kept is None, "a page that keeps passages of its own is no other"
