"""The founding case's week, from a replay of the bundled archive: block date, proposed rule, offers, coverage."""

from __future__ import annotations

import json
from typing import Any

import pypdfium2
import pytest


def test_the_block_date(replayed: Any) -> None:
    digest = replayed.json("digest", "2024-W28")
    [blocked] = [one for one in digest["stories"] if one["actor"] == "OpenAI"]
    assert (blocked["action"], blocked["territories"]) == ("restrict", ["CN", "HK"])
    assert (blocked["effective"]["first"], blocked["chains"], blocked["official"]) == ("2024-07-09", 2, False)
    in_week = [one for one in digest["ahead"][0]["dates"] if one["publisher"] == "The Register"]
    assert [(one["on"], one["what"], one["reported"]) for one in in_week] == [("2024-07-09", "effective", True)]
    assert "Tuesday 9 July 2024; said to take effect: OpenAI restricts access to OpenAI API" in replayed(
        "digest", "2024-W28"
    )


def test_the_proposed_rule_and_its_sunday(replayed: Any) -> None:
    digest = replayed.json("digest", "2024-W28")
    [rule] = digest["proceedings"]
    assert (rule["name"], rule["standing"]["state"]) == ("1505-AC82", "proposed")
    assert (rule["standing"]["number"], rule["standing"]["next_on"]) == ("2024-13923", "2024-08-04")
    [due] = [one for stretch in digest["ahead"] for one in stretch["dates"] if one["number"]]
    assert (due["number"], due["on"], due["what"]) == ("2024-13923", "2024-08-04", "comments close")
    text = replayed("digest", "2024-W28")
    assert "Sunday 4 August 2024; comments close, 2024-13923" in text
    assert "falls on a weekend" in text


def test_the_offers_and_the_one_end_date(replayed: Any) -> None:
    offers = [one for one in replayed.json("digest", "2024-W28")["stories"] if one["action"] == "offer"]
    ends = {one["actor"]: one["ends"] and one["ends"]["last"] for one in offers}
    assert ends == {"SenseTime": None, "Baidu": None, "Tencent": "2024-07-31"}
    assert {one["chains"] for one in offers} == {1}, "the Global Times and its translation are one chain"
    text = replayed("digest", "2024-W28")
    assert text.count("no end date is reported") == 2
    assert "Wednesday 31 July 2024; said to end: Tencent makes an offer (Global Times, reported)" in text


def test_coverage_and_attestations(replayed: Any) -> None:
    digest = replayed.json("digest", "2024-W28", "--territory", "HK")
    attested = {one["source"]: (one["state"], one["verified_hours"], one["hours"]) for one in digest["attestations"]}
    assert attested == {
        "openai-api-countries": ("unchanged", 168, 168),
        "federal-register-treasury-outbound": ("unchanged", 168, 168),
        "treasury-outbound-programme": ("unchanged", 168, 168),
        "example-ai-regions": ("changed", 168, 168),
        "example-ai-terms": ("unchanged", 80, 168),
    }
    watched = {one["coverage"]["source"]: one["coverage"] for one in digest["watched"]}
    assert len(watched) == 11
    assert watched["openai-api-countries"]["outcomes"] == {"confirmed": 6, "blocked": 1, "implausible": 1}
    stale = {slug: one["stale_since"][:10] for slug, one in watched.items() if one["stale_since"]}
    assert stale == {"scmp": "2024-06-27", "example-ai-notices": "2024-06-25", "example-ai-terms": "2024-07-11"}
    text = replayed("digest", "2024-W28", "--territory", "HK")
    assert "no change for Hong Kong (HK) at OpenAI API: supported countries and territories; verified 168 of" in text
    assert "no change seen for Hong Kong (HK) at Example AI: service terms; verified 80 of 168 hours" in text
    assert "1 blocked, 1 implausible" in text


def test_then_and_now_differ_by_what_came_later(replayed: Any) -> None:
    then = replayed("digest", "2024-W28")
    now = replayed("digest", "2024-W28", "--as-known", "now")
    assert "2024-25422" not in then
    assert "since then: final rule, not yet in effect, 2024-25422 of 15 November 2024; takes effect" in now
    lines = [set(one.splitlines()) for one in (then, now)]
    assert {line.split(":")[0].strip() for line in lines[1] - lines[0]} == {
        *("Known at", "since then", "- Compiled as known now")
    }


def test_a_story_grows_and_the_week_before_does_not_know(replayed: Any) -> None:
    """In the last week of June only The Register had told it, and nobody had printed a rule."""
    cuts = [replayed.json("digest", "2024-W26", "--as-known", known) for known in ("then", "now")]
    told = [next(one for one in cut["stories"] if one["actor"] == "OpenAI") for cut in cuts]
    assert [(one["outlets"], one["chains"]) for one in told] == [
        (["The Register"], 1),
        (["The Register", "Global Times", "China.org.cn"], 2),
    ]
    dates = [[one["on"] for stretch in cut["ahead"] for one in stretch["dates"] if one["number"]] for cut in cuts]
    assert dates == [[], ["2024-08-04"]]


@pytest.mark.parametrize("form", ["text", "html", "pdf", "json"])
def test_every_form_twice_is_equal_to_the_byte(replayed: Any, form: str) -> None:
    files = [replayed.folder / f"{form}-{number}" for number in range(2)]
    for file in files:
        replayed("digest", "2024-W28", "--format", form, "--output", str(file))
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert len(first) > 5000


def test_the_pdf_holds_the_four(replayed: Any) -> None:
    file = replayed.folder / "w28.pdf"
    replayed("digest", "2024-W28", "--format", "pdf", "--output", str(file))
    pages = pypdfium2.PdfDocument(file.read_bytes())
    text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)
    for said in ("Tuesday 9 July 2024", "Sunday 4 August 2024", "until Wednesday 31 July 2024", "168 of 168 hours"):
        assert said in text


def test_a_day_of_it(replayed: Any) -> None:
    digest = replayed.json("digest", "2024-07-09", "--timezone", "Asia/Hong_Kong")
    assert (digest["period"], digest["since"]) == ("2024-07-09", "2024-07-08T16:00:00Z")
    assert [one["source"] for one in digest["changes"]] == ["example-ai-regions", "global-times", "pymnts"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2024-W60",), "2024-W60"),
        (("yesterday",), "a digest covers a week (2024-W28) or a day (2024-07-12)"),
        (("2024-W28", "--timezone", "Mars/Olympus"), "timezone"),
        (("2024-W28", "--territory", "Atlantis"), "territory"),
        (("2024-W28", "--format", "pdf"), "--output"),
        (("2024-W28", "--output", "no/such/folder/file"), "output"),
        (("2024-W28", "--subscription", "7"), "no subscription 7"),
    ],
)
def test_bad_input_is_named(replayed: Any, words: tuple[str, ...], said: str) -> None:
    assert said in replayed("digest", *words, code=2)


def test_json_is_json_without_secrets(replayed: Any) -> None:
    said = replayed("digest", "2024-W28", "--format", "json")
    assert json.loads(said) == replayed.json("digest", "2024-W28")
    assert "secret" not in said
