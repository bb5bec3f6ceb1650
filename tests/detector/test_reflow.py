"""Splits, merges and replaced texts are told as what they are; a huge passage keeps exact spans."""

from __future__ import annotations

from detector.alignment.align import Pair, align
from detector.alignment.cut import cut
from store.values import FindingKind, Held, Passage, PassageKind, Severity

K = FindingKind
ONE = "You must register before the first use. Keep the key secret at all times. Fees are due within 30 days."
PARTS = ("You must register before the first use.", "Keep the key secret at all times.", "Fees are due within 30 days.")


def _passages(*texts: str) -> list[Passage]:
    return [Passage(PassageKind.PARAGRAPH, text) for text in texts]


def test_a_split_is_one_pair_and_says_nothing(compared, content):
    found = align(_passages("Start.", ONE, "End."), _passages("Start.", *PARTS, "End."))
    assert found.changed == (Pair((1,), (1, 2, 3)),)
    said = compared(content("Start.", ONE, "End."), content("Start.", *PARTS, "End."))
    assert [(one.kind, one.subject) for one in said.findings] == [(K.REWORDED, "split")]
    assert said.judgement.held is Held.COSMETIC


def test_a_merge_with_an_edit_shows_the_edit(compared, content):
    said = compared(content(*PARTS), content(ONE.replace("30", "60")))
    assert [one.kind for one in said.findings] == [K.NUMBER_CHANGED]


def test_other_borders_on_both_sides_are_one_group():
    old = _passages(f"{PARTS[0]} {PARTS[1]}", PARTS[2])
    new = _passages(PARTS[0], f"{PARTS[1]} {PARTS[2]}")
    found = align(old, new)
    assert (found.removed, found.added) == ((), ())


def test_a_number_that_became_a_passage_of_its_own():
    found = align(_passages("F. Endpoint Protection"), _passages("F.", "Endpoint Protection"))
    assert found.changed == (Pair((0,), (0, 1)),)


def test_cells_in_paragraphs_are_read_as_one_row(compared, content):
    cells = ("CoreWeave", "Inference provider", "European Economic Area")
    said = compared(content("Sub-processors we use."), content("Sub-processors we use.", *cells)).judgement
    assert (said.substantive, said.severity) == (True, Severity.LOW)


def test_terms_replaced_by_other_terms_are_told(compared, content):
    old = content(
        *(f"You must keep key {n} secret and we may suspend the services of your account." for n in range(40))
    )
    new = content(
        *(f"Each subscriber of a newspaper shall settle invoice {n}; our party must deliver and will not be late, "
          f"unless rights under this agreement lapse." for n in range(40))
    )  # fmt: skip
    said = compared(old, new)
    assert (said.judgement.substantive, said.judgement.severity, said.judgement.held) == (True, Severity.MEDIUM, None)
    assert said.findings[0].subject == "the whole text"
    assert any("replaced" in reason for reason in said.judgement.reasons)


def test_a_line_of_links_states_nothing(compared, content):
    def line(text: str, *links: str) -> Passage:
        return Passage(PassageKind.PARAGRAPH, text, links=links)

    old, new = line("Stripe Terms", "https://a.test/1", "https://a.test/t"), line(
        "Adyen Terms", "https://a.test/2", "https://a.test/t"
    )  # fmt: skip
    assert not compared(content("You pay.", old), content("You pay.", new)).judgement.substantive


def test_a_huge_passage_is_cut_into_pieces_that_restore(content):
    text = "".join(f"Clause {index} binds party {index * 7}. " for index in range(4_000)) + "word " * 20_000
    found = cut(content(text.strip()))
    assert found.places is not None
    assert len(found.content.passages) > 4_000
    for piece, (passage, start) in zip(found.content.passages, found.places, strict=True):
        assert passage == 0
        assert text[start : start + len(piece.text)] == piece.text
