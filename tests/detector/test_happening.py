"""What entries say happened: who did what to whom, where, from when, in several languages."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from detector.news.cues import cues
from detector.news.happening import happenings, writing
from store.happenings import Action, Happening


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read(title: str, language: str = "en", published: str = "2024-06-25T09:00", outlet: str = "Example News", **more):
    summary = more.pop("summary", "")
    return happenings(writing(title, summary, language, at(published), outlet, **more))


def only(*given: str, **more: str) -> Happening:
    found = read(*given, **more)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("title", "language", "action", "actor", "object_", "territories"),
    [
        ("OpenAI to block API traffic from mainland China", "en", "restrict", "OpenAI", None, ("CN",)),
        ("OpenAI will cut off access to its API in Hong Kong", "en", "restrict", "OpenAI", None, ("HK",)),
        ("L'interdiction de l'API d'OpenAI en Chine", "fr", "restrict", None, "OpenAI", ("CN",)),
        (
            "OpenAI va bloquer l'accès à son API depuis la Chine et Hong Kong",
            "fr",
            "restrict",
            "OpenAI",
            None,
            ("CN", "HK"),
        ),
        ("OpenAI将停止对中国内地和香港提供API服务", "zh", "restrict", "OpenAI", None, ("CN", "HK")),
        ("OpenAI bloqueará el acceso a su API desde China", "es", "restrict", "OpenAI", None, ("CN",)),
        ("OpenAI sperrt API-Zugriff aus China", "de", "restrict", "OpenAI", None, ("CN",)),
        ("Italy blocks DeepSeek", "en", "restrict", "Italy", "DeepSeek", ("IT",)),
        ("DeepSeek banned in Italy over privacy", "en", "restrict", None, "DeepSeek", ("IT",)),
        ("Italy's Garante orders DeepSeek blocked", "en", "restrict", "Garante", "DeepSeek", ("IT",)),
        ("Anthropic suspends access to Claude in Japan", "en", "suspend", "Anthropic", None, ("JP",)),
        ("Philippines to lift ban on Grok", "en", "lift", "Philippines", "xAI", ("PH",)),
        ("谷歌在香港恢复Gemini服务", "zh", "lift", "Google", None, ("HK",)),
        ("Gemini app opens in Hong Kong", "en", "expand", "Google", None, ("HK",)),
        ("Google opens Gemini app to Hong Kong users", "en", "expand", "Google", None, ("HK",)),
        ("Treasury final rule restricts U.S. investment in China AI", "en", "restrict", "US Treasury", None, ("CN",)),
        ("韩国暂停DeepSeek应用下载", "zh", "suspend", "South Korea", "DeepSeek", ("KR",)),
        ("Le Trésor américain publie un projet de règles", "fr", "propose", "US Treasury", None, ()),
        ("美国财政部发布投资限制草案", "zh", "propose", "US Treasury", None, ()),
        ("Treasury proposes rule restricting AI investment in China", "en", "propose", "US Treasury", None, ("CN",)),
        ("Microsoft denies it will block Azure OpenAI in China", "en", "deny", "Microsoft", None, ("CN",)),
        ("Microsoft will not block Azure OpenAI in China", "en", "no_change", "Microsoft", None, ("CN",)),
        ("Microsoft : aucun changement d'Azure OpenAI en Chine", "fr", "no_change", "Microsoft", None, ("CN",)),
        ("微软：Azure OpenAI在中国的服务没有变化", "zh", "no_change", "Microsoft", None, ("CN",)),
        ("Baidu offers free migration and tokens", "en", "offer", "Baidu", None, ()),
        ("Baidu propose une aide gratuite à la migration", "fr", "offer", "Baidu", None, ()),
        ("百度向用户免费赠送tokens", "zh", "offer", "Baidu", None, ()),
    ],
)
def test_who_did_what_to_whom_where(title, language, action, actor, object_, territories):
    one = only(title, language)
    assert (one.action.value, one.actor, one.object) == (action, actor, object_)
    assert one.territories == territories


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_every_action_has_words_in_every_language_read(action, language):
    from detector.news.cues import _table

    assert _table()[action][language]


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("OpenAI bans accounts linked to hackers", "en"),
        ("Hong Kong bans smoking in queues", "en"),
        ("Tencent shares rise 3% on Monday", "en"),
        ("A professor says AI needs rules", "en"),
        ("Livre blanc : 1328 modèles, 36 % en Chine", "fr"),
        ("Mise en page : un titre sur un tout autre sujet", "fr"),
        ("清华大学专家谈人工智能", "zh"),
        ("", "en"),
        ("\u202eالعربية OpenAI", "ar"),
        ("x" * 100_000, "en"),
        ("blocks, " * 30_000, "en"),
    ],
)
def test_other_news_opinion_and_statistics_tell_nothing(title, language):
    assert read(title, language) == ()


@pytest.mark.parametrize(
    ("title", "language", "published", "outlet", "day"),
    [
        ("OpenAI to block its API in China from 9 July", "en", "2024-06-25T09:00", "The Register", "2024-07-09"),
        ("OpenAI blocks its API in China from Tuesday", "en", "2024-07-08T09:00", "The Register", "2024-07-09"),
        (
            "L'interdiction de l'API d'OpenAI entre en vigueur mardi",
            "fr",
            "2024-07-09T15:11",
            "China.org.cn",
            "2024-07-09",
        ),
        (
            "L'interdiction de l'API d'OpenAI entre en vigueur mardi",
            "fr",
            "2024-07-10T00:00",
            "China.org.cn",
            "2024-07-09",
        ),
        ("L'API d'OpenAI sera bloquée en Chine mardi prochain", "fr", "2024-07-03T09:00", "AFP", "2024-07-09"),
        ("OpenAI自下周二起停止对中国提供API", "zh", "2024-07-03T09:00", "财新", "2024-07-09"),
        ("OpenAI宣布7月9日起停止对中国提供API", "zh", "2024-06-25T09:00", "新华社", "2024-07-09"),
        (
            "OpenAI blocks its API in China today",
            "en",
            "2024-07-09T02:00",
            "PYMNTS",
            "2024-07-08",
        ),  # still 8 July there
        ("OpenAI今天停止对中国提供API", "zh", "2024-07-08T20:00", "新华社", "2024-07-09"),  # already 9 July there
        (
            "OpenAI blocks its API in China today",
            "en",
            "2024-07-09T00:00",
            "PYMNTS",
            "2024-07-09",
        ),  # only a day is known
        ("OpenAI to block its API in China from 3 January", "en", "2024-12-20T09:00", "Reuters", "2025-01-03"),
        ("OpenAI bloqueará su API en China el 9 de julio", "es", "2024-06-25T09:00", "EFE", "2024-07-09"),
        ("OpenAI sperrt API in China ab 9. Juli", "de", "2024-06-25T09:00", "dpa", "2024-07-09"),
    ],
)
def test_from_when_against_the_outlets_own_day(title, language, published, outlet, day):
    one = only(title, language, published, outlet)
    assert one.effective is not None
    assert one.effective.first == one.effective.last == date.fromisoformat(day)


def test_a_span_of_days_stays_a_span():
    one = only("OpenAI to block its API in China in late June", published="2024-06-10T09:00")
    assert one.effective is not None
    assert (one.effective.first, one.effective.last) == (date(2024, 6, 21), date(2024, 6, 30))


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Tencent Cloud gives 100 million free tokens to new users until the end of July", "en"),
        ("Tencent Cloud offre 100 millions de jetons gratuits jusqu'à fin juillet", "fr"),
        ("腾讯云向新用户免费赠送1亿tokens，截至7月底", "zh"),
        ("腾讯云免费赠送1亿tokens，至7月31日", "zh"),
    ],
)
def test_a_date_that_ends_an_offer(title, language):
    one = only(title, language, "2024-07-09T15:11", "Global Times")
    assert (one.action, one.actor) == (Action.OFFER, "Tencent")
    assert one.effective is None
    assert one.ends is not None
    assert one.ends.last == date(2024, 7, 31)


def test_one_entry_tells_many_happenings():
    found = read(
        "Chinese firms offer migration as OpenAI blocks its API",
        "en",
        "2024-07-09T15:11",
        "Global Times",
        summary="SenseTime and Baidu give 50 million tokens each, Tencent Cloud 100 million until the end of July.",
    )
    told = {(one.action.value, one.actor): one.ends and one.ends.last.isoformat() for one in found}
    assert told == {
        ("restrict", "OpenAI"): None,
        ("offer", "SenseTime"): None,
        ("offer", "Baidu"): None,
        ("offer", "Tencent"): "2024-07-31",
    }


def test_states_that_act_alike_are_two_happenings():
    found = read("Indonesia and Malaysia block Grok", published="2026-01-11T09:00")
    assert [(one.actor, one.territories, one.state) for one in found] == [
        ("Indonesia", ("ID",), True),
        ("Malaysia", ("MY",), True),
    ]


def test_in_its_own_feed_a_party_speaks_of_itself():
    title, summary = "API traffic from unsupported regions ends on 9 July", "Customers in Hong Kong are told by e-mail."
    [one] = read(title, outlet="Example AI", summary=summary, official=True, publishers=["Example AI"])
    assert (one.actor, one.products, one.territories) == ("Example AI", ("Example AI API",), ("HK",))
    assert one.effective is not None
    assert one.effective.first == date(2024, 7, 9)
    assert read(title, outlet="Example News", summary=summary) == ()


def test_a_proposal_names_its_rulemaking_and_when_comments_close():
    [one] = read(
        "US Treasury proposes rule on outbound investment, RIN 1505-AC82 (89 FR 55846, 2024-13923)",
        published="2024-07-05T15:00",
        summary="Comments close on 4 August 2024.",
    )
    assert one.refers == ("1505-AC82", "89 FR 55846", "2024-13923")
    assert one.ends is not None
    assert one.ends.first == date(2024, 8, 4)


def test_a_pause_of_a_rule_has_an_end():
    one = only("BIS suspends affiliates rule until 9 November 2026", published="2025-11-10T15:00")
    assert (one.action, one.actor) == (Action.SUSPEND, "Bureau of Industry and Security")
    assert one.ends is not None
    assert one.ends.last == date(2026, 11, 9)


def test_words_are_matched_whole():
    assert cues("The barn is blockchain based and offerings banner", "en") == []


def test_the_founding_article_claim_by_claim(shared):
    """The claims of the French article of 9 July 2024, each as a sentence, against their resolved dates."""
    facts = json.loads(Path(shared / "domain" / "seed-article.facts.json").read_text("utf-8"))
    claims = {claim["id"]: claim for claim in facts["claims"]}
    published = datetime(2024, 7, 9, 15, 11, tzinfo=UTC)

    def one(text: str) -> Happening:
        [found] = happenings(writing(text, "", "fr", published, "China.org.cn"))
        return found

    block = one("L'interdiction de l'API d'OpenAI, annoncée fin juin, entre en vigueur mardi")
    assert block.effective
    assert block.announced
    assert block.effective.first.isoformat() == claims[1]["date"]
    assert block.announced.first <= date.fromisoformat(claims[2]["date"].partition("/")[0]) <= block.announced.last
    rule = one("Le Trésor américain a publié un projet de règles le 22 juin")
    assert rule.announced
    assert rule.announced.first.isoformat() == claims[4]["date_in_text"]
    tencent = one("Tencent Cloud offre 100 millions de jetons aux nouveaux utilisateurs jusqu'à fin juillet")
    assert tencent.ends
    assert tencent.ends.last.isoformat() == claims[8]["expires"]
    microsoft = one("Microsoft a déclaré lundi à PYMNTS qu'il n'y a aucun changement d'Azure OpenAI en Chine")
    assert microsoft.announced
    assert microsoft.announced.first.isoformat() == claims[10]["date"]
    assert happenings(writing("Zhu Rongsheng : une occasion pour les modèles chinois", "", "fr", published, "x")) == ()


@pytest.mark.parametrize(
    ("title", "territories"),
    [
        ("The US start-up Anthropic blocks Claude in Japan", ("JP",)),
        ("Anthropic blocks Claude for users in the US", ("US",)),
        ("US curbs AI investment in China", ("CN",)),
        ("OpenAI blocks API traffic from mainland China and Macau", ("CN", "MO")),
    ],
)
def test_where_it_holds_is_not_whose_it_is(title, territories):
    assert only(title).territories == territories


def test_the_organ_that_acts_for_a_state_acts():
    found = only("US curbs AI investment in China", summary="Treasury's rules start on 2 January.")
    assert (found.actor, found.territories) == ("US Treasury", ("CN",))


def test_to_whom_an_offer_is_made_offers_nothing():
    found = read("腾讯云向OpenAI用户提供免费迁移", "zh")
    assert [(one.action, one.actor) for one in found] == [(Action.OFFER, "Tencent")]


@pytest.mark.parametrize(
    ("title", "actor", "object_"),
    [
        ("Perplexity pausiert in der Türkei", "Perplexity", None),
        ("Perplexity in der Türkei blockiert", None, "Perplexity"),
    ],
)
def test_a_german_verb_in_second_place_is_active_and_at_the_end_passive(title, actor, object_):
    found = only(title, "de")
    assert (found.actor, found.object) == (actor, object_)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("OpenAI terminates contract with data labeller in Kenya", "en"),
        ("Microsoft schließt Rechenzentrum in Irland aus Kostengründen", "de"),
        ("Google öffnet KI-Labor in Berlin", "de"),
        ("Nvidia stops production in Taiwan", "en"),
        ("Meta cierra su oficina en Madrid", "es"),
        ("商汤科技获补贴建设芯片工厂", "zh"),
    ],
)
def test_a_companys_own_affairs_are_not_access(title, language):
    assert read(title, language) == ()


def test_affairs_beside_a_service_leave_access_told():
    assert only("OpenAI ends API access for customers whose contracts are in Russia").territories == ("RU",)
