"""Is anything lost or told twice when the process is killed? Every kind of boundary, many times, on both databases.

The world and the kills are those of tests/tocsin/crash_runs.py: seven rounds of a list, terms, a feed and a docket that
change, fail and move, with mail and Slack. Each run starts from what the undisturbed run had stored before a round, is
killed with SIGKILL at one boundary of that round chosen at random, half of them once or twice more at any moment, is
started anew each time, and ends with the round after. What is stored and what was received must be what the undisturbed
run had then.

    python -m benchmarks.crash [--runs 20] [--databases sqlite,postgresql] [--workers 2] [--minutes 0] [--seed 1]
                               [--state FILE]

--minutes: stops early; boundaries take turns, so that each has had about as many runs. --state: a file to which each
run is added as it ends, and whose runs are not made again: so that the whole can be made in several sittings. Delete it
when the house has changed. PostgreSQL is the server that TOCSIN_TEST_POSTGRES names; schemas of its own are made there
and dropped.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.database import Database

HOUSE = Path(__file__).resolve().parents[1]
RUNS = HOUSE / "tests" / "tocsin" / "crash_runs.py"
POSTGRES = os.environ.get("TOCSIN_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
ROUNDS = 7
AGAIN = 0.5  # the share of runs that are killed again after they were started anew
LONGEST = 2500  # milliseconds after the start, within which a kill at any moment falls


@dataclass
class Score:
    """What came of the runs, by boundary. kills: processes killed. missed: runs whose boundary was not reached."""

    boundaries: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    kills: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Todo:
    """How many runs of each boundary, drawn from which seed, and until when (of the monotonic clock)."""

    runs: int
    seed: int
    until: float


class Book:
    """The runs that were made, also in earlier sittings: a JSON line each, [database, boundary, plan, told]."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._made: set[tuple[str, str]] = set()
        self.door = threading.Lock()

    def read(self, scores: dict[str, Score]) -> None:
        if self._file is None or not self._file.exists():
            return
        for line in self._file.read_text(encoding="utf-8").splitlines():
            kind, name, plan, told = json.loads(line)
            self._made.add((kind, json.dumps(plan)))
            if kind in scores:
                counted(scores[kind], name, plan, told)

    def has(self, kind: str, plan: dict[str, Any]) -> bool:
        return (kind, json.dumps(plan)) in self._made

    def add(self, kind: str, score: Score, name: str, plan: dict[str, Any], told: dict[str, Any]) -> None:
        with self.door:
            counted(score, name, plan, told)
            if self._file is not None:
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([kind, name, plan, told]) + "\n")


class Child:
    """One process of crash_runs.py on one database."""

    def __init__(self, url: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(RUNS), url, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "stderr").open("w"),
            text=True,
            env=os.environ | {"PYTHONPATH": str(HOUSE), "SSL_CERT_FILE": os.devnull},  # nothing there speaks TLS
        )

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"crash_runs.py ended with {self._process.wait()}")
        said: dict[str, Any] = json.loads(line)
        return said

    def run(self, plan: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(plan) + "\n")
        self._process.stdin.flush()
        return self.answer()

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--workers", type=int, default=2, help="processes on each database")
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path)
    asked = parser.parse_args()
    scores = {kind: Score() for kind in asked.databases.split(",")}
    book = Book(asked.state)
    book.read(scores)
    todo = Todo(asked.runs, asked.seed, time.monotonic() + asked.minutes * 60 if asked.minutes else float("inf"))
    with ThreadPoolExecutor(len(scores) * asked.workers) as pool:
        works = [
            pool.submit(work, kind, scores[kind], (number, asked.workers), todo, book)
            for kind in scores
            for number in range(asked.workers)
        ]
        for one in works:
            one.result()
    for kind, score in scores.items():
        report(kind, score)
    raise SystemExit(1 if any(score.differing for score in scores.values()) else 0)


def work(kind: str, score: Score, share: tuple[int, int], todo: Todo, book: Book) -> None:
    """One worker's share of the runs on one database."""
    with tempfile.TemporaryDirectory() as folder, empty(kind, Path(folder)) as url:
        child = Child(url, Path(folder))
        first = child.answer()
        if first["differs"]:
            raise SystemExit(f"{kind}: two undisturbed runs differ: {first['differs'][0]}")
        plans = planned(first["boundaries"], todo.runs, todo.seed)
        with book.door:
            score.boundaries = Counter(name for _, name in first["boundaries"])
        for name, plan in plans[share[0] :: share[1]]:
            if time.monotonic() > todo.until:
                break
            if not book.has(kind, plan):
                book.add(kind, score, name, plan, child.run(plan))
        child.end()


def planned(boundaries: list[tuple[int, str]], runs: int, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Each run with the boundary it is about; every boundary once, then every boundary again."""
    chance = random.Random(seed)
    where: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    counted: Counter[tuple[int, str]] = Counter()
    for number, name in boundaries:
        counted[number, name] += 1
        where[name].append((number, counted[number, name]))
    plans = []
    for _ in range(runs):
        names = sorted(where)
        chance.shuffle(names)
        for name in names:
            number, occurrence = chance.choice(where[name])
            kills: list[Any] = [["named", name, occurrence]]
            while len(kills) < 3 and chance.random() < AGAIN:
                kills.append(["ms", chance.randrange(LONGEST)])
            plans.append((name, {"round": number, "until": min(number + 2, ROUNDS), "kills": kills}))
    return plans


def counted(score: Score, name: str, plan: dict[str, Any], told: dict[str, Any]) -> None:
    fell = [one for one in told["fell"] if one]
    score.kills += len(fell)
    if not fell:
        score.missed += 1
        return
    score.runs[name] += 1
    if told["differs"]:
        score.differing[name] += 1
        score.examples.append(f"{json.dumps(plan)} {told['differs'][:3]}")


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of a kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/crash.db"
        return
    name, admin = f"tocsin_crash_{uuid.uuid4().hex[:12]}", Database(POSTGRES)
    with admin.engine.begin() as connection:
        connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    try:
        yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    finally:
        with admin.engine.begin() as connection:
            connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
        admin.close()


def report(kind: str, score: Score) -> None:
    print(f"{kind}: {len(score.boundaries)} kinds of boundary, passed {score.boundaries.total()} times undisturbed")
    print(f"{'boundary':70} passed  runs  differing")
    for name in sorted(score.boundaries):
        print(f"{name:70} {score.boundaries[name]:6} {score.runs[name]:5} {score.differing[name]:10}")
    print(
        f"runs {score.runs.total()}, processes killed {score.kills}, differing {score.differing.total()},"
        f" boundary not reached {score.missed}\n"
    )
    for example in score.examples[:20]:
        print(f"  {example}")


if __name__ == "__main__":
    main()
