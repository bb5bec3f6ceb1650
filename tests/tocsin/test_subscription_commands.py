"""Do the commands about people store what was meant, ask first, try the channel for real, and say what would come?"""

from __future__ import annotations

import re

import pytest

from store.database import open_database
from store.subscriptions import list_subscriptions
from store.values import Severity

LIST = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
language = "en"
url = "{url}"
every = "1h"
select = "main"
"""


def page(*names):
    items = "".join(f"<li>{name}</li>" for name in names)
    return f"<html><body><main><h1>Supported countries</h1><ul>{items}</ul></main></body></html>"


@pytest.fixture
def everything(tocsin, mailbox):
    """The command with a mail server and a site of its own."""
    tocsin.environment |= {"TOCSIN_SMTP_URL": mailbox[1], "TOCSIN_BASE_URL": "https://tocsin.example.org"}
    tocsin.environment |= {"TOCSIN_MODEL": "none", "TOCSIN_CONFIRM_AFTER": "0"}
    return tocsin


@pytest.fixture
def lost_two(everything, world):
    """A stored change: Hong Kong and Macau left a list."""
    everything.declare("example-list", LIST.format(url=world.url("/list")))
    world.shows("/list", page("Ghana", "Hong Kong", "Japan", "Kenya", "Macau", "Norway", "Peru"))
    everything("visit", "example-list")
    world.shows("/list", page("Ghana", "Japan", "Kenya", "Norway", "Peru"))
    everything("visit", "example-list")
    everything("once")
    [change] = everything.json("history")
    assert (change["held"], len(change["findings"])) == (None, 2)


def test_every_wish_is_stored_as_meant(tocsin):
    boss = tocsin.json("subscribe", "--email", "boss@example.org")
    made = tocsin.json(
        "subscribe", "--email", "ada@example.org", "--publisher", "OpenAI", "--product", "OpenAI API",
        "--territory", "Hong Kong", "--kind", "availability", "--language", "French", "--watch", "MO",
        "--min-severity", "medium", "--digest", "daily", "--timezone", "asia/hong_kong", "--locale", "zh",
        "--quiet", "22:00-7:00", "--group-wait", "5m", "--group-interval", "1h", "--remind-after", "4h",
        "--escalate-to", str(boss["id"]), "--team", "Legal",
    )  # fmt: skip
    wanted = {
        "channel": "email", "address": "ada@example.org", "publishers": ["OpenAI"], "products": ["OpenAI API"],
        "territories": ["HK"], "kinds": ["availability"], "languages": ["fr"], "watched": ["MO"],
        "min_severity": "medium", "digest": "daily", "timezone": "Asia/Hong_Kong", "locale": "zh_Hans_CN",
        "quiet_from": "22:00", "quiet_to": "07:00", "group_wait": 300, "group_interval": 3600, "remind_after": 14400,
        "escalate_to": boss["id"], "team": "Legal", "state": "unconfirmed",
    }  # fmt: skip
    assert {name: made[name] for name in wanted} == wanted
    assert not {"secret", "feed_secret", "signing_secret"} & set(made)


def test_the_signing_secret_of_a_webhook_is_shown_once(tocsin, world):
    words = ("subscribe", "--webhook", world.url("/hook"))
    assert re.search(r"^signing secret, shown this once: whsec_[A-Za-z0-9+/]{32}$", tocsin(*words), re.M)
    assert "whsec" not in tocsin(*words)
    assert "whsec" not in tocsin("subscription", "show", "1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--email", "a@example.org", "--quiet", "22:00"), "quiet: '22:00' cannot be used"),
        (("--email", "a@example.org", "--quiet", "22:00-7"), "quiet_to"),
        (("--email", "a@example.org", "--quiet", "7:00-7:00"), "pause instead"),
        (("--email", "a@example.org", "--group-wait", "soon"), "group_wait"),
        (("--email", "a@example.org", "--escalate-to", "7"), "escalate_to: '7' cannot be used"),
        (("--email", "a@example.org", "--locale", "tlh"), "en, fr, zh_Hans_CN"),
        (("--email", "a@example.org", "--watch", "Atlantis"), "watched: 'Atlantis'"),
        (("--email", "a@example.org", "--team", "a\nb"), "team"),
        (("--email", "a@example.org", "--publisher", "A\r\nBcc: eve@example.org"), "publisher"),
        (("--email", "a@example.org", "--webhook", "https://example.com/"), "exactly one"),
        (("--email", ""), "address"),
        (("--slack", "compliance"), "#compliance"),
        (("--webhook", "mailto:a@example.org"), "https://"),
        (("--apprise", "nosuch://service"), "apprise"),
        (("--apprise", "syslog://"), "the machine that Tocsin runs on"),
    ],
)
def test_what_cannot_be_met_is_refused_in_one_line_and_not_stored(tocsin, words, said):
    told = tocsin("subscribe", *words, code=2)
    assert said in re.sub(r"\s+", " ", told.replace("│", " "))
    assert tocsin.json("subscriptions") == []


def test_an_address_is_asked_and_the_operator_may_vouch(everything, mailbox):
    assert "waits until ada@example.org says yes" in everything("subscribe", "--email", "ada@example.org")
    assert "not confirmed yet" in everything("subscriptions")
    everything("once")
    [mail] = mailbox[0].mails
    text = mail.get_body(("plain",)).get_content()
    shown = everything.json("subscription", "show", "1")
    assert shown["manage"].startswith("https://tocsin.example.org/subscriptions/")
    assert shown["manage"].replace("/subscriptions/", "/confirm/") in text
    assert "confirmed" in everything("subscription", "confirm", "1")
    assert everything.json("subscriptions")[0]["state"] == "active"
    everything("subscribe", "--email", "bob@example.org", "--confirmed")
    assert everything.json("subscription", "show", "2")["state"] == "active"
    everything("once")
    assert len(mailbox[0].mails) == 1


def test_pause_and_resume(tocsin):
    tocsin("subscribe", "--slack", "#compliance")
    assert "on holiday" in tocsin("subscription", "pause", "1", "--reason", "on holiday")
    assert tocsin.json("subscription", "show", "1")["state"] == "paused"
    assert "resumed" in tocsin("subscription", "resume", "1")
    assert tocsin.json("subscription", "show", "1")["state"] == "active"


@pytest.mark.parametrize("verb", ["confirm", "pause", "resume", "test", "show", "backtest"])
def test_a_number_that_nobody_has(tocsin, verb):
    assert "no subscription 9" in tocsin("subscription", verb, "9", code=2)


def test_a_sample_goes_the_real_way_at_once(everything, mailbox, lost_two):
    everything("subscribe", "--email", "ada@example.org", "--confirmed", "--quiet", "00:00-23:59")
    told = everything.json("subscription", "test", "1")
    assert (told["state"], told["receipt"]) == ("sent", "250 taken")
    [mail] = mailbox[0].mails
    assert mail["To"] == "ada@example.org"
    assert mail["Subject"].startswith("[sample]")
    assert "Hong Kong" in mail.get_body(("plain",)).get_content()
    assert "sent, delivery 2: 250 taken" in everything("subscription", "test", "1")


def test_a_sample_that_does_not_arrive_says_why(everything, world):
    world.slack_answers += [(410, {})]
    everything("subscribe", "--slack", world.url("/slack"))
    told = everything("subscription", "test", "1", code=1)
    assert told == ""
    assert everything.json("subscription", "show", "1")["state"] == "paused"
    assert "is paused" in everything("subscription", "test", "1", code=2)


def test_no_sample_to_whom_nothing_may_be_sent(everything, mailbox):
    everything("subscribe", "--email", "ada@example.org")
    assert "is not confirmed" in everything("subscription", "test", "1", code=2)
    everything("unsubscribe", "1")
    assert "has ended" in everything("subscription", "test", "1", code=2)
    assert mailbox[0].mails == []


def test_a_sample_without_a_mail_server(tocsin):
    tocsin("subscribe", "--email", "ada@example.org", "--confirmed")
    assert "TOCSIN_SMTP_URL is not set" in tocsin("subscription", "test", "1", code=2)


def test_what_a_wish_would_have_received(everything, lost_two):
    found = everything.json("subscription", "backtest", "--territory", "Hong Kong", "--watch", "HK")
    [message] = found["messages"]
    [change] = message["changes"]
    assert "Hong Kong" in change["says"]
    assert change["reasons"]
    assert Severity(message["severity"]).rank > Severity(everything.json("history")[-1]["severity"]).rank
    assert sum(found["weeks"].values()) == 1
    assert everything.json("subscription", "backtest", "--territory", "Kenya")["messages"] == []
    told = everything("subscription", "backtest", "--min-severity", "low")
    assert "1 messages in 1 weeks" in told
    assert "Hong Kong" in told


def test_what_a_subscription_would_have_received(everything, lost_two):
    everything("subscribe", "--email", "ada@example.org", "--publisher", "Nobody")
    assert everything.json("subscription", "backtest", "1")["messages"] == []
    everything("subscribe", "--email", "ada@example.org", "--publisher", "example ai")
    assert len(everything.json("subscription", "backtest", "2")["messages"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "soon"), "since"),
        (("--since", "2999-01-01"), "since"),
        (("--since", "2024-02-01", "--until", "2024-01-01"), "since"),
        (("--quiet", "nonsense"), "quiet"),
        (("--territory", "Atlantis"), "territory"),
    ],
)
def test_a_backtest_that_cannot_be_made(tocsin, words, said):
    assert tocsin("subscription", "backtest", *words, code=2).startswith(f"tocsin: {said}")


def test_a_backtest_stores_nothing(everything, lost_two):
    everything("subscription", "backtest", "--digest", "weekly")
    database = open_database(everything.environment["TOCSIN_DATABASE_URL"])
    with database.read() as session:
        assert list_subscriptions(session, ended=True) == ()
    database.close()
