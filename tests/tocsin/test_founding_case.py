"""The founding case over HTTP, end to end: a list loses two territories, a rule is proposed and made final, a French
item reports it, and a mailbox and a Slack channel get exactly the messages they should."""

from __future__ import annotations

import json

import pytest

LISTED = ["Albania", "Brazil", "Canada", "France", "Germany", "Hong Kong", "India", "Japan", "Macao", "Singapore"]
LIST = """
title = "Example AI: supported countries and territories"
publisher = "Example AI"
product = "Example API"
kind = "availability"
language = "en"
url = "{url}"
every = "1h"
select = "main"

[expect]
territories = {{ min = 6, max = 20, include = ["FR", "JP"] }}
"""
DOCKET = """
title = "Treasury: outbound investment"
publisher = "US Treasury"
kind = "docket"
language = "en"
url = "{url}"
every = "1h"
"""
FEED = """
title = "China en français"
publisher = "china.org.cn"
kind = "feed"
language = "fr"
url = "{url}"
every = "1h"
topics = ["OpenAI", "intelligence artificielle"]
"""


def country_page(names: list[str], nonce: str) -> str:
    items = "".join(f'<li class="i-{nonce}"><p>{name}</p></li>' for name in names)
    return f"""<!doctype html><html lang="en"><head><title>Supported countries</title></head><body>
<nav><a href="/">Georgia (typeface)</a></nav><main><h1>Supported countries and territories</h1>
<p>Access from outside these countries may get an account suspended.</p><ul>{items}</ul></main>
<footer>Offices in Ireland, session {nonce}</footer></body></html>"""


def document(number: str, kind: str, action: str, published: str, closes: str | None, effective: str | None) -> dict:
    return {
        "document_number": number,
        "type": kind,
        "action": action,
        "title": "Provisions Pertaining to U.S. Investments in Certain National Security Technologies",
        "publication_date": published,
        "comments_close_on": closes,
        "effective_on": effective,
        "docket_ids": [],
        "regulation_id_numbers": ["1505-AC82"],
        "correction_of": None,
        "cfr_references": [{"title": 31, "part": 850}],
        "agencies": [{"name": "Treasury Department", "slug": "treasury-department"}],
        "html_url": f"https://www.federalregister.gov/d/{number}",
        "citation": "89 FR 1",
    }


ADVANCE = document(
    "2023-17164", "Proposed Rule", "Advance notice of proposed rulemaking.", "2023-08-14", "2023-09-28", None
)
PROPOSED = document("2024-13923", "Proposed Rule", "Notice of proposed rulemaking.", "2024-07-05", "2024-08-04", None)
FINAL = document("2024-25422", "Rule", "Final rule.", "2024-11-15", None, "2025-01-02")


def answer(*documents: dict) -> str:
    return json.dumps({"count": len(documents), "total_pages": 1, "results": list(documents)})


def feed(*titles: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>http://french.china.org.cn/{number}.htm</link>"
        f"<pubDate>Tue, 09 Jul 2024 15:11:00 +0000</pubDate><description>{title}</description></item>"
        for number, title in enumerate(titles)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>China</title><link>/</link>{items}</channel></rss>'


OLD_ITEM = "Le commerce de la Chine progresse au premier semestre"
NEW_ITEM = "OpenAI coupe l'accès à son API en Chine continentale et à Hong Kong"


@pytest.fixture
def command_database(database_url: str) -> str:
    return database_url


@pytest.fixture
def founding_case(world, tocsin, mailbox):
    """Three sources declared and visited once, two subscriptions made."""
    box, smtp_url = mailbox
    tocsin.environment |= {"TOCSIN_SMTP_URL": smtp_url, "TOCSIN_MAIL_FROM": "Tocsin <tocsin@example.org>"}
    world.shows("/countries", country_page(LISTED, "a1"))
    world.shows("/documents.json", answer(ADVANCE), "application/json")
    world.shows("/feed.xml", feed(OLD_ITEM), "application/rss+xml")
    tocsin.declare("example-countries", LIST.format(url=world.url("/countries")))
    tocsin.declare("outbound", DOCKET.format(url=world.url("/documents.json")))
    tocsin.declare("china-fr", FEED.format(url=world.url("/feed.xml")))
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed")
    tocsin("subscribe", "--slack", world.url("/slack"), "--min-severity", "high")
    first = tocsin.json("once")
    assert first["visits"] == {"version": 3}
    assert (first["announced"], first["sent"], box.mails, world.slack) == (0, 0, [], [])
    return world, tocsin, box


def happens(world) -> None:
    world.shows("/countries", country_page([n for n in LISTED if n not in ("Hong Kong", "Macao")], "b2"))
    world.shows("/documents.json", answer(ADVANCE, PROPOSED), "application/json")
    world.shows("/feed.xml", feed(OLD_ITEM, NEW_ITEM), "application/rss+xml")


def findings(tocsin, **wanted: str) -> list[dict]:
    words = [word for name, value in wanted.items() for word in (f"--{name}", value)]
    return [finding for change in tocsin.json("history", *words) for finding in change["findings"]]


def test_the_right_messages_arrive_once(founding_case):
    world, tocsin, box = founding_case
    happens(world)
    tocsin("visit")
    tocsin("visit")  # the second look that a removal needs
    told = tocsin.json("once")
    assert (told["announced"], told["failed"]) == (3, 0)

    removed = {(f["territory"], f["old"], f["new"]) for f in findings(tocsin, kind="territory_removed")}
    assert removed == {("HK", "listed", None), ("MO", "listed", None)}
    spans = [f["old_span"]["text"] for f in findings(tocsin, kind="territory_removed")]
    assert sorted(spans) == ["Hong Kong", "Macao"]
    kinds = {(f["kind"], f["new"]) for f in findings(tocsin, source="outbound")}
    assert {("deadline_set", "2024-08-04"), ("stage_advanced", "proposed")} <= kinds
    assert [f["new"] for f in findings(tocsin, kind="entry_reported")] == [NEW_ITEM]

    assert len(box.mails) == 3
    by_subject = {mail["Subject"]: mail.get_body(("plain",)).get_content() for mail in box.mails}
    [listed] = [text for text in by_subject.values() if "no longer lists" in text.splitlines()[0]]
    assert "Hong Kong" in listed.splitlines()[0]
    assert "Macao" in listed.splitlines()[0]
    assert "Example API" in listed.splitlines()[0]
    assert world.url("/countries") in listed
    [ruled] = [text for text in by_subject.values() if "2024-13923" in text]
    assert "4 August 2024" in ruled or "2024-08-04" in ruled
    assert any(NEW_ITEM in text for text in by_subject.values())
    assert {mail["To"] for mail in box.mails} == {"officer@example.org"}
    assert len({mail["Message-ID"] for mail in box.mails}) == 3
    assert all(mail["List-Unsubscribe"] and mail.get_body(("html",)) is not None for mail in box.mails)

    assert len(world.slack) == 1, "only the removal is high"
    assert "Hong Kong" in json.dumps(world.slack[0], ensure_ascii=False)

    again = tocsin.json("once")
    tocsin("visit")
    later = tocsin.json("once")
    assert (again["announced"], again["sent"], later["announced"], later["sent"]) == (0, 0, 0, 0)
    assert (len(box.mails), len(world.slack)) == (3, 1)


def test_the_final_rule_is_a_stage_of_the_same_rulemaking(founding_case):
    world, tocsin, box = founding_case
    happens(world)
    tocsin("visit", "outbound")
    world.shows("/documents.json", answer(ADVANCE, PROPOSED, FINAL), "application/json")
    tocsin("visit", "outbound")
    tocsin("once")
    found = {(f["kind"], f["old"], f["new"]) for f in findings(tocsin, source="outbound", since="2024-01-01")}
    assert ("stage_advanced", "proposed", "final") in found
    assert ("effective_date_set", None, "2025-01-02") in found
    [mail] = box.mails  # two changes of one publisher, announced in one pass
    assert "2024-25422" in mail.get_body(("plain",)).get_content()
    assert "2024-13923" in mail.get_body(("plain",)).get_content()


def test_once_makes_the_second_look_itself(founding_case):
    world, tocsin, box = founding_case
    happens(world)
    tocsin.environment["TOCSIN_CONFIRM_AFTER"] = "0"
    tocsin("visit", "example-countries")  # sees the removal; the source is due again at once
    asked = world.asked.count("/countries")
    told = tocsin.json("once")
    assert world.asked.count("/countries") == asked + 1
    assert (told["announced"], len(box.mails)) == (1, 1)


def test_a_page_that_comes_back_whole_is_never_told(founding_case):
    world, tocsin, box = founding_case
    happens(world)
    tocsin("visit", "example-countries")
    world.shows("/countries", country_page(LISTED, "c3"))
    tocsin("visit", "example-countries")
    assert tocsin.json("once")["announced"] == 0
    assert [change["held"] for change in tocsin.json("history")] == ["unconfirmed", "unconfirmed"]
    assert (box.mails, world.slack) == ([], [])


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, "<html><title>Just a moment...</title><form id='challenge-form'></form></html>", "blocked"),
        (503, "<h1>Service Unavailable</h1>", "unreachable"),
        (404, "<h1>Not found</h1>", "unreachable"),
        (200, "<html><body></body></html>", "blocked"),
        (200, country_page(LISTED[:4], "d4"), "implausible"),
    ],
)
def test_a_bad_capture_is_never_news(founding_case, status, body, outcome):
    world, tocsin, box = founding_case
    world.shows("/countries", body, status=status)
    assert tocsin.json("visit", "example-countries")["visits"] == {outcome: 1}
    assert tocsin.json("once")["announced"] == 0
    assert tocsin.json("history") == box.mails == []
    [answered] = tocsin.json("availability", "--territory", "HK")
    assert answered["status"] == "listed"
    world.shows("/countries", country_page(LISTED[:5] + LISTED[6:], "e5"))  # back, and Hong Kong is gone
    tocsin("visit", "example-countries")
    tocsin("visit", "example-countries")
    assert tocsin.json("once")["announced"] == 1
    assert "Hong Kong" in box.mails[0].get_body(("plain",)).get_content().splitlines()[0]
