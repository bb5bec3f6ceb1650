"""What counts as another word: synonyms, other forms and slips of the pen say nothing else; everything else does."""

from __future__ import annotations

import pytest

from detector.prose.wording import exchanged
from detector.statements.differences import statements_of_pair
from detector.words.overlap import word_difference, words
from detector.words.slips import is_slip, repaired
from detector.words.stems import stem
from store.values import Content, FindingKind, Passage, PassageKind, Severity


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("recieve", "receive"),
        ("msut", "must"),
        ("informatoin", "information"),
        ("agreeement", "agreement"),
        ("ervices", "services"),
        ("teh", "the"),
        ("données", "donées"),
    ],
)
def test_a_slip_of_the_pen(old, new):
    assert is_slip(old, new)
    assert is_slip(new, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("form", "from"),
        ("late", "later"),
        ("free", "fee"),
        ("maternal", "paternal"),
        ("now", "not"),
        ("trail", "trial"),
    ],
)
def test_two_words_are_no_slip(old, new):
    assert not is_slip(old, new)


def test_a_text_put_right_knows_where_its_characters_stood():
    text = "You msutt pay informatoin fees."
    wrong = [word for word in words(text) if word.key in ("msutt", "informatoin")]
    right = words("must information")
    mended = repaired(text, list(zip(wrong, right, strict=True)))
    assert mended.text == "You must pay information fees."
    at = mended.text.index("fees")
    low, high = mended.place(at, at + 4)
    assert text[low:high] == "fees"


@pytest.mark.parametrize(
    "forms",
    [
        ("share", "sharing", "shared", "shares"),
        ("terminate", "termination", "terminated"),
        ("modify", "modification", "modified"),
        ("centre", "center", "centers"),
        ("organisation", "organizations"),
        ("collect", "collection"),
        ("keep", "kept", "keeping"),
    ],
)
def test_forms_of_one_word_have_one_stem(forms):
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("In order to use it, write to us.", "To utilise it, write to us."),
        ("We retain sub-processors.", "We keep subprocessors."),
        ("UpdatedNovember", "Updated: November"),
        ("Nous conservons les journaux.", "Nous gardons les journaux."),
        ("我们收集帐户数据", "我们采集账户数据"),
        ("Le prestataire supprime les fichiers.", "Les fichiers sont supprimés par le prestataire."),
        ("Nous vendons les données.", "La vente des données a lieu par nous."),
        ("我们对请求进行分析。", "我们分析请求。"),
    ],
)
def test_the_same_in_other_words(old, new):
    difference = word_difference(old, new)
    said = exchanged(difference, statements_of_pair(old, new, difference))
    assert (said.lost, said.gained) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "lost", "gained"),
    [
        ("The film received positive reviews.", "The film received negative reviews.", "positive", "negative"),
        ("A 2D printer with data and data links.", "A 3D printer with data links.", "2d", "3d"),
        ("The espionage and intelligence intelligence.", "The espionage intelligence.", "", ""),
        ("Users get refunds.", "Users get large refunds with coupons.", "", "large coupons"),
    ],
)
def test_other_words(old, new, lost, gained):
    difference = word_difference(old, new)
    said = exchanged(difference, statements_of_pair(old, new, difference))
    assert [one.meaning for one in said.lost] == [stem(word) for word in lost.split()]
    assert [one.meaning for one in said.gained] == [stem(word) if word != "large" else "big" for word in gained.split()]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("She is named after her maternal aunt.", "She is named after her paternal aunt."),
        ("The drug is sold by pharmacies.", "The drug is sold by hospitals."),
        ("It is the largest cloud region.", "It is the smallest cloud region."),
        ("Prices and terms apply.", "Prices or terms apply."),
        ("You shall indemnify us.", "We shall indemnify you."),
        ("It came in the third release.", "It came in the release."),
        ("It has sold over 2 million copies.", "It has sold 2 million copies."),
        ("Access ends on 5 May for teams.", "Access ends on 5 May 2024 for teams."),
        ("He would sign the contract.", "He wouldn't sign the contract."),
        ("As of March 2017, it has sold 1,739,000 copies.", "As of March 2017, it has sold 1,378,000 copies."),
    ],
)
def test_one_word_that_says_something_else_is_substantive(compared, old, new):
    comparison = compared(old, new)
    assert comparison.judgement.substantive, comparison.findings


def test_a_reworded_heading_is_info(compared, content):
    def headed(text: str) -> Content:
        return content(Passage(PassageKind.HEADING, text), "You pay the fees.")

    comparison = compared(headed("Plugins and actions"), headed("Connectors and actions"))
    assert {one.severity for one in comparison.findings} == {Severity.INFO}


def test_a_new_member_of_a_list_is_text_added(compared, content):
    def listed(*texts: str) -> Content:
        return content("These uses are not for you:", *(Passage(PassageKind.LIST_ITEM, one) for one in texts))

    comparison = compared(listed("Spam", "Gambling"), listed("Spam", "Astrology", "Gambling"))
    assert [one.kind for one in comparison.findings] == [FindingKind.TEXT_ADDED]
    assert comparison.judgement.substantive


def test_the_contents_of_a_page_are_no_members_of_a_list(compared, content):
    heading = Passage(PassageKind.HEADING, "Refund policy")
    entry = Passage(PassageKind.LIST_ITEM, "Refund policy")
    assert not compared(content(heading, "Text."), content(entry, heading, "Text.")).judgement.substantive
