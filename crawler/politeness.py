"""Whose turn it is to ask a host: one request at a time, not too soon after the last, never before it said.

In this process an asyncio lock per host keeps the order. Across processes a host belongs to one owner for a while (a
row in the store), so a turn costs no database work except once in about half a minute of use.
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from store.database import Database
from store.hosts import HostLease, lease_host, pause_host, release_hosts

_NO_TIME = timedelta(0)
_LONGEST_PAUSE = timedelta(days=7)  # a longer Retry-After is a mistake or malice; we look again after a week

_LONGEST_GAP = timedelta(minutes=10)  # a visit does not sleep longer between two requests: it comes back


class HostBusy(Exception):
    """The host cannot be asked soon enough; passes by itself, not before retry_at."""

    def __init__(self, reason: str, retry_at: datetime) -> None:
        super().__init__(reason)
        self.retry_at = retry_at


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ours_until: datetime | None = None
    next_ok_at: datetime | None = None
    asked_at: datetime | None = None
    waited_in_vain_at: datetime | None = None
    gap: timedelta = _NO_TIME

    @property
    def free_at(self) -> datetime | None:
        """When the next owner may ask: it knows nothing of our last request."""
        return self.asked_at + self.gap if self.asked_at is not None and self.gap else None


class HostTurns:
    """The turns of one process.

    gap: between the end of one request to a host and the start of the next. longest: no single request takes longer.
    lease: for how long a host is ours after we last prolonged it. patience: how long the first in line waits for
    another process or a Retry-After. queue: how long one waits in line here. owner names this process in the store.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        gap: timedelta = timedelta(seconds=1),
        longest: timedelta = timedelta(seconds=30),
        lease: timedelta = timedelta(seconds=60),
        patience: timedelta = timedelta(seconds=60),
        queue: timedelta = timedelta(minutes=10),
        owner: str | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if lease <= longest:
            raise ValueError(f"lease ({lease}) must be longer than the longest request ({longest})")
        self.longest = longest
        self.database, self._clock, self._sleep = database, clock, sleep
        self._gap, self._lease, self._patience, self._queue = gap, lease, patience, queue
        self._owner = owner or f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        self._hosts: dict[str, _Host] = {}
        self._leasing = asyncio.Lock()  # so that a host given back is not taken again before that is written

    async def take(self, name: str, delay: timedelta = _NO_TIME) -> None:
        """Waits for the turn at a host; pass it on with done(). delay: the host's Crawl-delay.

        Raises HostBusy when the turn cannot come within the bounds.
        """
        host = self._hosts.setdefault(name, _Host())
        await self._line_up(host, name)
        ready = False
        try:
            await self._be_ready(host, name, max(self._gap, delay))
            ready = True
        finally:
            if not ready:  # also when cancelled while waiting: the next in line must not wait for ever
                host.lock.release()

    def done(self, name: str, not_before: datetime | None = None) -> None:
        """Ends the turn that take() gave. not_before: what the host asked for; the next in line heeds it at once."""
        host = self._hosts[name]
        host.asked_at = self._clock()
        if not_before is not None:
            host.next_ok_at = max(not_before, host.next_ok_at or not_before)
        host.lock.release()

    async def keep_pause(self, name: str, until: datetime) -> datetime:
        """Stores that nobody may ask this host before until, after a restart neither; gives until back."""
        await asyncio.to_thread(self._write_pause, name, until)
        return until

    async def give_back(self) -> None:
        """Returns the hosts that nobody here is asking, so that another process need not wait for their leases."""
        async with self._leasing:
            idle = {name: host for name, host in self._hosts.items() if host.ours_until and not host.lock.locked()}
            for host in idle.values():
                host.ours_until = None
            if idle:
                await asyncio.to_thread(self._write_release, {name: host.free_at for name, host in idle.items()})

    async def _line_up(self, host: _Host, name: str) -> None:
        if not host.lock.locked():  # free, and asyncio's lock is fair: nobody waits either
            await host.lock.acquire()
            return
        try:
            async with asyncio.timeout(self._queue.total_seconds()):
                await host.lock.acquire()
        except TimeoutError:
            reason = f"host busy: waited {_seconds(self._queue)} in line for {name}"
            raise HostBusy(reason, self._clock() + self._patience) from None

    async def _be_ready(self, host: _Host, name: str, gap: timedelta) -> None:
        host.gap = gap
        if host.asked_at is not None and gap:
            wait = min(
                gap, host.asked_at + gap - self._clock()
            )  # never longer than the gap, should the clock be set back
            if wait > _LONGEST_GAP:
                reason = f"host busy: {name} wants {_seconds(gap)} between two requests"
                raise HostBusy(reason, self._clock() + wait)
            if wait > _NO_TIME:
                await self._sleep(wait.total_seconds())
        while True:
            if host.next_ok_at is not None:
                await self._wait_until(host.next_ok_at, f"{name} asked not to be asked before")
                host.next_ok_at = None
            # Ours must outlast the request and the gap after it: the next owner knows nothing of our last request.
            if host.ours_until is not None and host.ours_until >= self._clock() + self.longest + gap:
                return
            await self._make_ours(host, name, gap)

    async def _make_ours(self, host: _Host, name: str, gap: timedelta) -> None:
        """Takes the host, or waits for another process to give it back, which it does once it has asked what it wanted.

        Who comes soon after a wait in vain does not wait again: those in line would each wait in their turn.
        """
        began = self._clock()
        vain = host.waited_in_vain_at
        deadline = began if vain is not None and began < vain + self._patience else began + self._patience
        while True:
            async with self._leasing:
                now = self._clock()
                lease = await asyncio.to_thread(self._write_lease, name, now, now + self._lease + 2 * gap)
                host.ours_until = lease.until if lease.owned else None
            if lease.owned:
                host.waited_in_vain_at = None
                host.next_ok_at = lease.next_ok_at if lease.next_ok_at and lease.next_ok_at > now else None
                return
            if now >= deadline:
                host.waited_in_vain_at = vain if deadline == began else now
                raise HostBusy(f"host busy: another process asks {name} until {_instant(lease.until)}", lease.until)
            await self._sleep(min(1.0, max(0.05, (min(lease.until, deadline) - now).total_seconds())))

    async def _wait_until(self, at: datetime, reason: str) -> None:
        now = self._clock()
        if at > now + self._patience:
            raise HostBusy(f"host busy: {reason} {_instant(at)}", at)
        if at > now:
            await self._sleep((at - now).total_seconds())

    def _write_lease(self, name: str, now: datetime, until: datetime) -> HostLease:
        with self.database.begin() as session:
            return lease_host(session, name, self._owner, now, until)

    def _write_pause(self, name: str, until: datetime) -> None:
        with self.database.begin() as session:
            pause_host(session, name, until)

    def _write_release(self, next_ok: dict[str, datetime | None]) -> None:
        with self.database.begin() as session:
            release_hosts(session, self._owner, next_ok)


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """The instant a Retry-After header names (RFC 9110, section 10.2.3: seconds or an HTTP date), None if it has none.

    An absurdly distant instant is cut to a week from now.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = int(text[:12])
        return now + min(timedelta(seconds=seconds), _LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one that no calendar holds
        return None
    return min(at, now + _LONGEST_PAUSE)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():g} s"
