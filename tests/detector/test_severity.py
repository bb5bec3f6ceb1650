"""Training on customers' data, ages and export rules are grave in their direction; look-alikes are not."""

from __future__ import annotations

from datetime import date

import pytest

from detector.compare import About, compare
from detector.severity import ends_access, in_context
from detector.topics import TRAINING
from store.values import Content, FindingKind, Passage, PassageKind, Polarity, Severity, SourceKind

TODAY = date(2025, 3, 1)
FILLER = (
    "You keep your rights in what you upload and remain responsible for it.",
    "Either party may end this agreement with thirty days of notice.",
    "The fees are due within fourteen days after the invoice was sent.",
)


def judged(old: str, new: str, language: str = "en") -> Severity:
    about = About(SourceKind.TERMS, "the publisher", None, Polarity.ALLOW, language, TODAY)
    old_version, new_version = (
        Content(tuple(Passage(PassageKind.PARAGRAPH, text) for text in (*FILLER, one) if text)) for one in (old, new)
    )
    return compare(old_version, new_version, about, (), None).judgement.severity


@pytest.mark.parametrize(
    "sentence",
    [
        "We may use your content to train our models.",
        "Prompts of customers on the free plan serve to improve our language models if they did not opt out.",
        "Unless you opt out, conversations are used for training.",
        "Nous utilisons vos conversations pour entraîner nos modèles.",
        "Les données des utilisateurs servent à améliorer nos modèles.",
        "我们会使用您输入的内容训练我们的模型。",
        "用户数据可用于优化模型。",
    ],
)
def test_training_on_the_customers_data_starts_with_its_sentence_and_not_with_its_loss(sentence):
    assert TRAINING.starts("", sentence)
    assert not TRAINING.starts(sentence, "")
    assert not TRAINING.starts(sentence, sentence)


@pytest.mark.parametrize(
    "promise",
    [
        "We do not use your content to train our models.",
        "Customer data will never be used for training.",
        "Nous n’utilisons pas vos données pour entraîner nos modèles.",
        "我们不会将您的数据用于训练模型。",
    ],
)
def test_a_promise_not_to_train_matters_when_it_goes(promise):
    assert TRAINING.starts(promise, "")
    assert not TRAINING.starts("", promise)


@pytest.mark.parametrize(
    "sentence",
    [
        "You may not use your content to train a competing model.",
        "We offer training to the staff of customers.",
        "We train our models on publicly available information.",
        "Vous ne pouvez pas entraîner un modèle avec vos contenus.",
        "您不得使用您的内容训练竞争模型。",
    ],
)
def test_what_the_reader_may_not_train_or_other_data_starts_nothing(sentence):
    assert not TRAINING.starts("", sentence)
    assert not TRAINING.starts(sentence, "")


def test_a_change_that_starts_training_is_high_and_one_that_ends_it_is_not():
    sentence = "We may use your content to train our models and those of our affiliates."
    assert judged("", sentence) is Severity.HIGH
    assert judged(sentence, "").rank < Severity.HIGH.rank


def test_a_lost_not_in_the_promise_is_high():
    assert (
        judged("We will not use your content to train our models.", "We will use your content to train our models.")
        is Severity.HIGH
    )


def test_a_new_sentence_about_training_is_not_high_where_the_old_version_said_so_already():
    old = "Your content is used to train our models."
    assert judged(old, f"{old} Your content may also be used to train models of partners.").rank < Severity.HIGH.rank


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        ("Entities with an ownership interest from unsupported places may not register.", Severity.HIGH),
        ("Companies owned by a government are not served.", Severity.HIGH),
        ("You comply with all sanctions.", Severity.HIGH),
        ("You may not act in an unsanctioned role.", Severity.MEDIUM),
        ("We claim no ownership over what you make.", Severity.MEDIUM),
        ("It may not hold data that is not owned or controlled by us.", Severity.MEDIUM),
    ],
)
def test_rules_of_ownership_and_sanctions_are_high_and_the_same_words_elsewhere_are_not(sentence, level):
    assert in_context(FindingKind.TEXT_ADDED, Severity.MEDIUM, sentence, TODAY) is level


@pytest.mark.parametrize("text", ["Block C, Harbour Road, Cork", "Harbour Lights, Limited (support@harbour.invalid)"])
def test_an_address_or_a_company_ends_no_access(text):
    assert not ends_access(text)


@pytest.mark.parametrize("text", ["We block accounts there.", "We limit access to the service.", "Blocked in Cuba"])
def test_blocking_and_limiting_end_access(text):
    assert ends_access(text)
