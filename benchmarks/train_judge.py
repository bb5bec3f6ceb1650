"""Trains the learned judge from the labelled development pairs and says, fold by fold, how good it is.

Five folds by service: no service stands on both sides. Writes detector/judging/learned.json with --write; needs
scikit-learn, which the judge itself does not. Figures: the rules alone, the regression alone, and both as Tocsin uses
them.
    python -m benchmarks.train_judge --write
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.labels import CORPUS, Labelled, Score, asked_encoder, labelled, noted
from detector.compare import Read, read, weighed
from detector.judging.features import NAMES
from detector.judging.learned import Learned

TARGET = Path(__file__).parents[1] / "detector" / "judging" / "learned.json"
# Chosen once, not searched: C in the middle of where the cross-validated loss is flat, keep and tell far from a half
# because the rules know more than eighteen counts do.
STRENGTH = 0.3
KEEP = 0.25
TELL = 0.65
FOLDS = 5
Rows = NDArray[np.float64]
# Nothing is believed less than the rules: what they say when no regression is asked.
RULES = Learned("rules alone", 0.0, -1.0, 2.0, {})


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--corpus", type=Path, default=CORPUS)
    asked.add_argument("--encoder", action="store_true", help="with sentence embeddings")
    asked.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    options = asked.parse_args()
    encoder = asked_encoder(options.encoder)
    pairs = labelled(options.corpus)
    found = [read(pair.old, pair.new, pair.about, encoder) for pair in pairs]
    report(pairs, found)
    trained = fitted(
        [one for one in found if one.reading], [p.substantive for p, f in zip(pairs, found, strict=True) if f.reading]
    )
    notes = noted(options.corpus)
    told = sum(
        weighed(read(pair.old, pair.new, pair.about, encoder), learned=trained).judgement.substantive for pair in notes
    )
    print(f"noted pairs called substantive: {told} of {len(notes)}")
    if options.write:
        TARGET.write_text(json.dumps(_fields(trained), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {TARGET}: {TARGET.stat().st_size} bytes")


def report(pairs: Sequence[Labelled], found: Sequence[Read]) -> None:
    """Prints the cross-validated figures of the whole judge and the ten cases it is most wrong about."""
    truth = [pair.substantive for pair in pairs]
    chances = np.zeros(len(pairs))
    told = [False] * len(pairs)
    for training, testing in folds(pairs):
        seen = [index for index in training if found[index].reading]
        model = fitted([found[index] for index in seen], [truth[index] for index in seen])
        for index in testing:
            reading = found[index].reading
            chances[index] = model.probability(reading.values) if reading else 0.0
            told[index] = weighed(found[index], learned=model).judgement.substantive
    rules = [weighed(one, learned=RULES).judgement.substantive for one in found]
    print(f"{len(pairs)} labelled pairs, {FOLDS} folds by service, {len({pair.service for pair in pairs})} services")
    print(f"rules alone       {Score.of(rules, truth)}")
    print(f"regression alone  {Score.of([bool(chance >= 0.5) for chance in chances], truth)}")
    print(f"both              {Score.of(told, truth)}")
    print(f"  not substantive {Score.of(told, truth).as_quiet}")
    for level in ("critical", "high", "medium", "low"):
        of = [said for said, pair in zip(told, pairs, strict=True) if pair.severity == level]
        print(f"  labelled {level:9} called substantive: {sum(of)} of {len(of)}")
    print("the ten worst cases:")
    wrong = [index for index in range(len(pairs)) if told[index] != truth[index]]
    for index in sorted(wrong, key=lambda at: -abs(chances[at] - truth[at]))[:10]:
        pair = pairs[index]
        print(f"  {pair.id} {pair.service}: {chances[index]:.2f}, labelled {pair.severity}: {pair.why}")


def folds(pairs: Sequence[Labelled]) -> Iterator[tuple[list[int], list[int]]]:
    """(training, testing) indices; no service is in both."""
    services = [pair.service for pair in pairs]
    for training, testing in GroupKFold(FOLDS).split(services, groups=services):
        yield list(map(int, training)), list(map(int, testing))


def fitted(found: Sequence[Read], truth: Sequence[bool]) -> Learned:
    """A regression of these pairs; features are centred and scaled by the training pairs alone."""
    table = np.array([[one.reading.values[name] for name in NAMES] for one in found if one.reading])
    mean, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 0.01)
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit((table - mean) / scale, truth)
    weights = {
        name: (round(float(w), 4), round(float(m), 4), round(float(s), 4))
        for name, w, m, s in zip(NAMES, model.coef_[0], mean, scale, strict=True)
    }
    revision = f"logistic regression, {len(found)} labelled pairs, C={STRENGTH}"
    return Learned(revision, round(float(model.intercept_[0]), 4), KEEP, TELL, weights)


def _fields(model: Learned) -> dict[str, object]:
    return {
        "revision": model.revision,
        "intercept": model.intercept,
        "keep": model.keep,
        "tell": model.tell,
        "weights": {name: list(values) for name, values in model.weights.items()},
    }


if __name__ == "__main__":
    main()
