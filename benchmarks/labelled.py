"""How well does the detector tell substantive changes from noise on the labelled development pairs, against baselines?

Baselines in the same run: any difference of the text; any difference once markup, links and white space are gone; the
distance of embeddings with the threshold that is best on these very pairs, which flatters it.

    python -m benchmarks.labelled CORPUS     (../shared/corpus; the generative-AI collection unpacked or not)
"""

from __future__ import annotations

import argparse
import json
import re
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from crawler.declaration import from_fields
from crawler.extract import Unextractable, extract
from detector.compare import About, Comparison, compare
from detector.encoder import Encoder, packaged_encoder
from store.values import Content, Polarity, SourceKind

UNPACKED = Path("/var/tmp/tocsin-corpus/genai")
_MARKUP = re.compile(r"\]\([^)]*\)|[\[\]*_#`>|\\]|https?://\S+|\s+")


@dataclass(frozen=True)
class Labelled:
    """A pair of versions with a person's label."""

    id: str
    service: str
    old: bytes
    new: bytes
    at: date
    substantive: bool
    severity: str


@dataclass(frozen=True)
class Score:
    """Of pairs called substantive: precision, recall, F1, and the counts behind them."""

    hits: int
    false: int
    missed: int
    quiet: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def labelled(corpus: Path) -> list[Labelled]:
    """The labelled pairs, files read from the unpacked collection or from its archive."""
    labels = {row["id"]: row for row in _rows(corpus / "labels" / "labels.jsonl")}
    pairs = _rows(corpus / "labels" / "pairs.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        folder = UNPACKED
        if not (UNPACKED / "files").is_dir():
            folder = Path(scratch)
            with tarfile.open(corpus / "terms-genai.tar.xz") as archive:
                archive.extractall(folder, filter="data")
        return [
            Labelled(
                pair["id"],
                pair["document"].split("/")[0],
                (folder / pair["old"]).read_bytes(),
                (folder / pair["new"]).read_bytes(),
                date.fromisoformat(pair["at"][:10]),
                labels[pair["id"]]["substantive"],
                labels[pair["id"]]["severity"],
            )
            for pair in pairs
            if pair["id"] in labels
        ]


def read(body: bytes) -> Content:
    declaration = from_fields({"slug": "pair", "kind": "terms", "publisher": "collection"})
    try:
        return extract(body, "text/markdown; charset=utf-8", declaration)
    except Unextractable:
        return Content()


def judged(pair: Labelled, encoder: Encoder | None) -> Comparison:
    about = About(SourceKind.TERMS, pair.service, None, Polarity.ALLOW, "en", pair.at)
    return compare(read(pair.old), read(pair.new), about, (), encoder)


def told(comparison: Comparison) -> bool:
    return comparison.judgement.substantive


def score(pairs: Sequence[Labelled], said: Iterable[bool]) -> Score:
    cells = [(pair.substantive, says) for pair, says in zip(pairs, said, strict=True)]
    return Score(
        cells.count((True, True)), cells.count((False, True)), cells.count((True, False)), cells.count((False, False))
    )


def baselines(pairs: Sequence[Labelled], encoder: Encoder) -> dict[str, Score]:
    distances = [_distance(pair, encoder) for pair in pairs]
    thresholds = sorted(set(distances))
    best = max((score(pairs, [d >= at for d in distances]) for at in thresholds), key=lambda one: one.f1)
    return {
        "any difference of the text": score(pairs, [pair.old != pair.new for pair in pairs]),
        "any difference without markup, links, white space": score(
            pairs, [_plain(pair.old) != _plain(pair.new) for pair in pairs]
        ),
        "embedding distance, best threshold on these pairs": best,
    }


def _plain(body: bytes) -> str:
    return _MARKUP.sub("", body.decode("utf-8", "replace")).casefold()


def _distance(pair: Labelled, encoder: Encoder) -> float:
    """Cosine distance between the mean embeddings of what only one side says; 0 where both say the same."""
    old, new = ([passage.text for passage in read(body).passages] for body in (pair.old, pair.new))
    gone, came = [text for text in old if text not in set(new)], [text for text in new if text not in set(old)]
    if not gone and not came:
        return 0.0
    if not gone or not came:
        return 1.0
    first, second = (np.mean(encoder.encode(texts[:40]), axis=0) for texts in (gone, came))
    return float(1 - first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    asked = parser.parse_args()
    pairs = labelled(asked.corpus)
    said = [told(judged(pair, None)) for pair in pairs]
    rows = {"Tocsin, rules and facts": score(pairs, said)} | baselines(pairs, packaged_encoder())
    for name, one in rows.items():
        print(f"{name:52} precision {one.precision:.3f} recall {one.recall:.3f} F1 {one.f1:.3f}  {one}")
    grave = [(pair, says) for pair, says in zip(pairs, said, strict=True) if pair.severity in ("critical", "high")]
    print(f"critical and high: {sum(says for _, says in grave)} of {len(grave)} called substantive")


if __name__ == "__main__":
    main()
