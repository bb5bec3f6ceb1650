"""Is a wish stored as meant, once, and refused with a helpful sentence where it cannot be met?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from store import consent
from store.deliveries import insert
from store.outbox_views import deliveries
from store.subscriptions import (
    BY_OWNER,
    InvalidSubscription,
    NewSubscription,
    NoSuchSubscription,
    add,
    amend,
    asked_already,
    end,
    list_subscriptions,
    pause,
    resume,
    subscription,
)
from store.values import DeliveryState, FindingKind, Purpose, Severity, SourceKind

NOW = datetime(2024, 7, 1, tzinfo=UTC)
ADA = NewSubscription("email", "ada@example.org")


def wish(**fields):
    return NewSubscription(**{"channel": "email", "address": "ada@example.org"} | fields)


def added(database, *, confirmed=True, at=NOW, **fields):
    with database.begin() as session:
        return add(session, wish(**fields), at, confirmed=confirmed)


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
        {"languages": ("fr",)},
        {"watched": ("HK",)},
        {"digest": "weekly"},
        {"digest": "daily"},
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
        ({"digest": "hourly"}, "digest", "daily, weekly"),
        ({"channel": "slack", "address": "#"}, "address", "#compliance"),
        ({"channel": "slack", "address": "#a\nb"}, "address", "#compliance"),
        ({"channel": "webhook", "address": "ftp://x.example/"}, "address", "https://"),
        ({"channel": "apprise", "address": "discord"}, "address", "schema://"),
        ({"channel": "apprise", "address": "discord://a b"}, "address", "schema://"),
        ({"address": f"{'a' * 64}@{'b' * 200}.org"}, "address", "name@example.org"),
        ({"publishers": ("OpenAI\r\nBcc: eve@example.org",)}, "publisher", "control characters"),
        ({"products": ("API\x00",)}, "product", "control characters"),
        ({"products": ("\u202eIPA",)}, "product", "control characters"),
        ({"publishers": ("x" * 1_000_000,)}, "publisher", "at most 200 characters"),
        ({"products": ("x",) * 1000}, "product", "at most 200"),
        ({"territories": ("HK",) * 1000}, "territory", "at most 200"),
        ({"territories": ("x" * 1_000_000,)}, "territory", "ISO code"),
        ({"watched": ("Atlantis",)}, "watched", "ISO code"),
        ({"languages": ("klingonese",)}, "language", "code of a language"),
        ({"languages": ("",)}, "language", "code of a language"),
        ({"languages": ("x" * 1_000_000,)}, "language", "code of a language"),
        ({"locale": "de"}, "locale", "en, fr, zh_Hans_CN"),
        ({"locale": "en\nX: y"}, "locale", "en, fr, zh_Hans_CN"),
        ({"timezone": "x" * 1_000_000}, "timezone", "IANA"),
        ({"quiet_from": "22:00"}, "quiet_to", "beginning and an end"),
        ({"quiet_to": "07:00"}, "quiet_from", "beginning and an end"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from", "22:00"),
        ({"quiet_from": "22:00", "quiet_to": "7"}, "quiet_to", "22:00"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet_to", "pause instead"),
        ({"group_wait": -1}, "group_wait", "from 0 to 86400"),
        ({"group_wait": "2 weeks"}, "group_wait", "5m"),
        ({"group_wait": True}, "group_wait", "5m"),
        ({"group_interval": "8d"}, "group_interval", "from 0 to 604800"),
        ({"remind_after": "1s"}, "remind_after", "from 60"),
        ({"remind_after": "9" * 1_000_000}, "remind_after", "from 60"),
        ({"escalate_to": 99}, "escalate_to", "has not ended"),
        ({"escalate_to": 10**30}, "escalate_to", "has not ended"),
        ({"team": "a\nb"}, "team", "control characters"),
        ({"team": "x" * 81}, "team", "at most 80"),
        ({"operator": True, "languages": ("fr",)}, "operator", "every trouble"),
    ],
)
def test_what_cannot_be_met_is_refused_with_what_is_allowed(sqlite_database, fields, field, says):
    with pytest.raises(InvalidSubscription, match=says) as caught:
        added(sqlite_database, **fields)
    assert caught.value.field == field
    assert len(str(caught.value)) < 2000
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


def test_how_it_is_told_is_stored_as_meant(database):
    other = added(database, address="boss@example.org")
    stored = added(
        database,
        languages=("French", "zh_Hans", "fr"),
        watched=("Hong Kong", "eu"),
        locale="zh-Hans-CN",
        digest="daily",
        quiet_from="22:00",
        quiet_to="7:30",
        group_wait="5m",
        group_interval=0,
        remind_after="4h",
        escalate_to=other.id,
        team=" Legal  Asia ",
    )
    assert stored.languages == ("fr", "zh-hans")
    assert (stored.watched, stored.locale, stored.digest) == (("EU", "HK"), "zh_Hans_CN", "daily")
    assert (stored.quiet_from, stored.quiet_to) == ("22:00", "07:30")
    assert (stored.group_wait, stored.group_interval, stored.remind_after) == (300, 0, 14400)
    assert (stored.escalate_to, stored.team, stored.owner) == (other.id, "Legal Asia", "team:Legal Asia")
    assert (stored.filters.languages, stored.filters.watched) == (("fr", "zh-hans"), ("EU", "HK"))
    assert len({stored.secret, stored.feed_secret, other.secret, other.feed_secret}) == 4
    assert stored.signing_secret is None


@pytest.mark.parametrize("address", ["#compliance", "#合规", "C0123456789", "https://hooks.slack.com/services/T0"])
def test_a_slack_room_or_a_webhook(sqlite_database, address):
    assert added(sqlite_database, channel="slack", address=address).address == address


def test_a_webhook_gets_a_secret_of_standard_webhooks(database):
    import base64

    one = added(database, channel="webhook", address="https://example.com/a")
    other = added(database, channel="webhook", address="https://example.com/b")
    assert one.signing_secret.startswith("whsec_")
    assert one.signing_secret != other.signing_secret
    assert len(base64.b64decode(one.signing_secret.removeprefix("whsec_"), validate=True)) == 24
    assert added(database, channel="webhook", address="https://example.com/a").signing_secret == one.signing_secret


def test_asking_again_otherwise_told_is_the_same_subscription_told_otherwise(database):
    first = added(database, quiet_from="22:00", quiet_to="07:00", team="Legal")
    again = added(database, locale="fr", group_wait=0)
    assert (again.id, again.secret) == (first.id, first.secret)
    assert (again.locale, again.group_wait, again.quiet_from, again.team) == ("fr", 0, None, None)


def test_a_stranger_changes_nothing_of_a_confirmed_subscription(database):
    mine = added(database, quiet_from="22:00", quiet_to="07:00")
    with database.begin() as session:
        mine = pause(session, mine.id, "on holiday", NOW)
    again = added(database, confirmed=False, at=NOW + timedelta(days=1), locale="fr", escalate_to=None)
    assert again == mine
    with database.read() as session:
        assert asked_already(session, wish(locale="fr")) == mine
        assert asked_already(session, wish(min_severity="high")) is None


def test_an_unconfirmed_one_is_not_active_and_is_asked_anew(database):
    later = NOW + timedelta(days=3)
    first = added(database, confirmed=False)
    assert (first.active, first.state, first.confirmed_at) == (False, "unconfirmed", None)
    again = added(database, confirmed=False, at=later, locale="fr")
    assert (again.id, again.created_at, again.locale, again.active) == (first.id, later, "fr", False)
    vouched = added(database, at=later)
    assert (vouched.id, vouched.confirmed_at, vouched.state) == (first.id, later, "active")


def test_who_holds_the_secret_amends(database):
    stored = added(database, territories=("HK",), quiet_from="22:00", quiet_to="07:00")
    with database.begin() as session:
        changed = amend(session, stored.secret, {"territories": ("MO", "Taiwan"), "digest": "weekly", "locale": "fr"})
        assert (changed.territories, changed.digest, changed.locale) == (("MO", "TW"), "weekly", "fr")
        assert (changed.quiet_from, changed.id, changed.secret) == ("22:00", stored.id, stored.secret)
        assert subscription(session, stored.id) == changed
        assert amend(session, stored.id, {"quiet_from": None, "quiet_to": None}).quiet_from is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "eve@example.org"}, "address"),
        ({"channel": "slack"}, "channel"),
        ({"operator": True}, "operator"),
        ({"secret": "x"}, "secret"),
        ({"territories": ("Atlantis",)}, "territory"),
        ({"quiet_to": None}, "quiet_to"),
        ({"digest": "weekly", "timezone": "Mars"}, "timezone"),
    ],
)
def test_an_amendment_that_cannot_be_met_changes_nothing(sqlite_database, changed, field):
    stored = added(sqlite_database, quiet_from="22:00", quiet_to="07:00")
    with pytest.raises(InvalidSubscription) as caught, sqlite_database.begin() as session:
        amend(session, stored.secret, changed)
    assert caught.value.field == field
    with sqlite_database.read() as session:
        assert subscription(session, stored.id) == stored


def test_nobody_escalates_to_himself_or_to_one_that_ended(database):
    stored, boss = added(database), added(database, address="boss@example.org")
    with database.begin() as session, pytest.raises(InvalidSubscription, match="another subscription"):
        amend(session, stored.id, {"escalate_to": stored.id})
    with pytest.raises(InvalidSubscription, match="another subscription"):
        added(database, escalate_to=stored.id)
    with database.begin() as session:
        assert amend(session, stored.id, {"escalate_to": boss.id}).escalate_to == boss.id
        end(session, boss.id, NOW)
    with database.begin() as session, pytest.raises(InvalidSubscription, match="has not ended"):
        amend(session, stored.id, {"escalate_to": boss.id})


def test_ending_drops_what_waits_of_a_team_member_alone(database):
    ann, bob = (added(database, address=f"{name}@example.org", team="Legal") for name in ("ann", "bob"))
    with database.begin() as session:
        for one in (ann, bob):
            insert(session, one.id, f"key {one.id}", NOW, purpose=Purpose.SAMPLE, next_at=NOW + timedelta(hours=3))
        end(session, ann.secret, NOW)
    with database.read() as session:
        states = {one.subscription_id: (one.state, one.error) for one in deliveries(session)}
    assert states == {ann.id: (DeliveryState.DEAD, "unsubscribed"), bob.id: (DeliveryState.PENDING, None)}


def test_confirmed_once_and_for_all(database):
    asked = added(database, confirmed=False)
    with database.begin() as session:
        confirmed = consent.confirm(session, asked.secret, NOW + timedelta(days=6))
        assert (confirmed.active, confirmed.confirmed_at) == (True, NOW + timedelta(days=6))
        assert consent.confirm(session, asked.id, NOW + timedelta(days=90)) == confirmed
        assert consent.expire(session, NOW + timedelta(days=90)) == 0
        with pytest.raises(NoSuchSubscription):
            consent.confirm(session, str(asked.id), NOW)


def test_nobody_said_yes_within_seven_days(database):
    asked, vouched = added(database, confirmed=False), added(database, address="bob@example.org")
    with database.begin() as session:
        assert consent.expire(session, NOW + timedelta(days=7) - timedelta(seconds=1)) == 0
        with pytest.raises(consent.TooLate):
            consent.confirm(session, asked.secret, NOW + timedelta(days=7))
        assert consent.expire(session, NOW + timedelta(days=7)) == 1
        assert consent.expire(session, NOW + timedelta(days=7)) == 0
        assert list_subscriptions(session) == (vouched,)
        assert subscription(session, asked.id).state == "ended"
        with pytest.raises(consent.TooLate):
            consent.confirm(session, asked.secret, NOW + timedelta(days=7))
    assert added(database, confirmed=False, at=NOW + timedelta(days=8)).id != asked.id


def test_a_pause_that_somebody_wishes_takes_the_place_of_one_nobody_wished(database):
    """Whoever pauses a subscription whose address is dead wants nothing of that time."""
    with database.begin() as session:
        mine = add(session, NewSubscription("email", "ada@example.org"), NOW)
        assert pause(session, mine.id, "550 no such user", NOW).waits_for_its_address
        wished = pause(session, mine.id, BY_OWNER, NOW + timedelta(hours=1))
        assert (wished.paused_at, wished.paused_reason, wished.waits_for_its_address) == (NOW, BY_OWNER, False)
        assert pause(session, mine.id, "550 no such user", NOW + timedelta(hours=2)).paused_reason == BY_OWNER
