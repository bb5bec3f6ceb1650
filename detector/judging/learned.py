"""What the labelled development pairs taught: how likely a change of these features is one that matters."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("learned.json")


@dataclass(frozen=True)
class Learned:
    """A logistic regression: weight of each feature, after subtracting its mean and dividing by its scale.

    keep: below this probability findings without hard facts are not believed. tell: from this one a change without
    findings is told all the same. revision says when and on what it was trained.
    """

    revision: str
    intercept: float
    keep: float
    tell: float
    weights: Mapping[str, tuple[float, float, float]]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Learned:
        """From the fields of learned.json: weights are {feature: [weight, mean, scale]}."""
        weights = {name: (float(w), float(mean), float(scale)) for name, (w, mean, scale) in fields["weights"].items()}
        return cls(fields["revision"], fields["intercept"], fields["keep"], fields["tell"], weights)

    def probability(self, features: Mapping[str, float]) -> float:
        """0..1: how likely a reader would call the change substantive."""
        score = self.intercept + sum(self.shares(features).values())
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))

    def shares(self, features: Mapping[str, float]) -> dict[str, float]:
        """What each feature adds to the score or takes from it."""
        return {
            name: weight * (features.get(name, mean) - mean) / scale
            for name, (weight, mean, scale) in self.weights.items()
        }

    def strongest(self, features: Mapping[str, float], *, towards: bool, count: int = 3) -> list[str]:
        """The features that speak loudest for (towards) or against substance."""
        shares = self.shares(features)
        sign = 1 if towards else -1
        loud = sorted((name for name in shares if sign * shares[name] > 0), key=lambda name: -sign * shares[name])
        return loud[:count]


@lru_cache(maxsize=1)
def learned() -> Learned:
    """The packaged weights (benchmarks/train_judge.py writes them)."""
    return Learned.of(json.loads(_FILE.read_text(encoding="utf-8")))
