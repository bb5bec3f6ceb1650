"""Which notices may have to do with each other: by a shared RIN or docket, or because one names the other."""

from __future__ import annotations

from collections.abc import Sequence

from store.docket import names
from store.documents import plain_number
from store.values import Notice


def families(notices: Sequence[Notice], routine: frozenset[str]) -> dict[str, int]:
    """Key of a notice -> number of its family. Notices of two families never touch each other's stage or dates."""
    parent = list(range(len(notices)))
    first: dict[str, int] = {}

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for place, notice in enumerate(notices):
        own = [plain_number(notice.number), *([notice.citation] if notice.citation else [])]
        named = [plain_number(name) for name in (*notice.refers, *([notice.corrects] if notice.corrects else []))]
        for name in (*names(notice, routine), *own, *named):
            parent[root(place)] = root(first.setdefault(name, place))
    return {notice.key: root(place) for place, notice in enumerate(notices)}
