"""The figures of the published score, one row each: what was measured, on which set, and its ten worst cases."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks import facts, flips, moves, rewrites, territories, vitaminc
from benchmarks.baselines import baselines
from benchmarks.labels import Labelled, Score, labelled, noted
from detector.compare import compare
from detector.encoder import Encoder

LANGUAGES = ("en", "fr", "zh")
_GRAVE = ("critical", "high")
_WORST = 10
_LOOKED = "yes: rules were written while looking at it"
_OURS = "templates are ours"
_UNSEEN = "no"


@dataclass(frozen=True)
class Row:
    """One line of the table. key: as in floors.toml; share: 0..1, higher is better; looked: whether it was tuned on."""

    key: str
    what: str
    figure: str
    share: float
    looked: str
    worst: tuple[str, ...] = ()


@dataclass(frozen=True)
class Size:
    """How much of the seeded sets is tried: all of it, or a sample for `make check`."""

    edits: int
    territories: int
    documents: int
    every: int


WHOLE = Size(edits=1_000, territories=10_000, documents=300, every=1)
SAMPLE = Size(edits=60, territories=200, documents=20, every=25)


def share_row(key: str, what: str, right: int, count: int, looked: str, worst: Iterable[str] = ()) -> Row:
    return Row(key, what, f"{right} of {count}", right / count if count else 0.0, looked, tuple(islice(worst, _WORST)))


def seeded(size: Size) -> Iterator[Row]:
    """What needs no corpus: flips, cosmetic edits and territory lists, written by generators."""
    for language in LANGUAGES:
        for kind in flips.FLIPS:
            row = flips.scored("", kind, flips.flips(language, kind, size.edits, 11), wanted=True)
            what = f"minimal flips called substantive: {language}, {kind}"
            yield share_row(f"flip {language} {kind}", what, row.flagged, row.count, _OURS, edit_lines(row))
        for kind in rewrites.REWRITES:
            row = flips.scored("", kind, rewrites.rewrites(language, kind, size.edits, 11), wanted=False)
            what = f"cosmetic edits left quiet: {language}, {kind}"
            if row.count:
                quiet = row.count - row.flagged
                yield share_row(f"quiet {language} {kind}", what, quiet, row.count, _OURS, edit_lines(row))
    wrong = territories.failures(size.territories, 1)
    exact = size.territories - len(wrong)
    yield share_row(
        "territories",
        "territory lists, 20 languages and 6 layouts, read exactly",
        exact,
        size.territories,
        _OURS,
        map(str, wrong),
    )


def edit_lines(row: flips.Row) -> Iterator[str]:
    """The wrongly called edits of a row, a line each."""
    for edit, reasons in row.wrong:
        yield f"“{' / '.join(edit.old)}” → “{' / '.join(edit.new)}”: {'; '.join(reasons) or 'no reason'}"


def recorded(corpus: Path, size: Size, encoder: Encoder | None) -> Iterator[Row]:
    """What is measured on real page histories beside the project; nothing, with a line, where they are not.

    encoder: for the baseline of embedding distances; None leaves the baselines out.
    """
    if not corpus.is_dir():
        print(f"no real page histories at {corpus}: only the seeded sets are measured", file=sys.stderr)
        return
    yield from _labels(corpus, encoder)
    yield from _read_facts(corpus / "facts")
    yield from _vitaminc(corpus / "vitaminc" / "pairs.jsonl", size.every)
    texts = moves.documents(corpus, size.documents, 7)
    for name, edit in moves.EDITS.items():
        counts, cases = moves.outcome(texts, edit, Random(f"7 {name}"))
        what = f"scripted into real documents, told as what it is: {name}"
        yield share_row(f"moves {name}", what, counts["right"], counts.total(), _LOOKED, cases)


def _labels(corpus: Path, encoder: Encoder | None) -> Iterator[Row]:
    pairs = labelled(corpus)
    yield scored("labelled", "labelled pairs, Tocsin", pairs, _LOOKED)
    if encoder is not None:
        for name, score in baselines(pairs, encoder).items():
            yield Row(f"baseline {name}", f"labelled pairs, baseline: {name}", str(score), score.f1, _UNSEEN)
    grave = [pair for pair in pairs if pair.severity in _GRAVE]
    yield caught("grave", "labelled high or critical called substantive", grave)
    yield caught("memo", "changes a person wrote a memo about called substantive", noted(corpus))


def scored(key: str, what: str, pairs: Sequence[Labelled], looked: str) -> Row:
    """Precision, recall and F1 of substantive or not; the share is F1."""
    told = [_told(pair) for pair in pairs]
    score = Score.of([one for one, _ in told], [pair.substantive for pair in pairs])
    worst = (
        f"{pair.id} ({pair.service}), labelled {pair.severity}, “{pair.why}”: {'; '.join(reasons[:2])[:240]}"
        for pair, (said, reasons) in zip(pairs, told, strict=True)
        if said != pair.substantive
    )
    return Row(key, what, str(score), score.f1, looked, tuple(islice(worst, _WORST)))


def caught(key: str, what: str, pairs: Sequence[Labelled]) -> Row:
    missed = [f"{pair.id} ({pair.service}): {pair.why}" for pair in pairs if not _told(pair)[0]]
    return share_row(key, what, len(pairs) - len(missed), len(pairs), _LOOKED, missed)


def _told(pair: Labelled) -> tuple[bool, tuple[str, ...]]:
    judgement = compare(pair.old, pair.new, pair.about, (), None).judgement
    return judgement.substantive, judgement.reasons


def _read_facts(folder: Path) -> Iterator[Row]:
    results = [
        facts.result(json.loads(line), folder) for line in (folder / "facts.jsonl").read_text("utf-8").splitlines()
    ]
    wrong = [f"{one.row['id']}: {'; '.join(one.wrong)}" for one in results if one.wrong]
    what = "read facts, rows exactly as written"
    yield share_row("facts", what, len(results) - len(wrong), len(results), _LOOKED, wrong)


def _vitaminc(path: Path, every: int) -> Iterator[Row]:
    pairs = vitaminc.rows(path)
    for name, part, looked in (("first 3,000", pairs[:3000:every], _LOOKED), ("the rest", pairs[3000::every], _UNSEEN)):
        wrong = list(vitaminc.missed(part))
        cases = (f"“{pair['old']}” → “{pair['new']}”" for pair in wrong) if looked != _UNSEEN else ()
        what = f"VitaminC revisions called substantive, {name}"
        yield share_row(f"vitaminc {name}", what, len(part) - len(wrong), len(part), looked, cases)
