"""Which entries tell one happening, how many chains tell it, and whose day counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count, permutations
from urllib.parse import urlsplit

import numpy as np
import pytest

from detector.news.happening import happenings, writing
from detector.news.stories import stories
from store.happenings import Action, Report, Story

_ids = count(1)


def told(publisher, title, published, language="en", summary="", official=False, link=None, jurisdiction=None):
    """The reports of one entry of an outlet."""
    link = link or f"https://{publisher.casefold().replace(' ', '')}.example/{next(_ids)}"
    at = datetime.fromisoformat(published).replace(tzinfo=UTC)
    said = writing(title, summary, language, at, publisher, link, jurisdiction, official=official)
    found = [
        Report(
            next(_ids),
            urlsplit(link).hostname or "",
            publisher,
            jurisdiction,
            official,
            link,
            title,
            summary,
            language,
            at,
            one,
        )
        for one in happenings(said)
    ]
    assert found, title
    return found


def one_story(*reports: list[Report], **more) -> Story:
    found = stories([one for several in reports for one in several], **more)
    assert len(found) == 1, [(story.title, story.action, story.actor, story.object) for story in found]
    return found[0]


def because(story: Story) -> dict[int, str | None]:
    return {telling.rank: telling.because for telling in story.tellings}


def six_outlets() -> list[list[Report]]:
    """Trap 6: one happening, six outlets, four languages, translations among them."""
    return [
        told("The Register", "OpenAI to block API traffic from China and Hong Kong from 9 July", "2024-06-25T06:31"),
        told("Global Times", "OpenAI to cut off API access in China and Hong Kong from July 9", "2024-06-26T03:00"),
        told(
            "China.org.cn", "OpenAI bloquera son API en Chine et à Hong Kong dès le 9 juillet", "2024-06-27T00:00", "fr"
        ),
        told("Xinhua", "OpenAI将于7月9日起停止对中国和香港提供API服务", "2024-06-26T06:00", "zh"),
        told("EFE", "OpenAI bloqueará el acceso a su API en China y Hong Kong el 9 de julio", "2024-06-26T09:00", "es"),
        told("Un Journal", "OpenAI bloque son API en Chine (source : Global Times)", "2024-06-28T00:00", "fr"),
    ]


def test_six_outlets_in_four_languages_are_one_story_of_one_or_two_chains():
    story = one_story(*six_outlets())
    assert len(story.tellings) == 6
    assert story.chains in (1, 2)
    assert (story.action, story.actor, story.products) == (Action.RESTRICT, "OpenAI", ("OpenAI API",))
    assert set(story.territories) == {"CN", "HK"}
    assert story.effective is not None
    assert story.effective.first == date(2024, 7, 9)
    assert story.disputed == ()


def test_the_order_in_which_entries_come_in_makes_no_difference():
    reports = [one for several in six_outlets() for one in several]
    first = stories(reports)
    assert all(stories(order) == first for order in list(permutations(reports))[::97])


def test_a_group_of_outlets_is_one_chain_and_says_why():
    story = one_story(
        told("Global Times", "OpenAI blocks API in China, say engineers", "2024-07-09T15:11"),
        told("China.org.cn", "OpenAI bloque son API en Chine", "2024-07-10T00:00", "fr"),
    )
    assert story.chains == 1
    assert because(story)[1] == "one group of outlets: Chinese state media"


def test_two_reporters_in_one_language_are_two_chains():
    story = one_story(
        told("The Register", "OpenAI to block API traffic from China", "2024-06-25T06:31"),
        told("Bloomberg", "Developers in China told by OpenAI that their access to its API ends", "2024-06-25T08:00"),
    )
    assert story.chains == 2


@pytest.mark.parametrize(
    ("publisher", "title", "summary", "language", "why"),
    [
        ("Some Daily", "OpenAI to stop API access in China (Source: The Register)", "", "en", "credits The Register"),
        (
            "Some Daily",
            "OpenAI shuts out China from its API",
            "According to The Register.",
            "en",
            "credits The Register",
        ),
        ("Some Daily", "OpenAI to block API traffic from China!", "", "en", "near-identical text"),
        ("Un Journal", "OpenAI va bloquer son API en Chine", "", "fr", "a translation: the same facts"),
        ("某报", "OpenAI将封锁来自中国的API流量", "", "zh", "a translation: the same facts"),
    ],
)
def test_what_depends_on_an_earlier_text_is_no_second_chain(publisher, title, summary, language, why):
    first = told("The Register", "OpenAI to block API traffic from China", "2024-06-25T06:31")
    story = one_story(first, told(publisher, title, "2024-06-26T08:00", language, summary))
    assert story.chains == 1
    assert because(story)[1] == why
    assert story.tellings[1].copy_of == first[0].id


def test_two_that_credit_a_third_are_one_chain():
    story = one_story(
        told("Daily One", "OpenAI to block its API in China, Reuters reported", "2024-06-25T06:31"),
        told("某报", "据路透社报道，OpenAI将停止对中国内地开发者开放接口，多家企业受影响", "2024-06-25T08:00", "zh"),
    )
    assert story.chains == 1


def test_a_secondary_day_never_overwrites_the_first_partys():
    """Trap 11: the company says 12 June; others say 13 June and late June. All are shown, the first party's holds."""
    story = one_story(
        told("News One", "US suspends Claude Fable 5 on 13 June", "2026-06-14T09:00"),
        told("News Two", "Anthropic suspended access to Claude Fable 5 in late June", "2026-06-22T09:00"),
        told("News Three", "Anthropic suspended Claude Fable 5 access on 13 June, customers say", "2026-06-15T09:00"),
        told(
            "Anthropic", "Access to Claude Fable 5 is suspended", "2026-06-12T20:00", official=True, jurisdiction="US"
        ),
    )
    assert story.official
    assert story.title == "Access to Claude Fable 5 is suspended"
    assert story.effective is not None
    assert (story.effective.first, story.effective.last) == (date(2026, 6, 12), date(2026, 6, 12))
    assert story.disputed == ("effective",)
    said = {saying.day.first: (saying.official, saying.sources) for saying in story.sayings}
    assert said == {
        date(2026, 6, 12): (True, ("Anthropic",)),
        date(2026, 6, 13): (False, ("News One", "News Three")),
        date(2026, 6, 21): (False, ("News Two",)),
    }


def test_without_a_first_party_a_disagreement_settles_nothing():
    story = one_story(
        told("News One", "Anthropic suspended access to Claude Fable 5 on 13 June", "2026-06-14T09:00"),
        told("News Two", "Anthropic suspended access to Claude Fable 5 on 15 June", "2026-06-16T09:00"),
    )
    assert story.effective is None
    assert story.disputed == ("effective",)
    assert [saying.day.first.day for saying in story.sayings] == [13, 15]


def test_a_span_and_a_day_in_it_agree():
    story = one_story(
        told("News One", "OpenAI to block its API in China in early July", "2024-06-25T09:00"),
        told("News Two", "OpenAI to block its API in China from 9 July", "2024-06-25T10:00"),
    )
    assert story.disputed == ()
    assert story.effective is not None
    assert story.effective.first == story.effective.last == date(2024, 7, 9)


def test_what_a_party_will_do_is_not_done_on_the_day_it_says_so():
    story = one_story(
        told("OpenAI", "OpenAI to block API traffic from China", "2024-06-24T17:00", official=True, jurisdiction="US"),
        told("The Register", "OpenAI to block API traffic from China from 9 July", "2024-06-25T06:31"),
    )
    assert story.disputed == ()
    assert story.effective is not None
    assert story.effective.first == date(2024, 7, 9)


def test_beijings_day_and_washingtons_are_both_shown():
    story = one_story(
        told("Reuters", "US Treasury published its proposed rule on AI investment on 21 June", "2024-06-21T20:00"),
        told("Xinhua", "美国财政部6月22日公布对人工智能投资限制草案", "2024-06-22T03:00", "zh"),
    )
    assert story.disputed == ("announced",)
    assert [saying.day.first.day for saying in story.sayings] == [21, 22]


def test_a_late_translations_weekday_is_its_originals():
    story = one_story(
        told("Global Times", "OpenAI's block of its API for China takes effect Tuesday, 9 July", "2024-07-09T15:11"),
        told(
            "China.org.cn", "L'interdiction de l'API d'OpenAI en Chine entre en vigueur mardi", "2024-07-17T00:00", "fr"
        ),
    )
    assert story.disputed == ()
    assert story.effective is not None
    assert story.effective.first == date(2024, 7, 9)


def test_announced_in_june_and_in_force_in_july_is_one_story():
    story = one_story(
        told("The Register", "OpenAI to block API traffic from China from 9 July", "2024-06-25T06:31"),
        told("Global Times", "OpenAI blocks its API in China", "2024-07-09T15:11"),
    )
    assert story.last_at - story.first_at > (datetime(2024, 7, 9) - datetime(2024, 6, 27))


@pytest.mark.parametrize(
    ("one", "other", "later"),
    [
        ("OpenAI blocks its API in China", "OpenAI blocks its API in China", 62),
        ("OpenAI blocks its API in China", "OpenAI blocks its API in Russia", 0),
        ("OpenAI blocks its API in China", "OpenAI blocks ChatGPT in China", 0),
        ("OpenAI blocks its API in China", "Anthropic blocks its API in China", 0),
        ("OpenAI blocks its API in China", "OpenAI restores its API in China", 0),
        ("China blocks ChatGPT", "OpenAI blocks ChatGPT in China", 0),
        ("Microsoft: no change in Azure OpenAI in Hong Kong", "Microsoft: no change in Azure OpenAI in China", 11),
        ("Indonesia blocks Grok", "Philippines blocks Grok", 5),
    ],
)
def test_what_cannot_be_one_happening_stays_apart(one, other, later):
    after = (datetime(2024, 7, 9) + timedelta(days=later)).isoformat()
    reports = [*told("News One", one, "2024-07-09T09:00"), *told("News Two", other, after)]
    assert len(stories(reports)) == 2


def test_members_of_a_named_group_overlap_with_it():
    one_story(
        told("News One", "Apple withholds Apple Intelligence in the EU", "2024-06-21T09:00"),
        told("News Two", "Apple withholds Apple Intelligence in France", "2024-06-22T09:00"),
    )


def test_a_rulemaking_number_joins_what_names_differ_in():
    one_story(
        told("News One", "Treasury proposes rule on outbound investment, RIN 1505-AC82", "2024-07-05T09:00"),
        told("News Two", "US government proposes outbound investment rule (RIN 1505-AC82)", "2024-07-06T09:00"),
    )


def test_a_run_of_reports_does_not_make_one_endless_story():
    weeks = [
        told("News One", "OpenAI blocks its API in China", f"2024-{month:02d}-{day:02d}T09:00")
        for month in (3, 4, 5, 6)
        for day in (1, 8, 15, 22)
    ]
    found = stories([one for several in weeks for one in several])
    assert len(found) > 2
    assert all((story.last_at - story.first_at).days <= 45 for story in found)


class Encoder:
    """Vectors by the first word of a text."""

    revision = "test"

    def encode(self, texts):
        return np.array([[1.0, 0.0] if "from 9 July" in text else [0.6, 0.8] for text in texts], dtype=np.float32)


def test_an_encoder_orders_reports_and_makes_no_story():
    reports = [
        *told("News One", "OpenAI to block API traffic from China from 9 July", "2024-06-25T06:00"),
        *told("News Two", "Developers in China lose OpenAI's API, which blocks them", "2024-06-25T07:00"),
        *told("News Three", "China: OpenAI's API is to be blocked from 9 July on, mails reveal", "2024-06-25T08:00"),
    ]
    [plain], [ranked] = stories(reports), stories(reports, Encoder())
    assert [telling.report for telling in plain.tellings] == [one.id for one in reports]
    assert [telling.report for telling in ranked.tellings] == [reports[0].id, reports[2].id, reports[1].id]
    assert ranked.chains == plain.chains


def test_no_reports_no_stories():
    assert stories([]) == ()


ORIGINAL = ("The Register", "OpenAI to block API traffic from China", "2024-06-25T06:31")


@pytest.mark.parametrize(
    ("title", "summary", "language"),
    [
        ("OpenAI va bloquer son API en Chine", "Deux clients l'ont confirmé à notre rédaction.", "fr"),
        ("OpenAI sperrt seine API in China", "Das bestätigte ein Kunde unserer Zeitung.", "de"),
        ("OpenAI bloquea su API en China", "Lo dijo un cliente a este diario.", "es"),
        ("OpenAI将封锁来自中国的API流量", "一名开发者向本报证实。", "zh"),
        ("OpenAI va bloquer son API en Chine et à Hong Kong", "", "fr"),  # a place of its own
        ("OpenAI va bloquer son API en Chine le 9 juillet", "", "fr"),  # a day of its own
        ("OpenAI va bloquer son API en Chine", "Selon Bloomberg.", "fr"),  # its source is another
    ],
)
def test_own_reporting_own_facts_or_another_source_make_no_translation(title, summary, language):
    story = one_story(told(*ORIGINAL), told("Ailleurs", title, "2024-06-26T08:00", language, summary))
    assert story.chains == 2


def test_any_outlet_that_tells_the_story_can_be_credited():
    story = one_story(
        told("Ankara Post", "Perplexity pauses its service in Turkey", "2026-02-10T09:00"),
        told("Netzkurier", "Perplexity pausiert seinen Dienst in der Türkei", "2026-02-11T09:00", "de",
             "Quelle: Ankara Post"),
    )  # fmt: skip
    assert (story.chains, because(story)[1]) == (1, "credits Ankara Post")


def test_a_translation_ties_itself_to_one_original_only():
    story = one_story(
        told("News One", "OpenAI blocks API in China", "2024-06-25T06:00"),
        told("News Two", "Access of developers in China to the OpenAI API is blocked, they say", "2024-06-25T07:00"),
        told("Un Journal", "OpenAI bloque son API en Chine", "2024-06-26T08:00", "fr"),
    )
    assert story.chains == 2


def test_who_retells_a_partys_own_announcement_translates_nobody():
    story = one_story(
        told("OpenAI", "OpenAI blocks API traffic from China", "2024-06-25T06:00", official=True),
        told("Un Journal", "OpenAI bloque son API en Chine", "2024-06-26T08:00", "fr"),
    )
    assert story.chains == 2


def test_offers_that_end_on_one_day_are_one_story():
    one_story(
        told("News One", "Tencent offers 100 million free tokens until the end of July", "2024-06-26T09:00"),
        told("News Two", "Tencent gives free tokens until 31 July", "2024-07-12T09:00"),
    )
