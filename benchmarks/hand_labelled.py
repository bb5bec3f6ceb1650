"""Figures on what we wrote and labelled by hand, in halves: seen while mending rules, and unseen, only ever scored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import access_rules, held_out, news, paraphrases, verdicts
from benchmarks.labels import Labelled, Score
from benchmarks.measures import LANGUAGES, Row, edit_lines, share_row
from detector.compare import Comparison
from store.capture_kind import CaptureKind

_LOOKED = {"seen": "yes", "unseen": "no, but the same hand wrote rules and rows"}
_BLIND = {
    1: ("held out", "yes, since it was first measured"),
    2: ("held out 2", "no"),
}


def hand_labelled() -> Iterator[Row]:
    """Paraphrases with their twins, access rules, bad captures, news. Needs no corpus."""
    for part, looked in _LOOKED.items():
        for language in LANGUAGES:
            yield from _paraphrases(part, language, looked)
        yield _access_rules(part, looked)
        yield from _news(part, looked)
    scores, _ = verdicts.scored(verdicts.own())
    for part, looked in _LOOKED.items():
        yield from _bad_captures(scores, part, looked)


def blind(folder: Path) -> Iterator[Row]:
    """The pairs that were labelled before the detector ran on any; folder holds the unpacked collections."""
    for number, (key, looked) in _BLIND.items():
        results = [one for pairs in held_out.held_out(folder, number).values() for one in held_out.judged(pairs, None)]
        if results:
            yield from _blind(key, results, looked)


def _blind(key: str, results: Sequence[tuple[Labelled, Comparison]], looked: str) -> Iterator[Row]:
    score = held_out.score(results)
    what = f"{key}: pairs labelled blind, other documents and dates"
    yield Row(key, what, str(score), score.f1, looked)
    grave = [said.judgement.substantive for pair, said in results if pair.severity in held_out.GRAVE]
    what = f"{key}: of these high or critical, called substantive"
    yield share_row(f"{key} grave", what, sum(grave), len(grave), looked)


def _paraphrases(part: str, language: str, looked: str) -> Iterator[Row]:
    for side, what in (("same", "clauses rewritten freely, left quiet"), ("other", "their twins that differ, heard")):
        row = paraphrases.score(language, part, side)
        right = row.flagged if paraphrases.SIDES[side] else row.count - row.flagged
        worst = edit_lines(row) if part == "seen" else ()  # nobody reads the misses of the other half
        yield share_row(f"{side} {language} {part}", f"{what}: {language}, {part}", right, row.count, looked, worst)


def _access_rules(part: str, looked: str) -> Row:
    read = [row for row in access_rules.rows() if row.seen == (part == "seen")]
    counts = access_rules.score(read)
    score = Score(counts.right, counts.false, counts.missed, sum(not row.expected and not row.found for row in read))
    what = f"access rules by kind and threshold, {part}"
    return Row(f"access rules {part}", what, str(score), score.f1, looked)


def _news(part: str, looked: str) -> Iterator[Row]:
    rows = [json.loads(line) for line in news.ENTRIES.read_text("utf-8").splitlines()]
    read = news.read_all(row for row in rows if row["set"] == part)
    matched = news.matches(read)
    made = news.stories(report for one in read for report in one.reports)
    for what, figure in (*news.fields(read, matched), *news.grouping(matched, made)):
        yield Row(f"news {part} {what}", f"news, {part}: {what}", figure, 1.0, looked)


def _bad_captures(scores: Mapping[tuple[str, str], verdicts.Score], part: str, looked: str) -> Iterator[Row]:
    for (kind, split), score in sorted(scores.items()):
        if split != part or kind == CaptureKind.PAGE.value:
            continue
        what = f"bad captures refused, {part} families: {kind}"
        yield share_row(f"bad {part} {kind}", what, score.caught, score.samples, looked)
