"""What simpler detectors make of the labelled pairs: any difference, letters only, distance of embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.labels import Labelled, Score
from detector.encoder import Encoder
from store.values import Content

MOST_EMBEDDED = 12  # passages a side


def baselines(pairs: Sequence[Labelled], encoder: Encoder) -> dict[str, Score]:
    """Scores by name. The threshold of the distance is the best on these very pairs, so its score is flattered."""
    truth = [pair.substantive for pair in pairs]
    distances = [_distance(pair, encoder) for pair in pairs]
    best = max((Score.of([d >= at for d in distances], truth) for at in sorted(set(distances))), key=lambda s: s.f1)
    plain = [_letters(pair.old) != _letters(pair.new) for pair in pairs]
    return {
        "any difference of the text": Score.of([pair.old != pair.new for pair in pairs], truth),
        "the same without markup, links, white space, punctuation": Score.of(plain, truth),
        "embedding distance, threshold best on these pairs": best,
    }


def _letters(content: Content) -> str:
    return "".join(letter for one in content.passages for letter in one.text.casefold() if letter.isalnum())


def _distance(pair: Labelled, encoder: Encoder) -> float:
    """Cosine distance of the mean embeddings of what only one side says, at most MOST_EMBEDDED passages each."""
    old, new = ([passage.text for passage in side.passages] for side in (pair.old, pair.new))
    gone = [text for text in old if text not in set(new)][:MOST_EMBEDDED]
    came = [text for text in new if text not in set(old)][:MOST_EMBEDDED]
    if not gone or not came:
        return float(bool(gone or came))
    first, second = (np.mean(encoder.encode(texts), axis=0) for texts in (gone, came))
    return float(1 - first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))
