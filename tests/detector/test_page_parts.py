"""Menus, contents, machine summaries, lost addresses and pointers for residents are quiet; their neighbours ring."""

from __future__ import annotations

import pytest

from detector.prose.announcements import is_announcement
from detector.prose.chrome import is_chrome, is_contents, is_menu, is_summary
from detector.words.overlap import enumeration_end
from store.values import Passage, PassageKind

P = PassageKind
FEE = "You must pay the fee in advance."
MENU = (
    "Learning HubHomeFilm coursesArticlesFirst stepsBecome a makerFinding your way as a beginnerGetting seen on Orrin"
    "Account careHow to dress your profileSafety toolsKeeping an account safe with passkeysRulesHouse code"
)


@pytest.mark.parametrize(
    "text",
    [
        "We’re updating our Orrin Terms of Use. These updates will go into effect on May 13, 2025. Read the new terms.",
        "We’re updating the Platform Terms. The updates go into effect on August 22, 2025. Read the new terms",
        "On April 17, 2024, we are updating our Guidelines to help keep Orrin safe and welcoming. Check out the new"
        " Guidelines here.",
        "If you're based in Poland, click here.",
        "If you are located in the EEA, you can view our Privacy Policy here.",
        "For users in Japan, please read these terms here.",
        "Si vous résidez en Suisse, cliquez ici.",
        "If you're based in Italy, click here. / Se risiedi in Italia, clicca qui.",
        "These terms apply to all users until May 3, 2025.",
    ],
)
def test_a_pointer_to_the_document_or_its_dates_is_an_announcement(text):
    assert is_announcement(text)


@pytest.mark.parametrize(
    "text",
    [
        "If you're based in Poland, you may not use the service.",
        "If you are located in Poland, Orrin Polska provides the service.",
        "If you are located in Poland, you must accept the terms here.",
        "If you are located in Russia, access ends here.",
        "For users in Japan, our services are available here.",
        "If you are a developer, click here.",
        "These terms apply to all users in Italy until May 3, 2025.",
        "These terms apply to business customers until May 3, 2025.",
        "These changes take effect on 3 May 2025 and raise our fees.",
        "This agreement remains in effect until 31 December 2025.",
        "The Platform Terms end on August 22, 2025.",
    ],
)
def test_what_is_said_of_a_place_or_a_change_is_none(text):
    assert not is_announcement(text)


def test_a_link_for_residents_that_comes_is_quiet_and_a_ban_is_not(compared, content):
    pointer = Passage(P.PARAGRAPH, "If you're based in Poland, click here.", links=("https://example.org/pl",))
    assert not compared(content(FEE), content(pointer, FEE)).judgement.substantive
    assert compared(content(FEE), content("If you're based in Poland, you may not use it.", FEE)).judgement.substantive


def test_a_link_for_residents_of_another_place_is_quiet_and_a_rule_for_them_is_not(compared):
    old = "If you're based in Italy, click here."
    assert not compared(old, f"{old} / Se risiedi in Italia, clicca qui.").judgement.substantive
    assert not compared(old, "If you're based in Malta, click here.").judgement.substantive
    assert compared(old, f"{old} If you're based in Malta, you pay more.").judgement.substantive


def test_a_label_that_comes_into_a_glued_menu_is_quiet(compared, content):
    assert is_menu(Passage(P.PARAGRAPH, MENU))
    longer = MENU.replace("Account care", "Growing your circle in 4 easy stepsHabits from 3 makersAccount care")
    article = " This help page is about rules. You must be 18 years old, and we pay once a month, as agreed."
    for behind in ("", article):
        assert not compared(content(MENU + behind), content(longer + behind)).judgement.substantive
    for said in (article, " You must be 18 years old to see this page in full. It is about rules."):
        assert compared(content(MENU + said), content(MENU + said.replace("18", "16"))).judgement.substantive


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI, DeepSeek, SenseTime, CloudFlare, SendGrid and DigitalOcean are our processors.",
        "AmazonStripeCloudflareTwilioSendgridMailjet",
        "Share no filmsDo not resell accessPay in timeDo not scrape pagesKeep the passwordTell us of faultsStay kind",
        "We use GitHub and YouTube. GitHub is a host. YouTube shows films.",
    ],
)
def test_names_in_camel_case_or_glued_are_no_menu(text):
    assert not is_menu(Passage(P.PARAGRAPH, text))


def test_an_entry_of_the_contents_is_quiet_and_the_same_item_of_a_list_is_not(compared, content):
    def under(heading: str) -> Passage:
        return Passage(P.LIST_ITEM, "Residents of Korea", path=("Terms", heading))

    assert is_contents(under("Table of contents"))
    assert not compared(content(FEE), content(FEE, under("Table of contents"))).judgement.substantive
    assert compared(content(FEE), content(FEE, under("Who may use it"))).judgement.substantive
    rule = Passage(P.LIST_ITEM, "You may not use it in Korea.", path=("Contents",))
    assert compared(content(FEE), content(FEE, rule)).judgement.substantive


def test_a_point_of_a_machine_summary_is_quiet_and_the_rule_is_not(compared, content):
    def point(heading: str) -> Passage:
        return Passage(P.LIST_ITEM, "Clients must delete data after 30 days.", path=("Policies", heading))

    assert is_summary(point("Page Summary"))
    assert not compared(content(point("Page Summary"), FEE), content(FEE)).judgement.substantive
    assert compared(content(point("Summary of our terms"), FEE), content(FEE)).judgement.substantive


@pytest.mark.parametrize(
    ("old", "new", "substantive"),
    [
        ("Get the files at , and keep them.", "Get the files at https://orrin.example/guide/, and keep them.", False),
        ("Services listed on (the “Website”).", "Services listed on www.orrin.example (the “Website”).", False),
        ("Write to for help.", "Write to help@orrin.example for help.", False),
        ("Write to help@orrin.example for help.", "Write to ask@other.example for help.", True),
        ("We share your data with our partners.", "We share your data with stripe.example our partners.", True),
        ("You may sell at fairs.", "You may only sell at fairs.", True),
    ],
)
def test_an_address_that_the_capture_lost_is_quiet_and_another_one_is_not(compared, old, new, substantive):
    assert compared(old, new).judgement.substantive is substantive


def test_an_address_that_comes_into_a_list_is_heard(compared, content):
    old, new = (Passage(P.LIST_ITEM, text) for text in ("Data goes to", "Data goes to stripe.example"))
    assert compared(content(old), content(new)).judgement.substantive


def test_the_name_of_a_link_is_quiet_where_it_leads_to_the_same_host(compared, content):
    def version(text: str, host: str) -> Passage:
        return Passage(P.PARAGRAPH, text, links=(f"https://{host}/a",))

    old = version("To learn more, see this help center article.", "help.orrin.example")
    assert not compared(
        content(old), content(version("To learn more, see this article.", "orrin.example"))
    ).judgement.substantive
    paid = version("To learn more, see this paid article.", "orrin.example")
    assert compared(content(old), content(paid)).judgement.substantive


@pytest.mark.parametrize(
    "text",
    [
        "Don’t miss out! Apply for the Finch Developer Conference.",
        "Prev Do not threaten or bully Next Do not impersonate a person",
        "![](data:image/svg+xml,%3Csvg xmlns=%22http://example.org/svg%22 viewBox=%220 0 530 86%22%3E%3C/svg%3E)",
    ],
)
def test_more_furniture(text):
    assert is_chrome(text)


@pytest.mark.parametrize(
    "text",
    [
        "Previous customers keep their price. Next year it ends.",
        "Apply for the Finch licence before you publish.",
        "![](data:image/png,x) You must pay.",
    ],
)
def test_what_only_looks_like_it(text):
    assert not is_chrome(text)


@pytest.mark.parametrize(
    ("old", "new", "substantive"),
    [
        ("**7. General rules. **You agree to them.", "**8. General rules. **You agree to them.", False),
        ("1.1.“Coins” means the credit.", "1.1. “Coins” means the credit.", False),
        ("2.Users pay the fees.", "3.Users pay the fees.", False),
        ("Users pay 2.5 fees.", "Users pay 3.5 fees.", True),
        ("**7 days of notice** are given.", "**8 days of notice** are given.", True),
    ],
)
def test_a_clause_number_however_it_is_set_is_no_amount(compared, old, new, substantive):
    assert compared(old, new).judgement.substantive is substantive


def test_an_amount_that_opens_a_text_is_no_clause_number():
    assert not enumeration_end("7.USD are due.")
    assert not enumeration_end("**7 days")


@pytest.mark.parametrize(
    ("old", "new", "substantive"),
    [
        ("You pay as described in Section 4.", "You pay as described in Section 5.", False),
        ("Pay as Sections 4 and 6 say.", "Pay as Sections 5 and 7 say.", False),
        ("You pay 4 fees as described in Section 4.", "You pay 5 fees as described in Section 4.", True),
    ],
)
def test_a_reference_to_a_section_that_was_renumbered_is_quiet(compared, old, new, substantive):
    assert compared(old, new).judgement.substantive is substantive


def test_a_counter_with_the_date_of_the_last_edit_is_quiet_and_a_limit_is_not(compared, content):
    seen = "Views: 1.5MLast updated: Jul 9, 2025"
    assert not compared(content(FEE), content(seen, FEE)).judgement.substantive
    assert compared(content(FEE), content("You get 1500 views until Jul 9, 2025.", FEE)).judgement.substantive


def test_the_day_of_release_is_a_stamp_and_a_day_of_the_rule_is_not(compared, content):
    assert not compared(content(FEE), content("Released March 27, 2025", FEE)).judgement.substantive
    assert compared(content(FEE), content("Access ends March 27, 2025", FEE)).judgement.substantive


@pytest.mark.parametrize(
    "text",
    [
        "For more information about how your data is handled, see our full Privacy Policy, below.",
        "Please visit our Help Center for more information.",
        "Learn more about your choices in our Privacy Policy.",
        "To learn more about cookies, read our Cookie Policy.",
    ],
)
def test_a_pointer_to_where_more_is_written_is_an_announcement(text):
    assert is_announcement(text)


@pytest.mark.parametrize(
    "text",
    [
        "For more information about fees, you must see our Privacy Policy.",
        "Visit our Help Center to end your account.",
        "To learn more about cookies, pay the fee.",
        "We keep more about your choices in our Privacy Policy.",
    ],
)
def test_what_only_begins_like_a_pointer_is_none(text):
    assert not is_announcement(text)


UPDATED = (
    "We have updated this addendum, effective from 7 September 2023. This change reflects that we now rely on the Finch"
    " Framework for transfers to the U.S. Learn more about this update."
)


def test_a_note_of_an_update_is_heard_when_it_comes_and_not_when_it_goes(compared, content):
    assert compared(content(FEE), content(UPDATED, FEE)).judgement.substantive
    assert not compared(content(UPDATED, FEE), content(FEE)).judgement.substantive
    rule = f"{UPDATED} You must accept it."
    assert compared(content(rule, FEE), content(FEE)).judgement.substantive
    other = "We have updated this addendum. We rely on the Finch Framework for transfers."
    assert compared(content(other, FEE), content(FEE)).judgement.substantive


def test_a_territory_under_its_other_name_is_quiet_and_another_one_is_not(compared, content):
    old = content(FEE, Passage(P.LIST_ITEM, "Cuba"), Passage(P.LIST_ITEM, "South Korea"))
    new = content(FEE, Passage(P.LIST_ITEM, "Republic of Korea"), Passage(P.LIST_ITEM, "Cuba"))
    assert not compared(old, new).judgement.substantive
    north = content(FEE, Passage(P.LIST_ITEM, "North Korea"), Passage(P.LIST_ITEM, "Cuba"))
    assert compared(old, north).judgement.substantive
    more = content(FEE, Passage(P.LIST_ITEM, "Republic of Korea for firms"), Passage(P.LIST_ITEM, "Cuba"))
    assert compared(old, more).judgement.substantive


@pytest.mark.parametrize(
    ("label", "substantive"),
    [
        ("Abuse of the product.", False),
        ("Account Deletion:", False),
        ("Access ends.", True),
        ("No refunds.", True),
        ("Adults only.", True),
        ("Paid plans.", True),
        ("Enterprise Customers:", True),
        ("We sell your records.", True),
    ],
)
def test_a_heading_in_the_line_before_a_text_that_stays_states_nothing(compared, label, substantive):
    text = "Please know that the use of robots on some sites can have consequences."
    assert compared(text, f"{label} {text}").judgement.substantive is substantive
    assert compared(f"{label} {text}", text).judgement.substantive is substantive


def test_cells_that_a_reading_glued_are_the_same_words_and_another_word_is_not(compared, content):
    rows = [
        Passage(P.TABLE_ROW, f"{n}. Kind {n}. | A name of kind {n}, an address. | Some items.") for n in "123456789"
    ]
    glued = [Passage(P.PARAGRAPH, row.text.replace(". | ", ".").replace(" | ", "")) for row in rows]
    assert not compared(content(*rows), content(*glued)).judgement.substantive
    other = [*glued[:-1], Passage(P.PARAGRAPH, glued[-1].text.replace("Some", "No"))]
    assert compared(content(*rows), content(*other)).judgement.substantive
