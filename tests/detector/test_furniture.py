"""Counters, pointers to other pages and announcements state nothing; a row of labels and values does."""

from __future__ import annotations

import pytest

from detector.prose.announcements import is_announcement
from detector.prose.chrome import is_counter, is_pointer
from store.values import Passage, PassageKind

P = PassageKind


@pytest.mark.parametrize(
    "text",
    [
        "112 out of 230 found this helpful",
        "12 of 15 people found this article helpful.",
        "1.4M views",
        "Views: 1,204",
        "3 min read",
        "2 693 personnes sur 4 010 ont trouvé cela utile",
        "Utilisateurs qui ont trouvé cela utile : 3 sur 5",
        "230人中有112人觉得有帮助",
        "浏览量：1234",
    ],
)
def test_what_readers_did_is_a_counter(text):
    assert is_counter(Passage(P.PARAGRAPH, text))
    assert not is_counter(Passage(P.LIST_ITEM, text))


@pytest.mark.parametrize(
    "text",
    [
        "30 days of notice",
        "You may post 12 comments",
        "3 of 5 directors must agree",
        "10 downloads per day",
        "本服务限10次",
    ],
)
def test_an_amount_of_the_text_is_no_counter(text):
    assert not is_counter(Passage(P.PARAGRAPH, text))


def test_a_new_count_is_not_substantive_and_a_new_limit_is(compared):
    assert not compared("112 out of 230 found this helpful", "115 out of 234 found this helpful").judgement.substantive
    assert compared("You get 12 views per day.", "You get 15 views per day.").judgement.substantive


@pytest.mark.parametrize("heading", ["Related articles", "You might also like", "Articles connexes", "相关文章"])
def test_links_under_a_heading_of_other_pages_are_not_substantive(compared, content, heading):
    text = "You must pay the fees."
    links = [
        Passage(P.PARAGRAPH, title, path=("Terms", heading), links=("https://example.org/help/1",))
        for title in ("About Orrin and France", "About using Orrin with a profile", "Orrin settings")
    ]
    assert all(is_pointer(link) for link in links)
    old = content(text, Passage(P.HEADING, heading, path=("Terms",)), *links)
    assert not compared(old, content(text)).judgement.substantive
    assert not compared(content(text), old).judgement.substantive


def test_a_rule_under_such_a_heading_is_heard(compared, content):
    rule = Passage(
        P.PARAGRAPH, "You must pay a fee of 5 dollars.", path=("Related articles",), links=("https://a.org",)
    )
    assert compared(content("Terms."), content("Terms.", rule)).judgement.substantive


@pytest.mark.parametrize(
    "text",
    [
        "We are updating our guidelines to further improve safety on Orrin. You can find our current guidelines here.",
        "PLEASE NOTE: WE’VE UPDATED THESE ORRIN SELLER TERMS. THE PRIOR VERSION IS AVAILABLE HERE.",
        "The following terms of service agreement will take effect on 30 June 2025.",
        "The previous seller agreement was posted on 2 January 2025.",
        "We have made some updates to our Cookie Notice. Read the current version here.",
        "These updated terms will become effective as of the date below.",
        "Nous avons mis à jour notre politique de confidentialité. La version précédente est disponible ici.",
        "Les présentes conditions entreront en vigueur le 3 mai 2025.",
        "我们已更新本隐私政策。旧版本请点击此处查看。",
        "本协议将于2025年5月3日起生效。",
    ],
)
def test_a_version_that_is_announced(text):
    assert is_announcement(text)


@pytest.mark.parametrize(
    "text",
    [
        "We have updated our policy to allow training on your content.",
        "These terms take effect on 3 May 2025 unless you object.",
        "If you continue to use the service after 3 May 2025, you accept the updated terms.",
        "We will change our prices on 3 May 2025.",
        "The previous terms apply to customers in Italy.",
        "We delete your account under these terms.",
        "You can find our current pricing here.",
        "Nous avons mis à jour notre politique pour vendre les données.",
        "我们更新了本政策，不再支持中国大陆。",
    ],
)
def test_what_binds_or_tells_the_change_is_no_announcement(text):
    assert not is_announcement(text)


def test_an_announcement_that_goes_is_not_substantive_and_a_duty_that_goes_is(compared, content):
    fee = "The fee is due in advance."
    note = "We’ve updated these seller terms. The prior version is available here."
    assert not compared(content(note, fee), content(fee)).judgement.substantive
    assert compared(content("You must accept the updated terms.", fee), content(fee)).judgement.substantive


def row(text: str) -> Passage:
    return Passage(P.TABLE_ROW, text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("To bill you | • User Data • Usage Data •", "To bill you | * Usage Data * User Data"),
        (
            "To ask you | • Survey Data • Usage Data • Survey Data • Usage Data",
            "To ask you | – Survey Data – Usage Data",
        ),
    ],
)
def test_members_of_a_cell_under_other_bullets_or_twice_are_not_substantive(compared, content, old, new):
    assert not compared(content(row(old)), content(row(new))).judgement.substantive


def test_a_member_of_a_cell_that_goes_is_substantive(compared, content):
    old, new = (
        row("To bill you | • User Data • Usage Data • Survey Data"),
        row("To bill you | * User Data * Usage Data"),
    )
    assert compared(content(old), content(new)).judgement.substantive


def entry(name: str, purpose: str, domain: str) -> list[str]:
    return ["Name", name, "Description", purpose, "Web domain", domain]


def test_an_entry_of_labels_and_values_is_substantive(compared, content):
    kept = [
        text for name in ("_ab", "_cd", "_ef") for text in entry(name, "This cookie is for preferences", "a domain")
    ]
    added = [*kept, *entry("_gh", "This cookie is for tracking", "any domain")]
    assert compared(content(*kept), content(*added)).judgement.substantive
    assert compared(content(*added), content(*kept)).judgement.substantive


def test_scraps_without_such_labels_are_not_substantive(compared, content):
    assert not compared(
        content("You pay fees."), content("You pay fees.", "Home", "Menu", "Plans")
    ).judgement.substantive


@pytest.mark.parametrize(
    ("old", "new", "substantive"),
    [
        ("3.2账号注销，您可以随时注销账号。", "3.3账号注销，您可以随时注销账号。", False),
        ("一、账号注销，您可以随时注销账号。", "二、账号注销，您可以随时注销账号。", False),
        ("3.2万元以上的订单须预付。", "3.3万元以上的订单须预付。", True),
        ("30天内可以退款。", "60天内可以退款。", True),
    ],
)
def test_a_clause_number_before_chinese_text_is_no_amount(compared, old, new, substantive):
    assert compared(old, new).judgement.substantive is substantive


def test_the_letters_left_of_a_hidden_address_state_nothing(compared):
    old = "Write to supp[email protected] for help with the account."
    new = "Write to [email protected] for help with the account."
    assert not compared(old, new).judgement.substantive


@pytest.mark.parametrize(
    ("old", "new", "substantive"),
    [
        (
            "We updated our Terms of Service on 3 March 2023. You can read the previous version here.",
            "We updated our Privacy Policy and Terms on 4 May 2024. See the earlier version here.",
            False,
        ),
        ("We updated these terms on 3 March 2023.", "We updated these terms on 1 May 2022.", True),
        (
            "We updated these terms on 3 March 2023.",
            "We updated these terms on 4 May 2024. You must accept them by 1 June 2024.",
            True,
        ),
    ],
)
def test_one_announcement_for_another_is_not_substantive(compared, old, new, substantive):
    assert compared(old, new).judgement.substantive is substantive
