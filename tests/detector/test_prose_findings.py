"""One clause changed in one way gives one typed finding, with the words that differ on both sides."""

from __future__ import annotations

import pytest

from store.values import Content, FindingKind, Held, Passage, PassageKind, Severity

K = FindingKind

SHIFTS = [
    ("You may share output.", "You must share output.", K.OBLIGATION_STRENGTHENED, "may", "must"),
    ("Users must verify their age.", "Users may verify their age.", K.OBLIGATION_WEAKENED, "must", "may"),
    ("Customers should keep logs.", "Customers shall keep logs.", K.OBLIGATION_STRENGTHENED, "should", "shall"),
    ("You are required to register.", "You are not required to register.", K.OBLIGATION_WEAKENED, None, None),
    ("You may resell the service.", "You may not resell the service.", K.PERMISSION_WITHDRAWN, "may", "may not"),
    ("You can export keys.", "You cannot export keys.", K.PERMISSION_WITHDRAWN, "can", "cannot"),
    ("You must not train models.", "You may train models.", K.PERMISSION_GRANTED, "must not", "may"),
    ("Vous pouvez partager les résultats.", "Vous devez partager les résultats.", K.OBLIGATION_STRENGTHENED, "pouvez",
     "devez"),
    ("Vous pouvez revendre le service.", "Vous ne pouvez pas revendre le service.", K.PERMISSION_WITHDRAWN, "pouvez",
     "ne pouvez pas"),
    ("La revente est interdite.", "La revente est autorisée.", K.PERMISSION_GRANTED, "interdite", "est autorisée"),
    ("用户可以转售服务。", "用户不得转售服务。", K.PERMISSION_WITHDRAWN, "可以", "不得"),
    ("用户可以提供身份证明。", "用户必须提供身份证明。", K.OBLIGATION_STRENGTHENED, "可以", "必须"),
    ("用户应当遵守规定。", "用户无需遵守规定。", K.OBLIGATION_WEAKENED, "应当", "无需"),
    ("You get notice 30 days before.", "You get notice 60 days before.", K.NUMBER_CHANGED, "30 days", "60 days"),
    ("The fee is $1,000.", "The fee is $1,500.", K.NUMBER_CHANGED, "$1,000", "$1,500"),
    ("Owners of more than 50% count.", "Owners of more than 25% count.", K.NUMBER_CHANGED, "50%", "25%"),
    ("Pay within thirty days.", "Pay within ninety days.", K.NUMBER_CHANGED, "thirty days", "ninety days"),
    ("Un préavis de 30 jours suffit.", "Un préavis de 15 jours suffit.", K.NUMBER_CHANGED, "30 jours", "15 jours"),
    ("数据保存三十天后删除。", "数据保存九十天后删除。", K.NUMBER_CHANGED, "三十天", "九十天"),
    ("Access ends for new users on 9 July 2024.", "Access ends for new users on 9 August 2024.", K.DATE_CHANGED,
     "2024-07-09", "2024-08-09"),
    ("L'accès prend fin pour tous le 9 juillet 2024.", "L'accès prend fin pour tous le 1er août 2024.", K.DATE_CHANGED,
     "2024-07-09", "2024-08-01"),
    ("服务将于2024年7月9日停止。", "服务将于2024年8月9日停止。", K.DATE_CHANGED, "2024-07-09", "2024-08-09"),
    ("We share data with Stripe for billing.", "We share data with Adyen for billing.", K.PARTY_CHANGED, "Stripe",
     "Adyen"),
    ("Write to legal@example.com for notices.", "Write to notices@example.com for notices.", K.PARTY_CHANGED,
     "legal@example.com", "notices@example.com"),
    ("Some users get the beta.", "All users get the beta.", K.SCOPE_CHANGED, "Some", "All"),
    ("Data is kept for users.", "Data is not kept for users.", K.SCOPE_CHANGED, None, "not"),
    ("Sharing is fine for research.", "Sharing is fine only for research.", K.SCOPE_CHANGED, None, "only"),
    ("Le service est ouvert aux clients.", "Le service est ouvert aux clients sauf mineurs.", K.SCOPE_CHANGED, None,
     "sauf"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "old_value", "new_value"), SHIFTS, ids=[case[1] for case in SHIFTS])
def test_one_shift(compared, old, new, kind, old_value, new_value):
    comparison = compared(old, new)
    finding = next(one for one in comparison.findings if one.kind is kind)
    if old_value or new_value:
        assert (finding.old, finding.new) == (old_value, new_value)
    assert comparison.judgement.substantive
    assert finding.severity.rank >= Severity.LOW.rank
    if kind is not K.DATE_CHANGED:
        assert finding.old_span is None or finding.old_span.text == finding.old
        assert finding.new_span is None or finding.new_span.text == finding.new


@pytest.mark.parametrize(("old", "new", "kind", "old_value", "new_value"), SHIFTS, ids=[case[1] for case in SHIFTS])
def test_a_shift_is_found_inside_a_long_clause(compared, old, new, kind, old_value, new_value):
    around = "The provider keeps records of requests for its own accounts and tells customers how they are stored. "
    comparison = compared(around * 3 + old + " " + around, around * 3 + new + " " + around)
    assert kind in {finding.kind for finding in comparison.findings}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("You may share output.", "You may  share output".replace("  ", " ")),
        ("The “Service” is provided as is.", 'The "service" is provided as is.'),
        ("7.1 Fees are due monthly.", "7.2 Fees are due monthly."),
        ("§ 3 Fees are due monthly.", "§ 4 Fees are due monthly."),
        ("(a) Fees are due monthly.", "(b) Fees are due monthly."),
        ("See Section 7.2 for details on fees.", "See Section 7.3 for details on fees."),
        ("Last updated: 9 July 2024", "Last updated: 10 July 2024"),
        ("Effective date: July 9, 2024", "Effective date: 2024-08-01"),
        ("Dernière mise à jour : 9 juillet 2024", "Dernière mise à jour : 12 août 2024"),
        ("更新日期：2024年7月9日", "更新日期：2024年8月1日"),
        ("Access ends on 9 July 2024 for users.", "Access ends on July 9, 2024 for users."),
        ("Access ends on 9 July 2024 for users.", "Access ends on 2024-07-09 for users."),
        ("You get notice thirty days before.", "You get notice thirty (30) days before."),
        ("The fee is 1,000,000 dollars a year.", "The fee is $1 million a year."),
        ("You must not resell it.", "You may not resell it."),
        ("You may solely use it here.", "You may only use it here."),
        ("The organisation authorises access.", "The organization authorizes access."),
        ("Read the policy (opens in a new window) first.", "Read the policy first."),
        ("We will collect usage data.", "We collect usage data."),
        ("Users of Turkey must register.", "Users of Türkiye must register."),
    ],
)
def test_wording_alone_is_not_substantive(compared, old, new):
    comparison = compared(old, new)
    assert not comparison.judgement.substantive, comparison.findings
    assert comparison.judgement.held is Held.COSMETIC
    assert comparison.judgement.severity is Severity.INFO
    assert {finding.kind for finding in comparison.findings} <= {K.REWORDED, K.DATE_CHANGED}


def test_a_territory_named_in_a_ban_is_high_and_carries_its_code(compared):
    old = "The service is not available in Cuba, Iran, North Korea or Syria."
    new = "The service is not available in Cuba, Iran, North Korea, Russia or Syria."
    comparison = compared(old, new)
    (finding,) = [one for one in comparison.findings if one.kind is K.TERRITORY_MENTION_CHANGED]
    assert (finding.territory, finding.old, finding.new) == ("RU", None, "Russia")
    assert finding.severity is Severity.HIGH
    assert comparison.judgement.severity is Severity.HIGH


def test_access_that_ends_within_thirty_days_is_critical(compared):
    """The day of the capture in these tests is 25 June 2024."""
    new = "From 9 July 2024 we will block API traffic from regions that are not supported."
    assert compared("Welcome to the API.", new).judgement.severity is Severity.CRITICAL
    later = new.replace("2024", "2025")
    assert compared("Welcome to the API.", later).judgement.severity is not Severity.CRITICAL


def test_an_added_and_a_removed_clause(compared, content):
    common = ["The provider offers an interface.", "Fees are due monthly."]
    clause = "You must tell us before you export controlled technology."
    added = compared(content(*common), content(*common, clause))
    (finding,) = added.findings
    assert (finding.kind, finding.new) == (K.TEXT_ADDED, clause)
    assert finding.severity is Severity.HIGH or finding.severity is Severity.MEDIUM
    removed = compared(content(*common, clause), content(*common))
    (finding,) = removed.findings
    assert (finding.kind, finding.old, finding.new_span) == (K.TEXT_REMOVED, clause, None)


def test_an_inserted_clause_inside_a_sentence_is_text_added(compared):
    old = "We collect the inputs you send."
    new = "We collect the inputs you send, excluding prompts sent through connected plugins."
    comparison = compared(old, new)
    assert K.TEXT_ADDED in {finding.kind for finding in comparison.findings}
    assert comparison.judgement.substantive


def test_furniture_of_a_page_is_info(compared, content):
    old = content("You may use the service.")
    new = content("You may use the service.", "Was this page helpful?", "Terms of use | Example AI", "Copied!")
    comparison = compared(old, new)
    assert not comparison.judgement.substantive
    assert {finding.severity for finding in comparison.findings} == {Severity.INFO}


def test_a_reordered_text_is_one_moved_finding(compared, content):
    texts = [f"Clause about subject {name}, which must be kept." for name in ("alpha", "beta", "gamma", "delta")]
    comparison = compared(content(*texts), content(*reversed(texts)))
    (finding,) = comparison.findings
    assert (finding.kind, finding.severity) == (K.MOVED, Severity.INFO)
    assert comparison.judgement.held is Held.COSMETIC


def test_a_split_paragraph_is_neither_added_nor_removed(compared, content):
    first, second = "You must register before use.", "You may not resell the service to others."
    comparison = compared(content(f"{first} {second}"), content(first, second))
    assert {finding.kind for finding in comparison.findings} <= {K.REWORDED}
    assert not comparison.judgement.substantive
    assert not compared(content(first, second), content(f"{first} {second}")).judgement.substantive


def test_a_split_paragraph_whose_words_changed_points_into_the_right_half(compared, content):
    first, second = "You must register before the first use of the service.", "You may resell the service to others."
    comparison = compared(content(f"{first} {second}"), content(first, second.replace("may", "may not")))
    (finding,) = [one for one in comparison.findings if one.kind is K.PERMISSION_WITHDRAWN]
    assert finding.old_span is not None
    assert finding.new_span is not None
    assert (finding.old_span.passage, finding.new_span.passage) == (0, 1)


def test_a_sentence_that_moved_into_another_clause_is_no_finding_that_matters(compared, content):
    moving = "Notices must be sent within 30 days."
    old = content(f"The provider offers an interface to developers. {moving}", "Fees are due monthly to the provider.")
    new = content("The provider offers an interface to developers.", f"Fees are due monthly to the provider. {moving}")
    assert not compared(old, new).judgement.substantive


def test_swapped_modals_are_both_found(compared):
    comparison = compared("You may stay and you must pay.", "You must stay and you may pay.")
    found = {finding.kind for finding in comparison.findings}
    assert {K.OBLIGATION_STRENGTHENED, K.OBLIGATION_WEAKENED} <= found


def test_a_changed_link_is_info(compared, content):
    def linked(target: str) -> Content:
        return content(Passage(PassageKind.PARAGRAPH, "Read the policy.", (), (), (target,)))

    comparison = compared(linked("https://example.com/a"), linked("https://example.com/b"))
    (finding,) = comparison.findings
    assert (finding.kind, finding.old, finding.new) == (
        K.LINK_CHANGED,
        "https://example.com/a",
        "https://example.com/b",
    )
    assert not comparison.judgement.substantive


def test_a_paragraph_rewritten_in_other_words_is_reworded_heavily(compared):
    old = "Customers remain responsible for whatever their employees upload, and indemnify the vendor against losses."
    new = (
        "Customers remain answerable for anything their personnel submit, and compensate the supplier against damages."
    )
    (finding,) = compared(old, new).findings
    assert finding.kind is K.REWORDED


def test_a_date_stamp_that_went_back_says_an_older_text_is_in_force(compared):
    comparison = compared("Last updated: 9 July 2024", "Last updated: 1 May 2022")
    assert comparison.judgement.severity is Severity.LOW


def test_a_lone_name_in_a_table_of_processors_is_substantive(compared, content):
    row = Passage(PassageKind.TABLE_ROW, "Palantir Federal Cloud Service | hosting | United States")
    assert compared(content("Processors:"), content("Processors:", row)).judgement.substantive


def test_a_clause_that_suspends_a_service_in_a_territory_is_high_and_carries_its_code(compared, content):
    clause = "We are pausing all ads and sales for advertisers based in Russia."
    (finding,) = compared(content("Rules apply."), content("Rules apply.", clause)).findings
    assert (finding.kind, finding.territory, finding.severity) == (K.TEXT_ADDED, "RU", Severity.HIGH)


def test_german_nouns_are_no_parties(compared):
    comparison = compared("Der Versuch ist nicht frei von Kosten.", "Die Nutzung ist nicht frei von Kosten.")
    assert K.PARTY_CHANGED not in {finding.kind for finding in comparison.findings}
