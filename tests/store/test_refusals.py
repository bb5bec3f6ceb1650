"""What was refused lately, of a source and of its host, on both databases."""

from __future__ import annotations

from datetime import timedelta

from store.refusals import refused_on_host, refused_since_good
from store.values import Outcome


def test_only_what_was_refused_since_the_last_good_visit_counts_newest_first(database, record, list_of, start):
    good, early, first, second = list_of("FR"), list_of("A"), list_of("B"), list_of("C")
    record(start, early, Outcome.BLOCKED, reason="challenge: early")
    record(start + timedelta(hours=1), good)
    record(start + timedelta(hours=2), first, Outcome.IMPLAUSIBLE, reason="partial: first")
    record(start + timedelta(hours=3), second, Outcome.IMPLAUSIBLE, reason="partial: second")
    record(start + timedelta(hours=4), None, Outcome.UNREACHABLE, reason="timed out")
    with database.read() as session:
        refused = refused_since_good(session, 1, 2)
        newest = refused_since_good(session, 1, 1)
    assert [one.body for one in refused] == [second.fingerprint.encode(), first.fingerprint.encode()]
    assert newest == refused[:1]


def test_a_good_visit_ends_the_row_of_refusals(database, record, list_of, start):
    record(start, list_of("FR"))
    record(start + timedelta(hours=1), list_of("A"), Outcome.IMPLAUSIBLE, reason="partial: half")
    record(start + timedelta(hours=2), list_of("FR"))
    with database.read() as session:
        assert refused_since_good(session, 1, 5) == ()


def test_a_source_never_good_has_all_its_refusals_and_no_other_source_has_them(database, record, list_of, start):
    record(start, list_of("A"), Outcome.BLOCKED, reason="challenge")
    record(start, list_of("FR"), slug="other")
    with database.read() as session:
        assert len(refused_since_good(session, 1, 5)) == 1
        assert refused_since_good(session, 2, 5) == ()


def test_a_host_is_remembered_by_what_it_sent_one_of_each_body(database, record, list_of, start):
    wall, error = list_of("A"), list_of("B")
    record(start, wall, Outcome.BLOCKED, slug="one", reason="consent or login wall: sign in")
    record(start + timedelta(hours=1), error, Outcome.BLOCKED, slug="two", reason="error dressed as 200: gone")
    record(start + timedelta(hours=2), wall, Outcome.BLOCKED, slug="two", reason="consent or login wall: sign in")
    record(start + timedelta(hours=3), list_of("C"), Outcome.IMPLAUSIBLE, slug="two", reason="partial: half")
    record(start + timedelta(hours=4), list_of("FR"), slug="two")
    with database.read() as session:
        known = refused_on_host(session, "example.com", 5)
        one = refused_on_host(session, "example.com", 1)
        elsewhere = refused_on_host(session, "example.org", 5)
    assert known == (
        ("consent or login wall: sign in", wall.fingerprint.encode()),
        ("error dressed as 200: gone", error.fingerprint.encode()),
    )
    assert (one, elsewhere) == (known[:1], ())
