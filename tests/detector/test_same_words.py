"""The same words under other paragraph borders and marks are no change of meaning; another order of words is one."""

from __future__ import annotations

from datetime import date

import pytest

from detector.compare import About, compare
from detector.prose.sequence import same_words
from store.values import Content, Passage, PassageKind, Polarity, SourceKind

TERMS = About(SourceKind.TERMS, "Example", None, Polarity.ALLOW, "en", date(2025, 1, 1))


def passages(*texts: str) -> tuple[Passage, ...]:
    return tuple(Passage(PassageKind.PARAGRAPH, text) for text in texts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Terms of use", "Last updated 3 May 2024"), ("Terms of use Last updated 3 May 2024",)),
        (("You must pay. You may leave.",), ("You must pay.", "You may leave.")),
        (("Terms of use", "You must pay."), ("Terms of use Last updated May 01, 2025", "You must pay.")),
        (("Fees", "The fee is $5, paid monthly."), ("FEES", "The fee is $5 paid monthly")),
    ],
)
def test_new_borders_and_marks_are_not_substantive(old, new):
    assert same_words(passages(*old), passages(*new))
    judgement = compare(Content(passages(*old)), Content(passages(*new)), TERMS, (), None).judgement
    assert not judgement.substantive


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Preamble", "Alpha may sue Beta."), ("Preamble", "Beta may sue Alpha.")),
        (("The fee is 5 dollars.",), ("The fee is 50 dollars.",)),
        (("The fee is $5.",), ("The fee is €5.",)),
        (("You may leave.",), ("You may leave.", "You may not return.")),
        (("You must pay.",), ("You must pay. Fees are due on 3 May 2024",)),
        (("Access ends on 5 May for teams.",), ("Access ends on 5 May 2024 for teams.",)),
        (("Access ends for teams.",), ("Access ends as of 5 May 2024 for teams.",)),
        ((), ("You may leave.",)),
        ((), ()),
    ],
)
def test_other_words_or_another_order_are_not_the_same(old, new):
    assert not same_words(passages(*old), passages(*new))
    assert not same_words(passages(*new), passages(*old))


def test_who_may_do_what_to_whom_stays_substantive():
    old, new = passages("Preamble", "Alpha may sue Beta."), passages("Preamble", "Beta may sue Alpha.")
    assert compare(Content(old), Content(new), TERMS, (), None).judgement.substantive
