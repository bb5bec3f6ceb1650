"""The labelled and noted pairs of real terms beside the project, read as Tocsin reads them, and how they are judged.

python -m benchmarks.labels [--encoder]
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crawler.declaration import from_fields
from crawler.extract import Unextractable, extract
from detector.compare import About, compare
from detector.encoder import Encoder, packaged_encoder
from store.values import Content, Polarity, SourceKind

CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus"
# The batch command knows no more of a pair than this, so no figure is made with more.
_DECLARED = {
    "url": "https://compared.invalid/terms.md",
    "slug": "compared",
    "publisher": "the publisher",
    "kind": "terms",
    "language": "en",
    "polarity": "allow",
}


@dataclass(frozen=True)
class Labelled:
    """A pair of versions and what a reader said of it; service: whose terms, to keep a service within one fold.

    confidence: how sure the reader was, 0..1.
    """

    id: str
    service: str
    old: Content
    new: Content
    on: date
    substantive: bool
    severity: str
    why: str
    confidence: float = 1.0

    @property
    def about(self) -> About:
        return About(SourceKind.TERMS, "the publisher", None, Polarity.ALLOW, "en", self.on)


def labelled(corpus: Path) -> list[Labelled]:
    """The 180 labelled development pairs."""
    said = {row["id"]: row for row in rows((corpus / "labels" / "labels.jsonl").read_text(encoding="utf-8"))}
    pairs = rows((corpus / "labels" / "pairs.jsonl").read_text(encoding="utf-8"))
    files = contents(corpus / "terms-genai.tar.xz", pairs)
    return [as_labelled(pair, said[pair["id"]], files) for pair in pairs]


def noted(corpus: Path) -> list[Labelled]:
    """The 57 pairs about which a person wrote a public memo: every one mattered."""
    pairs = index(corpus / "pairs-memo.tar.xz")
    files = contents(corpus / "pairs-memo.tar.xz", pairs)
    return [as_labelled(pair, {"substantive": True, "severity": "", "why": pair["memo"]}, files) for pair in pairs]


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def index(archive: Path) -> list[dict[str, Any]]:
    """pairs.jsonl of an archive."""
    with tarfile.open(archive) as stream:
        for member in stream:
            if member.name.removeprefix("./") == "pairs.jsonl" and (file := stream.extractfile(member)):
                return rows(file.read().decode("utf-8"))
    raise SystemExit(f"{archive} holds no pairs.jsonl")


def contents(archive: Path, pairs: Iterable[dict[str, Any]]) -> dict[str, Content]:
    """The files of these pairs, extracted, by their name in the archive; one that cannot be read is empty."""
    wanted = {pair[side] for pair in pairs for side in ("old", "new")}
    return {name: content(body) for name, body in bodies(archive, wanted)}


def bodies(archive: Path, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as stream:
        for member in stream:
            name = member.name.removeprefix("./")
            if name in wanted and (file := stream.extractfile(member)):
                yield name, file.read()


def content(body: bytes) -> Content:
    try:
        return extract(body, "text/markdown", from_fields(_DECLARED)) if body.strip() else Content()
    except Unextractable:
        return Content()


def as_labelled(pair: dict[str, Any], said: dict[str, Any], files: dict[str, Content]) -> Labelled:
    """said: the label's row. files: contents by the names that the pair gives; a missing one is empty."""
    return Labelled(
        id=pair["id"],
        service=pair["document"].partition("/")[0],
        old=files.get(pair["old"], Content()),
        new=files.get(pair["new"], Content()),
        on=date.fromisoformat(pair.get("at", "2024-01-01")[:10]),
        substantive=said["substantive"],
        severity=said["severity"],
        why=said["why"],
        confidence=said.get("confidence", 1.0),
    )


@dataclass(frozen=True)
class Score:
    """How many pairs were called substantive rightly, wrongly, and not called although they are."""

    hits: int
    wrong: int
    missed: int
    quiet: int

    @classmethod
    def of(cls, told: Sequence[bool], truth: Sequence[bool]) -> Score:
        both = list(zip(told, truth, strict=True))
        return cls(*(both.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (2 * self.hits + self.wrong + self.missed) if self.hits else 0.0

    def __str__(self) -> str:
        counts = f"{self.hits} right, {self.wrong} wrong, {self.missed} missed, {self.quiet} rightly quiet"
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}  ({counts})"

    @property
    def as_quiet(self) -> Score:
        """The same seen from the other class: pairs that are not substantive."""
        return Score(self.quiet, self.missed, self.wrong, self.hits)


def asked_encoder(wanted: bool) -> Encoder | None:
    return packaged_encoder() if wanted else None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--corpus", type=Path, default=CORPUS)
    asked.add_argument("--encoder", action="store_true", help="with sentence embeddings")
    options = asked.parse_args()
    encoder = asked_encoder(options.encoder)
    for name, pairs in (("labelled", labelled(options.corpus)), ("noted", noted(options.corpus))):
        told = [compare(pair.old, pair.new, pair.about, (), encoder).judgement.substantive for pair in pairs]
        print(f"{name:9} {Score.of(told, [pair.substantive for pair in pairs])}")
        for pair, said in zip(pairs, told, strict=True):
            if said != pair.substantive:
                print(f"  {pair.id} {pair.service}: called {said}, labelled {pair.severity}: {pair.why}")


if __name__ == "__main__":
    main()
