"""Conducts visits: claims sources, asks the engine, decides how each visit ended, and has it recorded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from crawler import memory
from crawler.answers import Ask, Fetched, NotFetched
from crawler.known import LOOKS, NOTHING_KNOWN, Known
from crawler.rendered import as_rendered, either_edition, wants_browser
from crawler.twins import Said, confirmed_by, contradicted, elsewhere, has_nothing, said_of, stood_in, twin_ask
from crawler.visit import Pace, broken, declared, ended, is_unchanged
from store.archive import Current, Received, Visited, confirmed_before, current, record_unchanged, record_visit
from store.confirmation import Waiting, waiting_changes
from store.database import Database, DatabaseUnavailable
from store.refusals import refused_on_host, refused_since_good
from store.sources import DueSource, claim_due, claim_named, postpone, release
from store.values import Outcome

LEASE = timedelta(minutes=15)
LONGEST = timedelta(minutes=14)  # a visit ends before its claim does, so that no source is visited twice at once
IN_FLIGHT = 200  # visits of one process at once; Limits.concurrent is more, so that none waits for a connection
_UNCHANGED_AT_ONCE = 50
_REFUSALS = 8  # earlier refusals of a host that a page of little text is compared with

Read = TypeVar("Read")

log = structlog.get_logger()


class Fetcher(Protocol):
    """What fetches: the engine of crawler.engine."""

    async def fetch(self, ask: Ask) -> Fetched | NotFetched: ...

    async def rendered(self, plain: Fetched) -> Fetched | NotFetched: ...

    async def rest(self) -> None: ...


@dataclass(slots=True)
class Tally:
    """How many visits ended how, and which sources must be looked at again to confirm a removal."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def visits(self) -> int:
        return sum(self.outcomes.values())

    def count(self, outcome: Outcome, number: int = 1) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + number


@dataclass(frozen=True)
class Visits:
    """Visits of one process: its store, its engine, its clock and its pace. done is called after each visit.

    Pages are read one at a time: what one hostile page may cost is then what all of them together cost, and Python
    would not read two any faster.
    """

    database: Database
    engine: Fetcher
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    done: Callable[[str, Outcome], None] = lambda slug, outcome: None
    _reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1), init=False, repr=False)

    async def of_due(self, limit: int = 200) -> Tally:
        """Visits up to limit sources that are due."""
        return await self._of(lambda now: self._claimed(lambda s: claim_due(s, now, limit, LEASE)))

    async def of_named(self, slugs: Iterable[str]) -> Tally:
        """Visits sources by slug, due or not."""
        names = list(slugs)
        return await self._of(lambda now: self._claimed(lambda s: claim_named(s, names, now, LEASE)))

    def claimed(self, limit: int, leave_out: Collection[str]) -> list[DueSource]:
        """Up to limit due sources for this process, none of them on the hosts left out."""
        return self._claimed(lambda s: claim_due(s, self.clock(), limit, LEASE, leave_out))

    def given_back(self, sources: Sequence[DueSource]) -> None:
        """Ends claims without a visit: the sources are due as before."""
        with self.database.begin() as session:
            release(session, sources)

    def _claimed(self, claim: Callable[..., list[DueSource]]) -> list[DueSource]:
        with self.database.begin() as session:
            return claim(session)

    async def _of(self, claim: Callable[[datetime], list[DueSource]]) -> Tally:
        tally = Tally()
        sources = await asyncio.to_thread(claim, self.clock())
        unchanged = Unchanged(self.database, tally)
        places = asyncio.Semaphore(IN_FLIGHT)

        async def one(source: DueSource) -> None:
            async with places:
                await self.visit(source, unchanged, tally)

        try:
            ends = await asyncio.gather(*map(one, sources), return_exceptions=True)
        finally:
            await asyncio.to_thread(unchanged.write)
            await self.engine.rest()
        for error in filter(None, ends):  # only now that all have ended: a database that went away
            raise error
        return tally

    async def visit(self, source: DueSource, unchanged: Unchanged, tally: Tally) -> None:
        """One visit. A failure of our own is logged and stored as its end: one source never stops the others.

        Raises DatabaseUnavailable, and then nothing of the visit is stored.
        """
        deadline = asyncio.get_running_loop().time() + LONGEST.total_seconds()
        try:
            conditional = source.unconditional_in > 0 and source.version is not None
            said, seen = await self._second_look(source, deadline)
            if seen is not None:
                await asyncio.to_thread(self._record, source, seen)
                tally.count(seen.outcome)
                self.done(source.slug, seen.outcome)
                return
            conditional = conditional and said is Said.NOTHING
            answer = await self._answer(_ask(source, conditional), deadline)
            if isinstance(answer, NotFetched) and answer.postponed:
                await asyncio.to_thread(self._postpone, source, answer)
                return
            if is_unchanged(source, answer, conditional):
                visited = ended(source, answer, conditional, NOTHING_KNOWN, self.clock(), self.pace)
                unchanged.add(source, visited)
                if unchanged.full:
                    await asyncio.to_thread(unchanged.write)
            else:
                visited = await self._in_turn(self._ended, source, answer, conditional)
                if said is Said.CONTRADICTS:
                    visited = contradicted(visited, self.pace)
                visited = await self._at_twin(source, visited, deadline)
                visited = await self._in_browser(source, visited, deadline)
                await asyncio.to_thread(self._record, source, visited)
                tally.count(visited.outcome)
                if visited.outcome is Outcome.VERSION and visited.unconditional_in == 0:
                    tally.unsure.append(source.slug)
            self.done(source.slug, visited.outcome)
        except DatabaseUnavailable:
            raise  # says nothing of the source: it is visited again when its claim has run out
        except Exception as error:
            log.exception("visit failed", source=source.slug)
            tally.failed.append(source.slug)
            await asyncio.to_thread(self._record_failure, source, error)

    async def _in_turn(self, reads: Callable[..., Read], *given: object) -> Read:
        """What a function brings that reads pages, run in a thread when no other page is being read."""
        large = any(isinstance(one, Fetched) and len(one.body) > memory.LARGE for one in given)
        async with self._reading:
            memory.settled()
            try:
                return await asyncio.to_thread(reads, *given)
            finally:
                if large:
                    await asyncio.to_thread(memory.given_back)

    async def _second_look(self, source: DueSource, deadline: float) -> tuple[Said, Visited | None]:
        """What the twin of a source says of the changes that wait; with the visit's end where it agrees."""
        ask = twin_ask(source)
        waiting = await asyncio.to_thread(self._waiting, source) if ask is not None else ()
        if ask is None or not waiting:
            return Said.NOTHING, None
        answer = await self._answer(ask, deadline)
        said = await self._in_turn(said_of, waiting, source, answer)
        if said is not Said.AGREES or not isinstance(answer, Fetched):
            return said, None
        return said, confirmed_by(source, answer, self.clock(), self.pace)

    def _waiting(self, source: DueSource) -> tuple[Waiting, ...]:
        with self.database.read() as session:
            return waiting_changes(session, source.id)

    async def _at_twin(self, source: DueSource, visited: Visited, deadline: float) -> Visited:
        """The visit's end, or where the address has nothing the end that its twin brings."""
        ask = twin_ask(source) if has_nothing(visited) else None
        if ask is None:
            return visited
        answer = await self._answer(ask, deadline)
        known = known_to(self.database, source)
        return await self._in_turn(stood_in, source, visited, answer, known, self.clock(), self.pace)

    async def _in_browser(self, source: DueSource, visited: Visited, deadline: float) -> Visited:
        """The visit's end, or where scripts must fill the page and the declaration lets them, what they make of it."""
        plain = wants_browser(source, visited)
        if plain is None:
            return visited
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self.engine.rendered(plain)
        except TimeoutError:
            answer = NotFetched(Outcome.UNREACHABLE, "the browser did not get to it in time")
        known = known_to(self.database, source)
        return await self._in_turn(as_rendered, source, visited, answer, known, self.clock(), self.pace)

    async def _answer(self, ask: Ask, deadline: float) -> Fetched | NotFetched:
        try:
            async with asyncio.timeout_at(deadline):
                return await self.engine.fetch(ask)
        except TimeoutError:
            return NotFetched(Outcome.UNREACHABLE, f"the visit did not end within {LONGEST.total_seconds():g} s")

    def _postpone(self, source: DueSource, answer: NotFetched) -> None:
        with self.database.begin() as session:
            postpone(session, source, answer.retry_at or self.clock())
        log.info("postponed", source=source.slug, reason=answer.reason)

    def _record_failure(self, source: DueSource, error: Exception) -> None:
        visited = broken(source, error, self.clock())
        with self.database.begin() as session:
            record_visit(session, source, visited)

    def _ended(self, source: DueSource, answer: Fetched | NotFetched, conditional: bool) -> Visited:
        known = known_to(self.database, source)
        if isinstance(answer, Fetched) and answer.status != 304 and twin_ask(source) is not None:
            return elsewhere(source, answer, known, self.clock(), self.pace, of_twin=False, conditional=conditional)
        return either_edition(source, answer, conditional, known, self.clock(), self.pace)

    def _record(self, source: DueSource, visited: Visited) -> None:
        with self.database.begin() as session:
            record_visit(session, source, visited)
        log.info("visited", source=source.slug, outcome=visited.outcome.value, reason=visited.reason)


class Unchanged:
    """Visits that the server answered with 304, kept for a moment so that many are written in one transaction."""

    def __init__(self, database: Database, tally: Tally) -> None:
        self._database, self._tally = database, tally
        self._kept: list[tuple[DueSource, Visited]] = []
        self._door = threading.Lock()  # write() runs in a thread while visits go on

    @property
    def full(self) -> bool:
        return len(self._kept) >= _UNCHANGED_AT_ONCE

    def add(self, source: DueSource, visited: Visited) -> None:
        with self._door:
            self._kept.append((source, visited))

    def write(self) -> None:
        with self._door:
            batch, self._kept = self._kept, []
        if batch:
            with self._database.begin() as session:
                record_unchanged(session, batch)
            self._tally.count(Outcome.CONFIRMED, len(batch))


def known_to(database: Database, source: DueSource) -> Known:
    """What the store knows of a source, each answer in a reading session of its own."""

    def standing() -> Current | None:
        if source.version is None:
            return None
        with database.read() as session:
            return current(session, source.version)

    def seen(sha256: str) -> int | None:
        with database.read() as session:
            return confirmed_before(session, source.id, sha256)

    def refused() -> tuple[Received, ...]:
        with database.read() as session:
            return refused_since_good(session, source.id, LOOKS)

    def of_host() -> tuple[tuple[str, bytes], ...]:
        with database.read() as session:
            return refused_on_host(session, source.host, _REFUSALS)

    return Known(standing, seen, refused, of_host)


def _ask(source: DueSource, conditional: bool) -> Ask:
    return Ask(
        url=source.url,
        kind=declared(source.slug, source.text).kind,
        etag=source.etag if conditional else None,
        last_modified=source.last_modified if conditional else None,
    )
