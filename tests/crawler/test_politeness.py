"""Turns at a host: in order, with gaps, across processes, and never before the host said."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from crawler.politeness import HostBusy, HostTurns, retry_after
from store.database import Database
from store.hosts import lease_host, pause_host, release_hosts

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def turns(database: Database, time: Any, **wishes: Any) -> HostTurns:
    return HostTurns(database, time, sleep=time.sleep, **wishes)


async def test_a_gap_lies_between_two_requests(sqlite_database: Database, time: Any) -> None:
    mine = turns(sqlite_database, time, gap=2 * SECOND)
    for pause in (0.0, 0.5, 5.0):
        time.pass_by(seconds=pause)
        await mine.take("a.example")
        mine.done("a.example")
    assert time.slept == [1.5]


async def test_another_host_is_not_kept_waiting(sqlite_database: Database, time: Any) -> None:
    mine = turns(sqlite_database, time, gap=9 * SECOND)
    await mine.take("a.example")
    await mine.take("b.example")
    assert time.slept == []


async def test_a_crawl_delay_longer_than_the_gap_wins(sqlite_database: Database, time: Any) -> None:
    mine = turns(sqlite_database, time)
    await mine.take("a.example", 300 * SECOND)
    mine.done("a.example")
    await mine.take("a.example", 300 * SECOND)
    assert time.slept == [300.0]


async def test_a_clock_set_back_does_not_stop_us(sqlite_database: Database, time: Any) -> None:
    mine = turns(sqlite_database, time)
    await mine.take("a.example")
    mine.done("a.example")
    time.pass_by(hours=-5)
    await mine.take("a.example")
    assert time.slept == [1.0]


async def test_who_waits_too_long_in_line_is_told(sqlite_database: Database, time: Any) -> None:
    mine = turns(sqlite_database, time, queue=timedelta(milliseconds=50))
    await mine.take("a.example")
    with pytest.raises(HostBusy, match=r"host busy: waited 0\.05 s in line for a\.example"):
        await mine.take("a.example")
    mine.done("a.example")
    await mine.take("a.example")


async def test_those_in_line_are_served_in_order(sqlite_database: Database, time: Any) -> None:
    mine, served = turns(sqlite_database, time), []

    async def one(number: int) -> None:
        await mine.take("a.example")
        served.append(number)
        await asyncio.sleep(0)
        mine.done("a.example")

    await asyncio.gather(*(one(number) for number in range(20)))
    assert served == list(range(20))


async def test_two_processes_do_not_share_a_host(database: Database, time: Any) -> None:
    first, second = turns(database, time), turns(database, time, patience=10 * SECOND)
    await first.take("a.example")
    first.done("a.example")
    with pytest.raises(HostBusy) as busy:
        await second.take("a.example")
    assert busy.value.retry_at > time()
    await second.take("b.example")
    await first.give_back()
    await second.take("a.example")


async def test_a_host_given_back_is_not_waited_for_until_its_lease_ends(database: Database, time: Any) -> None:
    """Also where the lease is longer than our patience: its owner seldom keeps a host that long."""
    first = turns(database, time, lease=timedelta(hours=1))
    await first.take("a.example")
    first.done("a.example")

    async def sleep_while_the_other_ends(seconds: float) -> None:
        await time.sleep(seconds)
        if time() >= NOW + 5 * SECOND:
            await first.give_back()

    second = HostTurns(database, time, sleep=sleep_while_the_other_ends, patience=10 * SECOND)
    await second.take("a.example")
    assert 5 * SECOND <= time() - NOW <= 7 * SECOND


async def test_after_a_wait_in_vain_those_behind_do_not_wait_again(database: Database, time: Any) -> None:
    first = turns(database, time, lease=timedelta(hours=1))
    second = turns(database, time, patience=10 * SECOND)
    await first.take("a.example")
    for _ in range(3):
        with pytest.raises(HostBusy, match=r"another process asks a\.example until 2026-11-24 13:00:02 UTC"):
            await second.take("a.example")
    assert time() == NOW + 10 * SECOND
    time.pass_by(seconds=10)
    with pytest.raises(HostBusy):
        await second.take("a.example")
    assert time() == NOW + 30 * SECOND
    first.done("a.example")
    await first.give_back()
    await second.take("a.example")


async def test_a_host_taken_while_it_is_given_back_stays_ours(database: Database, time: Any) -> None:
    mine, other = turns(database, time, gap=timedelta(0)), turns(database, time, patience=timedelta(0))
    for _ in range(20):
        await mine.take("a.example")
        mine.done("a.example")
        await asyncio.gather(mine.give_back(), mine.take("a.example"))
        with pytest.raises(HostBusy):
            await other.take("a.example")
        mine.done("a.example")


async def test_a_dead_process_holds_a_host_only_for_its_lease(database: Database, time: Any) -> None:
    dead, alive = turns(database, time), turns(database, time, patience=timedelta(minutes=2))
    await dead.take("a.example")
    began = time()
    await alive.take("a.example")
    assert 30 * SECOND < time() - began <= 62 * SECOND


async def test_a_lease_outlasts_the_request_and_the_gap(database: Database, time: Any) -> None:
    """Whenever a turn begins, nobody else gets the host before the longest request and the gap after it are over."""
    mine, other = turns(database, time, gap=5 * SECOND), turns(database, time, patience=timedelta(0))
    for wait in (0, 20, 25, 31, 59, 61, 200):
        time.pass_by(seconds=wait)
        await mine.take("a.example")
        began = time.now
        for late in (0, 15, 30, 34):
            time.now = began + timedelta(seconds=late)
            with pytest.raises(HostBusy):
                await other.take("a.example")
        time.now = began
        mine.done("a.example")


async def test_turns_cost_no_database_work_while_the_lease_lasts(sqlite_database: Database, time: Any) -> None:
    statements: list[str] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    mine = turns(sqlite_database, time, gap=timedelta(0))
    for _ in range(500):
        await mine.take("a.example")
        mine.done("a.example")
    assert len(statements) <= 4


async def test_a_pause_holds_here_there_and_after_a_restart(database: Database, time: Any) -> None:
    mine = turns(database, time)
    await mine.take("a.example")
    until = time() + timedelta(hours=1)
    mine.done("a.example", until)
    assert await mine.keep_pause("a.example", until) == until
    with pytest.raises(HostBusy, match=r"a\.example asked not to be asked before 2026-11-24 13:00:00 UTC"):
        await mine.take("a.example")
    await mine.give_back()
    for process in (mine, turns(database, time)):
        with pytest.raises(HostBusy) as busy:
            await process.take("a.example")
        assert busy.value.retry_at == until
        await process.give_back()
    time.now = until
    await mine.take("a.example")


async def test_a_short_pause_is_waited_for(sqlite_database: Database, time: Any) -> None:
    mine = turns(sqlite_database, time)
    await mine.take("a.example")
    until = time() + 20 * SECOND
    mine.done("a.example", until)
    await mine.keep_pause("a.example", until)
    await mine.take("a.example")
    assert time() == until


async def test_giving_up_in_the_wait_frees_the_turn(sqlite_database: Database, time: Any) -> None:
    with sqlite_database.begin() as session:
        pause_host(session, "a.example", NOW + 30 * SECOND)
    mine = HostTurns(sqlite_database, time)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(mine.take("a.example"), 0.2)
    time.pass_by(minutes=1)
    await mine.take("a.example")


def test_a_lease_shorter_than_a_request_is_refused(sqlite_database: Database, time: Any) -> None:
    with pytest.raises(ValueError, match="lease"):
        HostTurns(sqlite_database, time, lease=30 * SECOND, longest=30 * SECOND)


def test_a_host_has_one_owner_at_a_time(database: Database) -> None:
    until = NOW + timedelta(minutes=1)
    with database.begin() as session:
        assert lease_host(session, "a.example", "one", NOW, until).owned
        other = lease_host(session, "a.example", "two", NOW, until)
        assert (other.owned, other.until) == (False, until)
        assert lease_host(session, "a.example", "one", NOW, until + SECOND).until == until + SECOND
        assert lease_host(session, "a.example", "two", until + SECOND, until + 9 * SECOND).owned
        release_hosts(session, "one", {"a.example": None})
        assert not lease_host(session, "a.example", "one", until + SECOND, until).owned
        release_hosts(session, "two", {"a.example": None})
        assert lease_host(session, "a.example", "one", NOW, until).owned


def test_the_longest_pause_stands_and_ownership_does_not_change_it(database: Database) -> None:
    with database.begin() as session:
        for hours in (1, 3, 2):
            pause_host(session, "a.example", NOW + timedelta(hours=hours))
        lease = lease_host(session, "a.example", "one", NOW, NOW + SECOND)
        assert lease.next_ok_at == NOW + timedelta(hours=3)
        release_hosts(session, "one", {"a.example": None})
        assert lease_host(session, "a.example", "two", NOW, NOW + SECOND).next_ok_at == NOW + timedelta(hours=3)


def test_eight_processes_at_once_give_one_owner(database: Database) -> None:
    def attempt(owner: int) -> bool:
        with database.begin() as session:
            return lease_host(session, "a.example", f"process {owner}", NOW, NOW + SECOND).owned

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("header", "at"),
    [
        ("120", NOW + timedelta(minutes=2)),
        (" 0 ", NOW),
        ("Tue, 24 Nov 2026 13:00:00 GMT", NOW + timedelta(hours=1)),
        ("Tuesday, 24-Nov-26 13:00:00 GMT", NOW + timedelta(hours=1)),
        ("Tue Nov 24 13:00:00 2026", NOW + timedelta(hours=1)),
        ("Tue, 24 Nov 2026 14:00:00 +0100", NOW + timedelta(hours=1)),
        ("99999999999999999999999", NOW + timedelta(days=7)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW + timedelta(days=7)),
        *((odd, None) for odd in ("", "soon", "-5", "1.5", "12 parsecs", "٣", "Tue, 99 Nov 2026 13:00:00 GMT")),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, at: datetime | None) -> None:
    assert retry_after(header, NOW) == at


async def test_an_idle_host_goes_back_and_the_next_owner_keeps_the_gap(database: Database, time: Any) -> None:
    gap = timedelta(seconds=7)
    first = HostTurns(database, time, gap=gap, sleep=time.sleep, owner="first")
    second = HostTurns(database, time, gap=gap, sleep=time.sleep, owner="second")
    await first.take("a.example")
    first.done("a.example")
    await first.give_back()
    asked = time.now
    await second.take("a.example")
    assert time.now == asked + gap
    second.done("a.example")


async def test_a_host_being_asked_is_not_given_back(database: Database, time: Any) -> None:
    first = HostTurns(database, time, sleep=time.sleep, owner="first")
    second = HostTurns(database, time, sleep=time.sleep, owner="second", patience=timedelta(seconds=5))
    await first.take("a.example")
    await first.give_back()
    with pytest.raises(HostBusy):
        await second.take("a.example")
    first.done("a.example")
