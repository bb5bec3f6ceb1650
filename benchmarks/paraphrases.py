"""Does the detector leave a clause alone that a lawyer rewrites, and still hear its twin that means something else?

edits/paraphrases.jsonl holds clauses of API and AI terms in English, French and Chinese. "same" says the same in other
words (passive, noun for verb, synonym, order of clauses); "other" changes the meaning a little (another modal, party,
number or reach, an exception dropped). All of it was written before any rule was tuned on it. Rows of even index are
looked at while tuning ("seen"); rows of odd index are only scored ("unseen"): their misses are never printed.

    python -m benchmarks.paraphrases [--misses 10] [--model]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.flips import LANGUAGES, Row, scored
from benchmarks.pen import EDITS, Edit

PARTS = ("seen", "unseen")
# What a row's side should be called.
SIDES = {"same": False, "other": True}


def rows(language: str, part: str) -> list[dict[str, str]]:
    """The rows of one language that are looked at (seen) or only scored (unseen)."""
    every = (EDITS / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()
    parted = [json.loads(line) for line in every[PARTS.index(part) :: 2]]
    return [row for row in parted if row["language"] == language]


def edits(language: str, part: str, side: str) -> Iterator[Edit]:
    """The clause as it stood and as it is rewritten: side "same" or "other"."""
    for row in rows(language, part):
        yield Edit(language, side, (row["old"],), (row[side],))


def score(language: str, part: str, side: str, encoder: Any = None) -> Row:
    """How many rewritings of one side are called substantive: of "same" none should be, of "other" all."""
    return scored(f"{part} {language}", side, edits(language, part, side), SIDES[side], encoder)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", type=int, default=0, help="wrongly called rows shown, of those looked at only")
    parser.add_argument("--model", action="store_true", help="ask the packaged embedding model as well")
    options = parser.parse_args(arguments)
    encoder = None
    if options.model:
        from detector.encoder import packaged_encoder

        encoder = packaged_encoder()
    for side in SIDES:
        for language in LANGUAGES:
            for part in PARTS:
                row = score(language, part, side, encoder)
                print(row.line(), flush=True)
                for edit, reasons in row.wrong[: options.misses] if part == "seen" else ():
                    print(f"    - {edit.old[0]}\n    + {edit.new[0]}\n      {'; '.join(reasons)[:300]}")


if __name__ == "__main__":
    main()
