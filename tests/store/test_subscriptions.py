"""Is a wish stored as meant, once, and refused with a helpful sentence where it cannot be met?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from store.subscriptions import (
    InvalidSubscription,
    NewSubscription,
    NoSuchSubscription,
    add,
    end,
    list_subscriptions,
    pause,
    resume,
    subscription,
)
from store.values import FindingKind, Severity, SourceKind

NOW = datetime(2024, 7, 1, tzinfo=UTC)
ADA = NewSubscription("email", "ada@example.org")


def added(database, **fields):
    with database.begin() as session:
        return add(session, NewSubscription(**{"channel": "email", "address": "ada@example.org"} | fields), NOW)


def test_a_subscription_is_stored_as_meant(database):
    stored = added(
        database,
        publishers=("OpenAI", "openai", " "),
        products=("OpenAI  API",),
        territories=("Hong Kong", "mo", "UA-43", "Macau", "eu"),
        kinds=("availability", "territory-removed"),
        min_severity="medium",
        digest="weekly",
        timezone="asia/hong_kong",
    )
    assert stored.publishers == ("OpenAI",)
    assert stored.products == ("OpenAI API",)
    assert stored.territories == ("EU", "HK", "MO", "UA-43")
    assert stored.kinds == ("availability", "territory_removed")
    assert (stored.min_severity, stored.digest, stored.timezone) == (Severity.MEDIUM, "weekly", "Asia/Hong_Kong")
    assert (stored.created_at, stored.active) == (NOW, True)
    assert len(stored.secret) >= 40
    with database.read() as session:
        assert subscription(session, stored.id) == subscription(session, stored.secret) == stored


@pytest.mark.parametrize(
    "again",
    [
        {"address": "ADA@example.org"},
        {"publishers": ("OPENAI",)},
        {"territories": ("MO", "HK")},
        {"timezone": "Europe/Paris"},
    ],
)
def test_the_same_wish_twice_is_one_subscription(database, again):
    first = {"publishers": ("OpenAI",), "territories": ("Hong Kong", "Macao")}
    assert added(database, **first).id == added(database, **first | again).id
    with database.read() as session:
        assert len(list_subscriptions(session)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"min_severity": "high"},
        {"territories": ("HK",)},
        {"digest": "weekly"},
        {"channel": "slack", "address": "https://hooks.slack.com/services/T0"},
    ],
)
def test_another_wish_is_another_subscription(database, other):
    assert added(database).id != added(database, **other).id


def test_a_digest_in_another_zone_is_another_subscription(database):
    assert added(database, digest="weekly").id != added(database, digest="weekly", timezone="Asia/Tokyo").id


def test_two_at_once_are_one(database):
    with ThreadPoolExecutor(4) as pool:
        assert len({one.id for one in pool.map(lambda _: added(database), range(8))}) == 1


def test_ended_stays_in_the_table_and_leaves_the_list(database):
    stored = added(database)
    with database.begin() as session:
        ended = end(session, stored.secret, NOW + timedelta(days=1))
        assert ended.ended_at == NOW + timedelta(days=1)
        assert not ended.active
        assert end(session, stored.id, NOW + timedelta(days=9)) == ended
        assert list_subscriptions(session) == ()
        assert list_subscriptions(session, ended=True) == (ended,)
    assert added(database).id != stored.id


def test_a_number_as_text_is_no_secret(database):
    stored = added(database)
    with database.begin() as session:
        for which in (str(stored.id), "", "x" * 43, 99):
            with pytest.raises(NoSuchSubscription):
                end(session, which, NOW)
        assert list_subscriptions(session) == (stored,)


def test_paused_and_resumed(database):
    stored = added(database)
    with database.begin() as session:
        paused = pause(session, stored.id, "550 no such user", NOW)
        assert (paused.active, paused.paused_reason) == (False, "550 no such user")
        assert pause(session, stored.id, "again", NOW + timedelta(days=1)) == paused
        assert list_subscriptions(session) == (paused,)
        assert resume(session, stored.id) == stored


def test_asking_again_resumes(database):
    stored = added(database)
    with database.begin() as session:
        pause(session, stored.id, "away", NOW)
    assert added(database) == stored


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"channel": "pigeon"}, "channel", "allowed: email, slack"),
        ({"address": "ada"}, "address", "name@example.org"),
        ({"address": "ada@"}, "address", "name@example.org"),
        ({"address": "@example.org"}, "address", "name@example.org"),
        ({"address": "ada@example.org\nBcc: eve@example.org"}, "address", "name@example.org"),
        ({"address": "ada@example.org, eve@example.org"}, "address", "name@example.org"),
        ({"address": "Ada <ada@example.org>"}, "address", "name@example.org"),
        ({"address": ".ada@example.org"}, "address", "name@example.org"),
        ({"address": "ada@-example.org"}, "address", "name@example.org"),
        ({"address": ""}, "address", "name@example.org"),
        ({"channel": "slack", "address": "ftp://x.example/"}, "address", "https://"),
        ({"channel": "slack", "address": "hooks.slack.com/x"}, "address", "https://"),
        ({"channel": "slack", "address": "https://"}, "address", "https://"),
        ({"channel": "slack", "address": "https://user:pw@x.example/"}, "address", "https://"),
        ({"channel": "slack", "address": "https://x.example:port/"}, "address", "https://"),
        ({"channel": "slack", "address": "https://x.example/a b"}, "address", "https://"),
        ({"timezone": "Europe/Pariss"}, "timezone", "did you mean Europe/Paris"),
        ({"timezone": "Mars"}, "timezone", "IANA"),
        ({"timezone": "../../etc/passwd"}, "timezone", "IANA"),
        ({"territories": ("Atlantis",)}, "territory", "ISO code"),
        ({"territories": ("QQ",)}, "territory", "ISO code"),
        ({"kinds": ("gossip",)}, "kind", "territory_removed"),
        ({"min_severity": "huge"}, "min_severity", "critical"),
        ({"digest": "daily"}, "digest", "weekly"),
    ],
)
def test_what_cannot_be_met_is_refused_with_what_is_allowed(sqlite_database, fields, field, says):
    with pytest.raises(InvalidSubscription, match=says) as caught:
        added(sqlite_database, **fields)
    assert caught.value.field == field
    with sqlite_database.read() as session:
        assert list_subscriptions(session) == ()


def test_the_refusal_of_a_kind_lists_all(sqlite_database):
    with pytest.raises(InvalidSubscription) as caught:
        added(sqlite_database, kinds=("gossip",))
    assert all(kind in str(caught.value) for kind in [*SourceKind, *FindingKind])


@pytest.mark.parametrize(
    "address", ["a@b.co", "ada+x@sub.example.org", "root@localhost", "佐藤@例え.jp", "o'hara@x.ie"]
)
def test_real_addresses_are_taken(sqlite_database, address):
    assert added(sqlite_database, address=address).address == address
