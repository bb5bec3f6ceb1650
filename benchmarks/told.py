"""Of pairs that the detector told once and a person then read: which does it still tell, rightly and wrongly?

told.jsonl: pairs drawn by seed from two unpacked collections, none of them a development, memo or held-out pair and
none of a document of the blind set (held_out_2.jsonl). All were told on the day they were drawn, so nothing here says
what is missed; the share of those that are substantive was the precision of that day. They were read since and rules
were mended by the kinds of error found, so the figure is an upper bound. "fresh" pairs are candidates of documents that
no held-out set holds; "more" pairs are other dates of documents of set 1, among them re-extractions by the archive
(technical) and states that came back (flap-outbound). A pair called substantive was read as far as its first real
change, one called not substantive to its end.

    python -m benchmarks.told FOLDER [--wrong]

Attribution: the file names documents of the Platform Governance Archive and the GenAI collection of Open Terms Archive
(contributors of both), ODC-By 1.0.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.held_out import judged
from benchmarks.labels import Labelled, as_labelled, content, rows

PAIRS = Path(__file__).with_name("told.jsonl")


@dataclass(frozen=True)
class Told:
    """How pairs that were told stand today: rings: told still; the others are held or quiet."""

    part: str
    right: int
    right_still: int
    wrong: int
    wrong_still: int
    alarms: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def before(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def precision(self) -> float:
        told = self.right_still + self.wrong_still
        return self.right_still / told if told else 1.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} (was {self.before:.3f}); of {self.wrong} false alarms {self.wrong_still}"
            f" still ring, of {self.right} real changes {self.right_still}"
        )


def told(folder: Path) -> Iterator[Told]:
    """Both parts, each where its collections are unpacked in the folder."""
    for part in ("fresh", "more"):
        pairs = [pair for pair in _pairs(folder) if pair.id.startswith(part)]
        if pairs:
            yield _score(part, pairs)


def _pairs(folder: Path) -> Iterator[Labelled]:
    for row in rows(PAIRS.read_text(encoding="utf-8")):
        if (folder / row["collection"]).is_dir():
            files = {
                row[side]: content((folder / row["collection"] / row[side]).read_bytes()) for side in ("old", "new")
            }
            yield as_labelled(row, {**row, "severity": ""}, files)


def _score(part: str, pairs: list[Labelled]) -> Told:
    results = [(pair, said.judgement) for pair, said in judged(pairs, None)]
    rings = {pair.id for pair, said in results if said.substantive and said.held is None}
    right = [pair for pair, _ in results if pair.substantive]
    wrong = [pair for pair, _ in results if not pair.substantive]
    alarms = tuple(f"{one.id} ({one.service}): {one.why}" for one in wrong if one.id in rings)
    lost = tuple(f"{one.id} ({one.service})" for one in right if one.id not in rings)
    return Told(part, len(right), len(right) - len(lost), len(wrong), len(alarms), alarms, lost)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print the false alarms that still ring, and what is lost")
    asked = parser.parse_args()
    for part in told(asked.folder):
        print(f"{part.part:6} {part}", flush=True)
        if asked.wrong:
            print(*(f"    rings: {one}" for one in part.alarms), sep="\n")
            print(*(f"    lost: {one}" for one in part.lost), sep="\n")


if __name__ == "__main__":
    main()
