"""Does every message arrive, once, in its order, and soon? Against real servers that fail, by senders that are killed.

    python -m benchmarks.deliveries chaos [--deliveries 10000] [--databases sqlite,postgresql] [--seed 1]
    python -m benchmarks.deliveries latency [--changes 200]
    python -m benchmarks.deliveries claims [--deliveries 10000] [--databases sqlite,postgresql]

chaos: two sender processes announce and send; each is killed (SIGKILL) at random, also between the other side's answer
and its mark; the servers answer 421, 450, 451, 550, 554, 429, 503, 410, drop connections before and after they took a
message, and hang; the clock runs fast and jumps forth and back by minutes to hours. Subscriptions that a 550 or 410
paused are resumed, as an operator would. Lost: a message that its receiver neither took nor refused for good, and a
change that a subscription wanted and no message tells. Seen twice: a change that two messages of different keys say to
one subscription.

latency: the service's own loops; versions come in one by one, each from its storing to the mail server having its mail.

claims: what it takes to claim one delivery, a hundred times, when a few wait and when so many do.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import mmap
import multiprocessing
import os
import random
import signal
import statistics
import struct
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from alerts.channel import Channel
from alerts.channels.email import EmailChannel
from alerts.channels.webhook import WebhookChannel
from alerts.run import LEASE, announce, deliver
from alerts.saying import message_for
from alerts.smtp_server import smtp_server
from benchmarks import letters
from benchmarks.crash import empty
from benchmarks.outbox_world import PUBLISHERS, SUBSCRIPTIONS, Outbox, latency_run
from crawler.gate import Gate
from store.database import Database, DatabaseUnavailable
from store.deliveries import claim_due, put_off

WORKERS = 2
SPEED = 15.0  # seconds of the senders' clock in one of ours
KILL_EVERY = (10, 60)  # messages between two kills from outside
KILL_AT_STEP = 0.002  # and from inside, at "claimed", "answered" and "marked"
LONGEST = 7200.0  # seconds after which a run that does not end is stopped


class Offset:
    """How far the senders' clock is from ours, in seconds, in memory that all processes share."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)
        self.set(0.0)

    def set(self, seconds: float) -> None:
        self._shared[:8] = struct.pack("d", seconds)

    def get(self) -> float:
        return float(struct.unpack("d", self._shared[:8])[0])

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.get())


@dataclass
class Chaos:
    """One run on one database."""

    url: str
    journal: Path
    seed: int
    offset: Offset = field(default_factory=Offset)
    kills: int = 0
    jumps: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.receiver, smtp, http = letters.started(self.journal, self.seed, faults=True)
        self.smtp, self.http = smtp, http
        self.outbox = Outbox(self.url, f"http://127.0.0.1:{http}")

    def run(self, wanted: int) -> None:
        self.outbox.seed(self.offset.now())
        warm(self.journal.parent)
        workers = [self._worker() for _ in range(WORKERS)]
        kill_at, jump, released, began = self._soon(0), 0.0, 0, time.monotonic()
        enough = False  # changes that join a waiting delivery make none: only counting says when there are enough
        drift, looked = 0.0, began
        while time.monotonic() - began < LONGEST:
            time.sleep(0.1)
            drift += (time.monotonic() - looked) * SPEED
            looked = time.monotonic()
            if letters.taken(self.journal) > kill_at:
                kill_at = self._soon(kill_at)
                os.kill(self.chance.choice(workers).pid or 0, signal.SIGKILL)
            if self.chance.random() < 0.02:
                jump = 0.0 if jump else self.chance.choice((-1, 1)) * self.chance.uniform(60, 3 * 3600)
                self.jumps += 1
            self.offset.set(drift + jump)
            for number, worker in enumerate(workers):
                if not worker.is_alive():
                    worker.join()
                    self.kills += 1
                    workers[number] = self._worker()
            if not enough and self.outbox.all_announced():
                self.outbox.release(self.offset.now(), released)
                released, enough = released + 1, self.outbox.made() + PUBLISHERS * SUBSCRIPTIONS >= wanted
            elif int(looked) % 5 == 0:
                self.outbox.resume()
                undone = self.outbox.undone()
                if enough and self.outbox.all_announced() and undone == 0:
                    if self.outbox.made() >= wanted:
                        break
                    enough = False
                drift += 1800 if enough and undone < 200 else 0  # the last ones wait for their back-off
        for process in (*workers, self.receiver):
            process.kill()
            process.join()
        self.seconds = time.monotonic() - began

    def _worker(self) -> multiprocessing.Process:
        seed = self.chance.randrange(2**32)
        worker = multiprocessing.Process(target=send, args=(self.url, self.smtp, self.offset, seed), daemon=True)
        worker.start()
        return worker

    def _soon(self, after: int) -> int:
        return after + self.chance.randint(*KILL_EVERY)


def warm(folder: Path) -> None:
    """Writes one message in this process, so that a sender forked from it is at work as soon as it is started."""
    scratch, now = Outbox(f"sqlite:///{folder}/warm.db", "http://127.0.0.1:1"), datetime.now(UTC)
    scratch.seed(now)
    scratch.release(now, 0)
    database = Database(scratch.url)
    announce(database, now)
    with database.begin() as session:
        claim = claim_due(session, "email", now, LEASE)
    assert claim is not None
    message_for(database, claim, now, None)
    database.close()


def send(url: str, smtp: int, offset: Offset, seed: int) -> None:
    """One sender, until it is killed."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(open(os.devnull, "w")))  # noqa: SIM115
    chance, database = random.Random(seed), Database(url)
    gate = Gate(allow_hosts=frozenset({"127.0.0.1"}))
    server = smtp_server(f"smtp://127.0.0.1:{smtp}?starttls=never")
    channels: dict[str, Channel] = {
        "email": EmailChannel(server, "Tocsin <tocsin@example.org>", offset.now, timeout=3),
        "webhook": WebhookChannel(gate.session, offset.now, timeout=3),
    }

    def step(_name: str) -> None:
        if chance.random() < KILL_AT_STEP:
            os.kill(os.getpid(), signal.SIGKILL)

    async def go() -> None:
        while True:
            with suppress(DatabaseUnavailable):  # the service says so and goes on
                await asyncio.to_thread(announce, database, offset.now())
                await deliver(database, channels, offset.now, rng=chance, limit=60, checkpoint=step)
            await asyncio.sleep(0.05)

    asyncio.run(go())


def chaos(kind: str, wanted: int, seed: int) -> bool:
    """Runs and prints one database's score; whether it is what it should be."""
    with tempfile.TemporaryDirectory() as folder, empty(kind, Path(folder)) as url:
        run = Chaos(url, Path(folder) / "taken.jsonl", seed)
        run.run(wanted)
        taken, stored = letters.lines(run.journal), run.outbox.stored()
    first: dict[str, int] = {}
    words: defaultdict[str, set[str]] = defaultdict(set)
    for number, letter in enumerate(taken):
        first.setdefault(letter["key"], number)
        words[letter["key"]].add(letter["words"])
    lost = [one for one in stored.deliveries if one.key not in first and not one.refused]
    said = Counter(
        (one.subscription, change) for one in stored.deliveries if one.key in first for change in one.changes
    )
    missing = stored.wanted - {(one.subscription, change) for one in stored.deliveries for change in one.changes}
    told_twice = sum(count - 1 for count in said.values() if count > 1)
    order = 0
    threads: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for one in stored.deliveries:
        if one.key in first:
            threads[one.subscription, one.thread].append(first[one.key])
    for places in threads.values():
        order += sum(later < earlier for earlier, later in itertools.pairwise(places))
    otherwise = sum(len(each) > 1 for each in words.values())
    states = Counter(one.state for one in stored.deliveries)
    print(
        f"{kind}: {len(stored.deliveries)} deliveries of {stored.changes} changes to {stored.subscriptions}"
        f" subscriptions in {run.seconds:.0f} s; {stored.attempts} tries, {run.kills} kills, {run.jumps} clock jumps\n"
        f"  states: {dict(states)}; refused for good by the receiver: {sum(one.refused for one in stored.deliveries)}\n"
        f"  lost: {len(lost)}; changes in no delivery: {len(missing)}\n"
        f"  messages of one key taken twice, before the receiver drops them by key: {len(taken) - len(first)}\n"
        f"  seen twice after it: {told_twice}; said otherwise under one key: {otherwise}\n"
        f"  out of order in a thread: {order} of {sum(map(len, threads.values()))} in {len(threads)} threads"
    )
    for one in lost[:5]:
        print(f"  lost: {one}")
    return not (lost or missing or told_twice or order)


def claims(kind: str, wanted: int) -> None:
    """Prints how long a claim takes beside few and beside many that wait."""
    with tempfile.TemporaryDirectory() as folder, empty(kind, Path(folder)) as url:
        outbox, now, number = Outbox(url, "http://127.0.0.1:1"), datetime.now(UTC), 0
        outbox.seed(now)
        database = Database(url)
        medians = []
        for least in (1, wanted):
            while outbox.made() < least:
                outbox.release(now + timedelta(hours=number), number)
                announce(database, now + timedelta(hours=number))
                number += 1
            took, late = [], now + timedelta(days=365)
            for _ in range(100):
                began = time.perf_counter()
                with database.begin() as session:
                    claim = claim_due(session, "email", late, LEASE)
                    assert claim is not None
                    put_off(session, claim, late)
                took.append(time.perf_counter() - began)
            medians.append((outbox.undone(), statistics.median(took) * 1000))
        database.close()
    (few, at_few), (many, at_many) = medians
    print(f"{kind}: a claim takes {at_few:.1f} ms beside {few} that wait, {at_many:.1f} beside {many}, medians of 100")


def latency(changes: int) -> None:
    """Prints how long it takes from a version to its mail."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "taken.jsonl"
        receiver, smtp, _http = letters.started(journal, 1, faults=False)
        took = latency_run(Path(folder), smtp, journal, changes)
        receiver.kill()
        receiver.join()
    for name, times in took.items():
        ordered = sorted(times)
        print(
            f"{name}: {len(ordered)} mails, p50 {statistics.median(ordered):.2f} s,"
            f" p95 {ordered[int(len(ordered) * 0.95)]:.2f} s, longest {ordered[-1]:.2f} s"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("chaos", "claims", "latency"))
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.what == "latency":
        latency(asked.changes)
        return
    if asked.what == "claims":
        for kind in asked.databases.split(","):
            claims(kind, asked.deliveries)
        return
    well = [chaos(kind, asked.deliveries, asked.seed) for kind in asked.databases.split(",")]
    raise SystemExit(0 if all(well) else 1)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
