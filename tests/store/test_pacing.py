"""Intervals follow stored visits, within the promise and the budget; hints pull visits forward; off is off."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text, update

from store import hints, pacing
from store.database import migrate
from store.pace_schema import PaceRow
from store.schema import ChangeRow, SourceRow, VersionRow
from store.sources import claim_named, declare
from store.values import Entry, Held, SourceKind, Span

HOUR = timedelta(hours=1)


@pytest.fixture
def judge(database):
    """Stores the change of every unjudged version, held for one reason or none."""

    def judged(at, held=None):
        with database.begin() as session:
            for version in session.scalars(select(VersionRow).where(VersionRow.judged_at.is_(None))):
                version.judged_at = at
                if version.previous_id is not None:
                    session.add(
                        ChangeRow(
                            source_id=version.source_id, from_version=version.previous_id, to_version=version.id,
                            at=version.at, substantive=True, significance=1.0, severity="high", reasons=[], held=held,
                        )
                    )  # fmt: skip

    return judged


@pytest.fixture
def watched(record, list_of, judge, start):
    """A day of hourly visits: "busy" changes each time, "quiet" and "still" never. Returns the last visit's time."""

    def made(held=None):
        for hour in range(24):
            at = start + hour * HOUR
            record(at, list_of("US", "CA" if hour % 2 else "FR"), slug="busy")
            record(at, list_of("US"), slug="quiet")
            record(at, list_of("US"), slug="still")
            judge(at, held)
        return start + 23 * HOUR

    return made


def interval_of(session):
    return {view.slug: view.interval for view in pacing.paces(session)}


def planned(database, now, importance=None):
    with database.begin() as session:
        pacing.one_at_a_time(session)
        changed = pacing.count_looks(session)
        pacing.plan(session, importance or {}, now)
    return changed


def test_what_changes_is_visited_more_often_within_budget_and_promise(database, watched):
    last = watched()
    changed = planned(database, last)
    assert [one.slug for one in changed] == ["busy"] * 23
    with database.read() as session:
        found = interval_of(session)
        assert found["busy"] < HOUR < found["quiet"] <= 2.5 * HOUR
        assert sum(HOUR / length for length in found.values()) == pytest.approx(3, rel=0.01)
        due = dict(session.execute(select(SourceRow.slug, SourceRow.due_at)).tuples().all())
        assert due["quiet"] == last + found["quiet"]
        assert not pacing.plan_is_old(session, last)
        assert pacing.plan_is_old(session, last + HOUR)
        assert not pacing.is_due(session, last)
    with database.begin() as session:
        [claimed] = claim_named(session, ["busy"], last, HOUR)
        assert claimed.every == found["busy"]


def test_a_cosmetic_change_is_no_change_and_an_unjudged_one_waits(database, watched, record, list_of):
    last = watched(held=Held.COSMETIC.value)
    assert planned(database, last) == []
    record(last + HOUR, list_of("US", "JP"), slug="quiet")
    assert planned(database, last + HOUR) == []
    with database.begin() as session:
        session.execute(update(VersionRow).values(judged_at=None))
        assert pacing.is_due(session, last + HOUR)


def test_importance_shortens_an_interval(database, watched):
    last = watched()
    with database.read() as session:
        important = {view.source_id: 4.0 for view in pacing.paces(session) if view.slug == "still"}
    planned(database, last, important)
    with database.read() as session:
        found = interval_of(session)
    assert found["still"] < found["quiet"]


def test_a_second_look_at_a_removal_is_not_put_off(database, watched):
    last = watched()
    soon = last + timedelta(minutes=10)
    with database.begin() as session:
        session.execute(update(SourceRow).values(due_at=soon))
    planned(database, last)
    with database.read() as session:
        assert set(session.scalars(select(SourceRow.due_at))) == {soon}


def test_switched_off_everything_is_visited_as_declared(database, watched):
    last = watched()
    planned(database, last)
    with database.begin() as session:
        pacing.unplan(session)
    with database.read() as session:
        assert set(interval_of(session).values()) == {HOUR}
        assert set(session.scalars(select(SourceRow.due_at))) == {last + HOUR}
        assert not pacing.is_planned(session)


def test_another_every_starts_from_itself(database, watched, spec_of):
    last = watched()
    planned(database, last)
    with database.begin() as session:
        declare(session, [spec_of("quiet", every=timedelta(minutes=30))], last, retire=False)
        assert interval_of(session)["quiet"] == timedelta(minutes=30)


def test_a_change_makes_other_pages_of_its_publisher_due(database, watched, record, list_of, judge, spec_of):
    last = watched()
    planned(database, last)
    at = last + timedelta(minutes=45)
    record(at, list_of("US", "JP"), slug="busy")
    judge(at)
    with database.begin() as session:
        session.execute(update(SourceRow).where(SourceRow.slug == "still").values(failures=1))
        assert hints.follow(session, pacing.count_looks(session), at) == ["quiet"]
        pacing.plan(session, {}, at)
    with database.read() as session:
        due = dict(session.execute(select(SourceRow.slug, SourceRow.due_at)).tuples().all())
        [view] = [view for view in pacing.paces(session) if view.slug == "quiet"]
        assert due["quiet"] == at < due["still"]
        assert view.hint == "busy of the same publisher changed"
        assert pacing.budget_of(session)[0] > 0


def test_an_old_change_hints_at_nothing(database, watched):
    last = watched()
    with database.begin() as session:
        assert hints.follow(session, pacing.count_looks(session), last + timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("link", "title", "territories", "publisher", "expected"),
    [
        ("https://www.example.com/countries.md?utm=1", "x", (), "Outlet", "an entry of busy leads to it"),
        ("https://example.com/", "x", (), "Outlet", None),
        ("https://o.example/1", "Example AI leaves", ("CN",), "Outlet", "an entry of busy names Example AI and a"),
        ("https://o.example/1", "Example AI leaves", (), "Outlet", None),
        ("https://o.example/1", "Example Airlines leaves", ("CN",), "Outlet", None),
        ("https://o.example/1", "We leave", ("CN",), "Example AI", "an entry of busy names Example AI and a"),
    ],
)
def test_a_new_entry_speaks_of_a_source(database, start, spec_of, link, title, territories, publisher, expected):
    changed = pacing.Changed(0, "busy", publisher, SourceKind.FEED, start, 1, 1)
    entry = Entry(link, title, Span(0, 0, 1, "x"), territories=territories)
    with database.begin() as session:
        declare(session, [spec_of()], start)
        [(source, pace)] = session.execute(
            select(SourceRow, PaceRow).join(PaceRow, PaceRow.source_id == SourceRow.id)
        ).all()
        why = hints._why(changed, [entry], source, pace)
    assert (why or "").startswith(expected or "")
    assert (why is None) == (expected is None)


def test_a_declared_hint_is_heeded(database, start, spec_of):
    changed = pacing.Changed(0, "inspection-list", "Register", SourceKind.FEED, start, 1, 1)
    with database.begin() as session:
        declare(session, [spec_of(hints=("inspection-list",))], start)
        [(source, pace)] = session.execute(
            select(SourceRow, PaceRow).join(PaceRow, PaceRow.source_id == SourceRow.id)
        ).all()
        assert hints._why(changed, [], source, pace) == "inspection-list changed, as its declaration asks"


def test_paces_come_and_go_with_data_in_the_database(database, watched):
    last = watched()
    planned(database, last)
    migrate(database, "0002")
    assert "pace" not in inspect(database.engine).get_table_names()
    with database.engine.connect() as connection:
        assert connection.execute(text("select count(*) from visit")).scalar() == 72
    migrate(database, "head")
    assert len(planned(database, last)) == 23  # everything is derived again from the visits
