"""What the store knows of a source, as questions that a pure decider may ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from store.archive import Current, Received

LOOKS = 2  # captures that must have been refused alike before a third is believed


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a source, asked only when needed.

    current: the version it stands at. confirmed_before: which version a good visit had these bytes for (by SHA-256).
    refused: its newest captures that were refused since the last good visit. of_host: reason and body of its host's.
    """

    current: Callable[[], Current | None]
    confirmed_before: Callable[[str], int | None]
    refused: Callable[[], Sequence[Received]] = lambda: ()
    of_host: Callable[[], Sequence[tuple[str, bytes]]] = lambda: ()


NOTHING_KNOWN = Known(lambda: None, lambda _sha256: None)
