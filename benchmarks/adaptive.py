"""Do visits that adapt hear of changes sooner than equally spaced ones, for the same number of visits?

Replays when the documents of recorded collections changed. A policy sees only what a visitor sees: whether a document
differs from its own last look at it. Parameters (how fast looks age, how strong a prior may be) are chosen on one
collection and scored on the other, both ways. Then 2,000 simulated sources whose rates and importance are known are
compared with the best intervals that knowledge of them could give.

    python -m benchmarks.adaptive FOLDER FOLDER [--every DAYS] [--seeds N]

A folder is an unpacked collection with captures.jsonl and pairs.jsonl. A change is a pair of the classes candidate,
flap-outbound, flap-return or reorder; its time is the capture's. Watching ends with the collection ("to the end") or a
day after a document's last capture ("while recorded").
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from store.pace import Looks, Prior, Wish, hastened, hints_affordable, intervals, later, pooled, rate_of, spent_early
from store.pace import wish as wish_of

CHANGES = ("candidate", "flap-outbound", "flap-return", "reorder")
PLAN_EVERY = 0.5
HALF_LIVES = (30.0, 60.0, 120.0)
STRENGTHS = (0.25, 0.5)


@dataclass(frozen=True)
class History:
    """When a document was watched and when it changed, in days, with the state it changed to."""

    publisher: str
    begins: float
    last: float
    ends: float
    changes: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Policy:
    """How visits adapt; hints: a change on one page of a publisher pulls visits to its other pages forward."""

    half_life: float
    strongest: float
    hints: bool = True


@dataclass
class Watched:
    """What a visitor knows of one document."""

    looks: Looks = field(default_factory=Looks)
    looked: float | None = None
    state: int = 0
    passed: int = 0
    due: float = 0.0
    interval: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """The delay of each change in days, in order of size, and how many visits were made."""

    delays: tuple[float, ...]
    visits: int

    @property
    def mean(self) -> float:
        return sum(self.delays) / len(self.delays)

    @property
    def ninth(self) -> float:
        return self.delays[int(0.9 * len(self.delays))]


def histories(folder: Path, recorded_only: bool = False) -> list[History]:
    """The documents of a collection."""
    pairs = _rows(folder / "pairs.jsonl")
    classes = {(row["old"], row["new"], row["at"]): row["cls"] for row in pairs}
    documents = defaultdict(list)
    for row in _rows(folder / "captures.jsonl"):
        documents[row["slug"]].append(row)
    end = max(_day(rows[-1]["captured_at"]) for rows in documents.values())
    found = []
    for rows in documents.values():
        states, changes = {rows[0]["file"]: 0}, []
        for old, new in itertools.pairwise(rows):
            if classes.get((old["file"], new["file"], new["captured_at"])) in CHANGES:
                state = states.setdefault(new["file"], len(states))
                changes.append((_day(new["captured_at"]), state))
            else:  # the same words in another dress: what the visitor compares is as it was
                states.setdefault(new["file"], changes[-1][1] if changes else 0)
        last = _day(rows[-1]["captured_at"])
        ends = min(end, last + 1) if recorded_only else end
        found.append(History(rows[0]["publisher"], _day(rows[0]["captured_at"]), last, ends, tuple(changes)))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _day(at: str) -> float:
    return datetime.fromisoformat(at).timestamp() / 86400


class Visitor:
    """Visits documents as a policy says, or every `every` days without one."""

    def __init__(self, documents: Sequence[History], every: float, policy: Policy | None, seed: int) -> None:
        chance = random.Random(seed)
        self.documents, self.every, self.policy = documents, every, policy
        self.watched = [Watched(due=one.begins + chance.random() * every, interval=every) for one in documents]
        self.queue = [(one.due, number) for number, one in enumerate(self.watched)]
        heapq.heapify(self.queue)
        self.prior = Prior(0.5, 15.0)
        self.siblings = defaultdict(list)
        for number, document in enumerate(documents):
            self.siblings[document.publisher].append(number)
        self.delays: list[float] = []
        self.visits = 0
        self.spent = 0.0
        self.wishes: list[Wish] = []

    def run(self) -> Outcome:
        plan_at = min(document.begins for document in self.documents)
        while self.queue:
            now, number = heapq.heappop(self.queue)
            if now != self.watched[number].due:
                continue  # was moved
            if self.policy and now >= plan_at:
                self.plan(now)
                plan_at = now + PLAN_EVERY
                heapq.heappush(self.queue, (self.watched[number].due, number))
            elif now <= self.documents[number].ends:
                self.visit(number, now)
            else:
                self.watched[number].due = math.inf
        return Outcome(tuple(sorted(self.delays)), self.visits)

    def visit(self, number: int, now: float) -> None:
        one, changes = self.watched[number], self.documents[number].changes
        self.visits += 1
        changed = False
        while one.passed < len(changes) and changes[one.passed][0] <= now:
            self.delays.append(now - changes[one.passed][0])
            one.passed += 1
        state = changes[one.passed - 1][1] if one.passed else 0
        if one.looked is not None and self.policy:
            changed = state != one.state
            rate = rate_of(one.looks, self.prior)
            one.looks = later(one.looks, now - one.looked, changed, rate, self.policy.half_life)
        one.looked, one.state = now, state
        self.make_due(number, now + one.interval)
        if changed and self.policy and self.policy.hints and hints_affordable(self.spent, self.wishes):
            self.hasten(number, now)

    def hasten(self, changed: int, now: float) -> None:
        shortest = wish_of(1, self.every).shortest
        for number in self.siblings[self.documents[changed].publisher]:
            one = self.watched[number]
            waits = number != changed and one.looked is not None and now < one.due < math.inf
            if waits and one.looked is not None and now - one.looked >= shortest:
                one.looks = hastened(one.looks, one.due - now, one.interval)
                self.make_due(number, now)

    def plan(self, now: float) -> None:
        assert self.policy
        numbers = [n for n, document in enumerate(self.documents) if document.begins <= now < document.ends]
        looks = [self.watched[n].looks for n in numbers]
        self.prior, self.spent = pooled(looks, self.policy.strongest), spent_early(looks)
        self.wishes = [wish_of(rate_of(one, self.prior) / self.prior.mean, self.every) for one in looks]
        for number, interval in zip(numbers, intervals(self.wishes, self.spent), strict=True):
            one = self.watched[number]
            if one.looked is not None and one.due == one.looked + one.interval:  # not where a hint has moved it
                self.make_due(number, max(now, one.looked + interval))
            one.interval = interval

    def make_due(self, number: int, due: float) -> None:
        if due != self.watched[number].due or due == math.inf:
            self.watched[number].due = due
            heapq.heappush(self.queue, (due, number))


def scored(documents: Sequence[History], every: float, policy: Policy | None, seeds: int) -> tuple[float, float, float]:
    """Mean delay, 90th percentile and visits, each the mean over several phases of the first visit."""
    outcomes = [Visitor(documents, every, policy, seed).run() for seed in range(seeds)]
    return (
        sum(one.mean for one in outcomes) / seeds,
        sum(one.ninth for one in outcomes) / seeds,
        sum(one.visits for one in outcomes) / seeds,
    )


def chosen(documents: Sequence[History], every: float) -> Policy:
    """The parameters with the least mean delay on these documents."""
    policies = [Policy(half_life, strongest) for half_life in HALF_LIVES for strongest in STRENGTHS]
    return min(policies, key=lambda policy: scored(documents, every, policy, 1)[0])


def simulated(
    count: int, spread: float, every: float = 0.25, days: float = 7.0, seed: int = 1
) -> tuple[float, float, float]:
    """The expected weighted delay of the intervals in force after some days, over that of the best intervals, within
    the same bounds and without any; and that of equal intervals over the best without any."""
    chance = random.Random(seed)
    rates = [0.5 * chance.lognormvariate(0, spread) for _ in range(count)]
    weights = [chance.lognormvariate(0, spread) for _ in range(count)]
    looks, watched_until = [Looks()] * count, [0.0] * count
    gaps, due = [every] * count, [chance.random() * every for _ in range(count)]
    prior = Prior(0.5, 15.0)
    for hour in range(int(days * 24) + 1):
        now = hour / 24
        for n in range(count):
            while due[n] <= now:
                gap = due[n] - watched_until[n]
                changed = chance.random() < -math.expm1(-rates[n] * gap)
                looks[n] = later(looks[n], gap, changed, rate_of(looks[n], prior))
                watched_until[n], due[n] = due[n], due[n] + gaps[n]
        prior = pooled(looks)
        wishes = [wish_of(w * rate_of(one, prior), every) for w, one in zip(weights, looks, strict=True)]
        gaps = list(intervals(wishes))
        due = [max(now, until + gap) for until, gap in zip(watched_until, gaps, strict=True)]
    needs = [weight * rate for weight, rate in zip(weights, rates, strict=True)]

    def delay(of: Sequence[float]) -> float:
        return sum(need * gap / 2 for need, gap in zip(needs, of, strict=True))

    bounded = delay(intervals([wish_of(need, every) for need in needs]))
    free = sum(math.sqrt(need) for need in needs) ** 2 * every / count / 2
    return delay(gaps) / bounded, delay(gaps) / free, delay([every] * count) / free


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs=2, help="the unpacked collections genai and pga")
    parser.add_argument("--every", type=float, default=1.0, help="days between two visits of the uniform policy")
    parser.add_argument("--seeds", type=int, default=2, help="phases of the first visit that figures are the mean of")
    asked = parser.parse_args()
    began = time.process_time()
    print(f"{'scored on':10} {'watched':15} {'chosen on':10} {'half-life':>9} {'strongest':>9} {'hints':5}"
          f" {'mean':>7} {'p90':>7} {'visits':>7}   (adaptive / uniform)")  # fmt: skip
    collections = {folder.name: histories(folder) for folder in asked.folders}
    parameters = {name: chosen(documents, asked.every) for name, documents in collections.items()}
    for folder in asked.folders:
        for other in (name for name in collections if name != folder.name):
            for label, documents in (
                ("to the end", collections[folder.name]),
                ("while recorded", histories(folder, recorded_only=True)),
            ):
                uniform = scored(documents, asked.every, None, asked.seeds)
                for hints in (True, False):
                    policy = Policy(parameters[other].half_life, parameters[other].strongest, hints)
                    adaptive = scored(documents, asked.every, policy, asked.seeds)
                    ratios = [mine / equal for mine, equal in zip(adaptive, uniform, strict=True)]
                    print(f"{folder.name:10} {label:15} {other:10} {policy.half_life:9.0f} {policy.strongest:9.2f} "
                          f"{'yes' if hints else 'no':5} {ratios[0]:7.3f} {ratios[1]:7.3f} {ratios[2]:7.4f}",
                          flush=True)  # fmt: skip
    print("\n2,000 simulated sources after 7 days, visited every 6 hours, changing every other day (median)")
    print(f"{'spread':>7} {'/ best in the same bounds':>26} {'/ best without bounds':>22} {'uniform / best':>15}")
    for spread in (0.5, 1.0, 1.5):
        bounded, free, uniform_ratio = simulated(2000, spread)
        print(f"{spread:7.1f} {bounded:26.3f} {free:22.3f} {uniform_ratio:15.3f}", flush=True)
    print(f"{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
