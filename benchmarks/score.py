"""The published score: how the detector does on every set at hand, with baselines in the same run. Prints, writes
docs/accuracy.md, and exits with 1 when a figure is below its floor (floors.toml).

    python -m benchmarks.score [--corpus ../shared/corpus] [--unpacked FOLDER [--workers 2]]
    python -m benchmarks.score --sample      what `make check` runs: smaller sets, no baselines, nothing written
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import goals
from benchmarks.hand_labelled import blind, hand_labelled
from benchmarks.labels import CORPUS
from benchmarks.measures import SAMPLE, WHOLE, Row, recorded, seeded
from detector.encoder import packaged_encoder

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
FLOORS = Path(__file__).with_name("floors.toml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--unpacked", type=Path, help="a folder with the unpacked collections genai and pga")
    parser.add_argument("--workers", type=int, default=2, help="processes that share the documents of the collections")
    parser.add_argument("--sample", action="store_true", help="smaller sets, only compared with their floors")
    asked = parser.parse_args()
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    rows: list[Row] = []
    for row in _rows(asked.corpus, asked.unpacked, asked.sample, asked.workers):
        rows.append(row)
        print(f"{row.what:72} {row.figure}", flush=True)
    fallen = [row for row in rows if row.share < floor_of(row, floors, asked.sample)]
    for row in fallen:
        print(f"below its floor: {row.what}: {row.figure}", *row.worst, sep="\n    ", file=sys.stderr)
    if not asked.sample:
        PAGE.write_text(page(rows, floors), encoding="utf-8")
    raise SystemExit(1 if fallen else 0)


def _rows(corpus: Path, unpacked: Path | None, sample: bool, workers: int) -> Iterator[Row]:
    size = SAMPLE if sample else WHOLE
    yield from recorded(corpus, size, None if sample else packaged_encoder())
    yield from seeded(size)
    if sample:
        return
    yield from goals.folds(corpus)
    yield from goals.long_pages()
    yield from hand_labelled()
    if unpacked is not None:
        yield from blind(unpacked)
        yield from goals.once_told(unpacked)
        yield from goals.replayed(unpacked, workers)


def floor_of(row: Row, floors: dict[str, dict[str, float]], sample: bool) -> float:
    """The share a row must not fall below; a sample has a floor of its own where its luck differs from the whole's."""
    stated = floors.get(row.key, {})
    return stated.get("sample", stated.get("floor", 0.0)) if sample else stated.get("floor", 0.0)


def page(rows: Sequence[Row], floors: dict[str, dict[str, float]]) -> str:
    """docs/accuracy.md: the table, and the worst cases of every goal that is missed."""
    lines = "\n".join(f"| {row.what} | {row.figure} | {_goal(row, floors)} | {row.looked} |" for row in rows)
    table = f"| Set | Figure | Goal | Did we look at it while tuning? |\n| --- | --- | --- | --- |\n{lines}\n"
    return "\n".join([_HEAD, table, *_misses(rows, floors)])


def _goal(row: Row, floors: dict[str, dict[str, float]]) -> str:
    goal = floors.get(row.key, {}).get("goal")
    if goal is None:
        return ""
    return f"{goal:.3g}" if row.share >= goal else f"{goal:.3g}, missed: {row.share:.3f}"


def _misses(rows: Sequence[Row], floors: dict[str, dict[str, float]]) -> Iterator[str]:
    missed = [row for row in rows if row.share < floors.get(row.key, {}).get("goal", 0.0)]
    if missed:
        yield "## Goals that are missed\n"
        yield _WHY
    for row in missed:
        cases = "\n".join(f"- {one.replace('|', ' ')}" for one in row.worst)
        shown = f"The first cases:\n\n{cases}" if cases else "Its cases are not shown, so that nobody tunes on them."
        yield f"**{row.what}**: {row.figure}. {shown}\n"


_WHY = """\
Clauses rewritten freely ring because they say the same thing in other words, and only facts decide here: a passage
is quiet when everything it states is found again, and a similar embedding never acquits. Closing that gap needs
synonyms and turns of phrase that the rules do not have, not a threshold. The time for a pair of texts grows with the
number of edits: each changed passage is read for what it states.
"""
_HEAD = """# Accuracy

Made by `make score` (benchmarks/score.py); do not edit by hand. No embeddings are asked except in the baseline that
names them. A figure on a set we looked at while tuning is an upper bound, not an estimate for pages nobody has seen.
Goals and the floors that `make check` and `make score` hold stand in benchmarks/floors.toml.
"""


if __name__ == "__main__":
    main()
