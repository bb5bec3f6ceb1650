"""One round through the house: visit what is due, judge what is new, look again at removals, tell who must know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from alerts.channel import Channel
from alerts.confirming import end_unanswered
from alerts.reviewing import remind
from alerts.run import APART, AT_ONCE, GATHER, Delivered, Timers, announce, compile_digests, deliver, tell_operators
from crawler.run import Fetcher, Tally, Visits
from crawler.sitemaps import Sitemaps
from detector.news.run import stories_of
from detector.run import judge
from store.calendar import note_dates
from store.values import Outcome
from tocsin.app import App
from tocsin.heartbeat import beat
from tocsin.pacing import keep_pace


@dataclass(frozen=True, slots=True)
class Told:
    """What a round told: changes announced, digests compiled, messages sent and not, and why not, one line each."""

    announced: int
    digests: int
    sent: int
    failed: int
    problems: tuple[str, ...]


def visits(app: App, engine: Fetcher, done: Callable[[str, Outcome], None]) -> Visits:
    return Visits(app.database, engine, app.clock, app.pace, done)


async def look_again(app: App, engine: Fetcher, tally: Tally) -> Tally:
    """Visits once more, without validators, what lost something: a removal is announced when seen twice."""
    slugs = sorted(set(tally.unsure))
    if not slugs:
        return Tally()
    return await visits(app, engine, lambda slug, outcome: None).of_named(slugs)


async def judged(app: App) -> int:
    """Compares every version that nobody has compared yet and gathers news into stories; returns how many changes."""
    encoder = await asyncio.to_thread(lambda: app.encoder)  # the first time it is loaded, for seconds
    changes = await asyncio.to_thread(judge, app.database, encoder, app.clock())
    await asyncio.to_thread(stories_of, app.database, app.clock(), encoder)
    return changes


async def paced(app: App) -> list[str]:
    """Counts what the visits saw and sets the intervals that follow; returns the sources made due by hints."""
    return await asyncio.to_thread(keep_pace, app.database, app.clock(), app.settings.adaptive)


def timers(app: App) -> Timers:
    """How long changes gather in a message, for subscriptions that name no time of their own."""
    return Timers(timedelta(seconds=app.settings.group_wait), timedelta(seconds=app.settings.group_interval))


async def announced(app: App, *, at_once: bool = False) -> int:
    """Announces what may be announced; how many changes. at_once: their messages need not wait for further ones."""
    waits = AT_ONCE if at_once else timers(app)
    return await asyncio.to_thread(announce, app.database, app.clock(), waits)


async def compiled(app: App, *, at_once: bool = False) -> int:
    """Compiles the digests whose week or day has ended, how many; what operators hear of; reminders; the calendar.

    at_once: operators hear now of what is wrong, instead of when more of it has gathered.
    """
    await asyncio.to_thread(end_unanswered, app.database, app.clock())
    digests = await asyncio.to_thread(compile_digests, app.database, app.clock())
    gather, apart = (timedelta(0), timedelta(0)) if at_once else (GATHER, APART)
    await asyncio.to_thread(partial(tell_operators, app.database, app.clock(), gather=gather, apart=apart))
    await asyncio.to_thread(remind, app.database, app.clock())
    await asyncio.to_thread(note_dates, app.database, app.clock())
    return digests


async def posted(app: App, channels: Mapping[str, Channel]) -> Delivered:
    """Sends what is due over these channels."""
    an_hour = app.settings.messages_an_hour or None
    return await deliver(app.database, channels, app.clock, base_url=app.settings.base_url, an_hour=an_hour)


async def told(app: App, *, at_once: bool = False) -> Told:
    """Announces what may be announced, compiles the digests that are due, and sends what is due."""
    changes = await announced(app, at_once=at_once)
    digests = await compiled(app, at_once=at_once)
    counts = await posted(app, app.channels())
    return Told(changes, digests, counts.sent, counts.failed + counts.dead, counts.problems)


async def once(app: App, slugs: Iterable[str] | None, done: Callable[[str, Outcome], None]) -> tuple[Tally, int, Told]:
    """A whole round: what is due (or the named sources), confirmed removals included."""
    async with app.engine() as engine:
        looking = visits(app, engine, done)
        if slugs is None:
            await Sitemaps(app.database, engine, app.clock).follow()
        tally = await (looking.of_due() if slugs is None else looking.of_named(slugs))
        changes = await judged(app)
        again = await look_again(app, engine, tally)
        changes += await judged(app) if again.visits else 0
    await paced(app)
    ended = await told(app, at_once=True)
    await beat(app, at_once=True)
    return tally, changes, ended
