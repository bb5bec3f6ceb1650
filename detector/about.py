"""What a comparison must know of the source beside the two versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from store.values import Polarity, SourceKind


@dataclass(frozen=True, slots=True)
class About:
    """The source as declared; on is the calendar day (UTC) of the new capture."""

    kind: SourceKind
    publisher: str
    product: str | None
    polarity: Polarity
    language: str
    on: date

    @property
    def names(self) -> tuple[str, ...]:
        """Publisher and product: names that count as parties wherever they stand."""
        return tuple(name for name in (self.publisher, self.product) if name)
