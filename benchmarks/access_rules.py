"""How well rules about who may use a service are found in single passages: `python -m benchmarks.access_rules`.

edits/access_rules.jsonl holds short quotes of real terms (`real`) and own sentences for the kinds that real terms
state seldom, each with the rules that a person reads in it: kind, and the share or age it names. They were written
down before the extractor was asked. Passages of even number are the ones its words may be mended by; those of odd
number are not looked at. A rule counts as found when its kind and its threshold are the written ones.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.extractors.access_rules import rules_of
from store.access_rule import RuleKind

LABELS = Path(__file__).with_name("edits") / "access_rules.jsonl"
Rule = tuple[str, float | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A passage, the rules written down for it and the rules found in it."""

    number: int
    text: str
    real: bool
    expected: frozenset[Rule]
    found: frozenset[Rule]

    @property
    def seen(self) -> bool:
        """Whether the extractor's words may be mended by this passage."""
        return self.number % 2 == 0


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of rules: right ones, false ones, missed ones."""

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the rules found that are written down; 1 where none is found."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of the rules written down that are found; 1 where none is written."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def rows(path: Path = LABELS) -> Iterator[Row]:
    """The labelled passages with what the extractor finds in each."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        said: dict[str, Any] = json.loads(line)
        expected = frozenset((one["kind"], one["threshold"]) for one in said["rules"])
        found = frozenset((rule.kind.value, rule.threshold) for rule in rules_of(said["text"]))
        yield Row(number, said["text"], said["real"], expected, found)


def score(of: Iterable[Row], kind: str | None = None) -> Score:
    """Counts over passages, of one kind of rule or of all."""
    counts: Counter[str] = Counter()
    for row in of:
        expected, found = (_of_kind(side, kind) for side in (row.expected, row.found))
        counts.update(right=len(expected & found), false=len(found - expected), missed=len(expected - found))
    return Score(counts["right"], counts["false"], counts["missed"])


def _of_kind(rules: frozenset[Rule], kind: str | None) -> frozenset[Rule]:
    return frozenset(rule for rule in rules if kind in (None, rule[0]))


def lines(of: list[Row], name: str) -> Iterator[str]:
    """The figures of a part of the passages, kind by kind."""
    yield f"{name}: {len(of)} passages, {sum(1 for row in of if not row.expected)} of them without a rule"
    for kind in (*(one.value for one in RuleKind), None):
        one = score(of, kind)
        counts = f"{one.right} right, {one.false} false, {one.missed} missed"
        yield f"  {kind or 'all':12} precision {one.precision:.2f}  recall {one.recall:.2f}  ({counts})"


def main() -> int:
    """Prints precision and recall for both halves, and the wrong passages of the half that may be looked at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wrong", action="store_true", help="print the passages of the seen half that are read wrongly"
    )
    asked = parser.parse_args()
    read = list(rows())
    seen, unseen = [row for row in read if row.seen], [row for row in read if not row.seen]
    parts = (("seen", seen), ("unseen", unseen), ("unseen, real passages", [row for row in unseen if row.real]))
    for name, part in parts:
        sys.stdout.write("".join(f"{line}\n" for line in lines(part, name)))
    for row in seen if asked.wrong else ():
        if row.expected != row.found:
            surplus, missing = sorted(row.found - row.expected, key=str), sorted(row.expected - row.found, key=str)
            sys.stdout.write(f"{row.number:3} false {surplus} missed {missing}: {row.text}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
