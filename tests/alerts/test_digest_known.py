"""Does a digest hold only what was known at its cut, and is it the same however often it is compiled?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from alerts.digests.compiling import digest_for
from alerts.digests.message import digest_html, digest_json, digest_message, digest_text
from alerts.digests.pdf import digest_pdf
from alerts.digests.proof import document
from alerts.digests.values import Known, Silence, TurnKind
from alerts.week import Day, Week
from store import as_known, history
from store.alert_schema import ReviewEntryRow, ReviewRow
from store.codec import encode
from store.reviews import ReviewState
from store.schema import ChangeRow, SourceRow, VersionRow
from store.subscriptions import Filters
from store.values import Held, Outcome
from store.views import ChangeFilter

W28 = Week(2024, 28)
DUE = W28.due("UTC")
LATER = DUE + timedelta(days=60)
HOUR = timedelta(hours=1)


@pytest.fixture
def compile_at(database):
    def made(now, known=Known.THEN, period=W28, zone="UTC", filters=None, owner=None):
        with database.read() as session:
            return digest_for(session, period, zone, filters or Filters(), now, known=known, owner=owner)

    return made


def set_change(database, change_id, **values):
    with database.begin() as session:
        row = session.get_one(ChangeRow, change_id)
        for name, value in values.items():
            setattr(row, name, value)


def hourly(seed, source, start, hours):
    seed.visits(source, [start + n * HOUR for n in range(hours)], Outcome.CONFIRMED)


def test_every_form_is_equal_to_the_byte_however_late(compile_at, seed, made):
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    hourly(seed, source, made.NINTH, 5)
    seed.visits(source, [made.NINTH + 6 * HOUR], Outcome.BLOCKED, "challenge")

    def forms(now):
        digest = compile_at(now, zone="Europe/Paris")
        message = digest_message(digest, made.subscription(digest="weekly"), "https://t.example")
        pdf = digest_pdf(document(digest), "everything")
        return encode(digest), json.dumps(digest_json(digest)), digest_text(digest), digest_html(digest), pdf, message

    first = forms(DUE)
    seed.visits(source, [DUE + timedelta(days=30)], Outcome.BLOCKED, "challenge")
    seed.change(source, made.added("KE", "Kenya"), at=DUE + timedelta(days=2))
    seed.source("added-later")
    assert forms(DUE + timedelta(days=400)) == first
    assert "9 July 2024 10:00 CEST" in first[2]
    assert json.loads(first[1])["verified"] == 5
    assert "no longer lists Hong Kong and Macao" in first[3]
    assert first[5].text.startswith(digest_text(compile_at(DUE, zone="Europe/Paris"), "https://t.example"))


def test_as_known_now_is_equal_until_something_new_is_known(compile_at, seed, made):
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    hourly(seed, source, made.NINTH, 3)
    first = compile_at(LATER, Known.NOW)
    assert compile_at(LATER + timedelta(days=9), Known.NOW) == first
    seed.visits(source, [LATER], Outcome.CONFIRMED)
    assert compile_at(LATER + timedelta(days=9), Known.NOW).known_at == LATER


def test_a_change_confirmed_after_the_cut_waited_then(compile_at, database, seed, made):
    source = seed.source()
    change = seed.change(source, *made.LOST_TWO)
    seed.visits(source, [made.NINTH, DUE + timedelta(days=1)], Outcome.CONFIRMED)
    set_change(database, change, confirmed_at=DUE + timedelta(days=1))
    then = compile_at(LATER)
    assert (then.changes, then.held) == ((), (("awaiting_confirmation", 1),))
    assert [one.state for one in then.attestations] == [Silence.DOUBTFUL]
    now = compile_at(LATER, Known.NOW)
    assert [one.address for one in now.changes] == ["1..2"]
    assert [(one.kind, one.later) for one in now.turns] == [(TurnKind.CONFIRMED, True)]


def test_a_change_refuted_after_the_cut_waited_then(compile_at, database, seed, made):
    source = seed.source()
    change = seed.change(source, *made.LOST_TWO, at=DUE - 10 * HOUR)
    set_change(database, change, held=Held.UNCONFIRMED)
    seed.visits(source, [DUE + HOUR], Outcome.CONFIRMED)
    assert compile_at(LATER).held == (("awaiting_confirmation", 1),)
    now = compile_at(LATER, Known.NOW)
    assert now.held == (("unconfirmed", 1),)
    assert TurnKind.UNCONFIRMED in {one.kind for one in now.turns}


def test_what_was_judged_late_was_not_known_then(compile_at, database, seed, made):
    change = seed.change(seed.source(), *made.LOST_TWO)
    with database.begin() as session:
        version = session.get_one(ChangeRow, change).to_version
        session.get_one(VersionRow, version).judged_at = DUE + HOUR
    assert compile_at(LATER).changes == ()
    seed.visits(1, [LATER], Outcome.CONFIRMED)
    assert len(compile_at(LATER, Known.NOW).changes) == 1


def test_a_later_reversal_is_marked_as_known_now(compile_at, seed, made):
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    seed.change(source, made.added("HK", "Hong Kong"), at=DUE + timedelta(days=9))
    seed.visits(source, [LATER], Outcome.CONFIRMED)
    assert compile_at(LATER).turns == ()
    [turn] = compile_at(LATER, Known.NOW).turns
    assert (turn.kind, turn.later) == (TurnKind.REVERSED, True)


def test_hours_wait_for_a_look_then_and_are_proven_now(compile_at, seed):
    source = seed.source(every_seconds=24 * 3600)
    daily = [W28.start("UTC") - 2 * HOUR + timedelta(days=n) for n in range(9)]
    seed.visits(source, daily, Outcome.CONFIRMED)
    then, now = compile_at(LATER).attestations[0], compile_at(LATER, Known.NOW).attestations[0]
    assert (then.verified_hours, then.awaiting_hours) == (166, 2)
    assert (now.verified_hours, now.awaiting_hours, now.state) == (168, 0, Silence.UNCHANGED)


def test_a_source_retired_later_stays_in_its_past(compile_at, database, seed):
    source = seed.source()
    seed.visits(source, [W28.start("UTC") + HOUR], Outcome.CONFIRMED)
    before = compile_at(LATER)
    with database.begin() as session:
        session.get_one(SourceRow, source).active = False
    assert compile_at(LATER) == before
    assert [one.coverage.source for one in before.watched] == ["openai-api-countries"]


def test_reviews_are_those_of_the_cut(compile_at, database, seed, made):
    change = seed.change(seed.source(), *made.LOST_TWO)
    with database.begin() as session:
        review = ReviewRow(owner="team:law", change_id=change, state="actioned", updated_at=DUE + HOUR)
        session.add(review)
        session.flush()
        for at, state in ((DUE - HOUR, "in_review"), (DUE + HOUR, "actioned")):
            session.add(ReviewEntryRow(review_id=review.id, at=at, by="Ada", state=state, reason="done", via="page"))
    assert [one.review for one in compile_at(LATER, owner="team:law").decisions] == [ReviewState.IN_REVIEW]
    assert compile_at(LATER, Known.NOW, owner="team:law").decisions == ()
    assert [one.review for one in compile_at(LATER, owner="team:other").decisions] == [ReviewState.OPEN]


def test_a_day_is_a_digest_too(compile_at, seed, made):
    seed.change(seed.source(), *made.LOST_TWO)
    digest = compile_at(LATER, period=Day(made.NINTH.date()))
    assert (digest.period, len(digest.changes), len(digest.trend)) == ("2024-07-09", 1, 12)
    assert compile_at(LATER, period=Day(made.NINTH.date()).before()).changes == ()


def test_the_cut_changes_only_what_became_known_later(database, seed, made):
    change = seed.change(seed.source(), *made.LOST_TWO)
    set_change(database, change, announced_at=DUE + HOUR, confirmed_at=made.NINTH)
    with database.read() as session:
        [then] = as_known.changes_known(session, W28.start("UTC"), W28.end("UTC"), DUE)
        [now] = history.changes(session, ChangeFilter())
    assert (then.announced_at, now.announced_at) == (None, DUE + HOUR)
    assert (then.confirmed_at, then.held) == (made.NINTH, None)


def test_an_empty_house_has_a_digest(compile_at):
    digest = compile_at(datetime(2024, 7, 16, tzinfo=UTC), Known.NOW)
    assert digest_text(digest).splitlines()[1] == "No change; 0 sources verified 0 times"
