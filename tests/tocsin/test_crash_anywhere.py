"""kill -9 at any boundary of any room: after a restart what is stored and told is what an undisturbed run has.

A sample of the boundaries; benchmarks/crash.py kills at every kind of them, many times.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROUNDS = 7
SAMPLED = 10
SEED = 4
ALWAYS = (
    "fetch: after",
    "crawler.run._record: after insert snapshot",
    "crawler.run._record: after insert version",
    "detector.run.judge: after insert change",
    "detector.run.judge: after commit",
    "alerts.announcing._queue: after insert delivery",
    "email: taken, not answered",
    "email: answered, not marked",
)


class Killing:
    """The process of crash_runs.py, which forks, kills and compares."""

    def __init__(self, url: str, folder: Path) -> None:
        self._stderr = (folder / "stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "crash_runs.py"), url, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        )
        self.undisturbed = self.answer()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            self._stderr.seek(0)
            raise AssertionError(self._stderr.read()[-4000:])
        said: dict[str, Any] = json.loads(line)
        return said

    def run(self, first: int, *kills: list[Any], until: int | None = None) -> dict[str, Any]:
        assert self.process.stdin
        plan = {"round": first, "until": until or min(first + 2, ROUNDS), "kills": kills}
        self.process.stdin.write(json.dumps(plan) + "\n")
        self.process.stdin.flush()
        return self.answer()


@pytest.fixture
def killing(database_url: str, tmp_path: Path) -> Iterator[Killing]:
    made = Killing(database_url, tmp_path)
    yield made
    assert made.process.stdin
    assert made.process.stdout
    made.process.stdin.close()
    made.process.wait(30)
    made.process.stdout.close()


def test_killed_at_any_boundary_the_history_and_the_messages_are_those_of_an_undisturbed_run(killing: Killing) -> None:
    """And killed again and again it gets there all the same; one test, since an undisturbed run takes its time."""
    first = killing.undisturbed
    assert first["differs"] == [], "two undisturbed runs must agree, or the comparison says nothing"
    assert_the_world_is_worth_it(first["history"])
    chance = random.Random(SEED)
    rounds = {name: [number for number, one in first["boundaries"] if one == name] for name in ALWAYS}
    others = chance.sample(range(len(first["boundaries"])), SAMPLED - len(ALWAYS))
    plans = [(chance.choice(rounds[name]), ["named", name, 1]) for name in ALWAYS]
    plans += [(number, ["named", name, 1]) for number, name in (first["boundaries"][one] for one in others)]
    for number, kill in plans:
        told = killing.run(number, kill)
        assert told["fell"] == [f"round {number}"], f"{kill} was never reached"
        assert told["differs"] == [], kill
    told = killing.run(1, ["nth", 25], ["nth", 60], ["ms", 400], ["nth", 90], until=3)
    assert told["fell"][:2] == ["round 1", "round 1"]
    assert told["differs"] == []


def assert_the_world_is_worth_it(history: dict[str, list[Any]]) -> None:
    """Something of every kind happens in the world: otherwise equal histories would prove nothing."""
    findings = {finding[1] for change in history["change"] for finding in change[-1]}
    assert {"territory_removed", "territory_added", "deadline_moved", "number_changed", "entry_reported"} <= findings
    assert any(change[9] is not None for change in history["change"]), "a removal was confirmed"
    assert {row[1] for row in history["delivery"]} == {"sent"}
    assert any("weekly" in about for about in history["received"])
    assert len(history["received"]) == len(history["delivery"]), "every delivery was received under one key"
    assert len(history["story"]) >= 2
    assert {row[2] for row in history["snapshot"]} == {200, 503}
    assert any(row[2] == "redirected" for row in history["address"])
    assert history["damaged"] == history["lease"] == []
