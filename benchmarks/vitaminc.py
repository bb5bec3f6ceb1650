"""How many real one-passage revisions that change a fact does the detector call substantive? VitaminC, 5,599 pairs.

The rules were written while looking at misses among the first 3,000 rows; the rest is held back and scored apart.

    python -m benchmarks.vitaminc [--pairs FILE] [--held-from 3000] [--misses 10] [--model]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from detector.compare import About, compare
from store.values import Content, Passage, PassageKind, Polarity, SourceKind

PAIRS = Path(__file__).parents[2] / "shared" / "corpus" / "vitaminc" / "pairs.jsonl"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def missed(pairs: Sequence[dict[str, Any]], encoder: Any = None) -> Iterator[dict[str, Any]]:
    """The pairs that are not called substantive."""
    about = About(SourceKind.TERMS, "the encyclopedia", None, Polarity.ALLOW, "en", date(2024, 6, 25))
    for pair in pairs:
        old, new = (Content((Passage(PassageKind.PARAGRAPH, " ".join(pair[side].split())),)) for side in ("old", "new"))
        if not compare(old, new, about, (), encoder).judgement.substantive:
            yield pair


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--held-from", type=int, default=3000, help="rows from here on were not looked at")
    parser.add_argument("--misses", type=int, default=0, help="misses shown, of the rows that were looked at only")
    parser.add_argument("--model", action="store_true", help="ask the packaged embedding model as well")
    options = parser.parse_args()
    encoder = None
    if options.model:
        from detector.encoder import packaged_encoder

        encoder = packaged_encoder()
    every = rows(options.pairs)
    parts = {"looked at": every[: options.held_from], "held back": every[options.held_from :]}
    for name, pairs in parts.items():
        wrong = list(missed(pairs, encoder))
        found = len(pairs) - len(wrong)
        print(f"{name}: {found} of {len(pairs)} substantive, {found / max(1, len(pairs)):.2%}", flush=True)
        for pair in wrong[: options.misses] if name == "looked at" else ():
            print(f"    - {pair['old']}\n    + {pair['new']}")


if __name__ == "__main__":
    main()
