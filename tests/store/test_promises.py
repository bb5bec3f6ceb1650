"""Does a broken promise open one row and end it once, is a feed of old entries stale, are captures counted by kind?"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from store import coverage, heartbeat, history, promises
from store.alert_schema import SubscriptionRow
from store.capture_kind import CaptureKind
from store.database import migrate
from store.promise_schema import PromiseRow, TroubleRow
from store.promises import TroubleKind
from store.schema import SourceRow
from store.sources import declare
from store.subscriptions import BY_OPERATOR, BY_OWNER, InvalidSubscription, NewSubscription, add, pause
from store.values import Content, Entry, Facts, Outcome, Passage, PassageKind, SourceKind, Span

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def a_pass(database, now, gather=timedelta(0), apart=timedelta(0)):
    """One pass as the conductor makes it; the bulletin it gathered, or None."""
    with database.begin() as session:
        promises.read_feeds(session, promises.unread_feeds(session))
        promises.note(session, promises.noted(session, now), now)
        return promises.gathered(session, now) if promises.bulletin_due(session, now, gather, apart) else None


def feed_of(*times):
    entries = [
        Entry(f"https://example.com/{n}", f"Entry {n}", Span(n, 0, 5, "Entry"), published=at)
        for n, at in enumerate(times)
    ]
    passages = tuple(Passage(PassageKind.LIST_ITEM, one.title) for one in entries)
    return Content(passages, Facts(entries=tuple(entries)))


def test_a_promise_is_told_once_when_it_breaks_and_once_when_it_holds_again(database, record, list_of, start):
    record(start, list_of("US", "JP"))
    assert a_pass(database, start + 3 * HOUR) is None
    broke = a_pass(database, start + 4 * HOUR)
    assert [(one.kind, one.about, one.since) for one in broke.begun] == [(TroubleKind.STALE, "example", start)]
    for hours in range(5, 20):
        record(start + hours * HOUR, outcome=Outcome.BLOCKED, reason="challenge: prove that you are human")
        assert a_pass(database, start + hours * HOUR + HOUR / 2) is None
    record(start + 20 * HOUR, list_of("US", "JP"))
    again = a_pass(database, start + 20 * HOUR + HOUR / 2)
    assert (again.begun, [one.ended_at for one in again.ended]) == ((), [start + 20 * HOUR])
    assert a_pass(database, start + 21 * HOUR) is None
    with database.read() as session:
        assert len(session.scalars(select(TroubleRow)).all()) == 1


def test_a_second_break_is_a_second_trouble(database, record, list_of, start):
    record(start, list_of("US"))
    assert len(a_pass(database, start + 4 * HOUR).begun) == 1
    record(start + 5 * HOUR, list_of("US"))
    assert len(a_pass(database, start + 5 * HOUR).ended) == 1
    [again] = a_pass(database, start + 9 * HOUR).begun
    assert again.since == start + 5 * HOUR


def test_what_breaks_together_is_one_bulletin_and_what_mends_meanwhile_is_none(database, record, list_of, start):
    for number in range(5):
        record(start + number * timedelta(minutes=1), list_of("US"), slug=f"source-{number}")
    gather = timedelta(minutes=10)
    for minute in range(1, 11):
        assert a_pass(database, start + 3 * HOUR + minute * timedelta(minutes=1), gather) is None
    record(start + 3 * HOUR + 10.5 * timedelta(minutes=1), list_of("US"), slug="source-4")
    told = a_pass(database, start + 3 * HOUR + timedelta(minutes=12), gather)
    assert [one.about for one in told.begun] == [f"source-{number}" for number in range(4)]
    assert told.ended == ()


def test_bulletins_are_apart(database, record, list_of, start):
    record(start, list_of("US"), slug="one")
    record(start + HOUR / 2, list_of("US"), slug="two")
    assert len(a_pass(database, start + 3.2 * HOUR, apart=HOUR).begun) == 1
    assert a_pass(database, start + 3.6 * HOUR, apart=HOUR) is None
    assert [one.about for one in a_pass(database, start + 4.3 * HOUR, apart=HOUR).begun] == ["two"]


def test_a_bulletin_says_the_same_however_things_went_on(database, record, list_of, start):
    record(start, list_of("US"))
    told = a_pass(database, start + 4 * HOUR)
    record(start + 5 * HOUR, list_of("US"))
    a_pass(database, start + 5 * HOUR)
    with database.read() as session:
        assert promises.bulletin(session, told.id) == told


def test_a_source_that_nobody_declares_any_more_ends_in_silence(database, record, list_of, start):
    record(start, list_of("US"))
    a_pass(database, start + 4 * HOUR)
    with database.begin() as session:
        declare(session, [], start + 5 * HOUR)
    assert a_pass(database, start + 5 * HOUR) is None
    with database.read() as session:
        assert promises.open_troubles(session) == ()


def test_a_source_never_read_is_stale_since_its_first_visit(database, record, start):
    for hours in range(3):
        record(start + hours * HOUR, outcome=Outcome.UNREACHABLE, reason="no answer within 30 s")
    with database.read() as session:
        [source] = history.sources(session, start + 3 * HOUR)
        [covered] = history.coverage(session, start, start + DAY)
    assert (source.stale_since, source.stale_reason) == (start, "unreachable: no answer within 30 s")
    assert (covered.stale_since, covered.visits) == (start, 3)


def test_a_declared_factor_makes_the_promise_longer(database, record, list_of, spec_of, start):
    record(start, list_of("US"))
    with database.begin() as session:
        declare(session, [spec_of(promise=10)], start)
    with database.read() as session:
        assert history.sources(session, start + 10 * HOUR)[0].stale_since is None
        [later] = history.sources(session, start + 11 * HOUR)
    assert (later.stale_since, later.promise) == (start, 10 * HOUR)


@pytest.mark.parametrize(
    ("newest", "stale"), [(timedelta(days=365), True), (timedelta(days=3650), False), (None, False)]
)
def test_a_feed_of_old_entries_is_stale_though_it_answers(database, record, spec_of, start, newest, stale):
    old = start - timedelta(days=800)
    record(start, feed_of(old, old - DAY))
    with database.begin() as session:
        declare(session, [spec_of(kind=SourceKind.FEED, newest=newest)], start)
    told = a_pass(database, start + HOUR)
    with database.read() as session:
        [source] = history.sources(session, start + HOUR)
        [covered] = history.coverage(session, start, start + HOUR)
    assert (source.stale_since == old, covered.stale_since == old) == (stale, stale)
    assert (told is not None) == stale
    if stale:
        assert source.stale_reason == f"its newest entry is of {old:%Y-%m-%d}, older than 365 days"


@on_sqlite
def test_a_new_entry_mends_an_old_feed_and_a_feed_without_times_is_not_judged(database, record, spec_of, start):
    record(start, feed_of(start - 800 * DAY))
    with database.begin() as session:
        declare(session, [spec_of(kind=SourceKind.FEED, newest=365 * DAY)], start)
    assert a_pass(database, start + HOUR) is not None
    record(start + HOUR, feed_of(start, start + 900 * DAY))  # a time ahead of its capture counts as the capture's
    with database.begin() as session:
        declare(session, [spec_of(kind=SourceKind.FEED, newest=365 * DAY)], start)
    assert len(a_pass(database, start + 2 * HOUR).ended) == 1
    with database.read() as session:
        assert session.scalars(select(PromiseRow.newest_entry_at)).one() == start + HOUR
    record(start + 2 * HOUR, feed_of(None))
    with database.begin() as session:
        declare(session, [spec_of(kind=SourceKind.FEED, newest=365 * DAY)], start)
    a_pass(database, start + 3 * HOUR)
    with database.read() as session:
        assert session.scalars(select(PromiseRow.newest_entry_at)).one() is None


def test_what_came_instead_of_the_page_is_counted_by_kind(database, record, list_of, start):
    record(start, list_of("US"))
    for hours, reason in ((1, "challenge: prove it"), (2, "challenge: again"), (3, "empty shell: needs JavaScript")):
        record(start + hours * HOUR, outcome=Outcome.BLOCKED, reason=reason)
    record(start + 4 * HOUR, outcome=Outcome.BLOCKED, reason="answered 403")
    with database.read() as session:
        [covered] = coverage.coverage(session, start, start + DAY)
        [before] = coverage.coverage(session, start - DAY, start)
    assert covered.captures == {CaptureKind.CHALLENGE: 2, CaptureKind.SHELL: 1}
    assert (covered.visits, covered.verified) == (5, 1)
    assert (before.visits, before.captures) == (0, {})


def test_a_dead_channel_is_told_once(database, start):
    with database.begin() as session:
        subscription = add(session, NewSubscription("email", "ada@example.org"), start)
        pause(session, subscription.id, "550 no such mailbox", start + HOUR)
    [dead] = a_pass(database, start + 2 * HOUR).begun
    assert (dead.kind, dead.about, dead.reason) == (TroubleKind.CHANNEL, "1", "550 no such mailbox")
    assert a_pass(database, start + 3 * HOUR) is None


@pytest.mark.parametrize("wished", [BY_OWNER, BY_OPERATOR, f"{BY_OPERATOR}: on holiday"])
def test_a_pause_that_somebody_wished_for_is_no_trouble(database, start, wished):
    with database.begin() as session:
        pause(session, add(session, NewSubscription("email", "ada@example.org"), start).id, wished, start + HOUR)
    assert a_pass(database, start + 2 * HOUR) is None


@on_sqlite
def test_an_operator_takes_no_filter_and_is_a_wish_of_its_own(database, start):
    with database.begin() as session:
        plain = add(session, NewSubscription("email", "ada@example.org"), start)
        operator = add(session, NewSubscription("email", "ada@example.org", operator=True), start)
        assert add(session, NewSubscription("email", "ada@example.org", operator=True), start) == operator
        assert (plain.operator, operator.operator, plain.id == operator.id) == (False, True, False)
        with pytest.raises(InvalidSubscription, match="operator"):
            add(session, NewSubscription("email", "ada@example.org", operator=True, digest="weekly"), start)


def test_sources_that_wait_while_nothing_is_visited_are_no_sign_of_life(database, record, list_of, start):
    with database.read() as session:
        assert heartbeat.is_working(session, start)  # nothing to watch
    record(start, list_of("US"))
    with database.read() as session:
        assert heartbeat.is_working(session, start + HOUR)
        assert not heartbeat.is_working(session, start + 3 * HOUR)
    record(start + 2.5 * HOUR, list_of("US"), slug="another")
    with database.read() as session:
        assert heartbeat.is_working(session, start + 3 * HOUR)


def test_a_failed_heartbeat_keeps_when_it_was_last_answered(database, start):
    with database.begin() as session:
        heartbeat.record(session, start, None)
        heartbeat.record(session, start + HOUR, "answered 500")
    with database.read() as session:
        assert heartbeat.heartbeat(session) == heartbeat.Heartbeat(start + HOUR, start, "answered 500")


def test_the_migration_goes_down_and_up_with_data_in_it(database, record, list_of, start):
    record(start, list_of("US"))
    with database.begin() as session:
        add(session, NewSubscription("email", "ada@example.org"), start)
        add(session, NewSubscription("email", "ops@example.org", operator=True), start)
    a_pass(database, start + 4 * HOUR)
    migrate(database, "0005")
    migrate(database, "head")
    with database.read() as session:
        assert session.scalars(select(SourceRow.slug)).all() == ["example"]
        assert session.scalars(select(SubscriptionRow.address)).all() == ["ada@example.org"]
    assert [one.about for one in a_pass(database, start + 4 * HOUR).begun] == ["example"]
