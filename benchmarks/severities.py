"""How well does the severity that Tocsin gives a pair agree with the severity a reader gave it?

For the labelled development pairs and the held-out ones: the confusion matrix (rows as labelled, columns as judged),
how many pairs labelled high or critical are judged so, how many judged so are labelled so, and the share judged
within one step of the label. `operational` is no step of the scale: such a pair counts with `info`, since neither
is told to a reader. The held-out set was first judged blind; its severities were looked at while the topics of
detector/topics.toml were chosen, so its matrix is no blind figure any more.

    python -m benchmarks.severities [FOLDER] [--corpus CORPUS] [--misses]

FOLDER holds the unpacked collections `pga` and `genai` for the held-out pairs; without it only the development
pairs are judged.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.held_out import held_out, judged
from benchmarks.labels import CORPUS, Labelled, labelled
from detector.compare import Comparison
from store.values import Severity

SCALE = ("info", "low", "medium", "high", "critical")
_GRAVE = SCALE.index("high")
_FINDINGS_SHOWN = 3
_SHOWN = 140


@dataclass(frozen=True)
class Agreement:
    """How often each step of the scale as labelled was judged as each step: counts by (labelled, judged)."""

    counts: Counter[tuple[int, int]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Agreement:
        """pairs: severity as labelled and as judged."""
        return cls(Counter((step(labelled), step(judged)) for labelled, judged in pairs))

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def exact(self) -> int:
        return sum(count for (truth, told), count in self.counts.items() if truth == told)

    @property
    def within_one(self) -> int:
        return sum(count for (truth, told), count in self.counts.items() if abs(truth - told) <= 1)

    @property
    def grave(self) -> tuple[int, int, int]:
        """Pairs high or critical both ways; as labelled; as judged."""
        both = sum(count for (truth, told), count in self.counts.items() if min(truth, told) >= _GRAVE)
        truly = sum(count for (truth, _), count in self.counts.items() if truth >= _GRAVE)
        told = sum(count for (_, told), count in self.counts.items() if told >= _GRAVE)
        return both, truly, told

    def __str__(self) -> str:
        lines = ["labelled \\ judged" + "".join(f"{name:>10}" for name in SCALE)]
        lines += [
            f"{name:17}" + "".join(f"{self.counts[row, column]:>10}" for column in range(len(SCALE)))
            for row, name in enumerate(SCALE)
        ]
        both, truly, told = self.grave
        lines.append(f"high or critical: {both} of {truly} judged so; {both} of {told} judged so are labelled so")
        lines.append(f"exact {self.exact} of {self.total}; within one step {self.within_one} of {self.total}")
        return "\n".join(lines)


def step(name: str) -> int:
    """The place on the scale; operational stands with info."""
    return 0 if name == Severity.OPERATIONAL.value else SCALE.index(name)


def _agreement(results: Sequence[tuple[Labelled, Comparison]]) -> Agreement:
    return Agreement.of((pair.severity, comparison.judgement.severity.value) for pair, comparison in results)


def _print_misses(results: Sequence[tuple[Labelled, Comparison]]) -> None:
    for pair, comparison in results:
        told = comparison.judgement.severity.value
        if step(told) == step(pair.severity):
            continue
        print(f"\n{pair.id} {pair.service}: {told}, labelled {pair.severity} ({pair.confidence}): {pair.why}")
        for one in sorted(comparison.findings, key=lambda found: -found.severity.rank)[:_FINDINGS_SHOWN]:
            print(f"  {one.severity.value} {one.kind.value}: {_short(one.old)} -> {_short(one.new)}")


def _short(value: str | None) -> str:
    return repr(value if value is None or len(value) <= _SHOWN else value[:_SHOWN] + "...")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--misses", action="store_true", help="print every pair judged otherwise than labelled")
    asked = parser.parse_args()
    sets = {"labelled development pairs": labelled(asked.corpus)}
    if asked.folder:
        sets["held-out pairs"] = [pair for found in held_out(asked.folder).values() for pair in found]
    for name, pairs in sets.items():
        results = judged(pairs, None)
        print(f"\n{name}\n{_agreement(results)}")
        if asked.misses:
            _print_misses(results)


if __name__ == "__main__":
    main()
