"""Runs the small world's rounds in processes that are killed, starts them anew, and compares what is stored.

    python crash_runs.py DATABASE_URL FOLDER      the database must be empty

First the world is run undisturbed, twice; the line printed says what boundaries were passed, and in which round. Then
each line of standard input, {"round": N, "until": M, "kills": [KILL, ...]}, is one disturbed run from round N to before
round M: the first process ends at the first kill, the next at the second, and the last runs through. KILL is ["nth", n]
(the n-th boundary), ["named", boundary, n], or ["ms", n] (n milliseconds after the start). The line printed says where
the kills fell and what is stored otherwise than in the undisturbed run at that moment.

Every boundary is real: after a statement that wrote, before a commit, after it, before and after a fetch, around a
send. The kill is SIGKILL, from the process itself or, for "ms", from its parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import os
import signal
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from crash_boundaries import Kill, Watch
from crash_history import Dump, dumped, history, restored
from crash_world import ROUNDS, World

from alerts.channel import Channel, Receipt, Recipient, Thread
from alerts.message import Message
from crawler.answers import Ask, Fetched, NotFetched
from crawler.engine import Engine
from store.database import Database, open_database
from store.subscriptions import NewSubscription, add
from tocsin import rounds
from tocsin.app import App
from tocsin.settings import read_settings

BEGAN = datetime(2026, 1, 8, 10, tzinfo=UTC)  # a Thursday: the fifth round is after a week's digest is due
SPAN = timedelta(days=1)
LATER = timedelta(hours=1)  # after a crash: longer than every lease, shorter than what would make a source due again
TICKS = (timedelta(0), timedelta(minutes=30))  # of one round; the second takes up what was not finished


class Fetching:
    """The engine, with a boundary on either side of a fetch."""

    def __init__(self, engine: Engine, watch: Watch) -> None:
        self._engine, self._watch = engine, watch

    async def __aenter__(self) -> Fetching:
        await self._engine.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._engine.__aexit__(*error)

    async def rest(self) -> None:
        await self._engine.rest()

    async def fetch(self, ask: Ask) -> Fetched | NotFetched:
        self._watch("fetch: before")
        answer = await self._engine.fetch(ask)
        self._watch("fetch: after")
        return answer


@dataclass(frozen=True)
class Sending:
    """A channel, with a boundary on either side of a message."""

    channel: Channel
    watch: Watch

    @property
    def name(self) -> str:
        return self.channel.name

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        self.watch(f"{self.name}: before send")
        receipt = await self.channel.send(message, to, key, thread)
        self.watch(f"{self.name}: answered, not marked")
        return receipt


@dataclass(frozen=True)
class Watched(App):
    """The house with boundaries where the database has none."""

    watch: Watch = field(default_factory=Watch)

    def engine(self) -> Engine:
        return cast(Engine, Fetching(super().engine(), self.watch))

    def channels(self) -> dict[str, Channel]:
        return {name: Sending(channel, self.watch) for name, channel in super().channels().items()}


@dataclass
class Runs:
    """One database, one world, and the rows it had at the start of each round of the undisturbed run.

    seen: what the process that runs has reached, in memory that outlives it: round, and whether it ended well.
    """

    url: str
    folder: Path
    world: World
    dumps: list[Dump] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    told: list[dict[str, list[Any]]] = field(default_factory=list)
    seen: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 16))

    def prepare(self) -> None:
        self.world.declare(self.folder / "sources")
        with opened(self.url) as database:
            with database.begin() as session:
                for new in (
                    NewSubscription("email", "officer@example.org"),
                    NewSubscription("email", "weekly@example.org", digest="weekly"),
                    NewSubscription("slack", self.world.url("/slack"), publishers=("Example list",)),
                ):
                    add(session, new, BEGAN)
            self.dumps.append(dumped(database))

    def undisturbed(self) -> list[tuple[int, str]]:
        """Runs round after round in this process and keeps what is stored after each; the boundaries, with their round.

        In this process, so that what is loaded once need not be loaded again by each that is started from it.
        """
        passed: list[tuple[int, str]] = []
        self.world.received.write_text("")
        for number in range(ROUNDS):
            watch = Watch()
            with contextlib.redirect_stdout(sys.stderr):
                asyncio.run(self._live(number, number + 1, 0, watch))
            passed += [(number, name) for name in watch.passed]
            with opened(self.url) as database:
                self.dumps.append(dumped(database))
            self.letters.append(self.world.received.read_text())
            self.told.append(self.history())
        return passed

    def disturbed(self, first: int, until: int, kills: list[Kill]) -> list[str]:
        """Runs from a round to before another with these kills; where each one fell, "" for one not reached."""
        with opened(self.url) as database:
            restored(database, self.dumps[first])
        self.world.received.write_text(self.letters[first - 1] if first else "")
        fell, crashes, at = [], 0, first
        for kill in kills:
            killed = self._process(at, until, crashes, kill)
            fell.append(f"round {self._round}" if killed else "")
            if not killed:
                return fell
            crashes = crashes + 1 if self._round == at else 1
            at = self._round
        self._process(at, until, crashes, None)
        return fell

    @property
    def _round(self) -> int:
        return int(struct.unpack("i", self.seen[:4])[0])

    def _process(self, first: int, end: int, crashes: int, kill: Kill | None) -> bool:
        """Whether the process was killed. Raises RuntimeError when it ended in any other way but well."""
        self.seen[:4] = struct.pack("i", first)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with contextlib.redirect_stdout(sys.stderr):
                    asyncio.run(self._live(first, end, crashes, Watch(kill)))
                code = 0
            finally:
                os._exit(code)
        status = ended(child, kill[1] / 1000 if kill is not None and kill[0] == "ms" else None)
        if os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL):
            raise RuntimeError(f"a process ended with {os.waitstatus_to_exitcode(status)}")
        return os.WIFSIGNALED(status)

    async def _live(self, first: int, end: int, crashes: int, watch: Watch) -> None:
        at = [BEGAN]
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # boundaries in the same order each time
        await self.world.open(watch)
        settings = read_settings(
            database_url=self.url,
            sources=(self.folder / "sources",),
            allow_hosts=frozenset({"127.0.0.1"}),
            smtp_url=self.world.smtp_url,
            mail_from="tocsin@example.org",
            contact="tests@example.org",
            gap=0,
            model="none",
        )
        with opened(self.url) as database, watch.listening(database):
            app = Watched(settings, database, lambda: at[0], watch)
            for number in range(first, end):
                self.seen[:4] = struct.pack("i", number)
                self.world.number = number
                for tick in TICKS:
                    at[0] = BEGAN + number * SPAN + (crashes * LATER if number == first else timedelta(0)) + tick
                    app.declare()
                    await rounds.once(app, None, lambda slug, outcome: None)

    def history(self) -> dict[str, list[Any]]:
        with opened(self.url) as database:
            letters = [json.loads(line) for line in self.world.received.read_text().splitlines()]
            return history(database, letters, lambda moment: (moment - BEGAN) // SPAN)


@contextlib.contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def ended(child: int, killed_after: float | None) -> int:
    """The wait status of a process that ended by itself or, where it did not within so many seconds, was killed."""
    until = time.monotonic() + (killed_after or 0)
    while killed_after is not None and time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.005)
    if killed_after is not None:
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def differences(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> list[str]:
    """What one history has and the other has not, a line each."""
    found = []
    for part in one:
        have, had = ([json.dumps(row) for row in side[part]] for side in (one, other))
        found += [f"missing {part}: {row}" for row in (Counter(have) - Counter(had)).elements()]
        found += [f"surplus {part}: {row}" for row in (Counter(had) - Counter(have)).elements()]
    return found


def say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    url, folder = sys.argv[1], Path(sys.argv[2])
    pages, mail = (socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(2))
    open_database(url).close()
    runs = Runs(url, folder, World(pages, mail, folder / "received"))
    runs.prepare()
    passed = runs.undisturbed()
    runs.disturbed(0, ROUNDS, [])
    differs = differences(runs.told[-1], runs.history())
    say({"boundaries": passed, "history": runs.told[-1], "differs": differs})
    for line in sys.stdin:
        plan = json.loads(line)
        fell = runs.disturbed(plan["round"], plan["until"], plan["kills"])
        differs = differences(runs.told[plan["until"] - 1], runs.history())
        say({"fell": fell, "differs": differs})


if __name__ == "__main__":
    main()
