"""As-of answers: bracketed by captures, never more certain than they are."""

from datetime import timedelta

import pytest

from store.availability import availability
from store.values import Outcome, Polarity
from store.views import Answer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ask(database):
    def asked(at, territory="HK", **given):
        with database.read() as session:
            return availability(session, at, territory=territory, **given)

    return asked


@pytest.fixture
def loses_hong_kong(record, list_of, start):
    """Captures at 0 h and 30 d with Hong Kong, at 60 d and 60 d 1 h without."""
    record(start, list_of("US", "HK"))
    record(start + 30 * DAY, list_of("US", "HK"))
    record(start + 60 * DAY, list_of("US"))
    record(start + 60 * DAY + HOUR, list_of("US"))


def test_before_the_first_capture_nothing_is_known(ask, loses_hong_kong, start):
    [answer] = ask(start - DAY)
    assert (answer.status, answer.before, answer.status_after) == (Answer.UNKNOWN, None, Answer.LISTED)
    assert answer.after.captured_at == start


def test_between_two_captures_that_agree_the_answer_stands(ask, loses_hong_kong, start):
    [answer] = ask(start + 10 * DAY)
    assert (answer.status, answer.status_after) == (Answer.LISTED, Answer.LISTED)
    assert answer.before.sha256 == answer.after.sha256


def test_between_two_captures_that_differ_the_earlier_speaks_and_the_later_is_named(ask, loses_hong_kong, start):
    [answer] = ask(start + 40 * DAY)
    assert (answer.status, answer.status_after) == (Answer.LISTED, Answer.NOT_LISTED)
    assert "changed between" in answer.reason
    assert answer.before.version < answer.after.version
    assert (answer.before.captured_at, answer.after.captured_at) == (start + 30 * DAY, start + 60 * DAY)


def test_a_capture_too_long_ago_says_nothing_unless_the_next_agrees(ask, record, list_of, start):
    record(start, list_of("US", "HK"))
    record(start + 90 * DAY, list_of("US"))
    [answer] = ask(start + 40 * DAY)
    assert (answer.status, answer.status_after) == (Answer.UNKNOWN, Answer.NOT_LISTED)
    assert "too old" in answer.reason


def test_after_the_removal_it_is_not_listed(ask, loses_hong_kong, start):
    [answer] = ask(start + 60 * DAY + 2 * HOUR)
    assert (answer.status, answer.after) == (Answer.NOT_LISTED, None)


def test_an_old_last_capture_is_too_old(ask, loses_hong_kong, start):
    [answer] = ask(start + 70 * DAY)
    assert answer.status is Answer.NOT_LISTED
    [answer] = ask(start + 91 * DAY)
    assert answer.status is Answer.UNKNOWN
    assert "too old" in answer.reason


def test_a_bad_capture_proves_nothing(ask, record, list_of, start):
    record(start, list_of("US", "HK"))
    record(start + HOUR, None, Outcome.BLOCKED, reason="challenge")
    record(start + 2 * HOUR, None, Outcome.IMPLAUSIBLE, reason="half a list")
    [answer] = ask(start + 2 * HOUR)
    assert (answer.status, answer.verified_at) == (Answer.LISTED, start)


def test_condition_and_published_name_come_along(ask, record, list_of, start):
    record(start, list_of("US", "UA", conditions={"UA": "with certain exceptions"}))
    [answer] = ask(start, territory="UA")
    assert (answer.status, answer.condition, answer.name) == (Answer.RESTRICTED, "with certain exceptions", "UA")


def test_names_that_could_not_be_read_make_absence_unknown(ask, record, list_of, start):
    from dataclasses import replace

    from store.values import Span

    content = list_of("US")
    record(start, replace(content, facts=replace(content.facts, unknown=(Span(0, 0, 3, "Hnog Kong"),))))
    [answer] = ask(start)
    assert answer.status is Answer.UNKNOWN
    assert "Hnog Kong" in answer.reason
    [answer] = ask(start, territory="US")
    assert answer.status is Answer.LISTED


def test_absence_from_a_deny_list_is_not_listed(database, ask, record, list_of, spec_of, start):
    record(start, list_of("UA-43", "CU"))
    with database.begin() as session:
        from store.sources import declare

        declare(session, [spec_of("example", polarity=Polarity.DENY)], start)
    [answer] = ask(start, territory="UA")
    assert answer.status is Answer.NOT_LISTED
    assert "UA-43" in answer.reason


def test_without_a_territory_every_named_one_is_answered(ask, record, list_of, start):
    record(start, list_of("US", "HK", "JP"))
    assert [a.territory for a in ask(start, territory=None)] == ["HK", "JP", "US"]


def test_filters_leave_other_publishers_and_products_out(ask, record, list_of, start):
    record(start, list_of("HK"))
    assert len(ask(start, publisher="example ai", product="EXAMPLE API")) == 1
    assert ask(start, publisher="Other") == ask(start, product="Other") == ()


def test_a_group_speaks_for_its_members_of_that_day(ask, record, list_of, start):
    record(start, list_of("US", "EU"))
    [france] = ask(start, territory="FR")
    assert (france.status, france.name) == (Answer.LISTED, "EU")
    [kingdom] = ask(start, territory="GB")
    assert kingdom.status is Answer.NOT_LISTED
