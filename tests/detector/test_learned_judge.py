"""The learned judge doubts soft findings and tells what no rule saw; facts override it; its reasons name features."""

from __future__ import annotations

from datetime import date

import pytest

from detector.compare import About, read, weighed
from detector.judging.features import NAMES
from detector.judging.learned import Learned, learned
from store.values import Content, Held, Passage, PassageKind, Polarity, Severity, SourceKind

ABOUT = About(SourceKind.TERMS, "Example AI", None, Polarity.ALLOW, "en", date(2024, 6, 25))
DOUBTS = Learned("doubts all", -9.0, 0.5, 2.0, {"clause": (-0.1, 0.0, 1.0)})
TELLS = Learned("tells all", 9.0, -1.0, 0.5, {"reworded": (0.1, 0.0, 1.0)})
SOFT = "Our community enjoys many wonderful creative pictures from friendly artists."


def _version(*texts: str, kind: PassageKind = PassageKind.PARAGRAPH) -> Content:
    return Content(tuple(Passage(kind, text) for text in texts))


def _said(old: Content, new: Content, model: Learned):
    return weighed(read(old, new, ABOUT, None), learned=model).judgement


def test_the_packaged_weights_are_those_of_the_features():
    assert set(learned().weights) == set(NAMES)
    assert 0 < learned().keep < 0.5 < learned().tell < 1


def test_a_soft_passage_is_acquitted_with_a_reason_that_names_features():
    said = _said(_version("Welcome, reader."), _version("Welcome, reader.", SOFT), DOUBTS)
    assert (said.substantive, said.severity, said.held) == (False, Severity.INFO, Held.COSMETIC)
    assert any("the learned judge says that it does not matter" in reason for reason in said.reasons)
    assert any(NAMES["clause"] in reason for reason in said.reasons)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("You may resell.", "You may not resell."),
        ("You pay within 30 days.", "You pay within 60 days."),
        ("Access ends on 9 July 2024.", "Access ends on 9 August 2024."),
        ("We serve Japan and France.", "We serve Japan."),
        ("Payments go through Stripe.", "Payments go through Adyen."),
        ("We share data with partners.", "We share data only with partners."),
    ],
)
def test_facts_are_never_acquitted(old, new):
    assert _said(_version(old), _version(new), DOUBTS).substantive


def test_a_list_member_is_never_acquitted():
    old = _version("Images of pretty friendly colourful imaginary animals everywhere")
    new = Content((*old.passages, Passage(PassageKind.LIST_ITEM, SOFT)))
    assert _said(old, new, DOUBTS).substantive


def test_what_no_rule_saw_is_told_when_words_differ():
    old, new = _version("It is a big place for all."), _version("It is a large place for all.")
    assert not _said(old, new, DOUBTS).substantive
    said = _said(old, new, TELLS)
    assert (said.substantive, said.severity, said.held) == (True, Severity.LOW, None)
    assert any(NAMES["reworded"] in reason for reason in said.reasons)


def test_the_same_words_are_never_told():
    assert not _said(_version("The record, kept."), _version("The record kept"), TELLS).substantive
    assert not _said(_version("One.", "Two."), _version("Two.", "One."), TELLS).substantive


def test_probability_grows_with_what_speaks_for_it():
    model = Learned("x", 0.0, 0.2, 0.8, {"low": (1.0, 0.0, 1.0)})
    assert model.probability({"low": 0.0}) == 0.5 < model.probability({"low": 2.0})
    assert model.strongest({"low": 2.0}, towards=True) == ["low"]
    assert model.strongest({"low": 2.0}, towards=False) == []
