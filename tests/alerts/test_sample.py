"""Does a sample go the real way, look like a real message, and can nobody take it for news?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.sample import send_sample, typical_change
from alerts.saying import message_for
from store.deliveries import claim_due
from store.subscriptions import Filters, NewSubscription, add
from store.values import Held, Purpose

BASE = "https://tocsin.example.org"


def sampled(database, now, wish=None):
    with database.begin() as session:
        one = add(session, wish or NewSubscription("email", "ada@example.org"), now)
        send_sample(session, one, now)
    with database.begin() as session:
        claim = claim_due(session, "email", now, timedelta(minutes=5))
    assert claim.purpose is Purpose.SAMPLE
    return message_for(database, claim, now, BASE)


@pytest.mark.parametrize("stored", [True, False])
def test_every_part_of_it_says_that_it_is_a_sample(database, clock, seed, made, stored):
    if stored:
        seed.change(seed.source(), *made.LOST_TWO)
    message = sampled(database, clock())
    for part in (message.subject, message.first_line, message.text, message.html, message.told[0].first_line):
        assert "sample" in part.casefold()
    assert any("sample" in line for line in message.findings)
    assert ("Hong Kong" in message.text) is stored
    assert ("Antarctica" in message.html) is not stored
    assert message.html.count("<body") == 1
    assert message.html.index("<body") < message.html.index("This is a sample") < message.html.index("</body>")


def test_a_made_up_change_links_to_no_page_of_ours(database, clock):
    message = sampled(database, clock())
    assert message.link is None
    assert message.told[0].link is None
    assert "changes/0..0" not in message.text + message.html


def test_the_typical_change_is_the_newest_that_the_subscription_would_have_been_told(database, clock, seed, made):
    source = seed.source()
    old = seed.change(source, made.removed("HK", "Hong Kong"), at=clock() - timedelta(days=3))
    new = seed.change(source, made.removed("MO", "Macau"), at=clock() - timedelta(days=2))
    seed.change(source, made.removed("TW", "Taiwan"), at=clock() - timedelta(days=1), held=Held.DOUBTFUL)
    with database.read() as session:
        assert typical_change(session, Filters()) == new
        assert typical_change(session, Filters(territories=("HK",))) == old
        assert typical_change(session, Filters(territories=("KE",))) == new


def test_it_speaks_the_language_of_its_subscription(database, clock):
    wish = replace(NewSubscription("email", "ada@example.org"), locale="fr")
    assert sampled(database, clock(), wish).locale == "fr"
