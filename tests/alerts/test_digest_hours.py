"""Is an hour attested only where a look before and a look after prove it?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digests.attesting import attestations
from alerts.digests.hours import by_day, hours_of
from alerts.digests.values import Silence, Watched
from alerts.week import Week
from store.attestations import Looks
from store.subscriptions import Filters
from store.values import Finding, FindingKind, Held, Severity, SourceKind
from store.views import Coverage

SINCE = datetime(2024, 7, 8, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=7)
HOUR = timedelta(hours=1)
PROMISE = 3 * HOUR


def looks(*hours, promise=PROMISE):
    """Good visits so many hours after the week began."""
    return Looks(promise, tuple(SINCE + hour * HOUR for hour in hours))


def counted(seen, known_at=UNTIL + timedelta(hours=7)):
    hours = hours_of(seen, SINCE, UNTIL, known_at)
    return sum(hours.verified), sum(hours.awaiting), len(hours.begins)


def test_hourly_looks_before_and_after_prove_the_whole_week():
    assert counted(looks(*(n - 0.5 for n in range(170)))) == (168, 0, 168)


def test_one_look_proves_no_hour():
    assert counted(looks(10), known_at=UNTIL) == (0, 0, 168)
    assert counted(looks(167.5), known_at=UNTIL) == (0, 0, 168)  # nothing was seen before its last hour began
    assert counted(looks(166), known_at=UNTIL) == (0, 2, 168)


def test_the_first_and_the_last_hour_need_a_look_outside():
    assert counted(looks(*(n + 0.5 for n in range(168)))) == (166, 0, 168)
    assert counted(looks(*(n + 0.5 for n in range(168))), known_at=UNTIL) == (166, 1, 168)


def test_a_gap_is_bridged_up_to_the_promise_and_no_further():
    assert counted(looks(0, 3, 6)) == (6, 0, 168)
    assert counted(looks(0, 3.01, 6)) == (2, 0, 168)  # [0, 3.01] is too long; [3.01, 6] holds two whole hours
    assert counted(looks(0, 3.01, 6, promise=4 * HOUR)) == (6, 0, 168)


def test_a_broken_promise_awaits_nothing():
    assert counted(looks(160, 161), known_at=UNTIL) == (1, 0, 168)
    assert counted(looks(165, 166), known_at=UNTIL) == (1, 2, 168)


@pytest.mark.parametrize(("week", "hours"), [("2024-W13", 167), ("2024-W43", 169)])
def test_weeks_with_a_clock_change(week, hours):
    week = Week.parse(week)
    since, until = week.start("Europe/Paris"), week.end("Europe/Paris")
    seen = Looks(PROMISE, tuple(since + n * HOUR for n in range(hours + 1)))
    found = hours_of(seen, since, until, until)
    assert sum(found.verified) == len(found.begins) == hours
    assert [one.of for one in by_day(found, "Europe/Paris")] == [24] * 6 + [hours - 144]


@given(st.lists(st.floats(-4, 172), max_size=40), st.floats(0.5, 30))
def test_no_verified_hour_lies_outside_two_near_looks(at, promise):
    """The definition, said another way: some look at or before its start, one at or after its end, no long gap."""
    seen = looks(*sorted(at), promise=promise * HOUR)
    found = hours_of(seen, SINCE, UNTIL, UNTIL)
    for begin, verified in zip(found.begins, found.verified, strict=True):
        before = [one for one in seen.at if one <= begin]
        after = [one for one in seen.at if one >= begin + HOUR]
        between = [one for one in seen.at if before and after and before[-1] <= one <= after[0]]
        near = all(b - a <= seen.promise for a, b in pairwise(between))
        assert verified == bool(before and after and near)


def watched(verified=168, awaiting=0, source="openai-api-countries", kind=SourceKind.AVAILABILITY):
    coverage = Coverage(source, "OpenAI API list", "OpenAI", None, kind, 168, 168, {}, None, None, None)
    return Watched(coverage, 168, verified, awaiting, ())


def state_of(filters, changes, one=None):
    [found] = attestations(filters, [one or watched()], {"openai-api-countries": changes})
    return found


HK = Filters(territories=("HK",))


def test_what_is_attested(made):
    assert state_of(HK, []).state is Silence.UNCHANGED
    assert state_of(HK, [], watched(verified=0)).state is Silence.UNPROVEN
    changed = state_of(HK, [made.change(*made.LOST_TWO)])
    assert (changed.state, changed.changed) == (Silence.CHANGED, ("1..2",))
    assert state_of(HK, [made.change(made.added("KE", "Kenya"))]).state is Silence.UNCHANGED


@pytest.mark.parametrize("held", [Held.REPEATED, Held.OVER_BUDGET, Held.REVERSION])
def test_a_change_that_was_not_announced_is_a_change_all_the_same(made, held):
    assert state_of(HK, [made.change(*made.LOST_TWO, held=held)]).state is Silence.CHANGED


@pytest.mark.parametrize("held", [Held.AWAITING_CONFIRMATION, Held.UNCONFIRMED, Held.DOUBTFUL, Held.UNKNOWN_NAME])
def test_what_was_seen_and_not_believed_is_no_silence(made, held):
    found = state_of(HK, [made.change(*made.LOST_TWO, held=held)])
    assert (found.state, found.doubtful) == (Silence.DOUBTFUL, ("1..2",))


def test_a_cosmetic_change_is_silence(made):
    assert state_of(HK, [made.change(*made.LOST_TWO, held=Held.COSMETIC, substantive=False)]).state is Silence.UNCHANGED


def test_watched_and_filtered_territories_and_groups(made):
    filters = Filters(territories=("EU",), watched=("HK", "EU"))
    lost_france = made.change(made.removed("FR", "France", 1))
    rows = attestations(filters, [watched()], {"openai-api-countries": [lost_france]})
    assert [(one.territory, one.state) for one in rows] == [("EU", Silence.CHANGED), ("HK", Silence.UNCHANGED)]


def test_the_silence_of_a_feed_attests_nothing():
    assert attestations(HK, [watched(kind=SourceKind.FEED)], {}) == ()


def test_changes_that_name_no_territory_are_counted(made):
    duty = Finding(FindingKind.OBLIGATION_STRENGTHENED, Severity.MEDIUM, "may", "must")
    assert state_of(HK, [made.change(duty)]).unnamed == 1
