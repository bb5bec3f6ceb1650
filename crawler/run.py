"""Conducts visits: claims sources, asks the engine, decides how each visit ended, and has it recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from crawler.answers import Ask, Fetched, NotFetched
from crawler.visit import Known, Pace, broken, declared, ended, is_unchanged
from store.archive import Current, Visited, confirmed_before, current, record_unchanged, record_visit
from store.database import Database
from store.sources import DueSource, claim_due, claim_named, postpone
from store.values import Outcome

LEASE = timedelta(minutes=15)
_UNCHANGED_AT_ONCE = 50

log = structlog.get_logger()


class Fetcher(Protocol):
    """What fetches: the engine of crawler.engine."""

    async def fetch(self, ask: Ask) -> Fetched | NotFetched: ...

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
    """Visits of one process: its store, its engine, its clock and its pace. done is called after each visit."""

    database: Database
    engine: Fetcher
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    done: Callable[[str, Outcome], None] = lambda slug, outcome: None

    async def of_due(self, limit: int = 200) -> Tally:
        """Visits up to limit sources that are due."""
        return await self._of(lambda now: self._claimed(lambda s: claim_due(s, now, limit, LEASE)))

    async def of_named(self, slugs: Iterable[str]) -> Tally:
        """Visits sources by slug, due or not."""
        names = list(slugs)
        return await self._of(lambda now: self._claimed(lambda s: claim_named(s, names, now, LEASE)))

    def _claimed(self, claim: Callable[..., list[DueSource]]) -> list[DueSource]:
        with self.database.begin() as session:
            return claim(session)

    async def _of(self, claim: Callable[[datetime], list[DueSource]]) -> Tally:
        tally = Tally()
        sources = await asyncio.to_thread(claim, self.clock())
        unchanged = Unchanged(self.database, tally)
        try:
            await asyncio.gather(*(self._visit(source, unchanged, tally) for source in sources))
        finally:
            await asyncio.to_thread(unchanged.write)
            await self.engine.rest()
        return tally

    async def _visit(self, source: DueSource, unchanged: Unchanged, tally: Tally) -> None:
        """One visit. A failure of our own is logged and stored as its end: one source never stops the others."""
        try:
            conditional = source.unconditional_in > 0 and source.version is not None
            answer = await self.engine.fetch(_ask(source, conditional))
            if isinstance(answer, NotFetched) and answer.postponed:
                await asyncio.to_thread(self._postpone, source, answer)
                return
            if is_unchanged(source, answer):
                visited = ended(source, answer, conditional, _nothing_known, self.clock(), self.pace)
                unchanged.add(source, visited)
                if unchanged.full:
                    await asyncio.to_thread(unchanged.write)
            else:
                visited = await asyncio.to_thread(self._recorded, source, answer, conditional)
                tally.count(visited.outcome)
                if visited.outcome is Outcome.VERSION and visited.unconditional_in == 0:
                    tally.unsure.append(source.slug)
            self.done(source.slug, visited.outcome)
        except Exception as error:
            log.exception("visit failed", source=source.slug)
            tally.failed.append(source.slug)
            await asyncio.to_thread(self._record_failure, source, error)

    def _postpone(self, source: DueSource, answer: NotFetched) -> None:
        with self.database.begin() as session:
            postpone(session, source, answer.retry_at or self.clock())
        log.info("postponed", source=source.slug, reason=answer.reason)

    def _record_failure(self, source: DueSource, error: Exception) -> None:
        visited = broken(source, error, self.clock())
        with self.database.begin() as session:
            record_visit(session, source, visited)

    def _recorded(self, source: DueSource, answer: Fetched | NotFetched, conditional: bool) -> Visited:
        at = self.clock()
        visited = ended(source, answer, conditional, known_to(self.database, source), at, self.pace)
        with self.database.begin() as session:
            record_visit(session, source, visited)
        log.info("visited", source=source.slug, outcome=visited.outcome.value, reason=visited.reason)
        return visited


class Unchanged:
    """Visits that the server answered with 304, kept for a moment so that many are written in one transaction."""

    def __init__(self, database: Database, tally: Tally) -> None:
        self._database, self._tally = database, tally
        self._kept: list[tuple[DueSource, Visited]] = []

    @property
    def full(self) -> bool:
        return len(self._kept) >= _UNCHANGED_AT_ONCE

    def add(self, source: DueSource, visited: Visited) -> None:
        self._kept.append((source, visited))

    def write(self) -> None:
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

    return Known(standing, seen)


_nothing_known = Known(lambda: None, lambda _sha256: None)


def _ask(source: DueSource, conditional: bool) -> Ask:
    return Ask(
        url=source.url,
        kind=declared(source.slug, source.text).kind,
        etag=source.etag if conditional else None,
        last_modified=source.last_modified if conditional else None,
    )
