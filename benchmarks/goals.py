"""Figures of the published score that need a run of their own: folds, collections replayed, long pages, once told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import speed, told, transitions
from benchmarks.dropped import UNEXPLAINED
from benchmarks.labels import Score, labelled
from benchmarks.measures import Row, share_row
from benchmarks.transitions import Counts
from detector.compare import read, weighed

MOST_SECONDS = 8 * 60  # by the clock, for both collections on two cores
MOST_PAGE = (1.0, 500.0)  # seconds of CPU and MB for a pair of 20,000 words
_LONG = 20_000
_QUIET = ("same-words", "reorder", "flap-return")  # classes of which every alert is a wrong one
_PARTLY = "in part"


def folds(corpus: Path) -> Iterator[Row]:
    """The labelled pairs, each judged by a regression that saw no pair of its service."""
    from benchmarks import train_judge

    if not corpus.is_dir():
        return
    pairs = labelled(corpus)
    found = [read(pair.old, pair.new, pair.about, None) for pair in pairs]
    truth = [pair.substantive for pair in pairs]
    says = [False] * len(pairs)
    for training, testing in train_judge.folds(pairs):
        seen = [index for index in training if found[index].reading]
        model = train_judge.fitted([found[index] for index in seen], [truth[index] for index in seen])
        for index in testing:
            says[index] = weighed(found[index], learned=model).judgement.substantive
    score = Score.of(says, truth)
    worst = [
        f"{pair.id} ({pair.service}), labelled {pair.severity}: {pair.why}"
        for pair, said in zip(pairs, says, strict=True)
        if said != pair.substantive
    ]
    what = f"labelled pairs, {train_judge.FOLDS} folds by service: the regression never saw the service"
    looked = "the rules yes, the regression no"
    yield Row("labelled folds", what, str(score), score.f1, looked, tuple(worst[:10]))


def long_pages() -> Iterator[Row]:
    """A pair of 20,000 words by the number of edited passages, and how cost grows with the page."""
    taken: dict[tuple[int, int], float] = {}
    within, figures, over = 0, [], []
    for size, count, (old, new) in speed.pages():
        taken[size, count], peak = speed.measured(old, new, 1)
        if size == _LONG:
            figure = f"{count} edits {taken[size, count]:.2f} s, {peak:.0f} MB"
            figures.append(figure)
            if taken[size, count] <= MOST_PAGE[0] and peak <= MOST_PAGE[1]:
                within += 1
            else:
                over.append(figure)
    grows = taken[_LONG, 10] / taken[_LONG // 10, 10]
    figure = f"{'; '.join(figures)}; a page ten times as long with as many edits takes {grows:.1f} times as long"
    yield Row("long pages", f"pair of {_LONG} words", figure, within / len(figures), "yes", tuple(over))


def replayed(folder: Path, workers: int) -> Iterator[Row]:
    """The recorded transitions of genai and pga by class, whether each candidate is in sight, and what it took."""
    began, cpu = time.monotonic(), transitions.cpu_seconds()
    found = {name: transitions.counted(folder / name, 1, _QUIET, workers) for name in ("genai", "pga")}
    took, used = time.monotonic() - began, transitions.cpu_seconds() - cpu
    for name, counts in found.items():
        for cls, ended in sorted(counts.items()):
            yield _of_class(name, cls, ended)
    yield _visible(found)
    pairs = sum(ended.pairs for counts in found.values() for ended in counts.values())
    figure = f"{pairs} transitions in {took:.0f} s by the clock, {used:.0f} s of CPU, {workers} processes"
    share = float(took < MOST_SECONDS)
    yield Row("replay", "both collections replayed in time order, under 480 s on 2 cores", figure, share, _PARTLY)


def _of_class(name: str, cls: str, ended: Counts) -> Row:
    held = ", ".join(f"{count} {why}" for why, count in ended.held.most_common())
    alike = f"; {ended.same.total()} read alike" if ended.same else ""
    figure = f"{ended.alerts} alerts of {ended.pairs}; held: {held or 'none'}{alike}; {ended.unread} unread"
    what = f"recorded transitions of {name}: {cls}"
    return Row(
        f"transitions {name} {cls}", what, figure, 1 - ended.alerts / ended.pairs, _PARTLY, tuple(ended.told[:10])
    )


def _visible(found: Mapping[str, Mapping[str, Counts]]) -> Row:
    """A change is told or held; what is read alike is a visit that `tocsin history --held` lists, if we can say why."""
    ended = sum((counts["candidate"] for counts in found.values() if "candidate" in counts), Counts())
    alike = Counter({why: count for why, count in ended.same.items() if why != UNEXPLAINED})
    seen = ended.changes + alike.total()
    named = "; ".join(f"{count} visits with {why}" for why, count in alike.most_common())
    row = share_row(
        "visible", "candidates in sight as an alert, a held row or a listed visit", seen, ended.pairs, _PARTLY
    )
    held = f"{ended.alerts} alerts, {ended.held.total() + ended.quiet} held"
    return Row(row.key, row.what, f"{row.figure}: {held}{'; ' if named else ''}{named}", row.share, row.looked)


def once_told(folder: Path) -> Iterator[Row]:
    """Pairs that were told on the day they were drawn and read since: precision before and now."""
    for part in told.told(folder):
        what = f"pairs told once and read since, {part.part}"
        yield Row(f"told {part.part}", what, str(part), part.precision, "yes, since they were drawn", part.alarms[:10])
